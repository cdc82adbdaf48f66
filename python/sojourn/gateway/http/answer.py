"""What answers say that is no record. Lists come in parts: `next` is the `cursor` of the part that follows."""

from __future__ import annotations

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from sojourn.gateway.auth.scope import Scope
from sojourn.model.record import AtomRecord, ModuleRecord, MoveRecord, NodeRecord, RolloutRecord, SettingRecord, Wish


class Answer(Struct, frozen=True, kw_only=True):
    """What an answer says."""


class Role(StrEnum):
    """What a controller is in its realm: it decides, it only answers, or it is not ready to."""

    LEADING = "leading"
    FOLLOWING = "following"
    STARTING = "starting"


class Health(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """How a controller is.

    Attributes:
        role: What it is.
        realm: Its realm.
        version: Its version.
        leader: Address of the controller that leads, where that is another one and known.
        nodes: Nodes that are up.
        atoms: Atoms that it knows.
        uptime_s: How long it has been up.
    """

    role: Role
    realm: str
    version: str
    leader: str = ""
    nodes: int = 0
    atoms: int = 0
    uptime_s: float = 0.0


class Session(Answer, frozen=True, kw_only=True):
    """Who asks, and what that allows.

    Attributes:
        name: Identity of the token; empty: none was shown, or one that is not valid.
        scopes: What may be done with it, also what follows from another right.
        open: Whether the controller lets everybody do everything who asks without a token.
        trace_address: Where a trace can be looked at, with `{trace}` for its identity; empty: nowhere, or not for who
            may not read.
    """

    name: str
    scopes: tuple[Scope, ...]
    open: bool
    trace_address: str = ""


class Started(Answer, frozen=True, kw_only=True):
    """An atom runs.

    Attributes:
        atom: Its global name.
        node: Where.
        epoch: Its ownership number there.
        listening: Addresses on which it is listened for it.
    """

    atom: str
    node: str
    epoch: int
    listening: tuple[str, ...] = ()


class PartFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """How a part of a program is.

    Attributes:
        part: What it is called in its program.
        module: Hash of its module.
        state: `starting`, `running`, `waiting` for a place, `stopping`, `ended` by itself, `failed` or `stopped`.
        atom: Global name of the atom that it is, or was; empty: it was never begun.
        node: Where it is; empty: nowhere.
        reason: Why it is as it is, in words.
    """

    part: str
    module: str
    state: str
    atom: str = ""
    node: str = ""
    reason: str = ""


class ProgramState(StrEnum):
    """How a program is: all of its parts run, or have done their work; some do; they are being begun; none does."""

    RUNNING = "running"
    PARTLY = "partly"
    STARTING = "starting"
    STOPPING = "stopping"
    ENDED = "ended"
    STOPPED = "stopped"


class ProgramFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """How a program is.

    Attributes:
        name: Its name.
        wish: What it is to be.
        state: How it is.
        parts: How its parts are, in their order.
        description: What it is, for people.
        strategy: Of its supervision group.
        changed_at: When it was started, stopped or kept last.
    """

    name: str
    wish: Wish
    state: ProgramState
    parts: tuple[PartFacts, ...]
    description: str = ""
    strategy: str = "one_for_one"
    changed_at: float = 0.0

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


class ForeignCounts(Answer, frozen=True, kw_only=True):
    """What is known now of what a door tells of. Where that is not what it knows, it tells everything anew.

    Attributes:
        nodes: How many nodes.
        atoms: How many atoms.
    """

    nodes: int
    atoms: int


class ImageFacts(Answer, frozen=True, kw_only=True):
    """An image that is kept.

    Attributes:
        id: Its number at the node that keeps it.
        node: Where it is kept.
        atom: The atom's global name.
        epoch: The atom's ownership number when it was taken.
        taken_at: When.
        cause: Why.
        bytes: Its size.
        module: Hash of its module.
    """

    id: int
    node: str
    atom: str
    epoch: int
    taken_at: float
    cause: str
    bytes: int
    module: str


class Answered(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """What an atom answered.

    Attributes:
        type: What kind of message it is.
        subject: What it is about.
        content_type: Its media type.
        text: Its data, where that is text in UTF-8, as JSON is.
        base64: Its data, where it is not.
        size_bytes: Size of its data.
    """

    type: str = ""
    subject: str = ""
    content_type: str = ""
    text: str | UnsetType = UNSET
    base64: bytes | UnsetType = UNSET
    size_bytes: int = 0


class Sent(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A message was sent.

    Attributes:
        number: Its number; left out where it was a call.
        answer: What the atom answered, where that was waited for.
    """

    number: int = 0
    answer: Answered | None = None


class CodeFacts(Answer, frozen=True, kw_only=True):
    """Compiled code that a node keeps.

    Attributes:
        module: Hash of the module that it is of.
        part: `module`, or `spot`: what goes on from one place that it can stop at.
        engine: The engine that it is for, with its version and settings.
        bytes: Its size.
        used_at: When it was used last.
    """

    module: str
    part: str
    engine: str
    bytes: int
    used_at: float


class CacheFacts(Answer, frozen=True, kw_only=True):
    """A node's cache of compiled code: a folder of the user that it runs as, shared by that user's nodes.

    Attributes:
        hits: How often code was there already, in memory or on disk, since the node began.
        misses: How often it had to be compiled.
        modules: Modules that there is code of.
        entries: How many entries there are.
        bytes: Their size.
        most_bytes: What they may have; those used longest ago go first.
        items: Entries, those used last first.
    """

    hits: int
    misses: int
    modules: int
    entries: int
    bytes: int
    most_bytes: int
    items: tuple[CodeFacts, ...]


class AliasFacts(Answer, frozen=True, kw_only=True):
    """A second name.

    Attributes:
        scope: What kind of name it is.
        alias: The name.
    """

    scope: str
    alias: str


class NameFacts(Answer, frozen=True, kw_only=True):
    """What an atom is called.

    Attributes:
        atom: Its global name.
        node: Where it is now.
        aliases: Its aliases.
    """

    atom: str
    node: str
    aliases: tuple[AliasFacts, ...] = ()


class NodeHistory(Answer, frozen=True, kw_only=True):
    """How a node did in the last ten minutes: facts at the same times, null where they were not known.

    Attributes:
        every_s: Seconds between two times.
        at: Times, the oldest first.
        load: Cores that were busy, of all processes of the machine.
        memory_free_bytes: Memory that was free for atoms.
        atoms: Atoms that it had.
        joules: Energy that was left; null: no limit was known.
        rtt_ms: Mean of the round trips to those nodes to which it is measured.
    """

    every_s: float
    at: tuple[float, ...]
    load: tuple[float | None, ...]
    memory_free_bytes: tuple[float | None, ...]
    atoms: tuple[float | None, ...]
    joules: tuple[float | None, ...]
    rtt_ms: tuple[float | None, ...]


class ScenarioFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A scenario of a simulation that comes along.

    Attributes:
        name: Its name.
        title: What it shows.
        hours: So long it lasts, of its own time.
        nodes: So many nodes.
        atoms: So many atoms.
        users: So many users.
        figure: The gain that it is about.
        goal: What that should reach; 0: nothing was said.
    """

    name: str
    title: str
    hours: float
    nodes: int
    atoms: int
    users: int = 0
    figure: str = ""
    goal: float = 0.0


class Scenarios(Answer, frozen=True, kw_only=True):
    """Scenarios, by name.

    Attributes:
        items: They.
    """

    items: tuple[ScenarioFacts, ...]


class EventRange(Answer, frozen=True, kw_only=True):
    """Which events there are.

    Attributes:
        first: Number of the oldest that is still kept; 1 where there is none.
        last: Number of the newest; 0 where there is none.
    """

    first: int
    last: int


class Part(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a list.

    Attributes:
        next: `cursor` of the part that follows; left out: there is none.
    """

    next: str = ""


class NodePart(Part, frozen=True, kw_only=True):
    """Nodes, by name.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[NodeRecord, ...]


class AtomPart(Part, frozen=True, kw_only=True):
    """Atoms, by name.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[AtomRecord, ...]


class MovePart(Part, frozen=True, kw_only=True):
    """Moves, the newest first.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[MoveRecord, ...]


class ModulePart(Part, frozen=True, kw_only=True):
    """Modules, by hash.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[ModuleRecord, ...]


class RolloutPart(Part, frozen=True, kw_only=True):
    """Rollouts, by name.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[RolloutRecord, ...]


class ProgramsPart(Part, frozen=True, kw_only=True):
    """Programs, by name.

    Attributes:
        items: They.
        next: `cursor` of the part that follows; left out: there is none.
    """

    items: tuple[ProgramFacts, ...]


class Images(Answer, frozen=True, kw_only=True):
    """Images, the oldest first.

    Attributes:
        items: They.
    """

    items: tuple[ImageFacts, ...]


class Names(Answer, frozen=True, kw_only=True):
    """Names, in their order.

    Attributes:
        items: They.
    """

    items: tuple[NameFacts, ...]


class Settings(Answer, frozen=True, kw_only=True):
    """Settings, by name.

    Attributes:
        items: They.
    """

    items: tuple[SettingRecord, ...]
