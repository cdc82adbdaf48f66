"""What a run leaves: events that replay the same world, decisions, and traces that other scenarios can use."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from sojourn.sim.trace.header import VERSION, Header
from sojourn.sim.world.happening import Kind
from sojourn.sim.world.nodes import Nodes
from sojourn.sim.world.weather import STEP_S, sun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.sim.study import Study


def events(study: Study) -> bytes:
    """JSON lines: a header with the scenario and the seed, then all that happened to the world, in order."""
    header = Header(sojourn_events=VERSION, name=study.name, seed=study.seed, scenario=study.scenario)
    return msgspec.json.Encoder().encode_lines([header, *study.happenings])


def decisions(study: Study) -> bytes:
    """JSON lines: each command with its time, and what it was to gain and to cost."""
    return msgspec.json.Encoder().encode_lines(study.control.decided if study.control else [])


def positions(study: Study) -> bytes:
    """CSV `at,user,x,y`: where each user was at the ends of its legs; it went straight in between."""
    where: dict[str, tuple[float, float]] = {}
    points = []
    for each in study.happenings:
        if each.kind is Kind.LEG:
            if each.lasts and each.subject in where:
                points.append((each.at, each.subject, *where[each.subject]))
            points.append((each.at + each.lasts, each.subject, each.x, each.y))
            where[each.subject] = (each.x, each.y)
    return table(("at", "user", "x", "y"), sorted(points))


def load(study: Study) -> bytes:
    """CSV `at,atoms,factor,share`: load of the first so many of a group, over the usual."""
    rows = [(each.at, each.subject, each.x, each.y) for each in study.happenings if each.kind is Kind.LOAD]
    return table(("at", "atoms", "factor", "share"), rows)


def energy(study: Study) -> bytes:
    """CSV `at,node,watts`: what came in at each node with a battery, every five minutes."""
    nodes, clock = Nodes(study.scenario, study.seed), study.scenario.clock
    rows = np.flatnonzero(nodes.battery).tolist()
    zones = {zone: [row for row in rows if nodes.zones[row] == zone] for zone in set(nodes.zones)}
    points: list[tuple[object, ...]] = []
    skies = {each.at: [] for each in study.happenings if each.kind is Kind.SKY}  # type: dict[float, list[tuple[str, float]]]
    for each in study.happenings:
        if each.kind is Kind.SKY:
            skies[each.at].append((each.subject, each.x))
        elif each.kind is Kind.HARVEST:
            points.append((each.at, each.subject, each.x))
    for at, changes in skies.items():
        for zone, light in changes:
            nodes.light[zones[zone]] = light
        watts = nodes.peak_w * nodes.light * sun(clock + at + STEP_S / 2, nodes.sun_shift) + nodes.constant_w
        points.extend((at, nodes.names[row], float(f"{watts[row]:.6g}")) for row in rows)
    return table(("at", "node", "watts"), points)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """CSV."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return written.getvalue().encode()
