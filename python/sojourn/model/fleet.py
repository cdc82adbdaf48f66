"""What is known of a realm's machines and links: the facts that placement decides on.

All times are seconds of the controller's clock (Unix time), all sizes bytes, unless a name says otherwise.
"""

from __future__ import annotations

import msgspec


class Energy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A store of energy.

    Attributes:
        source: `battery` (told by the machine), `declared` or `simulated`.
        joules: What is left in it.
        capacity_joules: What it holds when full.
        harvest_watts: What comes in now.
        idle_watts: What the machine takes when it does nothing.
        core_watts: What it takes more for each core that is busy.
        mains: Whether it is plugged in: energy is then no limit.
    """

    source: str = "declared"
    joules: float = 0.0
    capacity_joules: float = 0.0
    harvest_watts: float = 0.0
    idle_watts: float = 0.0
    core_watts: float = 0.0
    mains: bool = False


class Position(msgspec.Struct, frozen=True):
    """A place: metres east, north and up of the realm's origin."""

    x: float
    y: float
    z: float = 0.0


class LinkFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A link as one of its ends measured it.

    Attributes:
        peer: The node at the other end.
        rtt_ms: Round trip, smoothed; half of it is the latency.
        bytes_per_s: What transfers reached; 0: none yet.
    """

    peer: str
    rtt_ms: float
    bytes_per_s: float = 0.0


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """Messages from one atom (or client) to another, smoothed over about a minute.

    Attributes:
        source: Global name of who sends.
        target: Global name of who receives.
        messages_per_s: How many.
        bytes_per_s: And how much.
    """

    source: str
    target: str
    messages_per_s: float
    bytes_per_s: float


class AtomFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a node measures of an atom that it runs.

    Attributes:
        atom: Its global name.
        epoch: Its ownership number there.
        state: As `AtomRow.state`, in lower case: `running`, `leaving`, `ended` and so on.
        module: Hash of its module, in hexadecimal.
        cores: Processor time a second, smoothed, of the node's cores.
        memory_bytes: What its memories take.
        queue: Messages that wait for it.
        started_at: When it began.
        reactive: Whether it runs when messages come, or by itself.
        status: Exit status, where it has ended.
    """

    atom: str
    epoch: int
    state: str = "running"
    module: str = ""
    cores: float = 0.0
    memory_bytes: int = 0
    queue: int = 0
    started_at: float = 0.0
    reactive: bool = False
    status: int | None = None


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a node reports of itself.

    Attributes:
        name: Its name.
        kind: Empty: a node of this realm; otherwise what speaks its protocol, as `arts`: it is foreign, and told of by
            a door.
        incarnation: Number of its process; another after each start.
        arch: Architecture of its processor, as `x86_64`.
        system: Its operating system, as `linux`, or `bare`.
        engines: Engines it has.
        functions: Host functions it offers beside the usual ones.
        tags: What it is marked with; `zone=eu` is a tag, too.
        cores: Cores for atoms.
        speed: Speed of one core; 1.0 is that of the reference machine in docs/reference/facts.md.
        load: Cores that are busy, of all processes of the machine.
        memory_bytes: Memory for atoms.
        memory_free_bytes: What is free of it.
        atoms: Atoms that it has.
        max_atoms: The most that it takes.
        euro_per_hour: What one hour of it costs.
        energy: Its energy; None: no limit is known.
        low_energy: Whether it has announced that its energy ends soon.
        position: Where it is, if that is known.
        version: Version of its program.
        uptime_s: How long it has been up.
        hosts: Whether atoms may be at it.
    """

    name: str
    kind: str = ""
    incarnation: int = 0
    arch: str = ""
    system: str = ""
    engines: tuple[str, ...] = ("wasmtime",)
    functions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cores: float = 1.0
    speed: float = 1.0
    load: float = 0.0
    memory_bytes: int = 0
    memory_free_bytes: int = 0
    atoms: int = 0
    max_atoms: int = 20_000
    euro_per_hour: float = 0.0
    energy: Energy | None = None
    low_energy: bool = False
    position: Position | None = None
    version: str = ""
    uptime_s: float = 0.0
    hosts: bool = True


class NodeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a node reports at once.

    Attributes:
        at: When it was taken.
        facts: Of the node.
        links: To the nodes it is linked with.
        atoms: Of atoms that are new or have changed since its last report.
        gone: Atoms that it has no longer.
        whole: Whether it begins anew: of what came before, only atoms in this report and in those after it are there.
        more: Whether there is more that has changed.
        traffic: The strongest pairs whose messages come to it.
    """

    at: float
    facts: NodeFacts
    links: tuple[LinkFacts, ...] = ()
    atoms: tuple[AtomFacts, ...] = ()
    gone: tuple[str, ...] = ()
    whole: bool = False
    more: bool = False
    traffic: tuple[Traffic, ...] = ()
