"""What atoms were granted: asked of their nodes, and kept for a moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sojourn.core.asker import Asker
from sojourn.model.wire import AnnotatedResponse, AnnotationRequest, AtomRowsResponse, AtomsRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.core.node import Node

# An atom's module may change (update, reload); a module's annotation does not.
KEPT_S = 10.0
MODULES = 1024
TIMEOUT_S = 10.0
KEY = "grant.connect"


class Grants:
    """Places that atoms may connect to, of the annotation of their modules.

    Args:
        node: Asked, in threads.
        clock: Seconds that only go forward.
    """

    def __init__(self, node: Node, clock: Callable[[], float] = time.monotonic) -> None:
        self._asker = Asker(node, TIMEOUT_S)
        self._clock = clock
        self._asked_at = -KEPT_S
        self._modules: dict[str, tuple[bytes, str]] = {}
        self._grants: dict[bytes, tuple[str, ...]] = {}

    async def of(self, atom: str) -> tuple[str, ...]:
        """Those of an atom; of one that nobody knows, none.

        Raises:
            NodeError: Nobody answers.
        """
        if atom not in self._modules or self._clock() - self._asked_at > KEPT_S:
            rows = (await self._asker.ask(AtomsRequest(), AtomRowsResponse)).rows
            self._modules = {row.atom: (row.module, row.node) for row in rows}
            self._asked_at = self._clock()
        if atom not in self._modules:
            return ()
        module, node = self._modules[atom]
        if module not in self._grants:
            answer = await self._asker.ask(AnnotationRequest(module), AnnotatedResponse, to=node)
            if len(self._grants) >= MODULES:
                self._grants.clear()
            self._grants[module] = places_of(answer.text)
        return self._grants[module]


def places_of(annotation: str) -> tuple[str, ...]:
    """Places in an annotation."""
    lines = (line.strip().partition("=") for line in annotation.splitlines())
    return tuple(value.strip() for key, _, value in lines if key.strip() == KEY)
