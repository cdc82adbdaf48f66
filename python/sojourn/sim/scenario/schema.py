"""What a scenario says: one class a table of its TOML. `docs/reference/scenario.md` tells it to people."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from sojourn.sim.scenario.quantity import Unit

Seconds: TypeAlias = Annotated[float, Unit("s")]
Length: TypeAlias = Annotated[float, Unit("s", positive=True)]
Bytes: TypeAlias = Annotated[float, Unit("bytes")]
Bandwidth: TypeAlias = Annotated[float, Unit("bytes/s", positive=True)]
Watts: TypeAlias = Annotated[float, Unit("W")]
Joules: TypeAlias = Annotated[float, Unit("J")]
Metres: TypeAlias = Annotated[float, Unit("m", least=-math.inf)]
Speed: TypeAlias = Annotated[float, Unit("m/s")]
Rate: TypeAlias = Annotated[float, Unit("/s")]
Share: TypeAlias = Annotated[float, Unit(most=1.0)]
Number: TypeAlias = Annotated[float, Unit()]
Positive: TypeAlias = Annotated[float, Unit(positive=True)]


class AtomKind(StrEnum):
    """What an atom does.

    WORK: Computes as fast as it may. PERIODIC: Has work that comes again, with a deadline. REACTIVE: Serves users.
    """

    WORK = "work"
    PERIODIC = "periodic"
    REACTIVE = "reactive"


class FailureKind(StrEnum):
    """How something fails.

    CRASH: A node's power goes; it boots again later. OUTAGE: The same for a zone. CUT: A node or zone cannot be
    reached; it runs on, and comes back late.
    """

    CRASH = "crash"
    OUTAGE = "outage"
    CUT = "cut"


class EnergyTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What nodes of a group live on. Without it they are on mains.

    Attributes:
        capacity: What the battery holds.
        start: How full it is at the beginning.
        idle: Taken while the node is awake.
        core: Taken more for each busy core.
        peak: Of the panel, at noon under a clear sky.
        spread: By how much of `peak` panels of the group differ, up and down.
        constant: Comes in at all hours.
        low: Low energy is announced below this share of `capacity`.
        wake: A node that was suspended wakes at this share.
        move_per_mib: Taken at both ends for each MiB of a move.
    """

    capacity: Annotated[float, Unit("J", positive=True)]
    start: Share = 0.5
    idle: Watts = 2.0
    core: Watts = 3.0
    peak: Watts = 0.0
    spread: Share = 0.0
    constant: Watts = 0.0
    low: Share = 0.15
    wake: Share = 0.3
    move_per_mib: Joules = 0.05


class NodeTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of nodes that are alike.

    Attributes:
        count: How many.
        cores: Cores of each.
        speed: Speed of a core; 1.0 is that of the reference machine.
        memory: Memory for atoms.
        max_atoms: The most atoms a node takes.
        price: Euro an hour.
        arch: Architecture of the processor.
        engines: Engines it has.
        functions: Host functions it offers beside the usual ones.
        tags: What it is marked with.
        zones: Zones that the nodes are dealt to in turn; each node gets the tag `zone=NAME`.
        link: Class of its link, of `links.classes`.
        area: West, south, east and north edge of where the nodes stand.
        grid: Whether they stand in a grid over the area; else at random.
        gateway: Whether users attach to them.
        energy: What they live on.
    """

    count: int = 1
    cores: Positive = 4.0
    speed: Positive = 1.0
    memory: Bytes = 4.0 * 2**30
    max_atoms: int = 20_000
    price: Number = 0.0
    arch: str = "x86_64"
    engines: tuple[str, ...] = ("wasmtime",)
    functions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    link: str = "lan"
    area: tuple[Metres, ...] = (0.0, 0.0, 1000.0, 1000.0)
    grid: bool = False
    gateway: bool = True
    energy: EnergyTable | None = None


class AtomTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of atoms that are alike.

    Attributes:
        count: How many.
        kind: What they do.
        cores: Cores each keeps busy; those that are not `work` keep busy fewer of faster ones.
        memory: Memory it is given room for.
        state: What a move has to carry; 0: all of `memory`.
        dirty: How fast it writes to that while it moves.
        work: Processor time that its work takes, on a core of speed 1.0; 0: it goes on for ever.
        period: Of periodic work.
        deadline: Of periodic work, after its beginning; 0: the period.
        on: Where they start: nodes of this zone, group or name; empty: all that have room, in turn.
        swing: How much the load of day and night differs, of the mean; the peak is at 18:00.
        policy: Name of the placement policy.
        objective: Expression of what costs.
        require: Expression that must hold.
        tags: Tags that a node must have.
        functions: Host functions that it must offer.
        engine: Engine that it must have.
        durable: Whether messages are journaled.
        restart: `never`: not even when its node is lost; else it goes on from its last image.
        checkpoint: How often an image is kept; 0: never.
    """

    count: int = 1
    kind: AtomKind = AtomKind.WORK
    cores: Positive = 1.0
    memory: Bytes = 64.0 * 2**20
    state: Bytes = 0.0
    dirty: Annotated[float, Unit("bytes/s")] = 1e6
    work: Seconds = 0.0
    period: Seconds = 1.0
    deadline: Seconds = 0.0
    on: str = ""
    swing: Share = 0.0
    policy: str = "objective"
    objective: str = ""
    require: str = ""
    tags: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    engine: str = ""
    durable: bool = False
    restart: str = ""
    checkpoint: Seconds = 60.0


class UserTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of users, each with an atom that serves it.

    Attributes:
        count: How many.
        atoms: Group of atoms; users take them in turn. Where its `on` is empty an atom starts at its first user's node.
        speed: How fast they go from one point to the next; 0: they stay.
        pause: How long they rest there, at most.
        area: Where they go about: west, south, east, north.
        path: Points that they go round instead, each starting at another: `[[x, y], ...]`.
        rate: Messages of each.
        bytes: Size of a message.
        limit: Latency from user to atom that is not to be exceeded.
        access: From a user to the node that it is attached to.
    """

    count: int = 1
    atoms: str
    speed: Speed = 0.0
    pause: Seconds = 0.0
    area: tuple[Metres, ...] = (0.0, 0.0, 1000.0, 1000.0)
    path: tuple[tuple[Metres, ...], ...] = ()
    rate: Rate = 1.0
    bytes: Bytes = 200.0
    limit: Length = 0.02
    access: Seconds = 0.002


class LinkClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way to be linked.

    Attributes:
        latency: From the node to the network, one way.
        bandwidth: Both ways.
    """

    latency: Seconds
    bandwidth: Bandwidth


CLASSES = {
    "lan": LinkClass(latency=0.0001, bandwidth=1.25e8),
    "wan": LinkClass(latency=0.004, bandwidth=1.25e7),
    "cellular": LinkClass(latency=0.02, bandwidth=2.5e6),
}


class LinkTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How nodes are linked.

    Attributes:
        per_km: Latency of a kilometre, one way: 0.01 ms is glass with detours.
        jitter: Spread of what is measured, as a share of it.
        classes: Ways to be linked, beside `lan`, `wan` and `cellular`.
    """

    per_km: Seconds = 1e-5
    jitter: Share = 0.05
    classes: dict[str, LinkClass] = {}


class ZoneTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A zone's sky.

    Attributes:
        sun: How much later than at the origin the sun rises.
        clouds: Share of light that clouds take, in the mean.
        gusts: How much that changes, up and down.
    """

    sun: Seconds = 0.0
    clouds: Share = 0.2
    gusts: Share = 0.2


class FailureTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that fails.

    Attributes:
        kind: How.
        at: When.
        lasts: For how long.
        node: Which node, by name.
        zone: Which zone.
    """

    kind: FailureKind
    at: Seconds
    lasts: Length = 600.0
    node: str = ""
    zone: str = ""


class ChanceTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Failures of any node, by chance.

    Attributes:
        kind: How: `crash` or `cut`.
        every: Mean time between failures of one node; exponentially distributed.
        lasts: Mean time until it is back; exponentially distributed.
    """

    kind: FailureKind = FailureKind.CRASH
    every: Length
    lasts: Length = 600.0


class SurgeTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A crowd.

    Attributes:
        atoms: Group whose load grows.
        share: Of the group's atoms, the first so many.
        at: When it begins.
        lasts: How long.
        rises: How long until it is there, and until it has gone.
        factor: Load over the usual.
    """

    atoms: str
    share: Share = 1.0
    at: Seconds
    lasts: Length
    rises: Seconds = 60.0
    factor: Positive


class ControlTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the controller is coupled to the world.

    Attributes:
        step: The world is advanced by so much, and the controller ticks as often.
        report: A node reports so often.
        delay: A report or command is under way so long.
        detect: A node's silence is noticed after so long.
        settings: Settings of the controller, by name.
    """

    step: Length = 1.0
    report: Length = 5.0
    delay: Seconds = 0.05
    detect: Seconds = 2.0
    settings: dict[str, str] = {}


class TraceTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded traces, as paths from the scenario's folder.

    Attributes:
        positions: Of users: CSV `at,user,x,y` or JSON lines.
        load: Of groups of atoms: CSV `at,atoms,factor`.
        energy: What comes in: CSV `at,node,watts`; an empty node means all with a battery.
    """

    positions: str = ""
    load: str = ""
    energy: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it.

    Attributes:
        title: What it shows, in one line.
        hours: How long it lasts.
        clock: Time of day at which it begins.
        figure: Figure that it is about, of the report's `gains`.
        goal: What that is to reach.
        nodes: Groups of nodes, by name.
        atoms: Groups of atoms, by name.
        users: Groups of users, by name.
        zones: Skies of zones, by name.
        links: How nodes are linked.
        failures: What fails when.
        chances: What fails by chance.
        surges: Crowds.
        control: How the controller is coupled.
        traces: Recorded traces.
    """

    title: str = ""
    hours: Positive = 1.0
    clock: Seconds = 0.0
    figure: str = ""
    goal: Number = 0.0
    nodes: dict[str, NodeTable]
    atoms: dict[str, AtomTable]
    users: dict[str, UserTable] = {}
    zones: dict[str, ZoneTable] = {}
    links: LinkTable = LinkTable()
    failures: tuple[FailureTable, ...] = ()
    chances: tuple[ChanceTable, ...] = ()
    surges: tuple[SurgeTable, ...] = ()
    control: ControlTable = ControlTable()
    traces: TraceTable = TraceTable()

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.hours * 3600.0
