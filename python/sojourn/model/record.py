"""What the controller keeps: desired and actual state. Each record is a value; a store keeps them by kind and key.

All times are seconds of the controller's clock (Unix time).
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from sojourn.model.fleet import NodeFacts  # noqa: TC001 -- msgspec reads annotations when it runs


class NodeState(StrEnum):
    """What the controller holds of a node.

    UP: it reports. LOST: its liveliness ended; its atoms are restored elsewhere. GONE: it left in order.
    """

    UP = "up"
    LOST = "lost"
    GONE = "gone"


class NodeRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node. Key: its name.

    Attributes:
        facts: What it reported last.
        state: What it is.
        seen_at: Last sign of life.
        cordoned: Takes no further atoms.
        draining: Its atoms are being moved away.
        door: Who tells of it, where it is foreign.
    """

    KIND: ClassVar[str] = "node"

    facts: NodeFacts
    state: NodeState = NodeState.UP
    seen_at: float = 0.0
    cordoned: bool = False
    draining: bool = False
    door: str = ""

    @property
    def key(self) -> str:
        """Its name."""
        return self.facts.name


class ModuleRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A module. Key: its hash, in hexadecimal.

    Attributes:
        digest: The hash.
        name: What it was called when it came.
        bytes: Its size.
        annotation: Its annotation: key and value, in order.
        added_at: When it came.
    """

    KIND: ClassVar[str] = "module"

    digest: str
    name: str = ""
    bytes: int = 0
    annotation: tuple[tuple[str, str], ...] = ()
    added_at: float = 0.0

    @property
    def key(self) -> str:
        """Its hash."""
        return self.digest


class Periodic(msgspec.Struct, frozen=True, kw_only=True):
    """Work that comes again and has to be done in time.

    Attributes:
        period_ms: It comes again after so long.
        work_ms: Processor time that it takes, on a core of speed 1.0.
        deadline_ms: It has to be done so long after it came.
    """

    period_ms: float
    work_ms: float
    deadline_ms: float


class AtomSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What its user wants of an atom.

    Attributes:
        policy: Name of the placement policy.
        objective: Expression of what costs, to be small; empty: the realm's.
        require: Expression that must hold of its node; empty: none.
        tags: Tags that its node must have.
        functions: Host functions that its node must offer.
        kinds: Kinds of foreign nodes that will do, beside the realm's own.
        engine: Engine it needs; empty: any.
        memory_bytes: Memory it is given room for.
        cores: Cores it is expected to keep busy, at speed 1.0, until that has been measured.
        work_s: Processor time that its work takes on a core of speed 1.0; 0: it goes on for ever.
        periodic: Deadlines; None: none.
        pinned: Stays at this node; empty: may move.
        durable: Whether its messages are journaled.
        restart: `start` or `image`: it goes on from its last image also when it has failed, `never`: not even when its
            node is lost; empty: when its node is lost.
        restarts: The most restarts a minute.
        group: Supervision group; empty: by itself.
        strategy: `one_for_one` or `all_for_one`, in its group.
        checkpoint_s: How often an image of it is kept; 0: as its node does.
    """

    policy: str = "objective"
    objective: str = ""
    require: str = ""
    tags: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    engine: str = ""
    memory_bytes: int = 0
    cores: float = 0.0
    work_s: float = 0.0
    periodic: Periodic | None = None
    pinned: str = ""
    durable: bool = False
    restart: str = ""
    restarts: int = 5
    group: str = ""
    strategy: str = "one_for_one"
    checkpoint_s: float = 0.0


class Wish(StrEnum):
    """What an atom is to be."""

    RUN = "run"
    STOP = "stop"


class AtomRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An atom. Key: its global name.

    Attributes:
        name: Its global name.
        kind: Empty: an atom; otherwise it is foreign: something that runs at a node of this kind, as a module of
            `arts`. It is told of by a door, and only whoever started it moves or stops it.
        module: Hash of its module.
        spec: What its user wants.
        wish: What it is to be.
        node: Where it is, as far as is known; empty: nowhere.
        epoch: Its ownership number there.
        state: As `AtomFacts.state`; `unplaced` and `lost` are the controller's own.
        since: When it came to that node.
        cores: What it was measured to take.
        memory_bytes: And its memory.
        queue: Messages that wait for it.
        restarted_at: Times of its last restarts.
        reason: Why it is as it is, in words; empty: nothing to be told.
    """

    KIND: ClassVar[str] = "atom"

    name: str
    kind: str = ""
    module: str = ""
    spec: AtomSpec = AtomSpec()
    wish: Wish = Wish.RUN
    node: str = ""
    epoch: int = 0
    state: str = "running"
    since: float = 0.0
    cores: float = 0.0
    memory_bytes: int = 0
    queue: int = 0
    restarted_at: tuple[float, ...] = ()
    reason: str = ""

    @property
    def key(self) -> str:
        """Its global name."""
        return self.name


class MoveState(StrEnum):
    """How far a move has come."""

    DECIDED = "decided"
    DONE = "done"
    FAILED = "failed"


class MoveRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move that the controller decided or heard of. Key: its number, in 16 digits of hexadecimal.

    Attributes:
        number: Its number.
        atom: Who.
        source: From which node; empty: from an image.
        target: To which.
        cause: Why, in words.
        state: How far it has come.
        decided_at: When.
        gain: What it was to gain, in the objective's measure.
        cost: What it was to cost, in the same.
        total_ms: How long it took.
        downtime_ms: How long the atom stood still.
        bytes: What went over the link.
        rounds: Rounds of pages that were sent while it ran.
        error: Why it failed, in words.
        trace: Identity of its trace, 32 digits of hexadecimal; empty: it has none.
    """

    KIND: ClassVar[str] = "move"

    number: int
    atom: str
    source: str
    target: str
    cause: str
    state: MoveState = MoveState.DECIDED
    decided_at: float = 0.0
    gain: float = 0.0
    cost: float = 0.0
    total_ms: float = 0.0
    downtime_ms: float = 0.0
    bytes: int = 0
    rounds: int = 0
    error: str = ""
    trace: str = ""

    @property
    def key(self) -> str:
        """Its number, so that keys sort as numbers do."""
        return f"{self.number:016x}"


class RolloutState(StrEnum):
    """How far an update of a module has come."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    ROLLED_BACK = "rolled_back"


class RolloutRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An update of atoms to another module. Key: its name.

    Attributes:
        name: Its name.
        old: Hash of the module that they had.
        new: Hash of the module that they get.
        canary: How many get it first, and are watched.
        batch: How many at once after that.
        watch_s: How long those of a step are watched before the next.
        failures: So many failures roll it back.
        atoms: Who, in order.
        updated: Who has it.
        given_back: Who had failed with it, and goes on from an image of before.
        state: How far it has come.
        changed_at: When its state changed.
        reason: Why it is as it is, in words.
    """

    KIND: ClassVar[str] = "rollout"

    name: str
    old: str
    new: str
    canary: int = 1
    batch: int = 1
    watch_s: float = 10.0
    failures: int = 1
    atoms: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    given_back: tuple[str, ...] = ()
    state: RolloutState = RolloutState.RUNNING
    changed_at: float = 0.0
    reason: str = ""

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


class PartMount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A folder that an atom sees.

    Attributes:
        host: A folder of the node's machine, which holds the atom there; None: one in memory, which goes with it.
        files: Files in it, where it is in memory: path to contents.
    """

    host: str | None = None
    files: dict[str, bytes] = {}


class PartAlias(msgspec.Struct, frozen=True, kw_only=True):
    """A second name that an atom has from the start.

    Attributes:
        scope: What kind of name it is.
        alias: The name.
    """

    scope: str
    alias: str


class ProgramPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a program: an atom as it is to be started.

    Attributes:
        part: What it is called in its program.
        module: Hash of its module.
        program: Its program name, `argv[0]`; empty: its module's name.
        arguments: Its arguments.
        environment: Its environment.
        mounts: Its folders: path it sees, to what is there.
        stdin: What it reads as its standard input.
        listen: Addresses to listen on for it.
        memory_bytes: Limit of its memories; 0: its node's.
        name: Its local name as it is to be; None: that of its annotation, or one made of its program's and its own.
        aliases: Aliases that it has from the start.
        channels: Files of it that are channels: path, to `r`, `w` or `rw`.
        channel_to: Name of the atom that gets what it writes to channels.
        spec: What is wanted of it.
        node: Where; None: where its policy says.
    """

    part: str
    module: str
    program: str = ""
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    mounts: dict[str, PartMount] = {}
    stdin: bytes = b""
    listen: tuple[str, ...] = ()
    memory_bytes: int = 0
    name: str | None = None
    aliases: tuple[PartAlias, ...] = ()
    channels: dict[str, str] = {}
    channel_to: str | None = None
    spec: AtomSpec = AtomSpec()
    node: str | None = None


class PartRun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the last start of a part went.

    Attributes:
        atom: Global name of the atom that it is, or was; empty: it was never begun.
        starting: Whether it is still to be begun, or is being begun.
        ending: What to make names unlike those of other starts of.
        tries: How often it was tried.
        error: Why it was not begun, in words.
    """

    atom: str = ""
    starting: bool = False
    ending: str = ""
    tries: int = 0
    error: str = ""


class ProgramRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Atoms that are started and stopped together. Key: its name.

    Attributes:
        name: Its name; also that of the supervision group of all parts that name no other.
        description: What it is, for people.
        strategy: Of its group, as `AtomSpec.strategy`.
        parts: What it is made of, in the order in which they are begun.
        runs: How each part is, by the part's name.
        wish: What it is to be.
        changed_at: When that was wished last.
    """

    KIND: ClassVar[str] = "program"

    name: str
    description: str = ""
    strategy: str = "one_for_one"
    parts: tuple[ProgramPart, ...] = ()
    runs: dict[str, PartRun] = {}
    wish: Wish = Wish.STOP
    changed_at: float = 0.0

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


class SettingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of the realm's that is changed while it runs, as whether adaptation is paused. Key: its name."""

    KIND: ClassVar[str] = "setting"

    name: str
    value: str

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


Record = NodeRecord | ModuleRecord | AtomRecord | MoveRecord | RolloutRecord | ProgramRecord | SettingRecord
KINDS: dict[str, type[Record]] = {
    each.KIND: each
    for each in (NodeRecord, ModuleRecord, AtomRecord, MoveRecord, RolloutRecord, ProgramRecord, SettingRecord)
}


class RealmEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened, for people and for whoever follows. The store numbers events without gaps.

    Attributes:
        number: Its number, from 1; 0: not yet kept.
        at: When.
        kind: What, as `node.lost`, `atom.moved`, `atom.refused`.
        subject: Whom it is about: name of a node, an atom, a rollout.
        text: It, in words.
        data: Further values, by name.
    """

    number: int = 0
    at: float
    kind: str
    subject: str
    text: str
    data: dict[str, str | int | float | bool] = {}


class Put(msgspec.Struct, frozen=True, tag=True):
    """Keep a record, in place of that of its key."""

    record: Record


class Drop(msgspec.Struct, frozen=True, tag=True):
    """Let a record go."""

    kind: str
    key: str


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Keep an event."""

    event: RealmEvent


Write = Put | Drop | Tell
