"""Programs that fail, named by their fault: each stands where the real one is looked for."""
