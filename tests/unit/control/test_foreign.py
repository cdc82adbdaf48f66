"""Foreign nodes: seen, chosen where somebody says so, and never taken for the realm's own."""

import msgspec
import pytest

from sojourn.control.decision import Adopt, Cordon, Dismiss, ForeignTold, MoveAsked, Respecify, Tick
from sojourn.control.foreign import SILENT_S, counts
from sojourn.control.placement import explain, place
from sojourn.model.fleet import NodeFacts
from sojourn.model.placement import Ask
from sojourn.model.record import AtomRecord, AtomSpec, NodeState
from tests.unit.control.realm import Realm

WASI = "wasi:snapshot_preview1"
SPEC = AtomSpec(policy="least_modules", functions=(WASI,), kinds=("arts",))


def runtime(name: str = "arts-1", *, most: int = 2, functions: tuple[str, ...] = (WASI,)) -> NodeFacts:
    return NodeFacts(name=name, kind="arts", engines=(), functions=functions, max_atoms=most)


def module(name: str, node: str = "arts-1") -> AtomRecord:
    return AtomRecord(name=f"arts/{name}", kind="arts", node=node, spec=SPEC, epoch=1)


@pytest.fixture
def realm() -> Realm:
    made = Realm()
    made.add("node-1")
    made.handle(ForeignTold(door="arts", nodes=(runtime(),), atoms=(module("a"),)))
    return made


def test_they_are_seen_and_kept(realm: Realm) -> None:
    registry = realm.controller.state.registry
    assert registry.nodes["arts-1"].door == "arts"
    assert registry.atoms["arts/a"].kind == "arts"
    assert ("node", "arts-1") in realm.store
    assert ("atom", "arts/a") in realm.store
    assert counts(realm.controller.state, "arts") == (1, 1)
    assert realm.told[-2:] == ["node.up", "atom.started"]


def test_an_ordinary_atom_is_never_placed_there(realm: Realm) -> None:
    fleet = realm.controller.state.fleet
    assert place(fleet, Ask(atom="new", spec=AtomSpec(policy="least_modules")), realm.now).node == "node-1"
    realm.handle(Cordon(node="node-1"))
    choice = place(fleet, Ask(atom="new", spec=AtomSpec(policy="least_modules")), realm.now)
    assert choice.node is None
    assert "of another kind" in choice.reason
    verdicts = {each.node: each.refused for each in explain(fleet, Ask(atom="new"), realm.now).nodes}
    assert verdicts["arts-1"][0].startswith("it is foreign")


def test_who_allows_it_is_placed_by_what_it_offers_and_by_its_room(realm: Realm) -> None:
    fleet = realm.controller.state.fleet
    realm.handle(Adopt(atom="node-1/x", module="aa", spec=AtomSpec(), node="node-1"))
    realm.handle(Adopt(atom="node-1/y", module="aa", spec=AtomSpec(), node="node-1"))
    assert place(fleet, Ask(atom="arts/b", spec=SPEC), realm.now).node == "arts-1"
    realm.handle(ForeignTold(door="arts", atoms=(module("b"),)))
    assert place(fleet, Ask(atom="arts/c", spec=SPEC), realm.now).node == "node-1"
    python = msgspec.structs.replace(SPEC, functions=("python:python3",))
    assert place(fleet, Ask(atom="arts/d", spec=python), realm.now).node is None
    refused = {each.node: each.refused for each in explain(fleet, Ask(atom="arts/d", spec=python), realm.now).nodes}
    assert "it lacks the host function python:python3" in refused["node-1"]
    assert "it has 2 atoms, the most it takes" in refused["arts-1"]


def test_a_named_place_is_kept_to(realm: Realm) -> None:
    pinned = msgspec.structs.replace(SPEC, pinned="node-1")
    assert place(realm.controller.state.fleet, Ask(atom="arts/b", spec=pinned), realm.now).node == "node-1"


def test_nobody_of_the_realm_commands_them(realm: Realm) -> None:
    for event in (Dismiss("arts/a"), MoveAsked(atom="arts/a", target="node-1"), Respecify("arts/a", AtomSpec())):
        decision = realm.handle(event)
        assert "is foreign" in decision.refused
        assert decision.commands == ()
    realm.handle(Adopt(atom="node-1/x", module="aa", spec=AtomSpec(), node="node-1"))
    assert "it is foreign" in realm.handle(MoveAsked(atom="node-1/x", target="arts-1")).refused


def test_a_silent_door_loses_its_nodes_and_gets_them_back(realm: Realm) -> None:
    realm.now += SILENT_S + 1
    realm.report("node-1")
    decision = realm.handle(Tick())
    registry = realm.controller.state.registry
    assert registry.nodes["arts-1"].state is NodeState.LOST
    assert decision.commands == ()
    assert place(realm.controller.state.fleet, Ask(atom="arts/b", spec=SPEC), realm.now).node == "node-1"
    realm.handle(ForeignTold(door="arts"))
    assert registry.is_up("arts-1")
    assert registry.atoms["arts/a"].state == "running"


def test_what_is_gone_is_gone_from_the_store(realm: Realm) -> None:
    realm.handle(ForeignTold(door="arts", gone_nodes=("arts-1",)))
    assert counts(realm.controller.state, "arts") == (0, 0)
    assert ("node", "arts-1") not in realm.store
    assert ("atom", "arts/a") not in realm.store


def test_the_whole_replaces_what_was_told(realm: Realm) -> None:
    realm.handle(ForeignTold(door="arts", whole=True, nodes=(runtime("arts-2"),), atoms=(module("b", "arts-2"),)))
    registry = realm.controller.state.registry
    assert (sorted(registry.nodes), sorted(registry.atoms)) == (["arts-2", "node-1"], ["arts/b"])


def test_a_module_that_moves_is_at_the_other(realm: Realm) -> None:
    realm.handle(ForeignTold(door="arts", nodes=(runtime("arts-2"),), atoms=(module("a", "arts-2"),)))
    registry = realm.controller.state.registry
    assert registry.atoms["arts/a"].node == "arts-2"
    assert realm.told[-1] == "atom.moved"
    assert registry.atoms_at("arts-1") == []


@pytest.mark.parametrize(
    "event",
    [
        ForeignTold(door="arts", nodes=(NodeFacts(name="node-1", kind="arts"),)),
        ForeignTold(door="arts", nodes=(NodeFacts(name="plain"),)),
        ForeignTold(door="other", nodes=(runtime(),)),
        ForeignTold(door="arts", atoms=(module("b", "node-1"),)),
        ForeignTold(door="arts", atoms=(module("b", "nowhere"),)),
    ],
)
def test_a_door_speaks_for_its_own_alone(realm: Realm, event: ForeignTold) -> None:
    before = dict(realm.store)
    assert realm.handle(event).refused
    assert realm.store == before


def test_a_foreign_atom_has_no_name_of_the_realms(realm: Realm) -> None:
    realm.handle(Adopt(atom="node-1/x", module="aa", spec=AtomSpec(), node="node-1"))
    taken = AtomRecord(name="node-1/x", kind="arts", node="arts-1")
    assert "an atom of this realm" in realm.handle(ForeignTold(door="arts", atoms=(taken,))).refused


def test_drained_or_lost_nothing_of_theirs_is_moved(realm: Realm) -> None:
    realm.handle(Cordon(node="arts-1", drain=True))
    assert realm.handle(Tick()).commands == ()
    for _ in range(100):
        realm.now += 1.0
        realm.report("node-1")
        realm.handle(ForeignTold(door="arts"))
        assert realm.handle(Tick()).commands == ()


def test_another_door_may_tell_of_what_its_own_has_left(realm: Realm) -> None:
    other = ForeignTold(door="other", nodes=(runtime(),), atoms=(module("a"),))
    assert "told of by arts" in realm.handle(other).refused
    realm.now += SILENT_S + 1
    realm.handle(Tick())
    assert not realm.handle(other).refused
    assert counts(realm.controller.state, "other") == (1, 1)
    assert counts(realm.controller.state, "arts") == (0, 0)
    assert "told of by other" in realm.handle(ForeignTold(door="arts", nodes=(runtime(),))).refused
