"""Is it still what was printed? Glyph by glyph, whatever the scanner did to it."""
