"""A gateway is ready when each node of the realm has met it.

An atom that moves to a node which has not could not be told from one whose gateway has ended, and gives its streams up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from sojourn.model.wire import NodeRowsResponse, NodesRequest, decode_response, encode_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.core.node import Node
    from sojourn.model.wire import NodeRow

LOG = logging.getLogger(__name__)
# How long a gateway waits for nodes that it has not met, and how often it looks.
MEET_S = 10.0
LOOK_S = 0.05


async def meet(node: Node, most_s: float = MEET_S) -> None:
    """Waits until each node of the realm knows this one; goes on without those that do not in time.

    Args:
        node: The gateway's.
        most_s: How long, in seconds.
    """
    deadline = time.monotonic() + most_s
    request = encode_request(NodesRequest())
    while True:
        answer = decode_response(await asyncio.to_thread(node.request, request, None, most_s))
        missing = strangers(node.name, answer.rows if isinstance(answer, NodeRowsResponse) else ())
        if not missing:
            return
        if time.monotonic() > deadline:
            LOG.warning("nodes that have not met this gateway yet: %s", ", ".join(sorted(missing)))
            return
        await asyncio.sleep(LOOK_S)


def strangers(name: str, rows: Iterable[NodeRow]) -> set[str]:
    """Nodes that do not know the node of this name yet, or that only others know."""
    others = [row for row in rows if row.name != name]
    known = {peer for row in others for peer in row.peers} - {name}
    return {row.name for row in others if name not in row.peers} | (known - {row.name for row in others})
