"""Limits of expressions: they come from anybody."""

# Characters of an expression, as of an annotation's line.
LENGTH = 1024
# Operators, facts and numbers in it.
NODES = 256
# How deep parentheses, calls and operators may be nested.
DEPTH = 32
# Characters of a name or a text in it.
NAME = 256
