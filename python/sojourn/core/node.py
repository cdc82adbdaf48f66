"""A member of a realm in this process: a node that runs atoms, or a client that only asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from sojourn import _core
from sojourn.model.config import Kind
from sojourn.model.config_keys import KEYS
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from sojourn.model.config import Value

Role: TypeAlias = Literal["node", "client", "gateway"]


class Node:
    """A member of a realm. Calls wait, and may be made from any thread; a client's are `sojourn.Realm`'s.

    Args:
        settings: Every key of docs/reference/config.md with its value; None where there is none.
        role: `node` runs atoms, `client` only asks, `gateway` asks as well and is linked with every node.

    Raises:
        NodeError: It could not listen, or could not join; the text says why.
    """

    def __init__(self, settings: Mapping[str, Value], role: Role) -> None:
        try:
            self._core = _core.node_open(json.dumps({**as_texts(settings), "role": role}))
        except NodeError as error:
            raise named(error) from None

    @property
    def name(self) -> str:
        """Its name in the realm."""
        return self._core.name

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where others can join it, the ports that it got among them."""
        return tuple(self._core.addresses())

    def peers(self) -> tuple[str, ...]:
        """Nodes that it has a session with now, by name. A client is linked with one at a time, a gateway with all."""
        return tuple(self._core.peers())

    def request(self, request: bytes, to: str | None, timeout_s: float) -> bytes:
        """Asks, and waits for the answer; both encoded.

        Args:
            request: See `sojourn.model.wire.encode_request`.
            to: The node that is to answer; None: the one that gets it, or whoever has the atom.
            timeout_s: How long to wait, in seconds.

        Raises:
            Unreachable: No answer in that time; it may have been done.
        """
        return self._core.request(request, to, milliseconds(timeout_s))

    def put(self, content: bytes) -> bytes:
        """Has a content ready for whoever wants it; its hash."""
        return self._core.put(content)

    def get(self, content: bytes, node: str, timeout_s: float) -> bytes:
        """A content by its hash, from a node that has it.

        Raises:
            MissingContent: It does not have it.
            Unreachable: It did not come in that time.
        """
        return self._core.get(content, node, milliseconds(timeout_s))

    def open_port(self, name: str, aliases: list[tuple[str, str]]) -> _core.Port:
        """A mailbox of this process; see `sojourn.core.port.open_port`."""
        return self._core.open_port(name, aliases)

    def close(self) -> None:
        """Leaves the realm; atoms that run here end. A second time does nothing."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def milliseconds(seconds: float) -> int:
    """Seconds as whole milliseconds, at least one."""
    return max(1, round(seconds * 1000))


def as_texts(settings: Mapping[str, Value]) -> dict[str, Value]:
    """Settings as the extension takes them: what is there, durations with their unit."""
    durations = {key.name for key in KEYS if key.kind is Kind.DURATION}
    return {name: f"{value}ms" if name in durations else value for name, value in settings.items() if value is not None}


def named(error: NodeError) -> NodeError:
    """An error of joining as the class that its text is of, so that it says what to do."""
    kinds = [kind for kind in BY_CODE.values() if kind.usual_text in str(error)]
    return kinds[0](str(error), error.hint) if kinds and type(error) is NodeError else error
