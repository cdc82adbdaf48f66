"""Writes a recording while a simulation runs: changes at once, measurements as often as there is room for.

Room is bytes: of what measurements may take together, a share is there at each moment as large as the share of the time
that is over. So a day of 10,000 nodes is told coarser than an hour of ten, and both end below `limit.RECORDING_BYTES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.control.picture.wires import GONE, links_of, traffic_of
from sojourn.model.picture import ATOM_COLUMNS
from sojourn.model.record import AtomRecord, Drop, MoveRecord, MoveState, NodeRecord, Put, RealmEvent, Tell
from sojourn.sim import limit
from sojourn.sim.recording.line import line, underway
from sojourn.sim.recording.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.control.decision import Decision, Event
    from sojourn.control.state import State
    from sojourn.model.picture import LinkRow, TrafficRow, Underway
    from sojourn.sim.recording.line import Header

# What two looks at all measurements are apart at least: so many of them fit in a run.
LOOKS = 1440
# Lines of changes are as many at most.
CHANGES = 20_000
# What two looks at links and at who talks with whom are apart at least.
TALKS = 240
# A link is told again when it differs by such a share.
RTT = 0.3
REALM = "simulation"


class Recorder:
    """Follows one run.

    Args:
        header: What the first line says.
        state: What the controller knows.
        write: Takes lines.
        most_bytes: The recording is no longer.
        measured_bytes: Measurements take no more of it.
    """

    def __init__(
        self,
        header: Header,
        state: State,
        write: Callable[[bytes], object],
        *,
        most_bytes: int = limit.RECORDING_BYTES,
        measured_bytes: int = limit.MEASURED_BYTES,
    ) -> None:
        self._header = header
        self._registry, self._fleet = state.registry, state.fleet
        self._write = write
        self._left, self._measured_bytes = most_bytes, measured_bytes
        self._span = max(header.ends - header.begins, 1e-9)
        self._measured = 0
        self._looked_at = self._changed_at = self._wires_at = header.begins
        self._number = 0
        self._sight = Sight()
        self._links: dict[tuple[str, str], LinkRow] = {}
        self._traffic: tuple[TrafficRow, ...] = ()
        self._fresh: list[Put | Drop] = []
        self._events: list[RealmEvent] = []
        self._began = False
        self.cut_at: float | None = None
        self._put(msgspec.json.encode(header) + b"\n")

    # What the simulation tells.

    def heard(self, event: Event, decision: Decision, now: float) -> None:
        """The controller heard something, and this followed."""
        del event
        for write in decision.writes:
            if isinstance(write, Tell):
                self._number += 1
                self._events.append(msgspec.structs.replace(write.event, number=self._number))
            else:
                self._fresh.append(write)
        at = self._header.begins + now
        if self._fresh and self._began and at - self._changed_at >= self._span / CHANGES:
            self._show(at, self._change())

    def stepped(self, now: float) -> None:
        """A step is over; the first shows all that there is."""
        at = self._header.begins + now
        if not self._began:
            self._begin(at)
            return
        change: dict[str, list[Any]] = {}
        if at - self._changed_at >= self._span / CHANGES or at >= self._header.ends:
            change = self._change()
        if at >= self._header.ends or self._room(at):
            for name, values in self._look(at).items():
                change[name] = [*change.get(name, ()), *values]
        self._show(at, change)

    def end(self, study: dict[str, Any]) -> None:
        """The run is over, and this came of it."""
        self._left += limit.END_BYTES
        self._put(line(self._header.ends, "end", {"cut_at": self.cut_at, **study}))

    # Lines.

    def _show(self, at: float, change: dict[str, list[Any]]) -> None:
        """Events since the last line, each at its own time, then what has changed."""
        for event in self._events:
            self._tell(event.at, "event", event)
        self._events.clear()
        if change:
            self._changed_at = at
            self._tell(at, "change", {"number": self._number, **change})

    def _tell(self, at: float, what: str, value: object) -> None:
        """Writes a line, while there is room; after one that has none there is no other."""
        told = line(at, what, value)
        if len(told) > self._left:
            self.cut_at = at if self.cut_at is None else self.cut_at
            self._left = 0
            return
        self._put(told)

    def _put(self, told: bytes) -> None:
        self._left -= len(told)
        self._write(told)

    def _begin(self, at: float) -> None:
        self._began = True
        self._fresh.clear()
        registry, sight = self._registry, self._sight
        rows = [row for atom in registry.atoms.values() if (row := sight.atom(atom)) is not None]
        picture = {
            "at": round(at, 3),
            "realm": REALM,
            "role": "leading",
            "number": self._number,
            "nodes": [sight.told(node) for node in registry.nodes.values()],
            "atoms": {"columns": ATOM_COLUMNS, "rows": rows},
            **self._wires(),
            "moves": [underway(move) for move in registry.moves.values()],
        }
        self._tell(at, "picture", picture)
        self._show(at, {})

    def _change(self) -> dict[str, list[Any]]:
        """What is to be told at once."""
        sight = self._sight
        nodes: dict[str, NodeRecord] = {}
        atoms: dict[str, list[Any]] = {}
        moves: dict[int, Underway] = {}
        over: list[int] = []
        gone: dict[str, dict[str, None]] = {"atom": {}, "node": {}}
        for write in self._fresh:
            if isinstance(write, Drop):
                if write.kind in gone:
                    sight.forget(write.kind, write.key)
                    gone[write.kind][write.key] = None
                    atoms.pop(write.key, None) if write.kind == "atom" else nodes.pop(write.key, None)
                continue
            record = write.record
            if isinstance(record, NodeRecord) and (node := sight.node(record)) is not None:
                nodes[record.key] = node
                gone["node"].pop(record.key, None)
            elif isinstance(record, AtomRecord) and (row := sight.atom(record)) is not None:
                atoms[record.key] = row
                gone["atom"].pop(record.key, None)
            elif isinstance(record, MoveRecord) and record.state is MoveState.DECIDED:
                moves[record.number] = underway(record)
            elif isinstance(record, MoveRecord):
                over.append(record.number)
        self._fresh.clear()
        told: dict[str, list[Any]] = {
            "nodes": list(nodes.values()),
            "atoms": list(atoms.values()),
            "moves": list(moves.values()),
            "moves_over": over,
            "gone_atoms": list(gone["atom"]),
            "gone_nodes": list(gone["node"]),
        }
        return {name: value for name, value in told.items() if value}

    # Measurements.

    def _room(self, at: float) -> bool:
        """Whether it is time for measurements, and there is room for them."""
        share = (at - self._header.begins) / self._span
        due = at - self._looked_at >= self._span / LOOKS
        return due and self._measured <= share * self._measured_bytes

    def _look(self, at: float) -> dict[str, list[Any]]:
        """What measurements have changed."""
        self._looked_at = at
        nodes, loads, rows = self._sight.measured(self._registry.nodes.values(), self._registry.atoms.values())
        told: dict[str, list[Any]] = {"nodes": nodes, "atoms": rows, "loads": loads}
        found = {name: value for name, value in told.items() if value}
        if at - self._wires_at >= self._span / TALKS:
            self._wires_at = at
            found |= self._wires()
        self._measured += len(msgspec.json.encode(found))
        return found

    def _wires(self) -> dict[str, list[Any]]:
        """Links that are others than they were told as, and who talks with whom."""
        now, told, found = links_of(self._fleet), self._links, {}
        links = [row for pair, row in now.items() if pair not in told or other(row, told[pair])]
        gone = [(*pair, GONE, 0.0) for pair in told.keys() - now.keys()]
        for row in gone:
            del told[row[0], row[1]]
        told.update(((row[0], row[1]), row) for row in links)
        if links or gone:
            found["links"] = [*links, *sorted(gone)]
        traffic = traffic_of(self._fleet.talk)[: limit.MOST_TRAFFIC]
        if traffic != self._traffic:
            self._traffic = traffic
            found["traffic"] = list(traffic)
        return found


def other(row: LinkRow, told: LinkRow) -> bool:
    """Whether a link is another than it was told as."""
    return any(differs(now, before, RTT) for now, before in zip(row[2:], told[2:], strict=True))


def differs(now: float, before: float, share: float) -> bool:
    """Whether a measurement is another by such a share."""
    return abs(now - before) > share * max(abs(now), abs(before))
