"""Modelled fleets: the same control code against machines, links and energy that are computed."""
