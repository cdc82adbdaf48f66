"""How far moves are, and what becomes of those whose controller ended."""

import msgspec
import pytest

from sojourn.app.controller.progress import progress_of
from sojourn.control.decision import MoveAsked, Progressed, Settled, Tick
from sojourn.control.housekeeping import EVERY_S
from sojourn.control.registry import PATIENCE_S
from sojourn.model.record import MoveRecord, MoveState
from sojourn.model.wire import MoveRow
from sojourn.model.wire import MoveState as Phase
from tests.unit.control.realm import Realm, Running


@pytest.fixture
def realm() -> Realm:
    made = Realm()
    for name in ("a", "b"):
        made.add(name)
    made.atoms["a/lua"] = Running("a")
    made.report("a")
    return made


def begun(realm: Realm) -> int:
    """A move that is under way; its number."""
    assert not realm.handle(MoveAsked(atom="a/lua", target="b")).refused
    return realm.commands[-1].number


def row(state: Phase, sent: int = 0, pending: int = 0) -> MoveRow:
    return MoveRow(1, "a/lua", "a", "b", 1, "asked for", state, None, None, 2, sent, pending, 0, 0, 0, 0)


def test_a_move_comes_further_and_never_goes_back(realm: Realm) -> None:
    number, registry = begun(realm), realm.controller.state.registry
    shown = registry.underway[number]
    assert (shown.phase, shown.progress, shown.target) == ("decided", 0.0, "b")
    steps = (row(Phase.OFFERED), row(Phase.COPYING, 10, 90), row(Phase.COPYING, 20, 980), row(Phase.SEALED, 1000))
    progress = []
    for step in steps:
        realm.handle(progress_of(number, step))
        progress.append(registry.underway[number].progress)
    assert progress == sorted(progress)
    assert 0.0 < progress[0] < progress[1] < progress[-1] < 1.0
    assert (registry.underway[number].phase, registry.underway[number].bytes) == ("sealed", 1000)
    realm.handle(Settled(number=number, atom="a/lua", node="b", epoch=2, rounds=3, bytes=1000))
    assert registry.underway == {}
    kept = next(record for record in realm.store.values() if isinstance(record, MoveRecord))
    assert (kept.state, kept.rounds, kept.bytes) == (MoveState.DONE, 3, 1000)
    # It is over: whatever comes late is nothing.
    realm.handle(Progressed(number=number, phase="copying"))
    assert registry.underway == {}


def test_moves_of_a_controller_that_ended_are_settled_by_where_the_atom_is(realm: Realm) -> None:
    begun(realm)
    again = Realm(nodes=realm.nodes, atoms=realm.atoms, store=realm.store, now=realm.now)
    again.controller.load(list(realm.store.values()))
    assert len(again.controller.state.registry.underway) == 1
    # It arrived, although nobody who is there was told so.
    again.atoms["a/lua"] = Running("b", epoch=2)
    for name in ("a", "b"):
        again.report(name)
    again.now += EVERY_S
    again.handle(Tick())
    assert [move.state for move in again.store.values() if isinstance(move, MoveRecord)] == [MoveState.DONE]
    assert again.controller.state.registry.underway == {}


def test_those_that_came_to_nothing_are_told_so_after_a_while(realm: Realm) -> None:
    begun(realm)
    again = Realm(nodes=realm.nodes, atoms=realm.atoms, store=realm.store, now=realm.now)
    again.controller.load(list(realm.store.values()))
    for name in ("a", "b"):
        again.report(name)
    again.now += EVERY_S
    again.handle(Tick())
    assert len(again.controller.state.registry.underway) == 1
    again.now += PATIENCE_S
    again.handle(Tick())
    (move,) = [move for move in again.store.values() if isinstance(move, MoveRecord)]
    assert (move.state, "ended before" in move.error) == (MoveState.FAILED, True)


def test_records_of_an_earlier_release_are_read() -> None:
    old = b'{"number":7,"atom":"a/lua","source":"a","target":"b","cause":"asked for","state":"done","bytes":5}'
    move = msgspec.json.decode(old, type=MoveRecord)
    assert (move.number, move.rounds, move.bytes) == (7, 0, 5)
