"""Commands are carried out: each takes its time, and any may fail.

| command | takes | fails where |
|---|---|---|
| move | a round trip, its bytes, those that change meanwhile again | a node is away, there is no room |
| restore | reading an image, and its way where the target has none | no image can be reached, the atom runs |
| reload | standing still for a moment | the atom does not run |
| stop, forget | nothing | there is nothing to stop or forget |
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.decision import Command, Forget, Move, Reload, Restore, Settled, Start, Stop
from sojourn.sim.world.atoms import State
from sojourn.sim.world.energy import taken
from sojourn.sim.world.transfer import Transfers
from sojourn.sim.world.world import LINEAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.sim.timeline import Timeline
    from sojourn.sim.world.transfer import Transfer
    from sojourn.sim.world.world import World

# A move's own part of its downtime, a restore's and a reload's own time: as measured by `sojourn bench migration`.
HANDOVER_S, RESTORE_S, RELOAD_S = 0.004, 0.02, 0.02
# What is not there after so long is given up, before the controller gives up to wait.
PATIENCE_S = 120.0
MS, MIB = 1000.0, 1024.0 * 1024


class Carrier:
    """Carries commands out, and tells how each went."""

    def __init__(self, world: World, timeline: Timeline, tell: Callable[[Command, Settled, float], None]) -> None:
        self.world = world
        self.timeline = timeline
        self.tell = tell
        self.transfers = Transfers(world.nodes, timeline)

    def carry(self, command: Command, now: float) -> None:
        """Begins to carry a command out."""
        atom = self.world.atoms.number.get(command.atom)
        if atom is None or isinstance(command, Start):
            self.refuse(command, now, "there is no such atom")
        elif isinstance(command, Forget):
            self.forget(command, atom, now)
        elif self.world.atoms.moving[atom]:
            self.refuse(command, now, "another command is about it", busy=True)
        elif isinstance(command, Move):
            self.move(command, atom, now)
        elif isinstance(command, Restore):
            self.restore(command, atom, now)
        elif isinstance(command, Stop):
            self.stop(command, atom, now)
        else:
            self.reload(command, atom, now)

    def refuse(self, command: Command, now: float, why: str, *, busy: bool = False, gone: bool = False) -> None:
        """A command is not carried out."""
        self.tell(command, Settled(number=command.number, error=why, busy=busy, gone=gone, atom=command.atom), now)

    def done(self, command: Command, atom: int, now: float, **figures: float) -> None:
        """A command was carried out."""
        a, n = self.world.atoms, self.world.nodes
        where = n.names[int(a.node[atom])]
        settled = Settled(
            number=command.number,
            atom=command.atom,
            node=where,
            epoch=int(a.epoch[atom]),
            total_ms=figures.get("total", 0.0) * MS,
            downtime_ms=figures.get("downtime", 0.0) * MS,
            bytes=int(figures.get("bytes", 0.0)),
        )
        self.tell(command, settled, now)

    def target(self, command: Move | Restore, atom: int) -> tuple[int, str]:
        """The row of a command's target, or why it does not take the atom."""
        n = self.world.nodes
        row = n.number.get(command.target, -1)
        if row < 0:
            return row, f"there is no node {command.target!r}"
        if not n.reachable[row]:
            return row, f"{command.target} does not answer"
        if not self.world.room(row, atom):
            return row, f"{command.target} has no room"
        return row, ""

    # Moves.

    def move(self, command: Move, atom: int, now: float) -> None:
        """Its pages begin to go."""
        a, n = self.world.atoms, self.world.nodes
        source = int(a.node[atom])
        row, why = self.target(command, atom)
        if a.state[atom] != State.RUNNING or n.names[source] != command.source:
            why = f"it does not run at {command.source}"
        elif not n.reachable[source]:
            why = f"{command.source} does not answer"
        elif row == source:
            why = "it is there already"
        if why:
            self.refuse(command, now, why)
            return
        size, rate = float(a.state_bytes[atom]), self.world.links.bandwidth(source, row)
        again = min(size, float(a.dirty[atom]) * size / rate)
        last = min(again, float(a.dirty[atom]) * again / rate)
        rtt = 2 * float(self.world.links.latency(source, row))
        downtime = HANDOVER_S + rtt + last / rate
        a.moving[atom] = True
        self.world.reserve(row, atom)
        way = Way(command, atom, source, row, now, downtime, size + again + last)
        self.send(way, (source, row), size + again, now, self.freeze)

    def send(
        self, way: Way, ends: tuple[int, int], size: float, now: float, then: Callable[[Way, float], None]
    ) -> None:
        """What a command has to carry begins to go; not for ever."""
        way.transfer = self.transfers.begin(*ends, size, now, partial(then, way))
        self.timeline.put(now + PATIENCE_S, partial(self.give_up, way))

    def give_up(self, way: Way, now: float) -> None:
        """What is still under way is given up."""
        if way.transfer is None:
            return
        self.transfers.cancel(way.transfer, now)
        self.world.atoms.moving[way.atom] = False
        self.world.reserve(way.target, way.atom, -1)
        self.refuse(way.command, now, f"it took longer than {PATIENCE_S:g} s", busy=True)

    def freeze(self, way: Way, now: float) -> None:
        """It stops, if all is well; else it goes on where it is."""
        way.transfer = None
        if self.stands(way, State.RUNNING):
            self.world.hold(way.atom, now)
            way.held = True
        self.timeline.put(now + way.downtime, partial(self.arrive, way))

    def arrive(self, way: Way, now: float) -> None:
        """It runs at the target; or where it was, if the target went away."""
        world, a, n = self.world, self.world.atoms, self.world.nodes
        a.moving[way.atom] = False
        if not way.held or not self.stands(way, State.HELD):
            world.reserve(way.target, way.atom, -1)
            if way.held and a.state[way.atom] == State.HELD:
                world.resume(way.atom, now)
            self.refuse(way.command, now, "a node went away while it moved", busy=True)
            return
        epoch = int(a.epoch[way.atom]) + 1
        world.leave(way.atom, State.HELD, now)
        world.start(way.atom, way.target, now, epoch)
        for row in (way.source, way.target):
            taken(n, row, float(n.move_j[row]) * way.bytes / MIB)
        a.stood[way.atom] += way.downtime
        self.done(way.command, way.atom, now, total=now - way.since, downtime=way.downtime, bytes=way.bytes)

    def stands(self, way: Way, state: State) -> bool:
        """Whether an atom is as its move left it, and both nodes answer."""
        a, n = self.world.atoms, self.world.nodes
        here = a.state[way.atom] == state and int(a.node[way.atom]) == way.source
        return bool(here and n.reachable[way.source] and n.reachable[way.target])

    # What follows a loss.

    def restore(self, command: Restore, atom: int, now: float) -> None:
        """A target begins to read an image, or starts it anew."""
        a, n = self.world.atoms, self.world.nodes
        row, why = self.target(command, atom)
        source = int(a.node[atom])
        size, holder = 0.0, row
        if a.state[atom] == State.ENDED:
            why = "it has ended"
        elif a.state[atom] == State.RUNNING and n.reachable[source]:
            why = f"it runs at {n.names[source]}"
        elif not why:
            holders = [each for each in {source: None, int(a.keeper[atom]): None} if n.reachable[each]]
            if not np.isfinite(a.checkpoint[atom]):
                why = "no image of it was ever taken"
            elif not holders:
                why = "no image of it can be reached"
            elif row not in holders:
                size, holder = float(a.state_bytes[atom]), holders[0]
        if why:
            self.refuse(command, now, why, busy="reached" in why, gone="ever" in why)
            return
        a.moving[atom] = True
        self.world.reserve(row, atom)
        way = Way(command, atom, source, row, now, 0.0, size)
        if size:
            self.send(way, (holder, row), size, now, self.read)
        else:
            self.read(way, now)

    def read(self, way: Way, now: float) -> None:
        """The image is at the target."""
        way.transfer = None
        self.timeline.put(now + RESTORE_S, partial(self.restored, way))

    def restored(self, way: Way, now: float) -> None:
        """It runs again, in a lineage of its own."""
        world, a, n = self.world, self.world.atoms, self.world.nodes
        a.moving[way.atom] = False
        back = a.state[way.atom] == State.RUNNING and n.reachable[way.source]
        if back or not n.reachable[way.target]:
            world.reserve(way.target, way.atom, -1)
            self.refuse(way.command, now, "its node came back" if back else "the target went away", busy=not back)
            return
        world.touch(way.source, now)
        world.abandon(way.atom)
        world.roll_back(way.atom)
        epoch = ((int(a.epoch[way.atom]) >> LINEAGE) + 1) << LINEAGE
        world.settle(way.source)
        world.start(way.atom, way.target, now, epoch)
        self.done(way.command, way.atom, now, total=now - way.since, bytes=way.bytes)

    # The rest.

    def stop(self, command: Stop, atom: int, now: float) -> None:
        """It ends."""
        a, n = self.world.atoms, self.world.nodes
        if a.state[atom] == State.ENDED or not n.reachable[a.node[atom]]:
            self.refuse(command, now, "it does not run, or its node does not answer")
            return
        self.world.leave(atom, State.ENDED, now)
        self.done(command, atom, now)

    def forget(self, command: Forget, atom: int, now: float) -> None:
        """What is left of it at a node goes."""
        row = self.world.nodes.number.get(command.node, -1)
        if row < 0 or not self.world.nodes.reachable[row]:
            self.refuse(command, now, f"{command.node} does not answer", busy=True)
            return
        self.world.forget(atom, row)
        self.done(command, atom, now)

    def reload(self, command: Reload, atom: int, now: float) -> None:
        """It stands still while its module is changed."""
        a, n = self.world.atoms, self.world.nodes
        source = int(a.node[atom])
        if a.state[atom] != State.RUNNING or not n.reachable[source]:
            self.refuse(command, now, "it does not run, or its node does not answer")
            return
        a.moving[atom] = True
        self.world.hold(atom, now)
        way = Way(command, atom, source, source, now, RELOAD_S, 0.0)
        self.timeline.put(now + RELOAD_S, partial(self.reloaded, way))

    def reloaded(self, way: Way, now: float) -> None:
        """It goes on with the other module."""
        a = self.world.atoms
        a.moving[way.atom] = False
        if a.state[way.atom] != State.HELD:
            self.refuse(way.command, now, "its node went away", busy=True)
            return
        self.world.resume(way.atom, now)
        self.done(way.command, way.atom, now, total=now - way.since, downtime=way.downtime)


class Way:
    """A command under way.

    Attributes:
        command: The command.
        atom: Row of the atom.
        source: Row of the node where it was.
        target: Row of the node where it goes.
        since: When it began.
        downtime: Seconds that the atom stands still.
        bytes: What goes over the link.
        held: Whether the atom stands still.
        transfer: What of it is still on its way; None: nothing.
    """

    __slots__ = ("atom", "bytes", "command", "downtime", "held", "since", "source", "target", "transfer")

    def __init__(  # noqa: PLR0913, PLR0917 -- what there is to a command
        self, command: Command, atom: int, source: int, target: int, since: float, downtime: float, size: float
    ) -> None:
        self.command = command
        self.atom, self.source, self.target = atom, source, target
        self.since, self.downtime, self.bytes = since, downtime, size
        self.held = False
        self.transfer: Transfer | None = None
