"""From a scenario's name to a study: what the command line and measurements call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.control.controller import Controller
from sojourn.control.placement import Fleet, validate
from sojourn.control.settings import SETTINGS, wrong
from sojourn.model.errors import ConfigError
from sojourn.sim.recording.line import VERSION, Header
from sojourn.sim.recording.recorder import Recorder
from sojourn.sim.report.document import document
from sojourn.sim.run import EPOCH_S
from sojourn.sim.scenario.build import nearest
from sojourn.sim.scenario.read import read, resized
from sojourn.sim.study import Study, study
from sojourn.sim.trace.take import replayed, scripted
from sojourn.sim.world.atoms import spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.sim.scenario.schema import Scenario

SEED = 1


def simulate(  # noqa: PLR0913 -- what can be asked of it
    name: str,
    *,
    seed: int | None = None,
    nodes: int | None = None,
    atoms: int | None = None,
    hours: float | None = None,
    baseline: bool = False,
    progress: Callable[[float], None] | None = None,
    record: Callable[[bytes], object] | None = None,
) -> Study:
    """Runs a scenario without control and with it.

    Args:
        name: Name of one that comes along, path of a TOML file, or of exported events (`.jsonl`).
        seed: All chance comes from it; exported events have their own.
        nodes: So many nodes instead.
        atoms: So many atoms instead.
        hours: So long instead.
        baseline: Only the run in which nobody decides.
        progress: Is told what share is over.
        record: Takes the lines of a recording of the controller's run, while it goes on.

    Raises:
        StorageError: There is no such scenario, or a file could not be read.
        ConfigError: Something in it is wrong; the text says where.
    """
    if Path(name).suffix == ".jsonl":
        if not {seed, nodes, atoms, hours} <= {None}:
            raise ConfigError(
                f"{name} replays a world as it was: it has its own seed and size",
                "leave --seed, --nodes, --atoms and --hours out, or give the scenario",
            )
        title, scenario, seed, happenings = replayed(Path(name))
    else:
        title, seed = name, SEED if seed is None else seed
        scenario = resized(read(name), name, nodes=nodes, atoms=atoms, hours=hours)
        happenings = scripted(scenario, seed, Path(name).parent)
    sensible(scenario, name)
    controller = Controller()
    recorder = None
    if record is not None and not baseline:
        recorder = Recorder(header(title, scenario, seed), controller.state, record)
    done = study(
        title,
        scenario,
        happenings,
        seed,
        None if baseline else lambda: controller,
        moves_per_minute=budget(scenario),
        progress=progress,
        watcher=recorder,
    )
    if recorder is not None:
        recorder.end(document(done))
    return done


def header(name: str, scenario: Scenario, seed: int) -> Header:
    """What a recording begins with."""
    return Header(
        sojourn_recording=VERSION,
        name=name,
        title=scenario.title,
        seed=seed,
        begins=EPOCH_S,
        ends=EPOCH_S + scenario.seconds,
        step_s=scenario.control.step,
        nodes=sum(each.count for each in scenario.nodes.values()),
        atoms=sum(each.count for each in scenario.atoms.values()),
    )


def budget(scenario: Scenario) -> float:
    """Moves a minute that the controller may decide for better places."""
    name = "adapt.moves_per_minute"
    return float(scenario.control.settings.get(name, SETTINGS[name].default))


def sensible(scenario: Scenario, name: str) -> None:
    """Settings and wishes are such as the controller understands.

    Raises:
        ConfigError: They are not; the text says which.
        ExpressionError: An objective or a requirement is wrong, and where.
    """
    for setting, value in scenario.control.settings.items():
        if setting not in SETTINGS:
            known = ", ".join(sorted(SETTINGS))
            raise ConfigError(
                f"{name}: control.settings.{setting}: there is no such setting{nearest(setting, SETTINGS)}",
                f"there are {known}",
            )
        if why := wrong(setting, value):
            raise ConfigError(f"{name}: control.settings: {why}")
    for table in scenario.atoms.values():
        validate(Fleet(), spec(table))
