"""Values of requests: names and numbers with what they may be, and what paths and queries hold."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from sojourn.gateway.http.limit import MAX_PAGE, NAME_CHARACTERS, PAGE, TEXT_CHARACTERS
from sojourn.model.record import MoveState, NodeState, RolloutState, Wish

MOST = 2**53 - 1  # what every reader of JSON can hold

NodeName: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9-]{1,64}$", description="Name of a node.")]
LocalName: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,64}$", description="Local name of an atom.")]
AtomName: TypeAlias = Annotated[
    str, Meta(pattern="^[a-z0-9-]{1,64}/[A-Za-z0-9._-]{1,64}$", description="Global name of an atom, `node/name`.")
]
Digest: TypeAlias = Annotated[
    str, Meta(pattern="^[0-9a-f]{64}$", description="Hash of a module (BLAKE3), in hexadecimal.")
]
Cursor: TypeAlias = Annotated[str, Meta(pattern="^([0-9a-f]{2})*$", max_length=2 * NAME_CHARACTERS)]
ShortName: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,64}$")]
# Short enough that with a part's and an ending it is still a local name.
ProgramName: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,32}$", description="Name of a program.")]
PartName: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,22}$", description="Name of a part of a program.")]
Short: TypeAlias = Annotated[str, Meta(max_length=NAME_CHARACTERS)]
# Bytes in JSON.
Base64: TypeAlias = Annotated[
    bytes,
    Meta(
        extra_json_schema={
            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "contentEncoding": "base64",
        }
    ),
]
Text: TypeAlias = Annotated[str, Meta(max_length=TEXT_CHARACTERS)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MOST)]
Some: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]
Amount: TypeAlias = Annotated[float, Meta(ge=0, le=1e15)]


class Path(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a path names."""


class NodePath(Path, frozen=True, kw_only=True):
    """A node.

    Attributes:
        node: Its name.
    """

    node: NodeName


class ScenarioPath(Path, frozen=True, kw_only=True):
    """A scenario of a simulation.

    Attributes:
        scenario: Its name.
    """

    scenario: ShortName


class AtomPath(Path, frozen=True, kw_only=True):
    """An atom, by its global name.

    Attributes:
        birth: Node of its birth.
        name: Its local name.
    """

    birth: NodeName
    name: LocalName

    @property
    def atom(self) -> str:
        """Its global name."""
        return f"{self.birth}/{self.name}"


class ImagePath(AtomPath, frozen=True, kw_only=True):
    """An image of an atom.

    Attributes:
        keeper: Node that keeps it.
        id: Its number there.
    """

    keeper: NodeName
    id: Count


class ModulePath(Path, frozen=True, kw_only=True):
    """A module.

    Attributes:
        digest: Its hash, in hexadecimal.
    """

    digest: Digest


class DoorPath(Path, frozen=True, kw_only=True):
    """A door.

    Attributes:
        door: Its name.
    """

    door: NodeName


class RolloutPath(Path, frozen=True, kw_only=True):
    """A rollout.

    Attributes:
        rollout: Its name.
    """

    rollout: ShortName


class ProgramPath(Path, frozen=True, kw_only=True):
    """A program.

    Attributes:
        program: Its name.
    """

    program: ProgramName


class MovePath(Path, frozen=True, kw_only=True):
    """A move.

    Attributes:
        number: Its number.
    """

    number: Count


class SettingPath(Path, frozen=True, kw_only=True):
    """A setting.

    Attributes:
        setting: Its name.
    """

    setting: ShortName


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a query asks for."""


class Paging(Query, frozen=True, kw_only=True):
    """A part of a list.

    Attributes:
        limit: The most items of an answer.
        cursor: `next` of the answer before; empty: from the beginning.
    """

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = PAGE
    cursor: Cursor = ""


class NodeQuery(Paging, frozen=True, kw_only=True):
    """Which nodes.

    Attributes:
        state: Those that are so.
        tag: Those with this tag.
        cordoned: Those that take no further atoms, or those that do.
        foreign: Those that are not the realm's own, or those that are.
    """

    state: NodeState | None = None
    tag: Short = ""
    cordoned: bool | None = None
    foreign: bool | None = None


class CacheQuery(Query, frozen=True, kw_only=True):
    """How much of a cache.

    Attributes:
        limit: The most entries of the answer.
    """

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = PAGE


class AtomQuery(Paging, frozen=True, kw_only=True):
    """Which atoms.

    Attributes:
        name: Those whose global or local name begins so.
        node: Those at this node.
        module: Those of this module.
        state: Those that are so, as `running`, `unplaced`, `lost`.
        wish: Those that are to be so.
        policy: Those placed by this policy.
        group: Those of this supervision group.
        foreign: Those that are not the realm's own, or those that are.
    """

    name: Short = ""
    node: Short = ""
    module: Short = ""
    state: Short = ""
    wish: Wish | None = None
    policy: Short = ""
    group: Short = ""
    foreign: bool | None = None


class MoveQuery(Paging, frozen=True, kw_only=True):
    """Which moves.

    Attributes:
        atom: Those of this atom, by its global name.
        node: Those from or to this node.
        state: Those that have come so far.
        since: Those decided at this time or later, in seconds of Unix time.
        until: Those decided before this time, the same; 0: until now.
    """

    atom: Short = ""
    node: Short = ""
    state: MoveState | None = None
    since: Amount = 0.0
    until: Amount = 0.0


class OutputStream(StrEnum):
    """Where an atom writes to."""

    STDOUT = "stdout"
    STDERR = "stderr"


class OutputQuery(Query, frozen=True, kw_only=True):
    """Which output of an atom.

    Attributes:
        stream: Its standard output, or its standard error.
        offset: Number of the first byte; left out: the oldest that is still there. `Last-Event-ID` wins.
        follow: Whether the stream goes on with what comes; else it ends with the last that there is.
    """

    stream: OutputStream = OutputStream.STDOUT
    offset: Count | None = None
    follow: bool = True


class InspectionQuery(Query, frozen=True, kw_only=True):
    """Which frames of a stack.

    Attributes:
        first: Depth of the first; 0 is where the atom stands.
        most: How many at most.
    """

    first: Count = 0
    most: Annotated[int, Meta(ge=0, le=MAX_PAGE)] = PAGE


class RolloutQuery(Paging, frozen=True, kw_only=True):
    """Which rollouts.

    Attributes:
        state: Those that have come so far.
    """

    state: RolloutState | None = None


class NameQuery(Query, frozen=True, kw_only=True):
    """Which names.

    Attributes:
        pattern: A regular expression of linear time that fits all of a name or alias; empty: all.
        scope: Match aliases of this scope; empty: names.
    """

    pattern: Annotated[str, Meta(max_length=256)] = ""
    scope: Short = ""


class ModuleQuery(Query, frozen=True, kw_only=True):
    """What goes with a module.

    Attributes:
        name: What it is called.
    """

    name: Short = ""


class PictureQuery(Query, frozen=True, kw_only=True):
    """How much of a picture.

    Attributes:
        follow: Whether the stream goes on with what changes; else it ends with the picture.
    """

    follow: bool = True


class EventQuery(Query, frozen=True, kw_only=True):
    """Which events.

    Attributes:
        after: Those with numbers above this; -1: only those that happen from now on. `Last-Event-ID` wins.
        before: Those with numbers below this, and the stream ends with them; 0: all.
        kind: Those whose kind is this, or begins so where it ends with `.`: `atom.`; several with commas between.
        subject: Those about this node, atom or rollout.
        follow: Whether the stream goes on with what happens; else it ends with the last that there is.
    """

    after: Annotated[int, Meta(ge=-1, le=MOST)] = 0
    before: Count = 0
    kind: Short = ""
    subject: Short = ""
    follow: bool = True
