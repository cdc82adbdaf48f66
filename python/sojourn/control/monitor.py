"""What nodes tell, and what follows for the registry: who is there, who is where, who is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.annotation import spec_of
from sojourn.control.decision import NodeDown
from sojourn.control.placement import validate
from sojourn.control.registry import LIVING
from sojourn.control.supervision import failed
from sojourn.model.errors import SojournError
from sojourn.model.fleet import NodeFacts
from sojourn.model.record import AtomRecord, AtomSpec, NodeRecord, NodeState, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Learned, NodeUp, Reported
    from sojourn.control.draft import Draft
    from sojourn.control.state import State
    from sojourn.model.fleet import AtomFacts, NodeReport
    from sojourn.model.record import ModuleRecord

# Facts of a node are kept so often, so that a controller that begins again knows about what there was.
KEPT_EVERY_S = 60.0
# It has its atom no longer; whoever has it will tell.
MISSING = "missing"
# Nobody has it, and nothing is left of it.
LOST = "lost"
# How an atom is told of that has done its work.
WELL = "ended with status 0"


def node_up(state: State, event: NodeUp, draft: Draft) -> None:
    """A node is there."""
    known = state.registry.nodes.get(event.name)
    if known is not None and known.state is NodeState.UP and known.facts.incarnation == event.incarnation:
        return
    facts = NodeFacts(name=event.name) if known is None else known.facts
    facts = msgspec.structs.replace(facts, incarnation=event.incarnation)
    cordoned = known is not None and known.cordoned
    draining = known is not None and known.draining
    node = NodeRecord(facts=facts, seen_at=draft.now, cordoned=cordoned, draining=draining)
    state.keep_node(draft, node)
    back = known is not None and known.state is not NodeState.UP
    draft.tell("node.back" if back else "node.up", event.name, f"{event.name} is {'back' if back else 'up'}")


def node_down(state: State, event: NodeDown, draft: Draft) -> None:
    """A node's liveliness ended: what it had is nowhere until it goes on elsewhere."""
    node = state.registry.nodes.get(event.name)
    if node is None or node.state is not NodeState.UP or event.incarnation not in {0, node.facts.incarnation}:
        return
    state.keep_node(draft, msgspec.structs.replace(node, state=NodeState.LOST))
    bereft = [atom for atom in state.registry.atoms_at(event.name) if atom.state in LIVING]
    draft.tell("node.lost", event.name, f"{event.name} is lost, and {len(bereft)} atoms with it", atoms=len(bereft))
    for atom in bereft:
        reason = f"{event.name} is lost"
        if atom.spec.restart == "never":
            state.change(draft, atom, state="down", wish=Wish.STOP, since=draft.now, reason=f"{reason}; it stays down")
        else:
            state.change(draft, atom, state=LOST, since=draft.now, reason=reason)


def reported(state: State, event: Reported, draft: Draft) -> None:
    """A node's report came."""
    report = event.report
    name = report.facts.name
    known = state.registry.nodes.get(name)
    if (
        known is not None
        and known.state is NodeState.UP
        and known.facts.incarnation not in {0, report.facts.incarnation}
    ):
        # It began again between two looks: what it had is gone.
        node_down(state, NodeDown(name, known.facts.incarnation), draft)
        known = state.registry.nodes[name]
    if known is None or known.state is not NodeState.UP:
        node = NodeRecord(facts=report.facts, seen_at=draft.now) if known is None else known
        node = msgspec.structs.replace(node, facts=report.facts, state=NodeState.UP, seen_at=draft.now)
        draft.tell("node.up" if known is None else "node.back", name, f"{name} reports")
        state.keep_node(draft, node)
    else:
        refresh(state, known, report, draft)
    for atom in report.atoms:
        observed(state, name, atom, draft)
    for atom_name in report.gone:
        missed(state, name, atom_name, draft)
    if report.whole and not report.more:
        told = {atom.atom for atom in report.atoms}
        # What came in earlier parts of the same beginning is there as well: it was seen a moment ago.
        for record in state.registry.atoms_at(name):
            if record.name not in told and record.state in LIVING and record.name not in state.whole.get(name, ()):
                missed(state, name, record.name, draft)
        state.whole.pop(name, None)
    elif report.whole:
        state.whole.setdefault(name, set()).update(atom.atom for atom in report.atoms)
    state.fleet.observe(report)


def refresh(state: State, known: NodeRecord, report: NodeReport, draft: Draft) -> None:
    """Facts of a node that is there."""
    node = msgspec.structs.replace(known, facts=report.facts, seen_at=draft.now)
    was, now_low = known.facts.low_energy, report.facts.low_energy
    if was != now_low:
        text = "announces low energy" if now_low else "has energy again"
        draft.tell("node.energy", node.key, f"{node.key} {text}", low=now_low)
    if was != now_low or draft.now - state.kept_at.get(node.key, 0.0) >= KEPT_EVERY_S:
        state.kept_at[node.key] = draft.now
        state.keep_node(draft, node)
    else:
        state.registry.put(node)
        state.fleet.update(node)


def observed(state: State, node: str, facts: AtomFacts, draft: Draft) -> None:
    """An atom is at a node."""
    known = state.registry.atoms.get(facts.atom)
    if known is None:
        if facts.state in LIVING:
            discovered(state, node, facts, draft)
        return
    if facts.epoch < known.epoch or (facts.epoch == known.epoch and node != known.node and known.state in LIVING):
        # It spoke for the atom once. Its node gives it up by itself as soon as it hears of the new epoch.
        return
    moved = (node, facts.epoch) != (known.node, known.epoch)
    restored = known.state not in LIVING and facts.state in LIVING and facts.epoch > known.epoch
    atom = msgspec.structs.replace(
        known,
        # Somebody has let it go on, without the controller: it is wanted again.
        wish=Wish.RUN if restored else known.wish,
        node=node,
        epoch=facts.epoch,
        state=facts.state,
        module=facts.module or known.module,
        cores=facts.cores,
        memory_bytes=facts.memory_bytes,
        queue=facts.queue,
        since=draft.now if moved else known.since,
        reason="" if facts.state in LIVING else known.reason,
    )
    if moved or facts.state != known.state or atom.module != known.module:
        state.keep_atom(draft, atom)
        if facts.state not in LIVING and known.state in LIVING:
            ended(state, atom, facts, draft)
        elif moved and node != known.node and known.name not in state.registry.busy:
            text = f"{atom.name} is at {node} now"
            draft.tell("atom.moved", atom.name, text, source=known.node, node=node, epoch=facts.epoch)
    else:
        state.note_atom(atom)


def discovered(state: State, node: str, facts: AtomFacts, draft: Draft) -> None:
    """An atom that somebody started without the controller: its module says what is wanted of it."""
    module = state.registry.modules.get(facts.module)
    atom = AtomRecord(
        name=facts.atom,
        module=facts.module,
        spec=AtomSpec() if module is None else wanted(state, facts.atom, module, draft),
        node=node,
        epoch=facts.epoch,
        state=facts.state,
        since=draft.now,
        cores=facts.cores,
        memory_bytes=facts.memory_bytes,
        queue=facts.queue,
    )
    state.keep_atom(draft, atom)
    if module is None:
        state.unread.setdefault(facts.module, []).append(atom.name)
    draft.tell("atom.started", atom.name, f"{atom.name} runs at {node}", node=node)


def learned(state: State, event: Learned, draft: Draft) -> None:
    """What a module says of itself is known: atoms that were met before get what it wants for them."""
    module = event.module
    if state.registry.modules.get(module.key) != module:
        state.registry.keep(draft, module)
    for name in state.unread.pop(module.key, ()):
        atom = state.registry.atoms.get(name)
        if atom is not None and atom.spec == AtomSpec():
            state.change(draft, atom, spec=wanted(state, name, module, draft))


def wanted(state: State, atom: str, module: ModuleRecord, draft: Draft) -> AtomSpec:
    """What a module wants for an atom.

    An objective that cannot be understood is told, and left out. A requirement that cannot is kept: the atom has no
    other place then, for nobody knows where it may not be.
    """
    spec = spec_of(module.annotation)
    why = misunderstood(state, spec)
    if not why:
        return spec
    draft.tell("atom.misunderstood", atom, f"{atom}: the annotation of its module: {why}")
    plain = msgspec.structs.replace(spec, objective="", policy="objective")
    return spec if misunderstood(state, plain) else plain


def misunderstood(state: State, spec: AtomSpec) -> str:
    """Why placement cannot do with a wish; empty: it can."""
    try:
        validate(state.fleet, spec)
    except SojournError as error:
        return str(error)
    return ""


def missed(state: State, node: str, name: str, draft: Draft) -> None:
    """A node has an atom no longer. Most often it is on its way, and another node tells of it in a moment."""
    atom = state.registry.atoms.get(name)
    if atom is None or atom.node != node or atom.state not in LIVING:
        return
    state.change(draft, atom, state=MISSING, since=draft.now, reason=f"{node} has it no longer")


def ended(state: State, atom: AtomRecord, facts: AtomFacts, draft: Draft) -> None:
    """An atom has come to its end at its node."""
    stopped = facts.state == "stopped"
    failure = "was ended by a trap" if facts.status is None else f"ended with status {facts.status}"
    how = "was stopped" if stopped else failure
    draft.tell(
        "atom.ended",
        atom.name,
        f"{atom.name} {how} at {atom.node}",
        node=atom.node,
        status=-1 if facts.status is None else facts.status,
    )
    if stopped or facts.status == 0 or atom.wish is Wish.STOP:
        state.change(draft, atom, wish=Wish.STOP, reason=how)
        return
    failed(state, state.change(draft, atom, reason=how), how, draft)
