"""A study as a folder: a page with plots, figures, and traces that can be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError
from sojourn.sim.report.document import encode
from sojourn.sim.report.page import page
from sojourn.sim.report.plots import plots
from sojourn.sim.trace import leave

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.sim.study import Study


def files(study: Study) -> dict[str, bytes]:
    """All files of a report, by name.

    Raises:
        HostError: Matplotlib is not installed.
    """
    drawn = plots(study)
    found = {f"{name}.svg": svg for name, svg in drawn.items()}
    found |= {
        "report.html": page(study, drawn).encode(),
        "report.json": encode(study),
        "events.jsonl": leave.events(study),
        "decisions.jsonl": leave.decisions(study),
        "load.csv": leave.load(study),
        "energy.csv": leave.energy(study),
        "positions.csv": leave.positions(study),
    }
    return found


def write(study: Study, folder: Path) -> None:
    """Writes a report; files of one that was there before are replaced.

    Raises:
        StorageError: It could not be written.
        HostError: Matplotlib is not installed.
    """
    found = files(study)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in found.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise StorageError(f"cannot write the report into {folder}: {error.strerror or error}") from error
