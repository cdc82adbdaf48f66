"""Reports of nodes, from the wire's units to the controller's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.fleet import AtomFacts, Energy, LinkFacts, NodeFacts, NodeReport, Position, Traffic

if TYPE_CHECKING:
    from sojourn.model import wire

NS = 1e9


def report_of(row: wire.Report) -> NodeReport:
    """A node's report."""
    return NodeReport(
        at=row.at_ns / NS,
        facts=facts_of(row.machine),
        links=tuple(
            LinkFacts(peer=link.peer, rtt_ms=link.rtt_us / 1000, bytes_per_s=float(link.bytes_per_s))
            for link in row.links
        ),
        atoms=tuple(atom_of(sample) for sample in row.atoms),
        gone=row.gone,
        whole=row.whole,
        more=row.more,
        traffic=tuple(
            Traffic(
                source=pair.source,
                target=pair.target,
                messages_per_s=pair.millimessages_per_s / 1000,
                bytes_per_s=float(pair.bytes_per_s),
            )
            for pair in row.traffic
        ),
    )


def facts_of(machine: wire.Machine) -> NodeFacts:
    """A node's facts."""
    return NodeFacts(
        name=machine.name,
        incarnation=machine.incarnation,
        arch=machine.arch,
        system=machine.system,
        engines=machine.engines,
        functions=machine.functions,
        tags=machine.tags,
        cores=machine.millicores / 1000,
        speed=machine.speed / 1000,
        load=machine.load / 1000,
        memory_bytes=machine.memory_bytes,
        memory_free_bytes=machine.memory_free_bytes,
        atoms=machine.atoms,
        max_atoms=machine.max_atoms,
        euro_per_hour=machine.micro_euro_per_hour / 1e6,
        energy=None if machine.energy is None else energy_of(machine.energy),
        low_energy=machine.low_energy,
        position=None if machine.position is None else position_of(machine.position),
        version=machine.version,
        uptime_s=machine.uptime_ns / NS,
        hosts=machine.hosts is not False,
    )


def energy_of(row: wire.Energy) -> Energy:
    """Energy in joules and watts."""
    return Energy(
        source=row.source,
        joules=row.millijoules / 1000,
        capacity_joules=row.capacity_millijoules / 1000,
        harvest_watts=row.harvest_milliwatts / 1000,
        idle_watts=row.idle_milliwatts / 1000,
        core_watts=row.core_milliwatts / 1000,
        mains=row.mains,
    )


def position_of(text: str) -> Position | None:
    """A position as a node says it; None where it is none."""
    try:
        x, y, z = (float(part) for part in (*text.split(","), "0")[:3])
    except ValueError:
        return None
    return Position(x, y, z)


def atom_of(sample: wire.AtomSample) -> AtomFacts:
    """An atom."""
    return AtomFacts(
        atom=sample.atom,
        epoch=sample.epoch,
        state=sample.state.name.lower(),
        module=sample.module.hex(),
        cores=sample.millicores / 1000,
        memory_bytes=sample.memory_bytes,
        queue=sample.waiting,
        started_at=sample.started_at_ns / NS,
        reactive=sample.reactive,
        status=sample.status,
    )
