"""Simulations that a controller runs for whoever looks at its page: in a process of their own, and within bounds."""
