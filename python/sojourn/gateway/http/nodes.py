"""Routes about nodes."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import CacheFacts, NodeHistory, NodePart
from sojourn.gateway.http.cursor import key_of, part
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import CacheQuery, NodePath, NodeQuery
from sojourn.model.errors import Declined
from sojourn.model.node_errors import UnknownNode, Unreachable
from sojourn.model.record import NodeRecord


async def list_nodes(controller: Controller, query: NodeQuery) -> NodePart:
    """Nodes, by name: what they report, and what the controller holds of them."""
    items, following = part(query, await controller.nodes(query, key_of(query.cursor), query.limit + 1))
    return NodePart(items=items, next=following)


async def get_node(controller: Controller, path: NodePath) -> NodeRecord:
    """One node."""
    return await controller.node(path.node)


async def get_node_history(controller: Controller, path: NodePath) -> NodeHistory:
    """How a node did in the last ten minutes. Only the controller that leads has seen it; of others it is empty."""
    return await controller.node_history(path.node)


async def get_cache(controller: Controller, path: NodePath, query: CacheQuery) -> CacheFacts:
    """A node's cache of compiled code, with the entries that were used last."""
    return await controller.cache(path.node, query.limit)


async def cordon_node(controller: Controller, path: NodePath) -> NodeRecord:
    """Lets a node take no further atoms; those that it has stay."""
    return await controller.cordon(path.node, on=True, drain=False)


async def uncordon_node(controller: Controller, path: NodePath) -> NodeRecord:
    """Lets a node take atoms again, and ends its draining."""
    return await controller.cordon(path.node, on=False, drain=False)


async def drain_node(controller: Controller, path: NodePath) -> NodeRecord:
    """Lets a node take no further atoms, and moves those that it has away, one after the other."""
    return await controller.cordon(path.node, on=True, drain=True)


UNKNOWN = (UnknownNode,)
NODE = "/v1/nodes/{node}"
ROUTES = (
    Route("GET", "/v1/nodes", Scope.READ, list_nodes, group="Nodes"),
    Route("GET", NODE, Scope.READ, get_node, errors=UNKNOWN, group="Nodes"),
    Route("GET", f"{NODE}/history", Scope.READ, get_node_history, errors=UNKNOWN, group="Nodes"),
    Route(
        "GET",
        f"{NODE}/cache",
        Scope.READ,
        get_cache,
        errors=(UnknownNode, Declined, Unreachable),
        group="Nodes",
    ),
    Route("PUT", f"{NODE}/cordon", Scope.NODES, cordon_node, errors=UNKNOWN, group="Nodes"),
    Route("DELETE", f"{NODE}/cordon", Scope.NODES, uncordon_node, errors=UNKNOWN, group="Nodes"),
    Route("PUT", f"{NODE}/drain", Scope.NODES, drain_node, errors=UNKNOWN, group="Nodes"),
)
