"""What all of the service stands on: what is known, and how a decision is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.http.answer import Role
from sojourn.model.errors import Declined, NotLeader

if TYPE_CHECKING:
    from sojourn.app.controller.followers import Followers
    from sojourn.app.controller.modules import Modules
    from sojourn.app.controller.runner import Runner
    from sojourn.control.decision import Event
    from sojourn.control.state import State


class Ground:
    """What is known, and how a decision is asked for.

    Args:
        runner: The controller's loop.
        modules: Modules that were brought.
        followers: Who follows events.
        realm: Name of the realm.
        trace_address: Where a trace can be looked at, with `{trace}` for its identity; empty: nowhere.
    """

    def __init__(
        self, runner: Runner, modules: Modules, followers: Followers, realm: str, trace_address: str = ""
    ) -> None:
        self._runner = runner
        self._modules = modules
        self._followers = followers
        self._realm = realm
        self._trace_address = trace_address
        self._began = runner.clock()

    @property
    def _role(self) -> Role:
        """What this controller is in its realm."""
        if not self._runner.ready:
            return Role.STARTING
        return Role.LEADING if self._runner.leads else Role.FOLLOWING

    @property
    def _state(self) -> State:
        if not self._runner.ready:
            raise NotLeader("this controller has begun a moment ago, and reads what is kept", "try again in a moment")
        return self._runner.controller.state

    async def _wish(self, event: Event) -> None:
        """Asks for a decision.

        Raises:
            Declined: It cannot be; the text says why.
        """
        decision = await self._runner.decide(event)
        if decision.refused:
            raise Declined(decision.refused, decision.hint or None)
