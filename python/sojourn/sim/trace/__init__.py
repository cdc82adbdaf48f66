"""Traces: what is read into a scenario, and what a run leaves to be read again."""
