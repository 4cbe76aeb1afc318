"""Russian: cases of names and phrases, dates and numbers in words, letters and lemmas."""
