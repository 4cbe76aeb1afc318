"""What lies in ``templates/``: forms, checklists and dated rules, loaded and checked."""
