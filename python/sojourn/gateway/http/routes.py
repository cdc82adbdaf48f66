"""All routes, in the order in which documents show them."""

from __future__ import annotations

from sojourn.gateway.http import atoms, events, foreign, modules, nodes, realm

DOCUMENT = "/v1/openapi.json"
ROUTES = (*nodes.ROUTES, *atoms.ROUTES, *realm.ROUTES, *modules.ROUTES, *foreign.ROUTES, *events.ROUTES)
