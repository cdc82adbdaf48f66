"""The policies, one a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.placement.policy.objective import Objective

if TYPE_CHECKING:
    from sojourn.control.placement.interface import Policy

BUILT_IN: dict[str, Policy] = {policy.name: policy for policy in (Objective(),)}
