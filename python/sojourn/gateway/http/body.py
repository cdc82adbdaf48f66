"""What bodies of requests say. Unknown fields are errors: a slip of the pen must not be taken for a default."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from sojourn.gateway.http.limit import CALL_S
from sojourn.gateway.http.value import (
    Amount,
    AtomName,
    Base64,
    Count,
    Digest,
    LocalName,
    NodeName,
    PartName,
    Short,
    ShortName,
    Some,
    Text,
)
from sojourn.model.fleet import NodeFacts
from sojourn.model.record import AtomSpec, Periodic, ProgramPart

ChannelMode: TypeAlias = Annotated[str, Meta(pattern="^(r|w|rw)$")]
Names: TypeAlias = Annotated[tuple[Short, ...], Meta(max_length=64)]


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request says."""


class WantedPeriodic(Periodic, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Work that comes again and has to be done in time.

    Attributes:
        period_ms: It comes again after so long.
        work_ms: Processor time that it takes, on a core of speed 1.0.
        deadline_ms: It has to be done so long after it came.
    """

    period_ms: Annotated[float, Meta(gt=0, le=1e12)]
    work_ms: Annotated[float, Meta(gt=0, le=1e12)]
    deadline_ms: Annotated[float, Meta(gt=0, le=1e12)]


class WantedSpec(AtomSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What its user wants of an atom; see `AtomSpec`."""

    policy: Short = "objective"
    objective: Text = ""
    require: Text = ""
    tags: Names = ()
    functions: Names = ()
    kinds: Names = ()
    engine: Short = ""
    memory_bytes: Count = 0
    cores: Amount = 0.0
    work_s: Amount = 0.0
    periodic: WantedPeriodic | None = None
    pinned: Short = ""
    restart: Annotated[str, Meta(pattern="^(never|start|image)?$")] = ""
    restarts: Count = 5
    group: Short = ""
    strategy: Annotated[str, Meta(pattern="^(one_for_one|all_for_one)$")] = "one_for_one"
    checkpoint_s: Amount = 0.0

    def plain(self) -> AtomSpec:
        """As records have it."""
        return msgspec.convert(msgspec.to_builtins(self), AtomSpec)


class WantedMount(Body, frozen=True, kw_only=True):
    """A folder that an atom sees.

    Attributes:
        host: A folder of the node's machine, which holds the atom there; null: one in memory, which goes with it.
        files: Files in it, where it is in memory: path to contents, in base64.
    """

    host: Text | None = None
    files: dict[Text, Base64] = {}


class WantedAlias(Body, frozen=True, kw_only=True):
    """A second name of an atom.

    Attributes:
        scope: What kind of name it is.
        alias: The name.
    """

    scope: Annotated[str, Meta(min_length=1, max_length=64)]
    alias: Annotated[str, Meta(min_length=1, max_length=256)]


class StartAtom(Body, frozen=True, kw_only=True):
    """An atom to be started.

    Attributes:
        module: Hash of its module, which `POST /v1/modules` took.
        program: Its program name, `argv[0]`; its name is made from it where `name` does not say one.
        arguments: Its arguments.
        environment: Its environment.
        mounts: Its folders: path it sees, to what is there.
        stdin: What it reads as its standard input, in base64.
        listen: Addresses to listen on for it.
        memory_bytes: Limit of its memories; 0: its node's.
        name: Its local name as it is to be; empty: of its annotation, or one made from `program`.
        aliases: Aliases that it has from the start.
        channels: Files of it that are channels: path, to `r`, `w` or `rw`.
        channel_to: Name of the atom that gets what it writes to channels.
        spec: What is wanted of it.
        node: Where; empty: where its policy says.
    """

    module: Digest
    program: Short = ""
    arguments: Annotated[tuple[Text, ...], Meta(max_length=1024)] = ()
    environment: Annotated[dict[Short, Text], Meta(max_length=1024)] = {}
    mounts: Annotated[dict[Text, WantedMount], Meta(max_length=64)] = {}
    stdin: Base64 = b""
    listen: Names = ()
    memory_bytes: Count = 0
    name: LocalName | None = None
    aliases: Annotated[tuple[WantedAlias, ...], Meta(max_length=64)] = ()
    channels: Annotated[dict[Text, ChannelMode], Meta(max_length=64)] = {}
    channel_to: Text | None = None
    spec: WantedSpec = WantedSpec()
    node: NodeName | None = None

    def plain(self, part: str = "") -> ProgramPart:
        """As records have it."""
        return msgspec.convert({**msgspec.to_builtins(self), "part": part}, ProgramPart)


class WantedPart(StartAtom, frozen=True, kw_only=True):
    """A part of a program: an atom as `POST /v1/atoms` starts one.

    Attributes:
        part: What it is called in its program.
        runs_as: Global name of an atom that is this part already; null: none is.
    """

    part: PartName
    runs_as: AtomName | None = None


class PutProgram(Body, frozen=True, kw_only=True):
    """A program as it is to be.

    Attributes:
        description: What it is, for people.
        strategy: Whether a part that has failed begins again alone, or all with it; see `restart` of a part's spec.
        parts: What it is made of, in the order in which they are begun.
    """

    description: Text = ""
    strategy: Annotated[str, Meta(pattern="^(one_for_one|all_for_one)$")] = "one_for_one"
    parts: Annotated[tuple[WantedPart, ...], Meta(max_length=64)] = ()


class StopProgram(Body, frozen=True, kw_only=True):
    """How a program is stopped.

    Attributes:
        discard: Keep no images of its atoms.
    """

    discard: bool = False


class StopAtom(Body, frozen=True, kw_only=True):
    """How an atom is stopped.

    Attributes:
        discard: Keep no image of it.
    """

    discard: bool = False


class Message(Body, frozen=True, kw_only=True):
    """Data, as one of three; none: it is empty.

    Attributes:
        text: A text.
        json: Any JSON.
        base64: Bytes, in base64.
    """

    text: str | UnsetType = UNSET
    json: Any = UNSET
    base64: Base64 | UnsetType = UNSET


class SendMessage(Message, frozen=True, kw_only=True):
    """A message to an atom.

    Attributes:
        type: What kind of message it is, as the atom understands it.
        subject: What it is about.
        content_type: Media type of the data; empty: `text/plain`, `application/json`, or none for bytes.
        interrupt: Whether it is handled inside the atom's next blocking call.
        wait: Whether it is a call, whose answer is waited for.
        timeout_s: How long the answer, or room in its mailbox, is waited for.
    """

    type: Short = ""
    subject: Text = ""
    content_type: Short = ""
    interrupt: bool = False
    wait: bool = False
    timeout_s: Annotated[float, Meta(ge=0, le=CALL_S)] = 10.0


class GiveInput(Message, frozen=True, kw_only=True):
    """Something for an atom's standard input; empty data is its end.

    Attributes:
        timeout_s: How long room is waited for.
    """

    timeout_s: Annotated[float, Meta(ge=0, le=CALL_S)] = 10.0


class MoveAtom(Body, frozen=True, kw_only=True):
    """A move that a user wants.

    Attributes:
        target: Name of the node.
        cause: Why, for whoever looks at it later.
    """

    target: NodeName
    cause: Short = "asked by a user"


class ChangeSpec(Body, frozen=True, kw_only=True):
    """What a user wants to be otherwise of an atom; what is left out stays.

    Attributes:
        policy: Name of the placement policy.
        objective: Expression of what costs; empty: the realm's.
        require: Expression that must hold of its node; empty: none.
    """

    policy: Short | UnsetType = UNSET
    objective: Text | UnsetType = UNSET
    require: Text | UnsetType = UNSET

    def of(self, spec: AtomSpec) -> AtomSpec:
        """A spec with the change."""
        changes = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not UNSET}
        return msgspec.structs.replace(spec, **changes)


def change_of(*, objective: str | None, require: str | None, policy: str | None) -> ChangeSpec:
    """A change of what is given; None: it stays."""
    given = {"objective": objective, "require": require, "policy": policy}
    return ChangeSpec(**{name: value for name, value in given.items() if value is not None})


class ChooseImage(Body, frozen=True, kw_only=True):
    """An image of an atom, and where it is to go on.

    Attributes:
        image: Number of the image; null: the newest, or for a roll-back the one before.
        keeper: Node that keeps it; needed where more than one has an image of that number.
        node: Where the atom is to go on; empty: where its policy says.
    """

    image: Count | None = None
    keeper: NodeName | None = None
    node: NodeName | None = None


class PlanStart(Body, frozen=True, kw_only=True, tag_field="what", tag="start"):
    """One more atom.

    Attributes:
        spec: What would be wanted of it.
        module: Hash of its module; null: any.
        name: What it is called in the plan.
    """

    spec: WantedSpec = WantedSpec()
    module: Digest | None = None
    name: AtomName = "plan/new"


class PlanChange(Body, frozen=True, kw_only=True, tag_field="what", tag="change"):
    """Something else would be wanted of an atom; what is left out stays.

    Attributes:
        atom: Its global name.
        to: What would be otherwise.
    """

    atom: AtomName
    to: ChangeSpec


class PlanDrain(Body, frozen=True, kw_only=True, tag_field="what", tag="drain"):
    """A node would be drained.

    Attributes:
        node: Its name.
    """

    node: NodeName


class PlanLose(Body, frozen=True, kw_only=True, tag_field="what", tag="lose"):
    """A node would be lost.

    Attributes:
        node: Its name.
    """

    node: NodeName


class PlanAdd(Body, frozen=True, kw_only=True, tag_field="what", tag="add"):
    """One more node.

    Attributes:
        facts: What it would report.
    """

    facts: NodeFacts


Planned: TypeAlias = PlanStart | PlanChange | PlanDrain | PlanLose | PlanAdd


class AskPlan(Body, frozen=True, kw_only=True):
    """A change, of which it is asked what would follow.

    Attributes:
        change: The change.
    """

    change: Planned


class ForeignNode(Body, frozen=True, kw_only=True):
    """A node that is not the realm's own, as a runtime of ARENA.

    Attributes:
        name: Its name in the realm.
        kind: What speaks its protocol, as `arts`.
        functions: What it offers to what runs there.
        tags: What it is marked with.
        max_atoms: The most that it takes.
    """

    name: NodeName
    kind: ShortName
    functions: Names = ()
    tags: Names = ()
    max_atoms: Count = 0


class ForeignAtom(Body, frozen=True, kw_only=True):
    """Something that runs at a foreign node.

    Attributes:
        name: Its name in the realm.
        node: Where it is.
        spec: What was wanted of its place.
        reason: What is to be told of it, in words.
    """

    name: AtomName
    node: NodeName
    spec: WantedSpec = WantedSpec()
    reason: Text = ""


class TellForeign(Body, frozen=True, kw_only=True):
    """What a door tells of foreign nodes: what has changed, or everything.

    Attributes:
        whole: Whether there is nothing beside what is told now.
        nodes: Those that are there or have changed.
        atoms: The same of what runs there.
        gone_nodes: Those that are gone, and all that ran there.
        gone_atoms: Those that are gone.
    """

    whole: bool = False
    nodes: Annotated[tuple[ForeignNode, ...], Meta(max_length=4096)] = ()
    atoms: Annotated[tuple[ForeignAtom, ...], Meta(max_length=4096)] = ()
    gone_nodes: Annotated[tuple[NodeName, ...], Meta(max_length=4096)] = ()
    gone_atoms: Annotated[tuple[AtomName, ...], Meta(max_length=4096)] = ()


class AskPlace(Body, frozen=True, kw_only=True):
    """Where something would be placed that is not yet there.

    Attributes:
        name: What it is called.
        spec: What is wanted of it; its `kinds` are the foreign nodes that will do.
        module: Hash of its module; null: not known.
    """

    name: AtomName = "plan/new"
    spec: WantedSpec = WantedSpec()
    module: Digest | None = None


class StartRollout(Body, frozen=True, kw_only=True):
    """Atoms that are to get another module.

    Attributes:
        name: Name of the rollout; empty: one is made.
        old: Hash of the module that they have.
        new: Hash of the module that they get.
        atoms: Who, by global name, in order; none: all that have `old`.
        canary: How many get it first, and are watched.
        batch: How many at once after that.
        watch_s: How long those of a step are watched before the next.
        failures: So many failures roll it back.
    """

    old: Digest
    new: Digest
    name: ShortName | None = None
    atoms: Annotated[tuple[AtomName, ...], Meta(max_length=10_000)] = ()
    canary: Some = 1
    batch: Some = 1
    watch_s: Amount = 10.0
    failures: Some = 1


class ChangeSetting(Body, frozen=True, kw_only=True):
    """A setting as it is to be.

    Attributes:
        value: Its value, as text.
    """

    value: Text


class RunSimulation(Body, frozen=True, kw_only=True):
    """How a scenario is to be run.

    Attributes:
        seed: All chance comes from it.
        nodes: So many nodes; groups keep their shares; left out: as the scenario says.
        atoms: The same of atoms.
        hours: So long, of its own time; left out: as the scenario says.
    """

    seed: Annotated[int, Meta(ge=0, le=2**31)] = 1
    nodes: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    atoms: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    hours: Annotated[float, Meta(gt=0, le=8784)] | None = None
