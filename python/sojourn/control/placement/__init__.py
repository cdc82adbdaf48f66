"""Placement: filter, then score, then explain. All of it is pure: the same fleet and asks give the same answers."""

from sojourn.control.placement.explain import explain
from sojourn.control.placement.fleet import Fleet
from sojourn.control.placement.nodes import demand
from sojourn.control.placement.place import place
from sojourn.control.placement.replan import replan
from sojourn.control.placement.score import validate

__all__ = ["Fleet", "demand", "explain", "place", "replan", "validate"]
