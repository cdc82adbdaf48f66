"""A gateway's process: a node without atoms, and the doors that are hung in it."""
