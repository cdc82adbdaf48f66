"""The policies, one a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.placement.policy.admm import Admm
from sojourn.control.placement.policy.admm_distributed import AdmmDistributed
from sojourn.control.placement.policy.co_locate import CoLocate
from sojourn.control.placement.policy.deadline import Deadline
from sojourn.control.placement.policy.energy import Energy
from sojourn.control.placement.policy.least_modules import LeastModules
from sojourn.control.placement.policy.nearest import Nearest
from sojourn.control.placement.policy.objective import Objective
from sojourn.control.placement.policy.pack import Pack
from sojourn.control.placement.policy.round_robin import RoundRobin
from sojourn.control.placement.policy.spread import Spread

if TYPE_CHECKING:
    from sojourn.control.placement.interface import Policy

ALL: tuple[Policy, ...] = (
    Objective(),
    Spread(),
    Pack(),
    Nearest(),
    Deadline(),
    Energy(),
    CoLocate(),
    RoundRobin(),
    LeastModules(),
    Admm(),
    AdmmDistributed(),
)
BUILT_IN: dict[str, Policy] = {policy.name: policy for policy in ALL}
