"""Wiring: what the command line does, without its words."""
