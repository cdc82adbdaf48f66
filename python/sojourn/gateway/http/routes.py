"""All routes, in the order in which documents show them."""

from __future__ import annotations

from sojourn.gateway.http import (
    atoms,
    events,
    foreign,
    inspection,
    messages,
    modules,
    nodes,
    output,
    pictures,
    programs,
    realm,
    simulations,
)

DOCUMENT = "/v1/openapi.json"
ROUTES = (
    *nodes.ROUTES,
    *atoms.ROUTES,
    *output.ROUTES,
    *messages.ROUTES,
    *inspection.ROUTES,
    *realm.ROUTES,
    *pictures.ROUTES,
    *modules.ROUTES,
    *programs.ROUTES,
    *simulations.ROUTES,
    *foreign.ROUTES,
    *events.ROUTES,
)
