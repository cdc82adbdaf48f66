"""Requests without waiting in the event loop: a core call waits in a thread, the caller awaits it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from sojourn.model.errors import InvalidMessage, SojournError
from sojourn.model.node_errors import InvalidRequest, Unreachable, node_error
from sojourn.model.wire import ElsewhereResponse, FailedResponse, decode_response, encode_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.core.node import Node
    from sojourn.model.wire import Request, Response

T = TypeVar("T")
Answer = TypeVar("Answer")

# Requests on their way at once; each waits in a thread of its own, more wait for their turn.
REQUESTS = 64
# Most bytes of a request: it is one message, and a node takes 4 MiB of those at once from a peer.
REQUEST_BYTES = 3 << 20
# How often a request follows an atom that moves while it is asked for.
HOPS = 8


class Asker:
    """Asks through a client.

    A call that is cancelled is not waited for; what it asked for may be done all the same.

    Args:
        node: The client.
        timeout_s: How long an answer is waited for, in seconds.
    """

    def __init__(self, node: Node, timeout_s: float) -> None:
        self._node = node
        self._threads = ThreadPoolExecutor(REQUESTS, thread_name_prefix="sojourn-request")
        self._closed = False
        self.timeout_s = timeout_s

    async def ask(
        self, request: Request, answer: type[Answer], *, to: str | None = None, wait_s: float = 0.0
    ) -> Answer:
        """Asks, and gives the answer if it is of the type that is expected.

        Args:
            request: What is asked.
            answer: Type of the answer.
            to: The node that is to answer; None: whoever can.
            wait_s: How long the node itself may wait before it answers, in seconds.

        Raises:
            NodeError: It answered that it was not done, or none answered.
            InvalidMessage: It answered something else.
            InvalidRequest: It is too long.
            ValueError: The request holds what does not fit in its fields.
        """
        data = encode_request(request)
        if len(data) > REQUEST_BYTES:
            raise InvalidRequest(
                f"the request has {len(data):,} bytes; nodes take at most {REQUEST_BYTES:,}",
                "files in memory and standard input go with it: give fewer, or mount a folder",
            )
        for _ in range(HOPS):
            response = await self._ask_once(data, to, self.timeout_s + wait_s)
            match response:
                case FailedResponse(code, text, hint):
                    raise node_error(code, text, hint)
                case ElsewhereResponse(node, _):
                    to = node
                case _ if isinstance(response, answer):
                    return response
                case _:
                    raise InvalidMessage(f"a node answered {type(request).__name__} with {type(response).__name__}")
        raise Unreachable(f"the atom was not met at any of {HOPS} nodes, one after the other")

    async def _ask_once(self, data: bytes, to: str | None, timeout_s: float) -> Response:
        return decode_response(await self.run(lambda: self._node.request(data, to, timeout_s)))

    async def put(self, content: bytes) -> bytes:
        """Has a content ready for whoever wants it; its hash."""
        return await self.run(lambda: self._node.put(content))

    async def get(self, content: bytes, node: str) -> bytes:
        """A content by its hash, from a node that has it.

        Raises:
            NodeError: It does not have it, or it did not come in time.
        """
        return await self.run(lambda: self._node.get(content, node, self.timeout_s))

    async def run(self, call: Callable[[], T]) -> T:
        """A call that waits, in a thread."""
        if self._closed:
            raise SojournError("the connection to the realm is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def close(self) -> None:
        """Leaves the realm; calls on their way end with an error. A second time does nothing."""
        if self._closed:
            return
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._node.close)
