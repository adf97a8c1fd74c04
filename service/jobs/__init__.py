"""Background work: thin handlers (load, call the pure function, save, ask for what comes next)."""
