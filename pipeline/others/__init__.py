"""Pages that were not issued here: told by their words, read for a person, never sure."""
