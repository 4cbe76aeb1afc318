"""Paperloop: from a row of data to a printed, signed, scanned, read and recorded paper.

The modules follow the paper; each imports only from those before it:
errors, geometry, files, settings, russian, rules, form, data, marks, layout, paper,
scan, page, glyphs, ink, reading, record, registry, dossier, inventory, flow, cli.
"""

__version__ = "0.1.0"
