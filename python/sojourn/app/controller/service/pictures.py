"""The realm's picture, and how nodes did: for those who look on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.beside import Beside
from sojourn.app.controller.service.ground import Ground
from sojourn.app.controller.watch import Watch
from sojourn.control.picture import View

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sojourn.app.controller.followers import Followers
    from sojourn.app.controller.modules import Modules
    from sojourn.app.controller.runner import Runner
    from sojourn.gateway.http.told import Said


class Pictures(Ground):
    """What REST asks for those who look on."""

    def __init__(
        self, runner: Runner, modules: Modules, followers: Followers, realm: str, trace_address: str = ""
    ) -> None:
        super().__init__(runner, modules, followers, realm, trace_address)
        self._beside = Beside(runner.link, lambda: runner.controller.state)
        self._watch = Watch(realm, self._view, followers, self._beside.ask)

    def _view(self) -> View:
        """What is to be seen now."""
        return View(
            at=self._runner.clock(),
            role=self._role.value,
            number=self._followers.last,
            state=self._runner.controller.state,
            aliases=self._beside.aliases,
            others=self._beside.moves,
        )

    async def picture(self) -> AsyncGenerator[Sequence[Said], None]:
        state = self._state
        del state  # whoever asks before there is anything to be seen was refused
        return self._watch.follow()
