"""The language of objectives and requirements: parse, check, compile; never `eval`."""

from sojourn.control.objective.compile import Column, Expression, Facts, Mask, objective, requirement

__all__ = ["Column", "Expression", "Facts", "Mask", "objective", "requirement"]
