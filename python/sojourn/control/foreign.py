"""Foreign nodes and what runs at them, as a door tells of them: they are seen, and nothing of the realm's goes there.

A door tells what has changed, and how many it tells of in all; where that is not what is known, it tells everything
anew. A door that is silent for too long has its nodes taken for lost, until it tells again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.model.record import AtomRecord, NodeRecord, NodeState

if TYPE_CHECKING:
    from sojourn.control.decision import ForeignTold
    from sojourn.control.draft import Draft
    from sojourn.control.state import State
    from sojourn.model.fleet import NodeFacts

# A door tells at least so often, and is missed after this time, in seconds.
RENEW_S = 10.0
SILENT_S = 60.0
# The most that all doors together may tell of: nodes, atoms.
NODES, ATOMS = 4096, 65536


def told(state: State, event: ForeignTold, draft: Draft) -> None:
    """A door tells of its nodes and atoms."""
    wrong = misfit(state, event)
    if wrong:
        draft.refuse(wrong)
        return
    if event.whole:
        keep_only(state, event, draft)
    for name in event.gone_atoms:
        drop_atom(state, event.door, name, draft)
    for name in event.gone_nodes:
        drop_node(state, event.door, name, draft)
    for facts in event.nodes:
        put_node(state, event.door, facts, draft)
    for atom in event.atoms:
        put_atom(state, event.door, atom, draft)
    for node in nodes_of(state, event.door):
        renew(state, node, draft)


def misfit(state: State, event: ForeignTold) -> str:
    """Why what a door tells cannot be; empty: it can."""
    registry = state.registry
    for facts in event.nodes:
        known = registry.nodes.get(facts.name)
        if not facts.kind:
            return f"{facts.name} has no kind, and so would be a node of this realm"
        if known is not None and not yields(known, event.door):
            return f"{facts.name} is {'a node of this realm' if not known.door else f'told of by {known.door}'}"
    names = {facts.name for facts in event.nodes}
    for atom in event.atoms:
        there = registry.nodes.get(atom.node)
        if atom.node not in names and (there is None or there.door != event.door):
            return f"{atom.name} would be at {atom.node}, which {event.door} does not tell of"
        other = registry.atoms.get(atom.name)
        if not atom.kind or (other is not None and not other.kind):
            return f"{atom.name} is an atom of this realm"
    foreign_atoms = sum(1 for each in registry.atoms.values() if each.kind)
    if len(event.nodes) + sum(1 for each in registry.nodes.values() if each.door) > NODES + len(names):
        return f"there are {NODES} foreign nodes, the most that there may be"
    return f"there are {ATOMS} foreign atoms, the most that there may be" if foreign_atoms > ATOMS else ""


def yields(known: NodeRecord, door: str) -> bool:
    """Whether a door may tell of a node: it did, or whoever did is silent for long."""
    return known.door == door or (bool(known.door) and known.state is not NodeState.UP)


def nodes_of(state: State, door: str) -> list[NodeRecord]:
    """Nodes that a door tells of."""
    return [node for node in state.registry.nodes.values() if node.door == door]


def counts(state: State, door: str) -> tuple[int, int]:
    """How many nodes and atoms are known of a door."""
    nodes = nodes_of(state, door)
    return len(nodes), sum(len(state.registry.atoms_at(node.key)) for node in nodes)


def keep_only(state: State, event: ForeignTold, draft: Draft) -> None:
    """A door tells everything anew: what it does not tell is gone."""
    nodes, atoms = {facts.name for facts in event.nodes}, {atom.name for atom in event.atoms}
    for node in nodes_of(state, event.door):
        for atom in state.registry.atoms_at(node.key):
            if atom.name not in atoms:
                drop_atom(state, event.door, atom.name, draft)
        if node.key not in nodes:
            drop_node(state, event.door, node.key, draft)


def put_node(state: State, door: str, facts: NodeFacts, draft: Draft) -> None:
    """A foreign node is there, or has changed."""
    known = state.registry.nodes.get(facts.name)
    if known is None:
        state.keep_node(draft, NodeRecord(facts=facts, seen_at=draft.now, door=door))
        draft.tell("node.up", facts.name, f"{facts.name} is up: a foreign node of {facts.kind}", foreign=True)
    elif known.facts != facts or known.door != door:
        state.keep_node(draft, msgspec.structs.replace(known, facts=facts, seen_at=draft.now, door=door))


def renew(state: State, node: NodeRecord, draft: Draft) -> None:
    """A door has told: its nodes are there."""
    up = msgspec.structs.replace(node, state=NodeState.UP, seen_at=draft.now)
    if node.state is NodeState.UP:
        state.registry.put(up)
    else:
        state.keep_node(draft, up)
        draft.tell("node.back", node.key, f"{node.key} is back", foreign=True)


def drop_node(state: State, door: str, name: str, draft: Draft) -> None:
    """A foreign node is gone, and all that ran there."""
    node = state.registry.nodes.get(name)
    if node is None or node.door != door:
        return
    for atom in state.registry.atoms_at(name):
        drop_atom(state, door, atom.name, draft)
    state.registry.drop_node(name)
    state.fleet.remove(name)
    draft.drop(node.KIND, node.key)
    draft.tell("node.gone", name, f"{name} is gone", foreign=True)


def put_atom(state: State, door: str, atom: AtomRecord, draft: Draft) -> None:
    """A foreign atom runs, or is elsewhere."""
    known = state.registry.atoms.get(atom.name)
    if known is not None and known.node == atom.node and known.spec == atom.spec and known.reason == atom.reason:
        return
    since = draft.now if known is None or known.node != atom.node else known.since
    state.keep_atom(draft, msgspec.structs.replace(atom, since=since))
    if known is None:
        draft.tell("atom.started", atom.name, f"{atom.name} runs at {atom.node}", node=atom.node, door=door)
    elif known.node != atom.node:
        draft.tell("atom.moved", atom.name, f"{atom.name} is at {atom.node} now", node=atom.node, door=door)


def drop_atom(state: State, door: str, name: str, draft: Draft) -> None:
    """A foreign atom is gone."""
    atom = state.registry.atoms.get(name)
    if atom is None or not atom.kind:
        return
    state.forget_atom(draft, atom)
    draft.tell("atom.ended", name, f"{name} is gone from {atom.node}", node=atom.node, door=door)


def miss(state: State, draft: Draft) -> None:
    """Nodes of doors that are silent are lost, until somebody tells of them again."""
    for node in list(state.registry.up()):
        if node.door and draft.now - node.seen_at > SILENT_S:
            state.keep_node(draft, msgspec.structs.replace(node, state=NodeState.LOST))
            draft.tell("node.lost", node.key, f"{node.key} is lost: {node.door} is silent", foreign=True)
