"""What is issued: a form filled, printed and measured, each page with an identity of its own."""
