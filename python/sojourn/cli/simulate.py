"""`sojourn simulate`: the controller's own code against a modelled fleet."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.message import say
from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sojourn.sim.study import Study

# What is broken ends with another status than what went wrong.
BROKEN = 3


def simulate(  # noqa: PLR0913 -- one parameter an option
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="Name of one that comes along, a TOML file, or events.jsonl."),
    ] = None,
    *,
    seed: Annotated[int | None, typer.Option(min=0, help="All chance comes from it.", show_default="1")] = None,
    nodes: Annotated[int | None, typer.Option(min=1, help="So many nodes; groups keep their shares.")] = None,
    atoms: Annotated[int | None, typer.Option(min=1, help="So many atoms.")] = None,
    hours: Annotated[float | None, typer.Option(help="So long.")] = None,
    baseline: Annotated[bool, typer.Option("--baseline", help="Only the run in which nobody decides.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a page with plots there, and traces.")
    ] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all figures there as JSON.")] = None,
    recording: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a recording there, for the dashboard to play.")
    ] = None,
    list_asked: Annotated[bool, typer.Option("--list", help="List the scenarios that come along.")] = False,
) -> None:
    """Run the controller against a modelled fleet, and compare with what comes of it when nobody decides.

    Nodes, links, energy, users and failures are a model; what decides is the controller itself. The same scenario and
    seed give the same report. A report's events.jsonl replays its world. Ends with status 3 where something was
    broken that must hold of any run, such as the capacity of a node.
    """
    from sojourn.cli import simulated  # noqa: PLC0415 -- numpy takes a while to load

    if list_asked:
        simulated.show_scenarios()
        return
    if scenario is None:
        raise typer.BadParameter("give a SCENARIO, or --list")
    if recording is not None and baseline:
        raise typer.BadParameter("a recording shows what the controller does: leave --baseline out")
    if report is not None:
        simulated.ready_to_plot()
    with progress() as told, written(recording) as record:
        done = simulated.run(
            scenario, seed=seed, nodes=nodes, atoms=atoms, hours=hours, baseline=baseline, progress=told, record=record
        )
    simulated.show(done)
    keep(done, report, json)
    if any(done.violations().values()):
        raise typer.Exit(BROKEN)


def keep(done: Study, report: Path | None, json: Path | None) -> None:
    """Writes what was asked for."""
    from sojourn.sim.report import document, folder  # noqa: PLC0415 -- as above

    if json is not None:
        try:
            json.write_bytes(document.encode(done))
        except OSError as error:
            raise StorageError(f"cannot write {json}: {error.strerror or error}") from error
    if report is not None:
        folder.write(done, report)
        say(f"report: {report / 'report.html'}")


@contextmanager
def written(path: Path | None) -> Iterator[Callable[[bytes], object] | None]:
    """Where a recording goes, while it is made."""
    if path is None:
        yield None
        return
    try:
        with path.open("wb") as file:
            yield file.write
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
    say(f"recording: {path}; the dashboard's simulation view plays it")


@contextmanager
def progress() -> Iterator[Callable[[float], None] | None]:
    """Shows how far it is, where somebody looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 -- Rich takes a tenth of a second to load
    from rich.progress import Progress  # noqa: PLC0415 -- the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulating", total=1.0)
        yield lambda share: bar.update(task, completed=share)
