"""The model: energy, work, links, transfers, failures."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.controller import Controller
from sojourn.sim.timeline import Timeline
from sojourn.sim.world.atoms import State
from sojourn.sim.world.nodes import Nodes
from sojourn.sim.world.script import script
from sojourn.sim.world.transfer import Transfers
from tests.unit.sim.worlds import PLAIN, SUNNY, Insists, controlled, move, scenario, simulation

CRASH = """
[[failures]]
kind = "crash"
node = "server-0"
at = "60 s"
lasts = "60 s"
"""
ROOMY = PLAIN.replace("cores = 2", "cores = 4")
SIX = Nodes(scenario('[nodes.a]\ncount = 6\nlink = "wan"\n[atoms.b]\ncount = 0\n'), 1)
CUT = CRASH.replace("crash", "cut")


def test_atoms_share_cores_and_work_at_the_speed_of_their_node() -> None:
    sim = simulation(PLAIN.replace("cores = 2", "cores = 1\nspeed = 1.5"), None)
    figures = sim.run().figures
    # Two atoms on each core of speed 1.5, for 180 s.
    assert figures["work_s"] == pytest.approx(4 * 1.5 * 180)
    assert sim.world.atoms.done == pytest.approx(np.full(8, 0.75 * 180))


def test_work_that_is_done_ends() -> None:
    figures = simulation(PLAIN + 'work = "30 s"\n', None).run().figures
    assert figures["ended"] == 8
    assert figures["work_s"] == pytest.approx(8 * 30)


def test_a_node_without_energy_is_suspended_and_wakes_when_charged() -> None:
    sim = simulation(SUNNY.replace('clock = "6 h"', 'clock = "18 h"'), None)
    figures = sim.run().figures
    assert figures["nodes_suspended_s"] > 0
    assert 0 < figures["work_s"] < 6 * 86400
    assert figures["recovery_worst_s"] > 0


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    peak=st.floats(0, 60),
    capacity=st.floats(0.5, 200),
    start=st.floats(0, 1),
    constant=st.floats(0, 10),
)
def test_energy_is_conserved(seed: int, peak: float, capacity: float, start: float, constant: float) -> None:
    energy = f'capacity = "{capacity} Wh"\npeak = {peak}\nstart = {start}\nconstant = {constant}'
    text = SUNNY.replace('capacity = "20 Wh"\npeak = "15 W"', energy).replace("hours = 24", "hours = 3")
    sim = simulation(text, None, seed=seed)
    sim.run()
    n = sim.world.nodes
    assert n.first_joules + n.harvested == pytest.approx(n.used + n.spilled + n.joules, rel=1e-9, abs=1e-6)
    assert (n.joules >= 0).all()
    assert (n.joules <= n.capacity * (1 + 1e-9))[n.battery].all()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(3, 5), st.floats(1, 1e7)), min_size=1, max_size=12))
def test_transfers_share_links_and_lose_nothing(jobs: list[tuple[int, int, float]]) -> None:
    timeline, ended = Timeline(), dict[int, float]()
    transfers = Transfers(SIX, timeline)
    for number, (source, target, size) in enumerate(jobs):
        transfers.begin(source, target, size, 0.0, partial(ended.__setitem__, number))
    timeline.run(1e9)
    rate = float(SIX.bandwidth[0])
    assert len(ended) == len(jobs)
    for number, (_, _, size) in enumerate(jobs):
        assert size / rate * (1 - 1e-6) <= ended[number] <= len(jobs) * size / rate * (1 + 1e-6)
    if len({job[0] for job in jobs}) == 1 and len({job[1] for job in jobs}) == 1:
        assert max(ended.values()) == pytest.approx(sum(job[2] for job in jobs) / rate)


def test_a_crash_without_control_costs_what_was_done_since_the_image() -> None:
    figures = simulation(PLAIN + 'checkpoint = "40 s"\n' + CRASH, None).run().figures
    assert figures["atoms_down_s"] == pytest.approx(2 * 60, abs=4)
    assert figures["lost_work_s"] == pytest.approx(2 * 20, abs=2)


def test_control_brings_atoms_back_from_their_images() -> None:
    alone = simulation(ROOMY + CRASH, None).run().figures
    figures = controlled(ROOMY + CRASH).figures
    assert figures["restores"] == 2
    assert figures["recovery_worst_s"] <= 8
    assert figures["atoms_down_s"] < alone["atoms_down_s"] / 4


def test_a_node_that_comes_back_late_has_nothing_to_say() -> None:
    sim = simulation(ROOMY + CUT, None)
    sim.run()
    assert (sim.world.atoms.state == State.RUNNING).all()
    outcome = controlled(ROOMY + CUT)
    assert outcome.figures["restores"] == 2
    assert outcome.violations["places"] == 0


def test_stale_copies_go_when_their_node_is_back() -> None:
    sim = simulation(ROOMY + CUT, Controller())
    sim.run()
    assert not any(sim.world.stale.values())
    used = np.bincount(sim.world.atoms.node, sim.world.atoms.memory, 4)
    assert sim.world.nodes.used_memory[:4] == pytest.approx(used)


def test_users_attach_to_the_nearest_node() -> None:
    text = PLAIN.replace("[atoms.job]", '[atoms.job]\nkind = "reactive"') + '[users.u]\ncount = 9\natoms = "job"\n'
    sim = simulation(text + 'speed = "20 m/s"\n', None)
    sim.run()
    u, n = sim.world.users, sim.world.nodes
    sim.world.attached_at = -100.0
    sim.world.attach(sim.world.now)
    x, y = u.where(sim.world.now)
    far = np.hypot(x[:, None] - n.x[:-1], y[:, None] - n.y[:-1])
    assert far[np.arange(9), u.node] == pytest.approx(far.min(axis=1))
    assert ((x >= 0) & (x <= 1000) & (y >= 0) & (y <= 1000)).all()


def test_chance_is_the_same_for_the_same_seed_alone() -> None:
    text = SUNNY + '[[chances]]\nevery = "3 h"\nlasts = "10 min"\n'
    assert script(scenario(text), 7) == script(scenario(text), 7)
    assert script(scenario(text), 7) != script(scenario(text), 8)


def test_deadlines_are_missed_where_cores_are_short() -> None:
    text = PLAIN + 'kind = "periodic"\ncores = 0.3\nperiod = "1 s"\ndeadline = "500 ms"\n'
    assert simulation(text, None).run().figures["deadlines_missed_share"] == 0
    crowded = text.replace("cores = 2", "cores = 0.2")
    assert simulation(crowded, None).run().figures["deadlines_missed_share"] == 1


def test_images_are_kept_at_another_node_of_another_zone() -> None:
    for text, zones in ((SUNNY, True), (PLAIN, False)):
        world = simulation(text, None).world
        here, keeper = world.atoms.node, world.atoms.keeper
        assert (here != keeper).all()
        apart = [world.nodes.zones[a] != world.nodes.zones[b] for a, b in zip(here, keeper, strict=True)]
        assert all(apart) == zones
    alone = simulation(PLAIN.replace("count = 4", "count = 1"), None).world
    assert (alone.atoms.keeper == 0).all()


def test_a_move_that_takes_too_long_is_given_up() -> None:
    text = PLAIN.replace("[nodes.server]", '[nodes.server]\nlink = "cellular"') + 'state = "600 MB"\n'
    once = Insists(lambda tick: (move(1, "server-0/job-0", "server-0", "server-1"),) if tick == 1 else ())
    sim = simulation(text, once)
    figures = sim.run().figures
    assert (figures["moves"], figures["moves_failed"]) == (0, 1)
    assert sim.world.nodes.used_memory[:4].tolist() == [2 * 100 * 2**20] * 4
    assert not any(sim.carrier.transfers.at.values())
