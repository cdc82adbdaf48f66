"""Simulations that a controller runs for others: bounded, one at a time, and over with whoever asked."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest

from sojourn.app.simulation.simulations import COMMAND, Simulations
from sojourn.gateway.http.body import RunSimulation
from sojourn.model.errors import ConfigError, Declined, UnknownScenario

SMALL = RunSimulation(seed=3, nodes=9, atoms=9, hours=0.01)
# Prints a header, then nothing: it waits for whoever asked to go.
WAITS = (sys.executable, "-c", "import sys; print('{}', flush=True); sys.stdin.read()")
WAIT_S = 60.0


async def whole(simulations: Simulations, scenario: str, asked: RunSimulation) -> bytes:
    run = await simulations.run(scenario, asked)
    try:
        return b"".join([part async for parts in run for part in parts])
    finally:
        await run.aclose()


def bounded(work: Callable[[], Awaitable[None]]) -> None:
    async def done() -> None:
        async with asyncio.timeout(WAIT_S):
            await work()

    asyncio.run(done())


def test_those_that_come_along_are_told() -> None:
    async def work() -> None:
        found = {each.name: each for each in await Simulations().scenarios()}
        assert (found["energy-day"].hours, found["energy-day"].nodes) == (24.0, 24)
        assert found["moving-user"].title

    bounded(work)


def test_one_is_run_and_recorded() -> None:
    async def work() -> None:
        lines = (await whole(Simulations(), "failing-site", SMALL)).splitlines()
        head = json.loads(lines[0])
        assert (head["name"], head["seed"], head["nodes"], head["atoms"]) == ("failing-site", 3, 9, 9)
        assert [json.loads(line)[1] for line in (lines[1], lines[-1])] == ["picture", "end"]

    bounded(work)


def test_what_cannot_be_run_is_refused_before_it_begins() -> None:
    async def work() -> None:
        simulations = Simulations()
        with pytest.raises(UnknownScenario, match="energy-dya"):
            await simulations.run("energy-dya", SMALL)
        with pytest.raises(ConfigError, match="--nodes must be"):
            await simulations.run("energy-day", RunSimulation(nodes=1))
        broken = Simulations((sys.executable, "-c", "pass"))
        with pytest.raises(ConfigError, match="ended before it began"):
            await broken.run("energy-day", SMALL)
        with pytest.raises(Declined, match="cannot run"):
            await Simulations(("/there/is/none",)).run("energy-day", SMALL)
        # None of them is in the way of the next.
        assert await whole(simulations, "failing-site", SMALL)

    bounded(work)


def test_one_at_a_time_and_a_closed_one_is_over() -> None:
    async def work() -> None:
        simulations = Simulations(WAITS)
        run = await simulations.run("energy-day", SMALL)
        with pytest.raises(Declined, match="another simulation"):
            await simulations.run("energy-day", SMALL)
        # Nothing of it was asked for.
        await run.aclose()
        await run.aclose()
        again = await simulations.run("energy-day", SMALL)
        assert await anext(again) == [b"{}\n"]
        process = again._process
        await again.aclose()
        assert process.returncode is not None

    bounded(work)


def test_what_tells_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.app.simulation.run.ANSWER_BYTES", 1000)
    script = "import sys; sys.stdout.write('{}\\n' + 'x\\n' * 1_000_000)"

    async def work() -> None:
        assert len(await whole(Simulations((sys.executable, "-c", script)), "energy-day", SMALL)) <= 1003

    bounded(work)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.app.simulation.run.LASTS_S", 0.5)

    async def work() -> None:
        assert await whole(Simulations(WAITS), "energy-day", SMALL) == b"{}\n"

    bounded(work)


def test_it_ends_when_whoever_asked_is_gone() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"scenario": "energy-day"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["name"] == "energy-day"
        process.stdin.close()
        assert process.wait(WAIT_S) == 1
