"""What people leave on a paper: signatures, dates, stamps, words crossed out or added."""
