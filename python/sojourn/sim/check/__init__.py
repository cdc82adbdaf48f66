"""What must hold of any run. Checkers know commands and outcomes, and nothing of how the world is modelled."""
