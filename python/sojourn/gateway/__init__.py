"""Doors: how a realm is reached from outside."""
