"""Decisions of the controller: pure, by facts and a time that is given. No input or output."""
