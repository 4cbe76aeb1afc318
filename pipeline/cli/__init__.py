"""The command line: one thin file per command group, and the only place that prints."""
