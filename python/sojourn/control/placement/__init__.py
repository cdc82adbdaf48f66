"""Placement: filter, then score, then explain. All of it is pure: the same fleet and asks give the same answers."""

from sojourn.control.placement.explain import explain
from sojourn.control.placement.fleet import Fleet
from sojourn.control.placement.interface import Policy
from sojourn.control.placement.nodes import Nodes, demand
from sojourn.control.placement.place import place
from sojourn.control.placement.plan import plan
from sojourn.control.placement.policy import BUILT_IN
from sojourn.control.placement.predict import History, worth
from sojourn.control.placement.replan import replan
from sojourn.control.placement.score import validate

__all__ = [
    "BUILT_IN",
    "Fleet",
    "History",
    "Nodes",
    "Policy",
    "demand",
    "explain",
    "place",
    "plan",
    "replan",
    "validate",
    "worth",
]
