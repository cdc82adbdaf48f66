"""Records, events and writes of every shape, for properties."""

from hypothesis import strategies as st

from sojourn.model.fleet import Energy, LinkFacts, NodeFacts, Position
from sojourn.model.record import (
    AtomRecord,
    AtomSpec,
    Drop,
    ModuleRecord,
    MoveRecord,
    MoveState,
    NodeRecord,
    NodeState,
    PartMount,
    PartRun,
    Periodic,
    ProgramPart,
    ProgramRecord,
    Put,
    RealmEvent,
    RolloutRecord,
    SettingRecord,
    Tell,
    Wish,
    Write,
)

__all__ = ["LinkFacts", "atom", "event", "move", "writes"]

# No zeros, which no database keeps in a text; no halves of characters, which no text has.
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
name = st.sampled_from(["a", "b", "node-1/a", "ä", "Z", "z", "%s", "?", "'", '"', "\\", "\n", "🛰", "\ue000"])
number = st.floats(allow_nan=False, allow_infinity=False)
count = st.integers(0, 2**63)
nodes = st.builds(
    NodeRecord,
    facts=st.builds(
        NodeFacts,
        name=name,
        tags=st.lists(text, max_size=2).map(tuple),
        energy=st.none() | st.builds(Energy, joules=number),
        position=st.none() | st.builds(Position, x=number, y=number),
        memory_bytes=count,
    ),
    state=st.sampled_from(NodeState),
    seen_at=number,
    cordoned=st.booleans(),
)
modules = st.builds(
    ModuleRecord, digest=name, name=text, annotation=st.lists(st.tuples(text, text), max_size=2).map(tuple)
)
specs = st.builds(
    AtomSpec, objective=text, periodic=st.none() | st.just(Periodic(period_ms=1, work_ms=0.5, deadline_ms=1))
)
atoms = st.builds(
    AtomRecord, name=name, module=text, spec=specs, wish=st.sampled_from(Wish), epoch=count, since=number, reason=text
)
moves = st.builds(
    MoveRecord,
    number=st.integers(0, 20),
    atom=name,
    source=text,
    target=text,
    cause=text,
    state=st.sampled_from(MoveState),
    gain=number,
)
rollouts = st.builds(RolloutRecord, name=name, old=text, new=text, atoms=st.lists(text, max_size=3).map(tuple))
parts = st.builds(
    ProgramPart,
    part=name,
    module=text,
    arguments=st.lists(text, max_size=2).map(tuple),
    environment=st.dictionaries(text, text, max_size=2),
    mounts=st.dictionaries(
        text,
        st.builds(PartMount, host=st.none() | text, files=st.dictionaries(text, st.binary(max_size=8), max_size=2)),
    ),
    stdin=st.binary(max_size=8),
    spec=specs,
    node=st.none() | text,
)
programs = st.builds(
    ProgramRecord,
    name=name,
    parts=st.lists(parts, max_size=2).map(tuple),
    runs=st.dictionaries(text, st.builds(PartRun, atom=text, starting=st.booleans(), error=text), max_size=2),
    wish=st.sampled_from(Wish),
    changed_at=number,
)
settings = st.builds(SettingRecord, name=name, value=text)
data = st.dictionaries(text, text | st.integers(-(2**63), 2**63) | number | st.booleans(), max_size=3)
events = st.builds(RealmEvent, at=number, kind=text, subject=text, text=st.text(max_size=5), data=data)
records = nodes | modules | atoms | moves | rollouts | programs | settings
drops = st.builds(
    Drop, kind=st.sampled_from(["node", "module", "atom", "rollout", "program", "setting"]), key=name
) | st.builds(Drop, kind=st.just("move"), key=st.integers(0, 20).map("{:016x}".format))
writes: st.SearchStrategy[list[Write]] = st.lists(
    st.builds(Put, record=records) | drops | st.builds(Tell, event=events), max_size=12
)


def atom(place: int, state: str = "running") -> Put:
    """An atom, by number."""
    return Put(AtomRecord(name=f"node-1/atom-{place:05}", module="5a" * 32, node="node-1", epoch=3, state=state))


def event(place: int) -> Tell:
    """An event, by number."""
    return Tell(RealmEvent(at=float(place), kind="atom.moved", subject=f"node-1/atom-{place}", text="it was moved"))


def move(place: int, state: MoveState = MoveState.DONE) -> Put:
    """A move, by number."""
    return Put(MoveRecord(number=place, atom="node-1/a", source="node-1", target="node-2", cause="load", state=state))
