"""What every store does: the same tests over both."""

import contextlib
import os
import threading
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.model.errors import NotLeader, StorageError
from sojourn.model.record import (
    KINDS,
    AtomRecord,
    Drop,
    MoveState,
    Put,
    RealmEvent,
    Record,
    SettingRecord,
    Tell,
    Write,
)
from sojourn.store.interface import Store
from sojourn.store.open import open_store
from tests.unit.store.conftest import Fresh, Opened
from tests.unit.store.values import atom, event, move, writes

EXAMPLES = 300 if os.environ.get("SOJOURN_SOAK") else 15


class Model:
    """What a store is to hold, as a dict and a list."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self.events: list[RealmEvent] = []

    def apply(self, writes: Sequence[Write]) -> None:
        for write in writes:
            if isinstance(write, Put):
                self.records[write.record.KIND, write.record.key] = write.record
            elif isinstance(write, Drop):
                self.records.pop((write.kind, write.key), None)
            else:
                self.events.append(write.event)

    def of(self, kind: str) -> list[Record]:
        return [record for (its, _), record in sorted(self.records.items(), key=lambda item: item[0]) if its == kind]


def led(store: Store) -> int:
    """The store's term, which it has to get."""
    term = store.lead()
    assert term is not None
    return term


def contents(store: Store) -> list[Record]:
    return [record for kind in KINDS for record in store.records(kind)]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(writes, max_size=5))
def test_a_store_is_a_dict_and_a_list(fresh: Fresh, batches: list[list[Write]]) -> None:
    address = fresh()
    model = Model()
    with contextlib.closing(open_store(address)) as store:
        term = led(store)
        for batch in batches:
            known = len(model.events)
            model.apply(batch)
            told = store.apply(term, batch)
            assert [each.number for each in told] == list(range(known + 1, len(model.events) + 1))
            for kind in KINDS:
                assert list(store.records(kind)) == model.of(kind)
    with contextlib.closing(open_store(address)) as store:
        assert contents(store) == [record for kind in KINDS for record in model.of(kind)]
        kept = store.events(0, 1000)
        assert [each.number for each in kept] == list(range(1, len(kept) + 1))
        assert [(each.at, each.kind, each.subject, each.text, each.data) for each in kept] == [
            (each.at, each.kind, each.subject, each.text, each.data) for each in model.events
        ]


def test_a_new_store_is_empty(opened: Opened) -> None:
    store = opened()
    assert contents(store) == []
    assert store.events(0, 10) == ()
    assert (store.first_event(), store.last_event()) == (1, 0)
    assert store.leader() is None


def test_one_leads_and_others_read(opened: Opened) -> None:
    first, second = opened("the first"), opened("the second")
    term = led(first)
    assert second.lead() is None
    assert second.leader() == first.leader() == "the first"
    first.apply(term, [atom(1), event(1)])
    assert list(second.records("atom")) == [atom(1).record]
    assert [each.number for each in second.events(0, 10)] == [1]
    with pytest.raises(NotLeader):
        second.apply(term, [atom(2)])
    assert len(contents(first)) == 1


def test_who_leads_is_given_its_term_again(opened: Opened) -> None:
    store = opened()
    term = led(store)
    assert led(store) == term
    store.apply(term, [atom(1)])


def test_the_next_leader_has_the_next_term(opened: Opened) -> None:
    first, second = opened("the first"), opened("the second")
    term = led(first)
    first.apply(term, [event(1)])
    first.close()
    assert second.leader() is None
    later = led(second)
    assert later == term + 1
    assert second.leader() == "the second"
    assert second.apply(later, [event(2)])[0].number == 2


def test_a_term_of_another_does_not_write(opened: Opened) -> None:
    store = opened()
    term = led(store)
    with pytest.raises(NotLeader):
        store.apply(term - 1, [atom(1)])
    with pytest.raises(NotLeader):
        store.prune(term - 1, events=0, moves=0)
    assert contents(store) == []


def test_who_was_overtaken_is_fenced(opened: Opened) -> None:
    """Whatever let a second leader in: the term in the database decides."""
    store = opened()
    term = led(store)
    overtake(store)
    with pytest.raises(NotLeader, match="another controller leads"):
        store.apply(term, [atom(1), event(1)])
    assert contents(store) == []
    assert store.events(0, 1) == ()


def overtake(store: Store) -> None:
    """Counts the term up behind the leader's back."""
    statement = "UPDATE sojourn_state SET term = term + 1"
    line = getattr(store, "_writer", None) or getattr(store, "_session")  # noqa: B009 -- of either kind
    line.rows(statement)


def test_writes_are_kept_whole_or_not_at_all(opened: Opened) -> None:
    store = opened()
    term = led(store)
    store.apply(term, [atom(1), event(1)])
    bad = Put(SettingRecord(name="a\0b", value=""))
    with pytest.raises(StorageError, match=r"setting 'a\\x00b'.*no text"):
        store.apply(term, [atom(2), event(2), bad])
    assert [record.key for record in contents(store)] == [atom(1).record.key]
    assert store.apply(term, [event(3)])[0].number == 2


@pytest.mark.parametrize(
    "write",
    [
        Put(AtomRecord(name="a", since=float("inf"))),
        Put(AtomRecord(name="a", since=float("nan"))),
        Put(AtomRecord(name="\ud800")),
        Put(AtomRecord(name="a", reason="\ud800")),
        Drop("atom", "\ud800"),
        Tell(RealmEvent(at=float("-inf"), kind="k", subject="s", text="")),
        Tell(RealmEvent(at=1.0, kind="k", subject="s\udfff", text="")),
        Tell(RealmEvent(at=1.0, kind="k", subject="s", text="", data={"x": float("nan")})),
    ],
    ids=range(8),
)
def test_what_cannot_be_kept_is_told(opened: Opened, write: Write) -> None:
    store = opened()
    term = led(store)
    with pytest.raises(StorageError, match=r"cannot keep the (atom|event)"):
        store.apply(term, [atom(1), write])
    assert contents(store) == []
    assert store.apply(term, [event(1)])[0].number == 1


def test_of_writes_about_one_record_the_last_counts(opened: Opened) -> None:
    store = opened()
    term = led(store)
    key = atom(1).record.key
    store.apply(term, [atom(1), Drop("atom", key), atom(1, "ended"), Drop("atom", "nobody")])
    assert list(store.records("atom")) == [atom(1, "ended").record]
    store.apply(term, [atom(1), Drop("atom", key)])
    assert contents(store) == []


def test_events_come_in_pieces(opened: Opened) -> None:
    store = opened()
    store.apply(led(store), [event(place) for place in range(1, 11)])
    assert [each.number for each in store.events(0, 4)] == [1, 2, 3, 4]
    assert [each.number for each in store.events(4, 100)] == [5, 6, 7, 8, 9, 10]
    assert store.events(10, 5) == store.events(10**40, 5) == store.events(0, 0) == store.events(0, -1) == ()
    assert len(store.events(-(10**40), 10**40)) == 10


def test_pruning_keeps_the_newest(opened: Opened) -> None:
    store = opened()
    term = led(store)
    moves = [move(place, MoveState.DECIDED if place % 5 == 0 else MoveState.DONE) for place in range(20)]
    store.apply(term, [*moves, *(event(place) for place in range(30)), atom(1)])
    store.prune(term, events=7, moves=3)
    assert (store.first_event(), store.last_event()) == (24, 30)
    assert [each.number for each in store.events(0, 100)] == list(range(24, 31))
    kept = [int(record.key, 16) for record in store.records("move")]
    assert kept == [0, 5, 10, 15, 17, 18, 19]
    store.prune(term, events=0, moves=0)
    assert store.events(0, 100) == ()
    assert (store.first_event(), store.last_event()) == (1, 30)
    assert [int(record.key, 16) for record in store.records("move")] == [0, 5, 10, 15]
    assert store.apply(term, [event(1)])[0].number == 31
    assert len(list(store.records("atom"))) == 1


def test_records_are_of_one_moment(opened: Opened) -> None:
    store = opened()
    term = led(store)
    store.apply(term, [atom(place) for place in range(10)])
    reading = store.records("atom")
    next(reading)
    store.apply(term, [atom(place, "ended") for place in range(10)])
    assert {record.state for record in reading if isinstance(record, AtomRecord)} == {"running"}


def test_readers_never_see_a_half(opened: Opened) -> None:
    writer, reader = opened(), opened()
    term = led(writer)
    ended = threading.Event()
    seen = set()

    def read() -> None:
        while not ended.is_set():
            seen.add(tuple(record.state for record in reader.records("atom") if isinstance(record, AtomRecord)))

    thread = threading.Thread(target=read)
    thread.start()
    for turn in range(40):
        writer.apply(term, [atom(place, str(turn)) for place in range(50)])
    ended.set()
    thread.join()
    assert all(len(set(states)) <= 1 for states in seen)


def test_threads_take_turns(opened: Opened) -> None:
    store = opened()
    term = led(store)
    numbers: list[int] = []

    def tell() -> None:
        for place in range(20):
            numbers.extend(each.number for each in store.apply(term, [event(place), event(place)]))

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 161))
    assert [each.number for each in store.events(0, 1000)] == list(range(1, 161))


def test_closing_twice_does_nothing_and_then_nothing_goes(opened: Opened) -> None:
    store = opened()
    term = led(store)
    store.close()
    store.close()
    for work in (
        store.lead,
        store.leader,
        store.first_event,
        store.last_event,
        lambda: store.events(0, 1),
        lambda: store.records("atom"),
        lambda: store.apply(term, []),
        lambda: store.prune(term, events=1, moves=1),
    ):
        with pytest.raises(StorageError, match="was closed"):
            work()
