"""Checkers find nothing wrong with the controller, and everything with those who decide badly."""

import pytest

from sojourn.control.decision import Command
from sojourn.sim.run import Decides, Outcome
from tests.unit.sim.worlds import PLAIN, SUNNY, Insists, controlled, move, simulation

ATOMS = [f"server-{number % 4}/job-{number}" for number in range(8)]


def broken(text: str, decides: Decides, *, moves_per_minute: float = 1e9) -> Outcome:
    return simulation(text, decides, moves_per_minute=moves_per_minute).run()


@pytest.mark.parametrize("text", [PLAIN, SUNNY])
def test_nothing_is_broken_by_the_controller(text: str) -> None:
    outcome = controlled(text)
    assert not any(outcome.violations.values()), outcome.told


def test_capacity() -> None:
    small = PLAIN.replace("1 GiB", "250 MiB")
    everybody = Insists(
        lambda tick: (
            tuple(move(n + 1, a, a.split("/")[0], "server-0") for n, a in enumerate(ATOMS)) if tick == 1 else ()
        )
    )
    outcome = broken(small, everybody)
    assert outcome.violations["capacity"] > 0
    assert "server-0 is given" in outcome.told[0]


def test_capacity_in_number() -> None:
    few = PLAIN.replace("[nodes.server]", "[nodes.server]\nmax_atoms = 2")
    one = Insists(lambda tick: (move(1, ATOMS[1], "server-1", "server-0"),) if tick == 1 else ())
    assert broken(few, one).violations["capacity"] == 1


def test_filters() -> None:
    text = PLAIN + 'tags = ["gpu"]\n[nodes.fast]\ntags = ["gpu"]\ncount = 2\n'
    wrong = Insists(lambda tick: (move(1, "fast-0/job-0", "fast-0", "server-0"),) if tick == 1 else ())
    outcome = broken(text, wrong)
    assert outcome.violations["filters"] == 1
    assert "lacks gpu" in outcome.told[0]
    nowhere = Insists(lambda tick: (move(1, "fast-0/job-0", "fast-0", "moon"),) if tick == 1 else ())
    assert broken(text, nowhere).violations["filters"] == 1


def test_places() -> None:
    twice = Insists(
        lambda tick: (
            (move(1, ATOMS[0], "server-0", "server-1"), move(2, ATOMS[0], "server-0", "server-2")) if tick == 1 else ()
        )
    )
    assert broken(PLAIN, twice).violations["places"] == 1


def test_places_of_the_world_itself() -> None:
    sim = simulation(PLAIN, Insists(lambda _: ()))
    sim.world.on[3][0] = None
    assert sim.run().violations["places"] > 0


def test_budget() -> None:
    busy = Insists(lambda tick: (move(tick, ATOMS[tick % 8], f"server-{tick % 4}", f"server-{(tick + 1) % 4}"),))
    assert broken(PLAIN, busy, moves_per_minute=10).violations["budget"] > 0
    assert broken(PLAIN, busy, moves_per_minute=60).violations["budget"] == 0


def test_oscillation() -> None:
    def to_and_fro(tick: int) -> tuple[Command, ...]:
        ends = ("server-0", "server-1") if tick % 20 == 1 else ("server-1", "server-0")
        return (move(tick, ATOMS[0], *ends),) if tick % 10 == 1 else ()

    outcome = broken(PLAIN, Insists(to_and_fro))
    assert outcome.violations["oscillation"] > 0
    assert "goes back to server-0" in " ".join(outcome.told)


def test_energy() -> None:
    sim = simulation(SUNNY, Insists(lambda _: ()))
    sim.world.nodes.harvested[0] += 1.0
    assert sim.run().violations["energy"] > 0


def test_of_very_many_only_the_first_are_told() -> None:
    sim = simulation(PLAIN, Insists(lambda _: ()))
    sim.world.on[3][0] = None
    outcome = sim.run()
    assert outcome.violations["places"] > len(outcome.told)
