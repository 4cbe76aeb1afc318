"""Tables in and out: spreadsheets opened, headings and cells understood, rows checked."""
