"""Programs: what the controller decides about atoms that are started and stopped together."""

from __future__ import annotations

import pytest

from sojourn.control.decision import (
    Event,
    Forget,
    Learned,
    ProgramPut,
    ProgramRemove,
    ProgramStart,
    ProgramStop,
    Start,
    Stop,
)
from sojourn.control.program_parts import TRIES, UNHEARD_S, state_of
from sojourn.model.record import AtomSpec, ModuleRecord, PartRun, ProgramPart, Wish
from tests.unit.control.realm import Realm, Running

MODULE = "aa" * 32
NAMED = "bb" * 32


@pytest.fixture
def realm() -> Realm:
    made = Realm()
    for number in (1, 2, 3):
        made.add(f"node-{number}")
    made.handle(Learned(ModuleRecord(digest=MODULE, name="player.wasm", bytes=8)))
    made.handle(Learned(ModuleRecord(digest=NAMED, name="board.wasm", bytes=8, annotation=(("name", "board"),))))
    return made


def put(realm: Realm, *parts: ProgramPart, **more: object) -> None:
    decision = realm.handle(ProgramPut(name="chess", parts=parts, **more))  # type: ignore[arg-type]
    assert not decision.refused


def chess(realm: Realm, **spec: object) -> None:
    """A program of a board and two players."""
    wanted = AtomSpec(policy="spread", **spec)  # type: ignore[arg-type]
    players = [ProgramPart(part=part, module=MODULE, spec=wanted) for part in ("white", "black")]
    put(realm, ProgramPart(part="board", module=NAMED, spec=wanted), *players)


def start(realm: Realm, ending: str = "1f") -> None:
    assert not realm.handle(ProgramStart(name="chess", ending=ending)).refused
    realm.carry_out()


def states(realm: Realm) -> dict[str, str]:
    """How the parts are, by their names."""
    state = realm.controller.state
    program = state.registry.programs["chess"]
    return {part.part: state_of(state, program.runs.get(part.part, PartRun())).state for part in program.parts}


def reasons(realm: Realm) -> dict[str, str]:
    """Why those that did not start did not."""
    runs = realm.controller.state.registry.programs["chess"].runs
    return {part: run.error for part, run in runs.items() if run.error}


def test_a_program_starts_all_its_parts_as_a_group(realm: Realm) -> None:
    chess(realm)
    assert states(realm) == dict.fromkeys(("board", "white", "black"), "stopped")
    start(realm)
    assert states(realm) == dict.fromkeys(("board", "white", "black"), "running")
    # A part is called as its module says, or as no other.
    names = sorted(name.partition("/")[2] for name in realm.atoms)
    assert names == ["board", "chess.black-1f", "chess.white-1f"]
    assert {at.node for at in realm.atoms.values()} == {"node-1", "node-2", "node-3"}
    assert {atom.spec.group for atom in realm.controller.state.registry.atoms.values()} == {"chess"}
    assert realm.told.count("program.started") == 1
    for node in ("node-1", "node-2", "node-3"):
        realm.report(node)
    assert realm.agrees()


def test_a_start_leaves_parts_that_run(realm: Realm) -> None:
    chess(realm)
    start(realm)
    before = dict(realm.atoms)
    start(realm, "2e")
    assert dict(realm.atoms) == before
    gone = next(name for name in realm.atoms if "white" in name)
    del realm.atoms[gone]
    realm.atoms[gone] = Running(gone.partition("/")[0], state="ended", status=0, module=MODULE)
    realm.report(gone.partition("/")[0])
    assert states(realm)["white"] == "ended"
    start(realm, "3d")
    assert states(realm) == dict.fromkeys(("board", "white", "black"), "running")
    assert sum("white-3d" in name for name in realm.atoms) == 1
    assert len([each for each in realm.history if isinstance(each, Start)]) == 4


def test_a_stop_stops_all_and_a_start_begins_anew(realm: Realm) -> None:
    chess(realm)
    start(realm)
    realm.handle(ProgramStop(name="chess", keep=True))
    stops = [each for each in realm.commands if isinstance(each, Stop)]
    assert [each.keep for each in stops] == [True] * 3
    assert set(states(realm).values()) == {"stopping"}
    realm.carry_out()
    assert set(states(realm).values()) == {"stopped"}
    assert realm.atoms == {}
    start(realm, "2e")
    realm.run(3)
    assert set(states(realm).values()) == {"running"}
    # The board's name is its own: what was left of the one before made room, if it was born at the same node.
    assert sum(name.endswith("/board") for name in realm.atoms) == 1
    assert sum(name.endswith("-2e") for name in realm.atoms) == 2


def test_a_name_that_is_fixed_is_used_again(realm: Realm) -> None:
    put(realm, ProgramPart(part="board", module=NAMED, node="node-2"))
    start(realm)
    realm.handle(ProgramStop(name="chess"))
    realm.carry_out()
    start(realm)
    assert [each.atom for each in realm.history if isinstance(each, Forget)] == ["node-2/board"]
    realm.carry_out()
    assert states(realm) == {"board": "running"}


def test_a_program_that_was_removed_leaves_its_names_to_the_next_one(realm: Realm) -> None:
    board = ProgramPart(part="board", module=NAMED, node="node-2")
    put(realm, board)
    start(realm)
    realm.handle(ProgramStop(name="chess"))
    realm.carry_out()
    realm.handle(ProgramRemove(name="chess"))
    put(realm, board)
    start(realm)
    realm.carry_out()
    assert states(realm) == {"board": "running"}


def test_a_name_that_somebody_else_has_is_not_taken(realm: Realm) -> None:
    realm.start("node-2/board", "node-2")
    put(realm, ProgramPart(part="board", module=NAMED, node="node-2"))
    start(realm)
    assert states(realm) == {"board": "failed"}
    assert "there is an atom node-2/board already" in reasons(realm)["board"]


def test_half_of_it_may_start(realm: Realm) -> None:
    put(
        realm,
        ProgramPart(part="a", module=MODULE),
        ProgramPart(part="b", module=MODULE, spec=AtomSpec(require='"gpu" in tags')),
        ProgramPart(part="c", module=MODULE, node="node-9"),
    )
    start(realm)
    assert states(realm) == {"a": "running", "b": "failed", "c": "failed"}
    assert "do not meet its requirement" in reasons(realm)["b"]
    assert "there is no node node-9" in reasons(realm)["c"]
    assert realm.told.count("program.failed") == 2
    realm.add("node-9", tags=("gpu",))
    start(realm, "2e")
    assert set(states(realm).values()) == {"running"}
    assert reasons(realm) == {}


def test_a_node_that_is_busy_is_asked_again_a_few_times(realm: Realm) -> None:
    chess(realm)
    realm.refuse.add("white")
    start(realm)
    assert states(realm) == {"board": "running", "white": "starting", "black": "running"}
    realm.run(10)
    assert states(realm)["white"] == "failed"
    assert reasons(realm) == {"white": "the node is busy"}
    tried = [each for each in realm.history if isinstance(each, Start) and each.part.part == "white"]
    assert len(tried) == TRIES
    assert not any("white" in name for name in realm.controller.state.registry.atoms)


def test_a_controller_that_begins_again_goes_on_with_a_start(realm: Realm) -> None:
    chess(realm)
    realm.handle(ProgramStart(name="chess", ending="1f"))
    # Of three orders one was carried out, and nobody heard of it.
    command = realm.commands[1]
    assert isinstance(command, Start)
    realm.done(command)
    realm.restarted()
    assert set(states(realm).values()) == {"starting"}
    realm.run(UNHEARD_S + 2)
    assert set(states(realm).values()) == {"running"}
    assert len(realm.atoms) == 3
    assert realm.agrees()


def test_a_controller_that_begins_again_knows_its_programs(realm: Realm) -> None:
    chess(realm)
    start(realm)
    realm.restarted()
    realm.run(2)
    assert set(states(realm).values()) == {"running"}
    realm.handle(ProgramStop(name="chess"))
    realm.run(2)
    assert realm.atoms == {}


def test_a_stop_catches_up_with_a_start(realm: Realm) -> None:
    chess(realm)
    realm.handle(ProgramStart(name="chess", ending="1f"))
    realm.handle(ProgramStop(name="chess"))
    realm.run(3)
    assert realm.atoms == {}
    assert set(states(realm).values()) == {"stopped"}


def test_parts_of_a_lost_node_go_on_elsewhere(realm: Realm) -> None:
    chess(realm)
    start(realm)
    for node in ("node-1", "node-2", "node-3"):
        realm.report(node)
    realm.lose("node-1")
    assert "waiting" in states(realm).values()
    realm.run(3)
    assert set(states(realm).values()) == {"running"}


def test_a_part_that_ended_badly_has_failed(realm: Realm) -> None:
    put(realm, ProgramPart(part="a", module=MODULE))
    start(realm)
    name, at = next(iter(realm.atoms.items()))
    at.state, at.status = "ended", 3
    realm.report(at.node)
    assert states(realm) == {"a": "failed"}
    assert realm.controller.state.registry.atoms[name].reason == "ended with status 3"


def test_all_of_a_group_fall_with_one(realm: Realm) -> None:
    put(
        realm,
        *(ProgramPart(part=part, module=MODULE, spec=AtomSpec(restart="image")) for part in "ab"),
        strategy="all_for_one",
    )
    start(realm)
    first = next(name for name in realm.atoms if ".a-" in name)
    realm.atoms[first].state, realm.atoms[first].status = "ended", 1
    realm.report(realm.atoms[first].node)
    assert [each.atom for each in realm.commands if isinstance(each, Stop)] == [
        name for name in realm.atoms if name != first
    ]


def test_atoms_that_run_become_a_program(realm: Realm) -> None:
    realm.start("node-1/a", "node-1")
    put(realm, ProgramPart(part="one", module=MODULE), running={"one": "node-1/a"})
    assert states(realm) == {"one": "running"}
    program = realm.controller.state.registry.programs["chess"]
    assert program.wish is Wish.RUN
    assert realm.controller.state.registry.atoms["node-1/a"].spec.group == "chess"
    start(realm)
    assert list(realm.atoms) == ["node-1/a"]
    realm.handle(ProgramStop(name="chess"))
    realm.carry_out()
    assert realm.atoms == {}


def twice() -> ProgramPut:
    return ProgramPut(name="x", parts=(ProgramPart(part="a", module=MODULE),) * 2)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (ProgramStart(name="none", ending="1f"), "there is no program none"),
        (ProgramStop(name="none"), "there is no program none"),
        (ProgramRemove("none"), "there is no program none"),
        (ProgramRemove("chess"), "its part board is at work"),
        (twice(), "two parts of it have one name"),
        (ProgramPut(name="chess"), "its part board is at work"),
        (ProgramPut(name="x", parts=(ProgramPart(part="a", module="cc"),)), "part a: there is no module cc"),
        (
            ProgramPut(name="x", parts=(ProgramPart(part="a", module=MODULE, spec=AtomSpec(require="(")),)),
            "something is missing",
        ),
        (
            ProgramPut(name="x", parts=(ProgramPart(part="a", module=MODULE),), running={"a": "node-1/none"}),
            "node-1/none does not run",
        ),
        (
            ProgramPut(name="x", parts=(ProgramPart(part="a", module=MODULE),), running={"b": "node-1/none"}),
            "there is no part b",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(realm: Realm, event: Event, why: str) -> None:
    chess(realm)
    start(realm)
    before = dict(realm.store)
    decision = realm.handle(event)
    assert why in decision.refused
    assert realm.store == before
    assert decision.commands == ()


def test_an_atom_is_part_of_one_program(realm: Realm) -> None:
    chess(realm)
    start(realm)
    name = next(iter(realm.atoms))
    decision = realm.handle(ProgramPut(name="x", parts=(ProgramPart(part="a", module=MODULE),), running={"a": name}))
    assert decision.refused == f"{name} is a part of the program chess"


def test_a_program_that_is_stopped_can_be_changed_and_removed(realm: Realm) -> None:
    chess(realm)
    start(realm)
    realm.handle(ProgramStop(name="chess"))
    realm.carry_out()
    put(realm, ProgramPart(part="only", module=MODULE))
    assert states(realm) == {"only": "stopped"}
    assert not realm.handle(ProgramRemove("chess")).refused
    assert ("program", "chess") not in realm.store
    assert "program.removed" in realm.told
