"""Configuration: what is set by flags, variables and files, and by which of them."""
