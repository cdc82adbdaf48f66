"""What figures and lines are called in tables and plots."""

from __future__ import annotations

# Figure: what it is, and its unit.
FIGURES = {
    "work_s": ("work done", "core-s"),
    "lost_work_s": ("work done and lost", "core-s"),
    "ended": ("atoms that ended", ""),
    "unserved_share": ("load not served", "%"),
    "deadlines_missed_share": ("deadlines missed", "%"),
    "atoms_down_s": ("atoms out of reach", "atom-s"),
    "recovery_mean_s": ("until an atom was back, mean", "s"),
    "recovery_worst_s": ("until an atom was back, worst", "s"),
    "over_limit_s": ("over the latency limit", "user-s"),
    "latency_p50_ms": ("latency that users saw, median", "ms"),
    "latency_p95_ms": ("latency that users saw, p95", "ms"),
    "nodes_suspended_s": ("nodes suspended", "node-s"),
    "harvested_j": ("energy harvested", "J"),
    "used_j": ("energy taken", "J"),
    "spilled_j": ("energy that no battery could hold", "J"),
    "euro": ("price", "euro"),
    "downtime_s": ("atoms stood still for moves", "s"),
    "moved_bytes": ("bytes moved", "B"),
    "moves": ("moves", ""),
    "moves_failed": ("moves that failed", ""),
    "restores": ("restores", ""),
    "commands_failed": ("other commands that failed", ""),
}
GAINS = {
    "energy_gain": "work done, over suspend-and-wait",
    "mobility_gain": "time over the latency limit, static over ours",
    "outage_gain": "time out of reach, static over ours",
    "crowd_gain": "load not served, static over ours",
    "deadline_gain": "deadlines missed, static over ours",
}
# Line: title of its plot, and of its axis.
LINES = {
    "work": ("Work done", "cores of speed 1.0"),
    "suspended": ("Suspended nodes", "nodes"),
    "battery": ("Batteries, mean", "share of capacity"),
    "down": ("Atoms out of reach", "atoms"),
    "over": ("Users over the latency limit", "users"),
    "unserved": ("Load not served", "share of load"),
    "moves": ("Moves so far", "moves"),
}
HUNDRED = 100.0


def shown(figure: str, value: float) -> str:
    """A figure as people read it."""
    unit = FIGURES[figure][1]
    if unit == "%":
        return f"{HUNDRED * value:.3g} %"
    text = f"{value:,.0f}" if abs(value) >= HUNDRED or value == int(value) else f"{value:.3g}"
    return f"{text} {unit}" if unit else text
