"""Writes docs/reference/padova.md: their problem, our placement beside consensus ADMM.

    python benchmarks/placement/padova_table.py CONTROL.json      # of `sojourn bench control --json`

The shares follow from the seed alone; the times are those of the file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import padova

SEED = 7
PAGE = """# Padova's placement problem

<!-- made by benchmarks/placement/padova_table.py -->

One request, three nodes: the least of distance and weighed completion time, where the memory is free. {cases} cases,
drawn at random (seed {seed}) so that consensus ADMM converges about as often as in their recorded runs; these are not
at hand.

| | optimal placements | from request to decision, median |
|---|---|---|
| `sojourn`: one look at all nodes | {optimal:.1%} | {p50:.1f} ms (real processes, over REST) |
| consensus ADMM, the same cases; converges in {converged:.1%} | {admm:.1%} | |
| recorded: ADMM, centralised; converges in 70.7 % | 85 % | 2,650 ms |
"""


def main() -> None:
    """Writes the page."""
    figures = json.loads(Path(sys.argv[1]).read_text())
    shares = padova.shares(SEED)
    page = PAGE.format(
        cases=padova.CASES,
        seed=SEED,
        optimal=shares["padova_optimal"],
        admm=shares["padova_admm_optimal"],
        converged=shares["padova_admm_converged"],
        p50=figures["padova_p50_ms"],
    )
    path = Path(__file__).resolve().parents[2] / "docs" / "reference" / "padova.md"
    path.write_text(page)


if __name__ == "__main__":
    main()
