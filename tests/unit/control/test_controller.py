"""The controller's decisions, on nodes in a table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.decision import (
    Adopt,
    Cordon,
    Dismiss,
    Forget,
    Learned,
    Move,
    MoveAsked,
    Respecify,
    Restore,
    RolloutAsked,
    RolloutTurn,
    Set,
)
from sojourn.model.fleet import Energy
from sojourn.model.record import AtomSpec, ModuleRecord, NodeState, RolloutState
from tests.unit.control.realm import Realm


@pytest.fixture
def realm() -> Realm:
    made = Realm()
    for number in (1, 2, 3):
        made.add(f"node-{number}")
    # What these tests are about is not what would be better.
    made.handle(Set("adapt.paused", "true"))
    return made


def test_an_atom_that_somebody_started_is_known(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    assert realm.where("node-1/a") == "node-1"
    assert realm.agrees()


def test_atoms_of_a_lost_node_go_on_elsewhere(realm: Realm) -> None:
    for number in range(5):
        realm.start(f"node-1/a{number}", "node-1")
    realm.lose("node-1")
    realm.run(2)
    assert realm.agrees()
    assert {at.node for at in realm.atoms.values()} <= {"node-2", "node-3"}
    assert len(realm.atoms) == 5
    assert realm.controller.state.registry.nodes["node-1"].state is NodeState.LOST
    assert [each for each in realm.history if not isinstance(each, Restore)] == []


def test_an_atom_that_may_not_begin_again_stays_down(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(restart="never")))
    realm.lose("node-1")
    realm.run(5)
    assert realm.atoms == {}
    atom = realm.controller.state.registry.atoms["node-1/a"]
    assert atom.state == "down"
    assert "node-1 is lost" in atom.reason


def test_a_node_that_comes_back_late_does_not_speak_for_its_atoms(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    facts = realm.nodes["node-1"]
    realm.lose("node-1")
    realm.run(2)
    place = realm.where("node-1/a")
    assert place != "node-1"
    realm.nodes["node-1"] = facts
    realm.late["node-1/a"] = type(realm.atoms["node-1/a"])("node-1", 1)
    realm.report("node-1")
    assert realm.where("node-1/a") == place
    assert "node.back" in realm.told
    realm.late.clear()
    realm.run(5)
    assert realm.agrees()


def test_an_atom_without_a_place_waits_for_one(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(require='name == "node-1" or "gpu" in tags')))
    realm.lose("node-1")
    realm.run(3)
    atom = realm.controller.state.registry.atoms["node-1/a"]
    assert atom.state == "unplaced"
    assert atom.reason
    assert realm.told.count("atom.unplaced") == 1
    realm.add("node-4", tags=("gpu",))
    realm.run(40)
    assert realm.where("node-1/a") == "node-4"
    assert realm.agrees()


def test_a_drained_node_becomes_empty_a_few_at_a_time(realm: Realm) -> None:
    for number in range(10):
        realm.start(f"node-1/a{number}", "node-1")
    realm.handle(Cordon(node="node-1", drain=True))
    realm.handle(Set("drain.at_once", "2"))
    realm.run(0.5)
    assert 0 < sum(at.node == "node-1" for at in realm.atoms.values()) < 10
    realm.run(10)
    assert all(at.node != "node-1" for at in realm.atoms.values())
    node = realm.controller.state.registry.nodes["node-1"]
    assert (node.draining, node.cordoned) == (False, True)
    assert "node.drained" in realm.told


def test_atoms_leave_a_node_whose_energy_ends(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    energy = Energy(joules=5.0, capacity_joules=100.0, core_watts=3.0)
    realm.nodes["node-1"] = type(realm.nodes["node-1"])(
        name="node-1", incarnation=1, memory_bytes=1, memory_free_bytes=1, low_energy=True, energy=energy
    )
    realm.report("node-1")
    realm.run(3)
    assert realm.where("node-1/a") != "node-1"
    moves = [each for each in realm.history if isinstance(each, Move)]
    assert "low energy, with 5 % left" in moves[0].cause


def test_a_move_that_is_refused_leaves_the_atom_where_it_is(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.refuse.add("node-1/a")
    realm.handle(MoveAsked(atom="node-1/a", target="node-2"))
    realm.carry_out()
    assert realm.where("node-1/a") == "node-1"
    assert realm.controller.state.registry.busy == {}
    assert "atom.refused" in realm.told


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (MoveAsked(atom="node-1/x", target="node-2"), "there is no atom node-1/x"),
        (MoveAsked(atom="node-1/a", target="node-9"), "there is no node node-9"),
        (MoveAsked(atom="node-1/a", target="node-1"), "already on node-1"),
        (Cordon(node="node-9"), "there is no node node-9"),
        (Dismiss("node-1/x"), "there is no atom node-1/x"),
        (Respecify("node-1/a", AtomSpec(policy="magic")), "no placement policy 'magic'"),
        (Respecify("node-1/a", AtomSpec(objective="latency_ms(")), "a name is missing here"),
        (Set("adapt.speed", "1"), "there is no setting adapt.speed"),
        (Set("adapt.gain", "much"), "adapt.gain is a number from 0 to 1"),
        (Set("adapt.paused", "1"), "true or false"),
        (Set("objective", "1 +"), ""),
        (RolloutTurn("r", "back"), "there is no rollout r"),
        (RolloutAsked(name="r", old="aa", new="bb", atoms=()), "no atom has the module aa"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_in_words(realm: Realm, event: object, why: str) -> None:
    realm.start("node-1/a", "node-1")
    before = dict(realm.store)
    decision = realm.handle(event)  # type: ignore[arg-type]
    assert decision.refused
    assert why in decision.refused
    assert realm.store == before
    assert decision.commands == ()


def test_a_dismissed_atom_is_stopped_and_stays_so(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.handle(Dismiss("node-1/a"))
    realm.run(2)
    assert realm.atoms == {}
    realm.lose("node-1")
    realm.run(5)
    assert realm.atoms == {}


def test_an_atom_that_was_stopped_by_hand_stays_so_until_it_is_restored_by_hand(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.handle(Adopt(atom="node-1/a", module="aa", spec=AtomSpec(restart="image"), node="node-1"))
    realm.atoms["node-1/a"].state = "stopped"
    realm.run(20)
    assert realm.history == []
    assert realm.controller.state.registry.atoms["node-1/a"].reason == "was stopped"
    realm.start("node-1/a", "node-2", epoch=2)
    realm.run(20)
    assert realm.history == []
    assert realm.atoms["node-1/a"].state == "running"


def test_an_annotation_that_cannot_be_understood_is_told_and_left_out(realm: Realm) -> None:
    realm.start("node-1/a", "node-1", module="cc")
    said = (("objective", "near its callers"), ("needs.memory", "1MiB"))
    realm.handle(Learned(ModuleRecord(digest="cc", annotation=said)))
    spec = realm.controller.state.registry.atoms["node-1/a"].spec
    assert (spec.objective, spec.memory_bytes) == ("", 1 << 20)
    assert "atom.misunderstood" in realm.told
    realm.lose("node-1")
    realm.run(2)
    assert realm.agrees()
    assert realm.where("node-1/a") != "node-1"


def test_a_requirement_that_cannot_be_understood_is_never_left_out(realm: Realm) -> None:
    realm.start("node-1/a", "node-1", module="cc")
    realm.handle(Learned(ModuleRecord(digest="cc", annotation=(("require", "zone = eu"),))))
    realm.lose("node-1")
    realm.run(5)
    assert realm.atoms == {}
    assert realm.controller.state.registry.atoms["node-1/a"].state == "unplaced"


def test_what_modules_say_is_asked_again_after_a_restart(realm: Realm) -> None:
    realm.start("node-1/a", "node-1", module="cc")
    realm.restarted()
    realm.handle(Learned(ModuleRecord(digest="cc", annotation=(("needs.memory", "1MiB"),))))
    assert realm.controller.state.registry.atoms["node-1/a"].spec.memory_bytes == 1 << 20


def test_what_is_left_of_an_atom_that_is_over_is_collected(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.start("node-1/b", "node-1")
    realm.handle(Set("keep.ended_s", "100"))
    realm.handle(Dismiss("node-1/a"))
    realm.run(60)
    assert "node-1/a" in realm.controller.state.registry.atoms
    realm.run(120)
    assert set(realm.controller.state.registry.atoms) == {"node-1/b"}
    assert ("atom", "node-1/a") not in realm.store
    assert [each.atom for each in realm.history if isinstance(each, Forget)] == ["node-1/a"]


def test_what_a_module_says_is_wanted_of_atoms_that_were_met_before(realm: Realm) -> None:
    realm.start("node-1/a", "node-1", module="cc")
    said = (
        ("objective", "load"),
        ("needs.memory", "64MiB"),
        ("needs.tag", "gpu"),
        ("needs.function", "sojourn_v1.send"),
        ("needs.function", "camera.frame"),
        ("period", "100ms"),
        ("period.work", "20ms"),
    )
    realm.handle(Learned(ModuleRecord(digest="cc", annotation=said)))
    spec = realm.controller.state.registry.atoms["node-1/a"].spec
    assert (spec.objective, spec.memory_bytes, spec.tags) == ("load", 64 << 20, ("gpu",))
    assert spec.functions == ("camera.frame",)
    assert spec.periodic is not None
    assert (spec.periodic.period_ms, spec.periodic.work_ms, spec.periodic.deadline_ms) == (100.0, 20.0, 100.0)


def rolled_out(realm: Realm, **options: object) -> None:
    for number in range(6):
        realm.start(f"node-1/a{number}", "node-1")
    atoms = tuple(f"node-1/a{number}" for number in range(6))
    realm.handle(RolloutAsked(name="r", old="aa", new="bb", atoms=atoms, watch_s=2.0, batch=2, **options))  # type: ignore[arg-type]


def test_a_rollout_begins_with_a_canary_and_reaches_all(realm: Realm) -> None:
    rolled_out(realm)
    realm.run(1)
    assert [at.module for at in realm.atoms.values()].count("bb") == 1
    realm.run(12)
    assert {at.module for at in realm.atoms.values()} == {"bb"}
    assert realm.controller.state.registry.rollouts["r"].state is RolloutState.DONE


def test_a_canary_that_fails_takes_the_rollout_back(realm: Realm) -> None:
    rolled_out(realm)
    realm.run(1)
    name, canary = next((name, at) for name, at in realm.atoms.items() if at.module == "bb")
    canary.state, canary.status = "ended", 1
    realm.report("node-1")
    del realm.atoms[name]
    realm.run(5)
    rollout = realm.controller.state.registry.rollouts["r"]
    assert rollout.state is RolloutState.ROLLED_BACK
    assert "failed" in rollout.reason
    assert {at.module for at in realm.atoms.values()} == {"aa"}, "the one that failed goes on from before"
    assert realm.agrees()


def test_a_rollout_rests_and_goes_on_and_back(realm: Realm) -> None:
    rolled_out(realm)
    realm.run(1)
    realm.handle(RolloutTurn("r", "pause"))
    realm.run(10)
    assert [at.module for at in realm.atoms.values()].count("bb") == 1
    realm.handle(RolloutTurn("r", "go_on"))
    realm.run(4)
    realm.handle(RolloutTurn("r", "back"))
    realm.run(3)
    assert {at.module for at in realm.atoms.values()} == {"aa"}


def test_a_group_falls_and_begins_again_together(realm: Realm) -> None:
    spec = AtomSpec(restart="image", group="g", strategy="all_for_one")
    for number in range(3):
        realm.start(f"node-1/a{number}", "node-1")
        realm.handle(Adopt(atom=f"node-1/a{number}", module="aa", spec=spec, node="node-1"))
    first = realm.atoms["node-1/a0"]
    first.state, first.status = "ended", 3
    realm.report("node-1")
    del realm.atoms["node-1/a0"]
    realm.run(4)
    assert realm.agrees()
    assert {at.epoch for at in realm.atoms.values()} == {2}


def test_one_that_fails_again_and_again_stays_down(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    realm.handle(Adopt(atom="node-1/a", module="aa", spec=AtomSpec(restart="image", restarts=3), node="node-1"))
    for _ in range(10):
        at = realm.atoms.get("node-1/a")
        if at is not None:
            at.state, at.status = "ended", 1
            realm.report(at.node)
            del realm.atoms["node-1/a"]
        realm.run(1.5)
    atom = realm.controller.state.registry.atoms["node-1/a"]
    assert atom.state == "down"
    assert "3 times within a minute" in atom.reason


def test_a_controller_that_begins_again_disturbs_nobody(realm: Realm) -> None:
    for number in range(20):
        realm.start(f"node-{number % 3 + 1}/a{number}", f"node-{number % 3 + 1}")
    before = {name: (at.node, at.epoch) for name, at in realm.atoms.items()}
    realm.restarted()
    realm.run(10)
    assert {name: (at.node, at.epoch) for name, at in realm.atoms.items()} == before
    assert realm.agrees()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["lose", "back", "move", "drain", "restart", "start", "stop", "wait", "refuse"]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ACTS)
def test_whatever_happens_the_registry_is_reality_in_the_end(  # noqa: C901 -- what can happen
    acts: list[tuple[str, int, int]],
) -> None:
    realm = Realm()
    for number in range(4):
        realm.add(f"node-{number}")
    for what, one, other in acts:
        node, atom = f"node-{one % 4}", f"node-0/a{other}"
        if what == "lose" and node in realm.nodes and len(realm.nodes) > 1:
            realm.lose(node)
        elif what == "back" and node not in realm.nodes:
            realm.add(node, incarnation=len(realm.history) + 2)
        elif what == "move":
            realm.handle(MoveAsked(atom=atom, target=node))
        elif what == "drain":
            realm.handle(Cordon(node=node, on=other % 2 == 0, drain=True))
        elif what == "restart":
            realm.restarted()
        elif what == "start" and atom not in realm.atoms and node in realm.nodes:
            known = realm.controller.state.registry.atoms.get(atom)
            realm.start(atom, node, epoch=1 if known is None else known.epoch + 1)
        elif what == "stop":
            realm.handle(Dismiss(atom))
        elif what == "refuse":
            realm.refuse ^= {atom}
        elif what == "wait":
            realm.run(other + 0.5)
        assert len(realm.controller.state.registry.busy) == len(realm.controller.state.registry.pending)
    realm.refuse.clear()
    for node in realm.controller.state.registry.nodes:
        realm.handle(Cordon(node=node, on=False))
    # Longer than the longest pause between two tries.
    realm.run(200, step=1.0)
    assert realm.agrees()
    settled = len(realm.history)
    realm.run(120, step=1.0)
    assert len(realm.history) == settled, "under constant facts nothing moves"
