"""The paper simulator: issued papers are printed, signed, handled and scanned, the truth beside."""
