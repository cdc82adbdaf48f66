"""What clients and nodes say to each other. Made from `abi/wire.toml`; do not edit."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from sojourn.model.codec import (
    BOOL,
    BYTES,
    HASH,
    I32,
    TEXT,
    U8,
    U16,
    U32,
    U64,
    Choice,
    Enumerated,
    Kind,
    Many,
    Maybe,
    One,
    from_bytes,
    to_bytes,
)

if TYPE_CHECKING:
    import builtins

VERSION = 1


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of an atom's environment.

    Attributes:
        name: Its name.
        value: Its value.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
    )

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class File:
    """A file in memory.

    Attributes:
        path: Its path from the mount on.
        contents: Its contents.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        BYTES,
    )

    path: str
    contents: builtins.bytes


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory that an atom sees.

    Attributes:
        guest: Where it sees it.
        host: Directory of the node's machine; none: files in memory, which move.
        files: Files in memory at the start.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        Maybe(TEXT),
        Many(One(File)),
    )

    guest: str
    host: str | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A file of an atom: reads take messages of type `channel` with this subject, writes send them.

    Attributes:
        path: Where it is opened: absolute, in a directory.
        mode: `r`, `w` or `rw`.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
    )

    path: str
    mode: str


@dataclass(frozen=True, slots=True)
class Life:
    """How an atom lives.

    Attributes:
        reactive: Whether it runs when a message comes, by its export `handle`; otherwise it runs until it ends.
        durable: Whether messages to it are journaled before they are acknowledged.
        restart: Number of a `restart`.
        most_restarts: How often within a minute.
        arguments: Its arguments, for a new beginning.
        environment: Its environment, for a new beginning.
        mailbox_messages: Most messages that wait; 0: the node's default.
        connect: `host:port` patterns that it may connect to; `*` stands for any.
        listen: `host:port` patterns that it may listen on.
        channels: Files of it that are channels.
        channel_to: Name of the atom that gets what it writes to channels.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        BOOL,
        BOOL,
        U8,
        U32,
        Many(TEXT),
        Many(One(Variable)),
        U32,
        Many(TEXT),
        Many(TEXT),
        Maybe(Many(One(Channel))),
        Maybe(TEXT),
    )

    reactive: bool
    durable: bool
    restart: int
    most_restarts: int
    arguments: tuple[str, ...]
    environment: tuple[Variable, ...]
    mailbox_messages: int
    connect: tuple[str, ...]
    listen: tuple[str, ...]
    channels: tuple[Channel, ...] | None = None
    channel_to: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """A second name of an atom.

    Attributes:
        scope: What kind of name it is.
        alias: The name.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
    )

    scope: str
    alias: str


class Stream(enum.Enum):
    """A standard stream of an atom.

    Attributes:
        STDOUT: Standard output.
        STDERR: Standard error.
    """

    STDOUT = 1
    STDERR = 2


class EventKind(enum.Enum):
    """What a message between atoms is.

    Attributes:
        MESSAGE: A message.
        INTERRUPT: One that is handled inside the receiver's next blocking call.
        REPLY: The answer to a call.
        FAILED: A call has failed; `code` tells why.
        ENDED: An atom that is watched has ended; `code` is its exit status.
        CHANGED: A key has changed.
        WATCH: The sender wants to hear of the receiver's end; for its node.
        UNWATCH: The sender does not want that any more; for the receiver's node.
    """

    MESSAGE = 0
    INTERRUPT = 1
    REPLY = 2
    FAILED = 3
    ENDED = 4
    CHANGED = 5
    WATCH = 6
    UNWATCH = 7


@dataclass(frozen=True, slots=True)
class Event:
    """A message between atoms: `CloudEvents` in the small.

    Attributes:
        id: Its number, unique for its source.
        kind: What it is.
        source: Global name of the sender.
        type: What kind of message it is to the receiver.
        subject: What it is about; may be empty.
        content_type: Media type of the data; empty: bytes.
        data: The data.
        call: Future of the sender that an answer resolves; in an answer, of the receiver; 0: none.
        code: See the kinds.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        Enumerated(EventKind),
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        BYTES,
        U64,
        U32,
    )

    id: int
    kind: EventKind
    source: str
    type: str
    subject: str
    content_type: str
    data: builtins.bytes
    call: int
    code: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A counter.

    Attributes:
        name: Its name.
        value: How many.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
    )

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node, for people.

    Attributes:
        name: Its name.
        incarnation: Number of its process.
        version: Version of the program.
        addresses: Where others can join it.
        workers: Atoms that can run at once.
        atoms: Atoms that it has.
        running: Atoms that want to run now.
        resident_bytes: Memory that its process has.
        processor_ns: Processor time that its process has used.
        uptime_ns: How long it has been running.
        peers: Nodes that it has a session with.
        metrics: Counters.
        hosts: Whether atoms may be at it; none: they may.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        TEXT,
        Many(TEXT),
        U32,
        U32,
        U32,
        U64,
        U64,
        U64,
        Many(TEXT),
        Many(One(Metric)),
        Maybe(BOOL),
    )

    name: str
    incarnation: int
    version: str
    addresses: tuple[str, ...]
    workers: int
    atoms: int
    running: int
    resident_bytes: int
    processor_ns: int
    uptime_ns: int
    peers: tuple[str, ...]
    metrics: tuple[Metric, ...]
    hosts: bool | None = None


class AtomState(enum.Enum):
    """Where an atom is in its life at a node.

    Attributes:
        STARTING: Its code is being compiled.
        RUNNING: It runs, or waits for something of its own.
        LEAVING: It runs while a copy of it is on its way elsewhere.
        FROZEN: It stands still while the last of it is on its way.
        HELD: It came, and runs; what it says waits until it is owned here.
        ENDED: It ended by itself, or by a trap.
        STOPPED: It was stopped; its last image is kept.
    """

    STARTING = 0
    RUNNING = 1
    LEAVING = 2
    FROZEN = 3
    HELD = 4
    ENDED = 5
    STOPPED = 6


@dataclass(frozen=True, slots=True)
class AtomRow:
    """An atom, for people.

    Attributes:
        atom: The atom.
        name: Name of its program.
        node: Where it is.
        epoch: Its epoch.
        state: Where it is in its life.
        engine: Engine that it runs on.
        module: BLAKE3 of its module.
        memory_bytes: Bytes of its memories.
        processor_ns: Processor time that it has used.
        started_at_ns: When it was started, since 1970.
        moves: How often it has moved.
        stdout_bytes: Bytes that it wrote to standard output.
        stderr_bytes: Bytes that it wrote to standard error.
        connections: Open connections.
        status: Exit status, when it ended by itself.
        reason: Why it ended, when it did not end by itself.
        waiting: Messages that wait for it.
        reactive: Whether it runs only when a message comes.
        resting: Whether it is at rest now: no more than its state.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        TEXT,
        U64,
        Enumerated(AtomState),
        TEXT,
        HASH,
        U64,
        U64,
        U64,
        U32,
        U64,
        U64,
        U32,
        Maybe(I32),
        Maybe(TEXT),
        Maybe(U32),
        Maybe(BOOL),
        Maybe(BOOL),
    )

    atom: str
    name: str
    node: str
    epoch: int
    state: AtomState
    engine: str
    module: builtins.bytes
    memory_bytes: int
    processor_ns: int
    started_at_ns: int
    moves: int
    stdout_bytes: int
    stderr_bytes: int
    connections: int
    status: int | None = None
    reason: str | None = None
    waiting: int | None = None
    reactive: bool | None = None
    resting: bool | None = None


class MoveState(enum.Enum):
    """Where a move stands.

    Attributes:
        OFFERED: The other node has been asked.
        COPYING: Pages are on their way while the atom runs.
        STOPPING: The atom has been asked to stop.
        SEALED: All of it has been sent.
        RELEASED: The other node may speak for it; there is no way back.
        DONE: The other node owns it.
        FAILED: The atom stayed where it was.
        LOST: The other node ended after it had been released; its last image is kept here.
    """

    OFFERED = 0
    COPYING = 1
    STOPPING = 2
    SEALED = 3
    RELEASED = 4
    DONE = 5
    FAILED = 6
    LOST = 7


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move, for people. Times are those of the source's clock.

    Attributes:
        id: Its number at the source.
        atom: The atom.
        source: Where it was.
        target: Where it was to go.
        epoch: Its epoch at the source.
        cause: Why.
        state: Where the move stands.
        code: Error code, when it failed.
        text: Why it failed, for people.
        rounds: Rounds of pages sent while it ran.
        bytes: Bytes sent.
        pending_bytes: Bytes still to be sent in this round.
        started_at_ns: When it began, since 1970.
        total_ns: From the offer to the answer that it is owned.
        paused_ns: From the guest's last step at the source to the answer that it runs at the target.
        downtime_ns: From the guest's last step at the source until the target speaks for it.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        TEXT,
        TEXT,
        TEXT,
        U64,
        TEXT,
        Enumerated(MoveState),
        Maybe(U16),
        Maybe(TEXT),
        U32,
        U64,
        U64,
        U64,
        U64,
        U64,
        U64,
    )

    id: int
    atom: str
    source: str
    target: str
    epoch: int
    cause: str
    state: MoveState
    code: int | None
    text: str | None
    rounds: int
    bytes: int
    pending_bytes: int
    started_at_ns: int
    total_ns: int
    paused_ns: int
    downtime_ns: int


@dataclass(frozen=True, slots=True)
class ImageRow:
    """An image that is kept, for people.

    Attributes:
        id: Its number at the node that keeps it.
        node: Where it is kept.
        atom: The atom.
        epoch: Epoch at which it was taken.
        taken_at_ns: When, since 1970.
        cause: Why: by a person, at an interval, at a stop, in a move.
        bytes: Its size.
        module: BLAKE3 of its module.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        TEXT,
        TEXT,
        U64,
        U64,
        TEXT,
        U64,
        HASH,
    )

    id: int
    node: str
    atom: str
    epoch: int
    taken_at_ns: int
    cause: str
    bytes: int
    module: builtins.bytes


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name, for people.

    Attributes:
        atom: Global name: where it was born, and its local name; it never changes.
        node: Where it is now.
        aliases: Its aliases.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        Many(One(Alias)),
    )

    atom: str
    node: str
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key and its value.

    Attributes:
        key: The key.
        version: Its version.
        value: The value.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        BYTES,
        U64,
        BYTES,
    )

    key: builtins.bytes
    version: int
    value: builtins.bytes


@dataclass(frozen=True, slots=True)
class Energy:
    """A store of energy.

    Attributes:
        source: `battery`, `declared` or `simulated`.
        millijoules: What is left.
        capacity_millijoules: What it holds.
        harvest_milliwatts: What comes in.
        idle_milliwatts: What the machine takes when it does nothing.
        core_milliwatts: What it takes more for each busy core.
        mains: Whether it is plugged in.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        U64,
        U64,
        U64,
        U64,
        BOOL,
    )

    source: str
    millijoules: int
    capacity_millijoules: int
    harvest_milliwatts: int
    idle_milliwatts: int
    core_milliwatts: int
    mains: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """A node as a place for atoms.

    Attributes:
        name: Its name.
        incarnation: Number of its process.
        version: Version of the program.
        arch: Architecture of its processor.
        system: Its operating system.
        engines: Engines that it has.
        functions: Host functions that it offers beside those of every node.
        tags: What it is marked with.
        position: Where it is: metres east, north and up of the realm's origin, with commas between.
        millicores: Cores for atoms, in thousandths.
        speed: Speed of a core, in thousandths of the reference's.
        load: Cores of the machine that are busy, in thousandths.
        memory_bytes: Memory for atoms.
        memory_free_bytes: What is free of it.
        atoms: Atoms that it has.
        max_atoms: Most atoms.
        micro_euro_per_hour: What an hour of it costs.
        energy: Its energy; none: no limit is known.
        low_energy: Whether its energy ends soon.
        uptime_ns: How long it has been running.
        hosts: Whether atoms may be at it; none: they may.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        TEXT,
        TEXT,
        TEXT,
        Many(TEXT),
        Many(TEXT),
        Many(TEXT),
        Maybe(TEXT),
        U32,
        U32,
        U32,
        U64,
        U64,
        U32,
        U32,
        U64,
        Maybe(One(Energy)),
        BOOL,
        U64,
        Maybe(BOOL),
    )

    name: str
    incarnation: int
    version: str
    arch: str
    system: str
    engines: tuple[str, ...]
    functions: tuple[str, ...]
    tags: tuple[str, ...]
    position: str | None
    millicores: int
    speed: int
    load: int
    memory_bytes: int
    memory_free_bytes: int
    atoms: int
    max_atoms: int
    micro_euro_per_hour: int
    energy: Energy | None
    low_energy: bool
    uptime_ns: int
    hosts: bool | None = None


@dataclass(frozen=True, slots=True)
class LinkSample:
    """A link, as one of its ends has measured it.

    Attributes:
        peer: The other end.
        rtt_us: Round trip, smoothed.
        bytes_per_s: What the last large transfer reached; 0: none yet.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U32,
        U64,
    )

    peer: str
    rtt_us: int
    bytes_per_s: int


@dataclass(frozen=True, slots=True)
class AtomSample:
    """An atom, as its node has measured it.

    Attributes:
        atom: The atom.
        epoch: Its epoch.
        state: Where it is in its life.
        module: BLAKE3 of its module.
        millicores: Processor time a second, smoothed, in thousandths.
        memory_bytes: Bytes of its memories.
        waiting: Messages that wait for it.
        started_at_ns: When it was started, since 1970.
        reactive: Whether it runs only when a message comes.
        status: Exit status, when it ended by itself.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        Enumerated(AtomState),
        HASH,
        U32,
        U64,
        U32,
        U64,
        BOOL,
        Maybe(I32),
    )

    atom: str
    epoch: int
    state: AtomState
    module: builtins.bytes
    millicores: int
    memory_bytes: int
    waiting: int
    started_at_ns: int
    reactive: bool
    status: int | None = None


@dataclass(frozen=True, slots=True)
class TrafficRow:
    """Messages from one atom or client to another, smoothed.

    Attributes:
        source: Global name of the sender.
        target: Global name of the receiver.
        millimessages_per_s: Messages a second, in thousandths.
        bytes_per_s: Bytes a second.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        U64,
        U64,
    )

    source: str
    target: str
    millimessages_per_s: int
    bytes_per_s: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a node has measured, for a controller. Of its atoms those that are new or have changed.

    Attributes:
        number: Its number at the node, for `after` of the next request.
        whole: Whether it begins anew: atoms that are not in it, nor in those that continue it, are not here.
        more: Whether there is more that has changed.
        at_ns: When it was taken, since 1970.
        machine: The node.
        links: Its links.
        atoms: Atoms that are new or have changed.
        gone: Atoms that are not here any more.
        traffic: The strongest pairs whose messages come here.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        BOOL,
        BOOL,
        U64,
        One(Machine),
        Many(One(LinkSample)),
        Many(One(AtomSample)),
        Many(TEXT),
        Many(One(TrafficRow)),
    )

    number: int
    whole: bool
    more: bool
    at_ns: int
    machine: Machine
    links: tuple[LinkSample, ...]
    atoms: tuple[AtomSample, ...]
    gone: tuple[str, ...]
    traffic: tuple[TrafficRow, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """Compiled code of a module, for people.

    Attributes:
        module: BLAKE3 of the module.
        part: `module`, or `spot`: what goes on from one place that it can stop at.
        engine: The engine that it is for, with its version and settings.
        bytes: Its size.
        used_at_ns: When it was used last, since 1970.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = (
        HASH,
        TEXT,
        TEXT,
        U64,
        U64,
    )

    module: builtins.bytes
    part: str
    engine: str
    bytes: int
    used_at_ns: int


@dataclass(frozen=True, slots=True)
class NodesRequest:
    """All nodes of the realm: `NodeRows`."""

    NUMBER: ClassVar[int] = 0
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class AtomsRequest:
    """All atoms of the realm: `AtomRows`."""

    NUMBER: ClassVar[int] = 1
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class NodeRequest:
    """The node that is asked: `NodeRows` with one row."""

    NUMBER: ClassVar[int] = 2
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class AtomsHereRequest:
    """Atoms of the node that is asked: `AtomRows`."""

    NUMBER: ClassVar[int] = 3
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class StartRequest:
    """Starts a module: `Placed`. Its content is wanted from the asker where the node lacks it.

    Attributes:
        module: BLAKE3 of the module.
        name: Name of the program; the atom's name is made from it.
        arguments: Arguments, the program's name first.
        environment: Its environment.
        mounts: Directories that it sees.
        stdin: What it reads from standard input, then the end.
        listen: Addresses to listen on for it: `127.0.0.1:8080`.
        engine: `wasmtime` or `wasmi`.
        images_every_ms: How often an image of it is kept; 0: never by itself.
        memory_bytes: Limit of its memories; 0: the node's default.
        atom: Local name that the atom is to have; none: of the annotation, or one is made from the program's.
        life: How it lives; none: as the module's annotation says.
        aliases: Aliases that it has from the start.
        channels: Files of it that are channels, beside those of `life` or the annotation.
        channel_to: Name of the atom that gets what it writes to channels; none: as there.
    """

    NUMBER: ClassVar[int] = 4
    KINDS: ClassVar[tuple[Kind, ...]] = (
        HASH,
        TEXT,
        Many(TEXT),
        Many(One(Variable)),
        Many(One(Mount)),
        BYTES,
        Many(TEXT),
        TEXT,
        U64,
        U64,
        Maybe(TEXT),
        Maybe(One(Life)),
        Maybe(Many(One(Alias))),
        Maybe(Many(One(Channel))),
        Maybe(TEXT),
    )

    module: builtins.bytes
    name: str
    arguments: tuple[str, ...]
    environment: tuple[Variable, ...]
    mounts: tuple[Mount, ...]
    stdin: builtins.bytes
    listen: tuple[str, ...]
    engine: str
    images_every_ms: int
    memory_bytes: int
    atom: str | None = None
    life: Life | None = None
    aliases: tuple[Alias, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    channel_to: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Output of an atom from a byte on: `Output`.

    Attributes:
        atom: The atom.
        stream: Which stream.
        from_: Number of the first byte wanted.
        most: Most bytes wanted.
        wait_ms: How long to wait for some.
    """

    NUMBER: ClassVar[int] = 5
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        Enumerated(Stream),
        U64,
        U32,
        U32,
    )

    atom: str
    stream: Stream
    from_: int
    most: int
    wait_ms: int


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Moves an atom: `Moving`.

    Attributes:
        atom: The atom.
        target: The node it is to go to.
        cause: Why, for people.
    """

    NUMBER: ClassVar[int] = 6
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        TEXT,
    )

    atom: str
    target: str
    cause: str


@dataclass(frozen=True, slots=True)
class MoveStateRequest:
    """Where a move stands: `MoveRows` with one row.

    Attributes:
        atom: The atom.
        source: The node that it leaves.
        id: Number of the move there.
        wait_ms: How long to wait for its end.
    """

    NUMBER: ClassVar[int] = 7
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        U64,
        U32,
    )

    atom: str
    source: str
    id: int
    wait_ms: int


@dataclass(frozen=True, slots=True)
class MovesRequest:
    """Moves that the node that is asked began, the last ones: `MoveRows`.

    Attributes:
        atom: Only those of this atom.
    """

    NUMBER: ClassVar[int] = 8
    KINDS: ClassVar[tuple[Kind, ...]] = (Maybe(TEXT),)

    atom: str | None = None


@dataclass(frozen=True, slots=True)
class StopRequest:
    """Stops an atom for good: `Stopped`.

    Attributes:
        atom: The atom.
        keep: Whether its image is kept, so that it can be restored.
    """

    NUMBER: ClassVar[int] = 9
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        BOOL,
    )

    atom: str
    keep: bool


@dataclass(frozen=True, slots=True)
class CheckpointRequest:
    """Takes and keeps an image of an atom, which goes on: `ImageRows` with a row for each copy.

    Attributes:
        atom: The atom.
    """

    NUMBER: ClassVar[int] = 10
    KINDS: ClassVar[tuple[Kind, ...]] = (TEXT,)

    atom: str


@dataclass(frozen=True, slots=True)
class ImagesRequest:
    """Images kept anywhere in the realm: `ImageRows`.

    Attributes:
        atom: Only those of this atom.
    """

    NUMBER: ClassVar[int] = 11
    KINDS: ClassVar[tuple[Kind, ...]] = (Maybe(TEXT),)

    atom: str | None = None


@dataclass(frozen=True, slots=True)
class ImagesHereRequest:
    """Images kept at the node that is asked: `ImageRows`.

    Attributes:
        atom: Only those of this atom.
    """

    NUMBER: ClassVar[int] = 12
    KINDS: ClassVar[tuple[Kind, ...]] = (Maybe(TEXT),)

    atom: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """Lets an atom that nobody runs go on from an image: `Placed`.

    Attributes:
        atom: The atom.
        image: Number of the image at `keeper`; none: the newest there is.
        keeper: The node that keeps it.
        target: Where it is to go on; none: the node that is asked.
    """

    NUMBER: ClassVar[int] = 13
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        Maybe(U64),
        Maybe(TEXT),
        Maybe(TEXT),
    )

    atom: str
    image: int | None = None
    keeper: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreHereRequest:
    """Lets an image go on at the node that is asked: `Placed`.

    Attributes:
        atom: The atom.
        epoch: Epoch that it gets.
        content: BLAKE3 of the image, which is wanted from the asker.
        anyway: Also without what a journal has that came for a durable atom since.
    """

    NUMBER: ClassVar[int] = 14
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        HASH,
        Maybe(BOOL),
    )

    atom: str
    epoch: int
    content: builtins.bytes
    anyway: bool | None = None


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """An image that is kept, as a content that can be wanted: `Fetched`.

    Attributes:
        id: Number of the image at the node that is asked.
    """

    NUMBER: ClassVar[int] = 15
    KINDS: ClassVar[tuple[Kind, ...]] = (U64,)

    id: int


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """An image of an atom now, as a content that can be wanted; it is not kept: `Fetched`.

    Attributes:
        atom: The atom.
    """

    NUMBER: ClassVar[int] = 16
    KINDS: ClassVar[tuple[Kind, ...]] = (TEXT,)

    atom: str


@dataclass(frozen=True, slots=True)
class KeepRequest:
    """Keeps a copy of an image, which is wanted from the asker: `ImageRows`.

    Attributes:
        atom: The atom.
        epoch: Its epoch.
        taken_at_ns: When it was taken.
        cause: Why.
        content: BLAKE3 of the image.
    """

    NUMBER: ClassVar[int] = 17
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        U64,
        TEXT,
        HASH,
    )

    atom: str
    epoch: int
    taken_at_ns: int
    cause: str
    content: builtins.bytes


@dataclass(frozen=True, slots=True)
class ForgetRequest:
    """Forgets an atom that has ended, and its images: `Done`.

    Attributes:
        atom: The atom.
    """

    NUMBER: ClassVar[int] = 18
    KINDS: ClassVar[tuple[Kind, ...]] = (TEXT,)

    atom: str


@dataclass(frozen=True, slots=True)
class PostRequest:
    """Sends a message to an atom in the name of a box, or of the asker: `Sent`.

    Attributes:
        to: Name of the atom: global, or local and then any of that name.
        event: The message; id and source are filled in.
        wait_ms: How long to wait for room.
        name: Name of a box at this node, which answers come to.
    """

    NUMBER: ClassVar[int] = 19
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        One(Event),
        U32,
        Maybe(TEXT),
    )

    to: str
    event: Event
    wait_ms: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Sends a message to an atom and waits for its answer: `Events` with one event.

    Attributes:
        to: As in `Post`.
        event: As in `Post`.
        wait_ms: How long to wait.
        name: As in `Post`.
    """

    NUMBER: ClassVar[int] = 20
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        One(Event),
        U32,
        Maybe(TEXT),
    )

    to: str
    event: Event
    wait_ms: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OpenBoxRequest:
    """A mailbox for somebody who is no atom, until nobody receives for a minute: `Placed`.

    Attributes:
        name: Local name; empty: one is chosen.
        aliases: Its aliases.
    """

    NUMBER: ClassVar[int] = 21
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        Many(One(Alias)),
    )

    name: str
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class ReceiveRequest:
    """Takes messages of a box; those of the last answer go when `after` tells that they came: `Events`.

    Attributes:
        name: Its global name.
        most: Most messages wanted.
        wait_ms: How long to wait for one.
        after: Number of the last answer that came; 0: none.
    """

    NUMBER: ClassVar[int] = 22
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U32,
        U32,
        U64,
    )

    name: str
    most: int
    wait_ms: int
    after: int


@dataclass(frozen=True, slots=True)
class CloseBoxRequest:
    """Ends a box: `Done`.

    Attributes:
        name: Its global name.
    """

    NUMBER: ClassVar[int] = 23
    KINDS: ClassVar[tuple[Kind, ...]] = (TEXT,)

    name: str


@dataclass(frozen=True, slots=True)
class FindRequest:
    """Atoms whose name or alias fits: `Names`.

    Attributes:
        scope: Empty: names are matched; otherwise aliases of this scope.
        pattern: A regular expression for the whole name or alias; empty: all.
        any: Whether one is enough.
    """

    NUMBER: ClassVar[int] = 24
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        BOOL,
    )

    scope: str
    pattern: str
    any: bool


@dataclass(frozen=True, slots=True)
class WatchAtomRequest:
    """A box hears of an atom's end: `Done`.

    Attributes:
        name: Global name of a box of this node.
        atom: The atom.
    """

    NUMBER: ClassVar[int] = 25
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
    )

    name: str
    atom: str


@dataclass(frozen=True, slots=True)
class KeysRequest:
    """Keys of an atom's store: `KeyRows`.

    Attributes:
        atom: The atom.
        prefix: Only keys with this prefix.
        after: Only keys after this one.
        most: Most keys wanted.
    """

    NUMBER: ClassVar[int] = 26
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        BYTES,
        BYTES,
        U32,
    )

    atom: str
    prefix: builtins.bytes
    after: builtins.bytes
    most: int


@dataclass(frozen=True, slots=True)
class ReloadRequest:
    """Another module for an atom, whose keys and messages it keeps; wanted from the asker: `Reloaded`.

    Attributes:
        atom: The atom.
        module: BLAKE3 of the module.
    """

    NUMBER: ClassVar[int] = 27
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        HASH,
    )

    atom: str
    module: builtins.bytes


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What the node that is asked has measured: `Reports` with one report.

    Attributes:
        after: Number of the last report that the asker got of this node; 0: none.
        most: Most atoms wanted.
    """

    NUMBER: ClassVar[int] = 28
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        U32,
    )

    after: int
    most: int


@dataclass(frozen=True, slots=True)
class ReportsRequest:
    """What all nodes have measured since the same member asked the node that is asked the last time: `Reports`.

    Attributes:
        wait_ms: How long to wait for those that do not answer.
        most: Most atoms wanted of each.
        anew: Whether the asker begins anew, and wants all to be told.
    """

    NUMBER: ClassVar[int] = 29
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U32,
        U32,
        BOOL,
    )

    wait_ms: int
    most: int
    anew: bool


@dataclass(frozen=True, slots=True)
class ListenRequest:
    """The node that has an atom's listeners and sockets listens for it on one more address: `Done`.

    Attributes:
        atom: The atom, which is elsewhere.
        place: Place of the listener among the atom's.
        address: `host:port`.
    """

    NUMBER: ClassVar[int] = 33
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U32,
        TEXT,
    )

    atom: str
    place: int
    address: str


@dataclass(frozen=True, slots=True)
class PingRequest:
    """Nothing, as fast as can be: `Done`."""

    NUMBER: ClassVar[int] = 30
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class AnnotationRequest:
    """What a module says of itself: `Annotated`.

    Attributes:
        module: BLAKE3 of the module.
    """

    NUMBER: ClassVar[int] = 31
    KINDS: ClassVar[tuple[Kind, ...]] = (HASH,)

    module: builtins.bytes


@dataclass(frozen=True, slots=True)
class CacheRequest:
    """Compiled code that the node that is asked keeps on disk: `Cached`.

    Attributes:
        most: Most entries wanted, those used last first.
    """

    NUMBER: ClassVar[int] = 34
    KINDS: ClassVar[tuple[Kind, ...]] = (U32,)

    most: int


Request: TypeAlias = (
    NodesRequest
    | AtomsRequest
    | NodeRequest
    | AtomsHereRequest
    | StartRequest
    | ReadRequest
    | MoveRequest
    | MoveStateRequest
    | MovesRequest
    | StopRequest
    | CheckpointRequest
    | ImagesRequest
    | ImagesHereRequest
    | RestoreRequest
    | RestoreHereRequest
    | FetchRequest
    | SnapshotRequest
    | KeepRequest
    | ForgetRequest
    | PostRequest
    | CallRequest
    | OpenBoxRequest
    | ReceiveRequest
    | CloseBoxRequest
    | FindRequest
    | WatchAtomRequest
    | KeysRequest
    | ReloadRequest
    | ReportRequest
    | ReportsRequest
    | ListenRequest
    | PingRequest
    | AnnotationRequest
    | CacheRequest
)
REQUEST = Choice(
    "request",
    (
        NodesRequest,
        AtomsRequest,
        NodeRequest,
        AtomsHereRequest,
        StartRequest,
        ReadRequest,
        MoveRequest,
        MoveStateRequest,
        MovesRequest,
        StopRequest,
        CheckpointRequest,
        ImagesRequest,
        ImagesHereRequest,
        RestoreRequest,
        RestoreHereRequest,
        FetchRequest,
        SnapshotRequest,
        KeepRequest,
        ForgetRequest,
        PostRequest,
        CallRequest,
        OpenBoxRequest,
        ReceiveRequest,
        CloseBoxRequest,
        FindRequest,
        WatchAtomRequest,
        KeysRequest,
        ReloadRequest,
        ReportRequest,
        ReportsRequest,
        ListenRequest,
        PingRequest,
        AnnotationRequest,
        CacheRequest,
    ),
)


def encode_request(value: Request) -> bytes:
    """A request as bytes.

    Raises:
        ValueError: A field does not hold what the tables say.
    """
    return to_bytes(REQUEST, value, "request")


def decode_request(value: bytes) -> Request:
    """A request from bytes.

    Raises:
        InvalidMessage: They are something else.
    """
    message: Request = from_bytes(REQUEST, value, "request")
    return message


@dataclass(frozen=True, slots=True)
class FailedResponse:
    """It was not done.

    Attributes:
        code: Error code.
        text: What happened, to what.
        hint: What to do.
    """

    NUMBER: ClassVar[int] = 0
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U16,
        TEXT,
        Maybe(TEXT),
    )

    code: int
    text: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class DoneResponse:
    """It is done."""

    NUMBER: ClassVar[int] = 1
    KINDS: ClassVar[tuple[Kind, ...]] = ()


@dataclass(frozen=True, slots=True)
class NodeRowsResponse:
    """Nodes.

    Attributes:
        rows: One each.
    """

    NUMBER: ClassVar[int] = 2
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(NodeRow)),)

    rows: tuple[NodeRow, ...]


@dataclass(frozen=True, slots=True)
class AtomRowsResponse:
    """Atoms.

    Attributes:
        rows: One each.
    """

    NUMBER: ClassVar[int] = 3
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(AtomRow)),)

    rows: tuple[AtomRow, ...]


@dataclass(frozen=True, slots=True)
class MoveRowsResponse:
    """Moves.

    Attributes:
        rows: One each, the oldest first.
    """

    NUMBER: ClassVar[int] = 4
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(MoveRow)),)

    rows: tuple[MoveRow, ...]


@dataclass(frozen=True, slots=True)
class ImageRowsResponse:
    """Images.

    Attributes:
        rows: One each, the oldest first.
    """

    NUMBER: ClassVar[int] = 5
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(ImageRow)),)

    rows: tuple[ImageRow, ...]


@dataclass(frozen=True, slots=True)
class PlacedResponse:
    """An atom runs.

    Attributes:
        atom: The atom.
        node: Where.
        epoch: Its epoch.
        listening: Addresses on which it is listened for it.
    """

    NUMBER: ClassVar[int] = 6
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        TEXT,
        U64,
        Many(TEXT),
    )

    atom: str
    node: str
    epoch: int
    listening: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputResponse:
    """Output.

    Attributes:
        from_: Number of the first byte; more than was asked for when those before are gone.
        bytes: The bytes; may be none.
        end: Whether nothing will follow.
    """

    NUMBER: ClassVar[int] = 7
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        BYTES,
        BOOL,
    )

    from_: int
    bytes: builtins.bytes
    end: bool


@dataclass(frozen=True, slots=True)
class MovingResponse:
    """A move has begun.

    Attributes:
        source: The node that it leaves.
        id: Number of the move there.
    """

    NUMBER: ClassVar[int] = 8
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
    )

    source: str
    id: int


@dataclass(frozen=True, slots=True)
class StoppedResponse:
    """An atom was stopped, or had ended before.

    Attributes:
        status: Its exit status, when it ended by itself.
        images: The images kept of it.
    """

    NUMBER: ClassVar[int] = 9
    KINDS: ClassVar[tuple[Kind, ...]] = (
        Maybe(I32),
        Many(One(ImageRow)),
    )

    status: int | None
    images: tuple[ImageRow, ...]


@dataclass(frozen=True, slots=True)
class FetchedResponse:
    """A content that can be wanted from the node that answers, for a minute.

    Attributes:
        content: BLAKE3 of it.
        bytes: Its size.
    """

    NUMBER: ClassVar[int] = 10
    KINDS: ClassVar[tuple[Kind, ...]] = (
        HASH,
        U64,
    )

    content: builtins.bytes
    bytes: int


@dataclass(frozen=True, slots=True)
class ElsewhereResponse:
    """The atom is at another node; between nodes only.

    Attributes:
        node: Where, as far as known.
        epoch: Its epoch there.
    """

    NUMBER: ClassVar[int] = 11
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
    )

    node: str
    epoch: int


@dataclass(frozen=True, slots=True)
class SentResponse:
    """A message is in the receiver's mailbox, or on its way.

    Attributes:
        to: Global name of the receiver.
        id: Number that it got.
    """

    NUMBER: ClassVar[int] = 12
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
    )

    to: str
    id: int


@dataclass(frozen=True, slots=True)
class EventsResponse:
    """Messages.

    Attributes:
        number: Number of this answer, for `after` of the next request.
        events: The messages, in order.
        lost: Messages that found no room since the box was opened.
    """

    NUMBER: ClassVar[int] = 13
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        Many(One(Event)),
        U64,
    )

    number: int
    events: tuple[Event, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class NamesResponse:
    """Names.

    Attributes:
        rows: One each, in order.
    """

    NUMBER: ClassVar[int] = 14
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(NameRow)),)

    rows: tuple[NameRow, ...]


@dataclass(frozen=True, slots=True)
class KeyRowsResponse:
    """Keys.

    Attributes:
        rows: One each, in order.
        more: Whether there are more.
    """

    NUMBER: ClassVar[int] = 15
    KINDS: ClassVar[tuple[Kind, ...]] = (
        Many(One(KeyRow)),
        BOOL,
    )

    rows: tuple[KeyRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class ReloadedResponse:
    """An atom goes on with another module.

    Attributes:
        atom: The atom.
        epoch: Its epoch.
        fresh: Why its memory is fresh; none: it was kept.
    """

    NUMBER: ClassVar[int] = 16
    KINDS: ClassVar[tuple[Kind, ...]] = (
        TEXT,
        U64,
        Maybe(TEXT),
    )

    atom: str
    epoch: int
    fresh: str | None = None


@dataclass(frozen=True, slots=True)
class ReportsResponse:
    """What nodes have measured.

    Attributes:
        reports: One each, of those that answered.
    """

    NUMBER: ClassVar[int] = 17
    KINDS: ClassVar[tuple[Kind, ...]] = (Many(One(Report)),)

    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class AnnotatedResponse:
    """A module's annotation.

    Attributes:
        text: Its lines; empty: it says nothing.
    """

    NUMBER: ClassVar[int] = 18
    KINDS: ClassVar[tuple[Kind, ...]] = (TEXT,)

    text: str


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """Compiled code that is kept on disk, by the user's cache folder of that machine.

    Attributes:
        hits: How often code was there already, in memory or on disk, since the node began.
        misses: How often it had to be compiled.
        modules: Modules that there is code of.
        entries: Entries there are.
        bytes: Their size.
        most_bytes: What they may have; those used longest ago go first.
        rows: Entries, those used last first.
    """

    NUMBER: ClassVar[int] = 19
    KINDS: ClassVar[tuple[Kind, ...]] = (
        U64,
        U64,
        U32,
        U32,
        U64,
        U64,
        Many(One(CodeRow)),
    )

    hits: int
    misses: int
    modules: int
    entries: int
    bytes: int
    most_bytes: int
    rows: tuple[CodeRow, ...]


Response: TypeAlias = (
    FailedResponse
    | DoneResponse
    | NodeRowsResponse
    | AtomRowsResponse
    | MoveRowsResponse
    | ImageRowsResponse
    | PlacedResponse
    | OutputResponse
    | MovingResponse
    | StoppedResponse
    | FetchedResponse
    | ElsewhereResponse
    | SentResponse
    | EventsResponse
    | NamesResponse
    | KeyRowsResponse
    | ReloadedResponse
    | ReportsResponse
    | AnnotatedResponse
    | CachedResponse
)
RESPONSE = Choice(
    "response",
    (
        FailedResponse,
        DoneResponse,
        NodeRowsResponse,
        AtomRowsResponse,
        MoveRowsResponse,
        ImageRowsResponse,
        PlacedResponse,
        OutputResponse,
        MovingResponse,
        StoppedResponse,
        FetchedResponse,
        ElsewhereResponse,
        SentResponse,
        EventsResponse,
        NamesResponse,
        KeyRowsResponse,
        ReloadedResponse,
        ReportsResponse,
        AnnotatedResponse,
        CachedResponse,
    ),
)


def encode_response(value: Response) -> bytes:
    """A response as bytes.

    Raises:
        ValueError: A field does not hold what the tables say.
    """
    return to_bytes(RESPONSE, value, "response")


def decode_response(value: bytes) -> Response:
    """A response from bytes.

    Raises:
        InvalidMessage: They are something else.
    """
    message: Response = from_bytes(RESPONSE, value, "response")
    return message
