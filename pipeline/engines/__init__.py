"""The only users of outside programs and of the DOCX format."""
