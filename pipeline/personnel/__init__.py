"""Personal files: whose a page is, checklists, inventories, the archive's papers, terms."""
