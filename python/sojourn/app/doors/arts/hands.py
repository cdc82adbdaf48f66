"""What the centre wants of the realm: asked of the controller over REST, one after the other, in a thread."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sojourn.app.doors.arts.streams import STDIN
from sojourn.control.registry import LIVING
from sojourn.gateway.http.answer import AtomPart, ForeignCounts, NodePart, Started
from sojourn.gateway.http.body import AskPlace, ChangeSpec, MoveAtom, StartAtom, StopAtom, TellForeign, WantedSpec
from sojourn.gateway.mqtt.arts import action, telling
from sojourn.gateway.mqtt.arts.record import PREFIX, OurNode, our_uuid
from sojourn.gateway.mqtt.arts.remove import SIGNALS
from sojourn.model.errors import NoController, NotLeader, SojournError
from sojourn.model.node_errors import AtomNameTaken, Busy, UnknownAtom
from sojourn.model.placement import Explanation
from sojourn.model.record import AtomRecord, ModuleRecord, MoveRecord, MoveState

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.app.doors.arts.modules import Source
    from sojourn.app.rest_client import RestClient
    from sojourn.gateway.mqtt.arts.record import Module

T = TypeVar("T")

# A controller that is away may be starting again: it is asked again for so long.
PATIENCE_S = 10.0
AGAIN_S = 0.5
# How long a move or a stop may take, and how often it is looked at.
MOVE_S = 60.0
LOOK_S = 0.1
# What costs the same everywhere: who is to be where somebody said is not moved for a better place.
STAYS = "0"


@dataclass(frozen=True, slots=True)
class Orders:
    """How modules are started at nodes of the realm.

    Attributes:
        door: Name of the door, as the controller knows it.
        port: Who gets what they write to channels.
        policy: By which policy they are placed.
        images_every_s: How often an image is kept of each; 0: as its node does.
    """

    door: str
    port: str
    policy: str
    images_every_s: float = 0.0


class Hands:
    """Does it. Its calls wait, and never fail: what went wrong is in the outcome.

    Args:
        client: Of the controller.
        source: Where files of modules come from.
        realm: Name of the realm.
        orders: How modules are started.
    """

    def __init__(self, client: RestClient, source: Source, realm: str, orders: Orders) -> None:
        self._client = client
        self._source = source
        self._realm = realm
        self._orders = orders

    def do(self, wanted: action.Action) -> action.Outcome | None:
        """Does one thing; None: it is nothing of the realm's."""
        match wanted:
            case action.Place(number):
                return self._safely(number, lambda: self._place(wanted))
            case action.Start(number):
                return self._safely(number, lambda: self._start(wanted))
            case action.Stop(number):
                return self._safely(number, lambda: self._stop(wanted))
            case action.Move(number):
                return self._safely(number, lambda: self._move(wanted))
            case _:
                return None

    def _safely(self, number: int, work: Callable[[], action.Outcome]) -> action.Outcome:
        try:
            return work()
        except SojournError as error:
            return action.Failed(number, f"{error}{f' ({error.hint})' if error.hint else ''}")

    def patiently(self, ask: Callable[[], T]) -> T:
        """Asks a controller that may be starting again."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return ask()
            except (NoController, NotLeader, Busy):
                if time.monotonic() > deadline:
                    raise
            time.sleep(AGAIN_S)

    # Telling.

    def tell(self, told: TellForeign) -> ForeignCounts:
        """Tells the controller of runtimes and their modules; what it knows then.

        Raises:
            SojournError: It does not take it.
        """
        return self._client.ask("PUT", f"/v1/foreign/{self._orders.door}", ForeignCounts, body=told)

    def nodes(self) -> list[OurNode]:
        """Nodes of the realm that take atoms.

        Raises:
            SojournError: The controller does not tell.
        """
        parts = self._client.all("/v1/nodes", NodePart, {"state": "up", "foreign": False})
        facts = [record.facts for part in parts for record in part.items]
        return [
            OurNode(each.name, our_uuid(self._realm, each.name), each.max_atoms, each.atoms)
            for each in facts
            if each.hosts and each.max_atoms
        ]

    def atoms(self) -> dict[str, AtomRecord]:
        """Atoms that modules run as, by name.

        Raises:
            SojournError: The controller does not tell.
        """
        parts = self._client.all("/v1/atoms", AtomPart, {"name": PREFIX})
        return {record.name: record for part in parts for record in part.items}

    # Doing.

    def _place(self, wanted: action.Place) -> action.Outcome:
        body = AskPlace(name=wanted.name, spec=telling.wanted(wanted.spec))
        told = self.patiently(lambda: self._client.ask("POST", "/v1/place", Explanation, body=body))
        return action.Placed(wanted.number, told.choice.node, told.choice.reason)

    def _start(self, wanted: action.Start) -> action.Outcome:
        module = wanted.module
        wasm = self._source.fetch(module)
        program = PurePosixPath(module.filename).name
        put = self.patiently(
            lambda: self._client.ask("POST", "/v1/modules", ModuleRecord, content=wasm, query={"name": program})
        )
        try:
            started = self._client.ask(
                "POST", "/v1/atoms", Started, body=self._order(wanted, put.digest, module.local_name)
            )
        except AtomNameTaken:
            # One of that name has ended, and is still remembered.
            name = f"{module.local_name}.{secrets.token_hex(3)}"
            started = self._client.ask("POST", "/v1/atoms", Started, body=self._order(wanted, put.digest, name))
        return action.Started(wanted.number, started.atom, started.node)

    def _order(self, wanted: action.Start, digest: str, name: str) -> StartAtom:
        module = wanted.module
        channels = {each.file: each.mode for each in module.channels if each.type == "pubsub"}
        spec = WantedSpec(objective=STAYS) if module.wanted else WantedSpec(policy=self._orders.policy)
        return StartAtom(
            module=digest,
            program=program_of(module),
            arguments=module.args,
            environment=dict(tuple(each.split("=", 1)) for each in module.env),  # type: ignore[misc]
            name=name,
            channels={**channels, SIGNALS: "r", STDIN: "r"},
            channel_to=self._orders.port,
            spec=msgspec.structs.replace(spec, checkpoint_s=self._orders.images_every_s),
            node=wanted.node,
        )

    def _stop(self, wanted: action.Stop) -> action.Outcome:
        try:
            self.patiently(
                lambda: self._client.ask(
                    "POST", f"/v1/atoms/{wanted.atom}/stop", AtomRecord, body=StopAtom(discard=True)
                )
            )
            deadline = time.monotonic() + MOVE_S
            while time.monotonic() < deadline:
                record = self.patiently(lambda: self._client.ask("GET", f"/v1/atoms/{wanted.atom}", AtomRecord))
                if record.state not in LIVING:
                    return action.Done(wanted.number)
                time.sleep(LOOK_S)
        except UnknownAtom:
            return action.Done(wanted.number)
        return action.Failed(wanted.number, f"{wanted.atom} is to be stopped, and its node has not answered yet")

    def _move(self, wanted: action.Move) -> action.Outcome:
        cause = "asked by a requester of ARTS"
        change = ChangeSpec(objective=STAYS, policy="objective")
        self.patiently(lambda: self._client.ask("PATCH", f"/v1/atoms/{wanted.atom}", AtomRecord, body=change))
        move = self._client.ask(
            "POST", f"/v1/atoms/{wanted.atom}/moves", MoveRecord, body=MoveAtom(target=wanted.node, cause=cause)
        )
        deadline = time.monotonic() + MOVE_S
        while move.state is MoveState.DECIDED and time.monotonic() < deadline:
            time.sleep(LOOK_S)
            move = self.patiently(partial(self._client.ask, "GET", f"/v1/moves/{move.number}", MoveRecord))
        if move.state is MoveState.DONE:
            return action.Done(wanted.number)
        return action.Failed(
            wanted.number, move.error or f"{wanted.atom} has not moved in {MOVE_S:g} s; it may do so yet"
        )


def program_of(module: Module) -> str:
    """A module's program name."""
    return PurePosixPath(module.filename).name
