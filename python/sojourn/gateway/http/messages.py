"""Routes by which an atom is talked to: messages, calls and its standard input."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import Sent
from sojourn.gateway.http.body import GiveInput, SendMessage
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import AtomPath
from sojourn.model.errors import Declined
from sojourn.model.node_errors import Busy, NotRunning, TimedOut, TooLarge, UnknownAtom, Unreachable


async def send_message(controller: Controller, path: AtomPath, body: SendMessage) -> Sent:
    """Sends an atom a message; with `wait` it is a call, and answered when the atom has."""
    return await controller.send(path.atom, body)


async def give_input(controller: Controller, path: AtomPath, body: GiveInput) -> Sent:
    """Gives an atom something to read whose standard input is a channel."""
    return await controller.give_input(path.atom, body)


ATOM = "/v1/atoms/{birth}/{name}"
ERRORS = (UnknownAtom, NotRunning, Declined, Busy, TooLarge, TimedOut, Unreachable)
ROUTES = (
    Route("POST", f"{ATOM}/messages", Scope.ATOMS, send_message, errors=ERRORS, group="Messages", once=True),
    Route("POST", f"{ATOM}/input", Scope.ATOMS, give_input, errors=ERRORS, group="Messages", once=True),
)
