"""The controller as a process: what it hears, keeps, does and answers."""
