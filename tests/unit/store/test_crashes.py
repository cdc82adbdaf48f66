"""What was acknowledged is there after the writer was killed, whole, and the next one leads."""

import contextlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sojourn.model.errors import NotLeader
from sojourn.store.open import open_store
from tests.e2e.postgres import Server
from tests.unit.store.conftest import Opened
from tests.unit.store.values import atom, event
from tests.unit.store.writer import batch, last

ROOT = Path(__file__).parents[3]
BOUND_S = 60
SOAK = bool(os.environ.get("SOJOURN_SOAK"))
KILLS = 200 if SOAK else 8
CUTS = 1000 if SOAK else 40


class Writer:
    """A process that writes; what it has printed so far."""

    def __init__(self, address: str, seed: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.store.writer", address, str(seed)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(["python", "."])},
        )
        self.lines: list[str] = []
        self._grown = threading.Condition()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def wait_for(self, word: str, times: int = 1) -> None:
        """Waits until it has said something so often."""
        with self._grown:
            said = self._grown.wait_for(lambda: sum(word in line for line in self.lines) >= times, BOUND_S)
        assert said, self.lines

    def kill(self) -> list[str]:
        """Kills it; all that it said."""
        self.process.kill()
        self.process.wait(BOUND_S)
        self._thread.join()
        return self.lines

    def kept(self) -> int:
        """The last batch that it was told is kept."""
        return max((int(line.split()[1]) for line in self.lines if line.startswith("kept")), default=0)

    def _read(self) -> None:
        assert self.process.stdout
        # What is cut at its end was not said.
        with self.process.stdout as output:
            for line in output:
                if line.endswith("\n"):
                    with self._grown:
                        self.lines.append(line.strip())
                        self._grown.notify_all()


@pytest.fixture
def writer(place: str) -> Iterator[Callable[[int], Writer]]:
    """Begins writers."""
    begun: list[Writer] = []

    def begin(seed: int) -> Writer:
        begun.append(Writer(place, seed))
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()


@pytest.mark.timeout(900 if SOAK else 120)
def test_what_was_acknowledged_survives_any_moment(place: str, writer: Callable[[int], Writer]) -> None:
    chance = random.Random(1)  # noqa: S311 -- a test's seed
    known = 0
    for seed in range(KILLS):
        one = writer(seed)
        one.wait_for("leads")
        one.wait_for("kept", chance.randrange(20))
        # Somewhere inside a batch, or between two.
        spin(chance.random() * 0.004)
        one.kill()
        with contextlib.closing(open_store(place)) as store:
            found = last(store)
        known = max(known, one.kept())
        # The last one may have been kept, and the answer not.
        assert found in (known, known + 1)
        known = found


def spin(duration_s: float) -> None:
    """Lets a random short time pass."""
    ends = time.monotonic() + duration_s
    while time.monotonic() < ends:
        pass


def test_the_next_takes_over_when_the_leader_is_killed(opened: Opened, writer: Callable[[int], Writer]) -> None:
    first = writer(1)
    first.wait_for("kept", 3)
    store = opened("the second")
    assert store.lead() is None
    assert store.leader() == "writer 1"
    first.kill()
    began = time.monotonic()
    while (term := store.lead()) is None:
        assert time.monotonic() - began < BOUND_S
    assert term == 2
    number = last(store)
    assert number in (first.kept(), first.kept() + 1)
    told = store.apply(term, batch(number + 1))
    assert told[-1].number == 5 * (number + 1)
    assert last(store) == number + 1


def test_many_that_want_to_lead_take_turns(place: str, writer: Callable[[int], Writer]) -> None:
    writers = [writer(seed) for seed in range(3)]
    for _ in range(3):
        leading = wait_for_leader(writers)
        leading.wait_for("kept", 3)
        leading.kill()
        writers.remove(leading)
    terms = [line for line in leading.lines if line.startswith("leads")]
    assert terms == ["leads 3"]
    with contextlib.closing(open_store(place)) as store:
        assert last(store) in (leading.kept(), leading.kept() + 1)


def wait_for_leader(writers: list[Writer]) -> Writer:
    ends = time.monotonic() + BOUND_S
    while time.monotonic() < ends:
        for each in writers:
            if any(line.startswith("leads") for line in each.lines):
                return each
    pytest.fail("nobody leads")


def test_a_leader_without_its_connection_is_fenced(postgres: Server) -> None:
    """The server ends the leader's connection; another leads before it writes again."""
    address = postgres.schema()
    with contextlib.closing(open_store(address, "first")) as first, contextlib.closing(open_store(address)) as second:
        term = first.lead()
        assert term == 1
        first.apply(term, [atom(1), event(1)])
        cut(postgres, first)
        while (later := second.lead()) is None:
            pass
        assert later == 2
        second.apply(later, [atom(2), event(2)])
        with pytest.raises(NotLeader):
            first.apply(term, [atom(3), event(3)])
        assert first.lead() is None
        assert [each.number for each in second.events(0, 10)] == [1, 2]
        assert len(list(first.records("atom"))) == 2


def test_a_leader_whose_connection_is_cut_leads_on(postgres: Server) -> None:
    """Nobody else led between: it has the same term, and no batch is lost or kept twice."""
    with contextlib.closing(open_store(postgres.schema())) as store:
        term = store.lead()
        assert term == 1
        chance = random.Random(2)  # noqa: S311 -- a test's seed
        for number in range(1, CUTS + 1):
            cutter = threading.Timer(chance.random() * 0.02, cut, (postgres, store))
            cutter.start()
            told = store.apply(term, batch(number))
            assert told[-1].number == len(told) * number
            cutter.join()
        assert store.apply(term, []) == ()
        assert store.lead() == term
        assert last(store) == CUTS


def cut(postgres: Server, store: object) -> None:
    """Ends the connection that a store writes with, if it has one at the moment."""
    connection = getattr(store, "_writer")._connection  # noqa: B009 -- of the one kind that has it
    if connection is not None and not connection.closed:
        with contextlib.suppress(Exception):
            postgres.run("SELECT pg_terminate_backend(%s::int)", connection.info.backend_pid)
