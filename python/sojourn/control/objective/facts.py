"""The facts that expressions may name: one table. `control.placement.reading` reads each from the fleet.

docs/reference/facts.md is made from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sojourn.control.objective.unit import BARE, BYTES_PER_SECOND, EUROS_PER_HOUR, UNITS, Unit


class Kind(StrEnum):
    """What a fact is."""

    NUMBER = "number"
    YES_NO = "yes or no"
    TEXT = "text"
    SET = "set of texts"


class Argument(StrEnum):
    """Whether a fact is about the node alone, or about the node and somebody."""

    NONE = "no"
    OPTIONAL = "may have"
    NEEDED = "yes"


class Fact(NamedTuple):
    """A fact about a node, as a place for an atom.

    Attributes:
        name: What it is called in expressions.
        kind: What it is.
        unit: What it counts.
        meaning: What it says.
        argument: Whether it is said of somebody.
        unknown: What holds where it is not known; empty: it always is.
    """

    name: str
    kind: Kind
    unit: Unit
    meaning: str
    argument: Argument = Argument.NONE
    unknown: str = ""


# Who stands for a name: those who send to the atom, and all it talks with, weighed by bytes a second.
CLIENT = "client"
PEERS = "peers"
# What is assumed of links that nothing is known of.
UNKNOWN_LATENCY_MS = 100.0
UNKNOWN_BYTES_PER_S = 1_000_000.0
# What is assumed of a node that has no limit of energy.
ENDLESS_J = 1e9

NEAR = f"estimated from other links; without any, {UNKNOWN_LATENCY_MS:g} ms one way"
NUMBER, YES_NO, TEXT, SET = Kind.NUMBER, Kind.YES_NO, Kind.TEXT, Kind.SET
MS, S, BYTES, J, W, M = (UNITS[text] for text in ("ms", "s", "B", "J", "W", "m"))
TABLE = (
    Fact("latency_ms", NUMBER, MS, "One way between the node and X; 0 at its own node.", Argument.NEEDED, NEAR),
    Fact("rtt_ms", NUMBER, MS, "There and back between the node and X.", Argument.NEEDED, NEAR),
    Fact(
        "bandwidth",
        NUMBER,
        BYTES_PER_SECOND,
        "What transfers between the node and X reached.",
        Argument.NEEDED,
        f"{UNKNOWN_BYTES_PER_S / 1e6:g} MB/s; at its own node 10 GB/s",
    ),
    Fact(
        "distance_m",
        NUMBER,
        M,
        "Straight line between the node and X.",
        Argument.NEEDED,
        "the node is refused; X without a position counts as 0 m from all",
    ),
    Fact(
        "finish_ms",
        NUMBER,
        MS,
        "How long the atom's work would take there: its `work_s`, or what it does in a second, at the node's speed, "
        "its cores shared with what is busy there.",
    ),
    Fact("load", NUMBER, BARE, "Cores that are busy, with those promised to atoms on their way."),
    Fact("queue", NUMBER, BARE, "Messages that wait for atoms of the node."),
    Fact("cores", NUMBER, BARE, "Cores for atoms."),
    Fact("cores_free", NUMBER, BARE, "Cores that are neither busy nor promised; not below 0."),
    Fact("speed", NUMBER, BARE, "Speed of one core; 1.0 is the reference machine's."),
    Fact("memory", NUMBER, BYTES, "Memory for atoms."),
    Fact("memory_free", NUMBER, BYTES, "What is free of it, without what is promised; not below 0."),
    Fact("atoms", NUMBER, BARE, "Atoms that it has, with those on their way; the atom itself not counted."),
    Fact("modules", NUMBER, BARE, "Different modules that these atoms have."),
    Fact("has_module", YES_NO, BARE, "Whether an atom of the same module is there."),
    Fact("here", YES_NO, BARE, "Whether the atom is there now."),
    Fact("energy_j", NUMBER, J, "Energy that is left.", unknown=f"{ENDLESS_J:g} J, as on mains"),
    Fact("energy_ratio", NUMBER, BARE, "Energy left over what its store holds, 0 to 1.", unknown="1, as on mains"),
    Fact("watts", NUMBER, W, "Power that it takes now, with atoms on their way.", unknown="0 W"),
    Fact("core_watts", NUMBER, W, "Power that one more busy core takes.", unknown="0 W"),
    Fact("harvest_watts", NUMBER, W, "Power that comes in.", unknown="0 W"),
    Fact("low_energy", YES_NO, BARE, "Whether it has announced that its energy ends soon."),
    Fact("mains", YES_NO, BARE, "Whether its energy is no limit."),
    Fact("euro_per_hour", NUMBER, EUROS_PER_HOUR, "What an hour of it costs."),
    Fact(
        "traffic",
        NUMBER,
        BYTES_PER_SECOND,
        "What the atom exchanges with atoms and clients at the node; with X: with X, if X is there.",
        Argument.OPTIONAL,
        "0 B/s",
    ),
    Fact("uptime", NUMBER, S, "How long it has been up."),
    Fact("x_m", NUMBER, M, "Metres east of the realm's origin.", unknown="the node is refused"),
    Fact("y_m", NUMBER, M, "Metres north of it.", unknown="the node is refused"),
    Fact("z_m", NUMBER, M, "Metres above it.", unknown="the node is refused"),
    Fact("name", TEXT, BARE, "Its name."),
    Fact("arch", TEXT, BARE, "Architecture of its processor, as `x86_64`."),
    Fact("system", TEXT, BARE, "Its operating system, as `linux`, or `bare`."),
    Fact("zone", TEXT, BARE, "Its zone: what its tag `zone=...` says; empty without one."),
    Fact("tags", SET, BARE, "What it is marked with."),
    Fact("engines", SET, BARE, "Engines it has."),
    Fact("functions", SET, BARE, "Host functions it offers."),
)
FACTS = {fact.name: fact for fact in TABLE}
