"""Plots of a study, as SVG. Matplotlib is loaded here and nowhere else, when a plot is asked for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sojourn.model.errors import HostError
from sojourn.sim.report.words import LINES

if TYPE_CHECKING:
    from sojourn.sim.study import Study

SIZE = (7.2, 2.6)
COLOURS = {"baseline": "#b0562c", "control": "#1f6f8b"}


def matplotlib() -> Any:  # noqa: ANN401 -- the library has no types of its own for this
    """The plotting library, set up so that the same plot is the same bytes.

    Raises:
        HostError: It is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415 -- an extra, and slow to load
        from matplotlib import figure  # noqa: F401, PLC0415 -- loads what is used below
    except ImportError as error:
        hint = "install the extra: pip install 'sojourn[plots]'; figures without plots: --json FILE"
        raise HostError("a report with plots needs matplotlib, which is not installed", hint) from error
    mpl.rcParams.update({"svg.hashsalt": "sojourn", "svg.fonttype": "none", "font.size": 9})
    return mpl


def plots(study: Study) -> dict[str, bytes]:
    """An SVG for each line that is not flat at nothing, by its name.

    Raises:
        HostError: Matplotlib is not installed.
    """
    library = matplotlib()
    return {name: plot(library, study, name) for name in LINES if speaks(study, name)}


def speaks(study: Study, name: str) -> bool:
    """Whether a line is about something in this study."""
    runs = [study.baseline, *([study.control] if study.control else [])]
    return any(any(run.lines[name]) for run in runs)


def plot(library: Any, study: Study, name: str) -> bytes:  # noqa: ANN401 -- as above
    """One plot: baseline and control over time."""
    title, axis = LINES[name]
    figure = library.figure.Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    for label, run in (("baseline", study.baseline), ("control", study.control)):
        if run is not None:
            axes.plot(run.lines["at"], run.lines[name], label=label, color=COLOURS[label], linewidth=1.2)
    axes.set_title(title, loc="left")
    axes.set_xlabel("hours")
    axes.set_ylabel(axis)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    written = io.BytesIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()
