"""A process that writes until it is killed: `python writer.py ADDRESS SEED`.

It says `kept N` when batch N was acknowledged. Batch N puts N into each of a few records, drops one and tells some
events about N, so that half a batch is seen.
"""

import random
import sys
from itertools import count

from sojourn.model.errors import NotLeader
from sojourn.model.record import Drop, Put, RealmEvent, SettingRecord, Tell, Write
from sojourn.store.interface import Store
from sojourn.store.open import open_store

RECORDS = 20
EVENTS = 5


def batch(number: int) -> list[Write]:
    """What batch N writes."""
    writes: list[Write] = [Put(SettingRecord(name=f"{place:02}", value=str(number))) for place in range(RECORDS)]
    writes.append(Put(SettingRecord(name=f"batch-{number}", value=str(number))))
    writes.append(Drop("setting", f"batch-{number - 1}"))
    events = [RealmEvent(at=float(number), kind="batch", subject=str(number), text="") for _ in range(EVENTS)]
    return [*writes, *map(Tell, events)]


def last(store: Store) -> int:
    """Number of the last batch that is kept, all of it: what a batch left says so everywhere.

    Raises:
        AssertionError: Something of a batch is missing.
    """
    settings = {record.key: record.value for record in store.records("setting") if isinstance(record, SettingRecord)}
    numbers = {int(value) for value in settings.values()}
    if not numbers:
        assert store.events(0, 1) == ()
        return 0
    (number,) = numbers
    assert set(settings) == {*(f"{place:02}" for place in range(RECORDS)), f"batch-{number}"}
    events = store.events(0, 1_000_000)
    assert [event.number for event in events] == list(range(1, number * EVENTS + 1))
    assert [int(event.subject) for event in events] == [1 + place // EVENTS for place in range(number * EVENTS)]
    return number


def main(address: str, seed: int) -> None:
    """Leads as soon as it can, then writes for ever."""
    chance = random.Random(seed)  # noqa: S311 -- a test's seed
    store = open_store(address, f"writer {seed}")
    while True:
        term = store.lead()
        if term is None:
            continue
        print("leads", term, flush=True)  # noqa: T201
        try:
            for number in count(last(store) + 1):
                store.apply(term, batch(number))
                print("kept", number, flush=True)  # noqa: T201
                if chance.random() < 0.1:
                    store.prune(term, events=1_000_000, moves=0)
        except NotLeader:
            print("overtaken", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
