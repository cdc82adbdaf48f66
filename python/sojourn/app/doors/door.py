"""What a door is to the process that it hangs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol, TypeAlias

from sojourn.model.config import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.core.node import Node
    from sojourn.gateway.port import Port

Settings: TypeAlias = Mapping[str, Value]
Told: TypeAlias = Mapping[str, str]


class House(Protocol):
    """What a door finds in its process."""

    @property
    def node(self) -> Node:
        """The node of this process, to be asked; in a thread, for its calls wait."""

    @property
    def settings(self) -> Settings:
        """The configuration, complete."""

    def open_port(self, name: str, aliases: Iterable[tuple[str, str]] = ()) -> Port:
        """A port of its own, closed when the process ends.

        Args:
            name: Its local name; others reach it as `node/name`.
            aliases: Its aliases, each a scope and an alias.
        """

    def fail(self, error: Exception) -> None:
        """Ends the process, for a door cannot go on."""


class Door(Protocol):
    """One kind of door."""

    name: str

    def wanted(self, settings: Settings) -> bool:
        """Whether the configuration asks for it."""

    def opened(self, house: House) -> AbstractAsyncContextManager[Told]:
        """Is open while the context is; gives what is told of it, as `{"http": "127.0.0.1:7481"}`.

        Raises:
            SojournError: It cannot be opened.
        """


Opened: TypeAlias = Callable[[House], AbstractAsyncContextManager[Told]]
