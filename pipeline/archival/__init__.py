"""Archive copies: PDF/A-2b, the scan as it was under text that nobody sees."""
