"""What the controller is told of runtimes and their modules, and what it is asked: as REST takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from sojourn.gateway.http.body import ForeignAtom, ForeignNode, TellForeign, WantedSpec
from sojourn.gateway.http.limit import NAME_CHARACTERS
from sojourn.gateway.mqtt.arts.record import KIND, canonical, wish

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.action import Changes
    from sojourn.gateway.mqtt.arts.record import Module, Runtime
    from sojourn.gateway.mqtt.arts.state import State
    from sojourn.model.record import AtomSpec

T = TypeVar("T")

# The most that is told at once: a body may have 1 MiB.
AT_ONCE = 500


def told(state: State, changes: Changes, *, whole: bool = False) -> TellForeign:
    """What has changed; runtimes and modules that are gone again meanwhile are left out."""
    runtimes = [state.runtimes[state.by_node[name]] for name in changes.nodes if name in state.by_node]
    modules = (state.modules.get(name.partition("/")[2]) for name in changes.atoms)
    return TellForeign(
        whole=whole,
        nodes=tuple(map(node, runtimes)),
        atoms=tuple(atom(state, each) for each in modules if each is not None and each.parent in state.runtimes),
        gone_nodes=changes.gone_nodes,
        gone_atoms=changes.gone_atoms,
    )


def parts(state: State, changes: Changes, *, whole: bool) -> list[TellForeign]:
    """The same, in parts that are not too long: nodes before what is at them."""
    made = told(state, changes, whole=whole)
    listed = [TellForeign(whole=whole, nodes=made.nodes[:AT_ONCE], gone_nodes=made.gone_nodes[:AT_ONCE])]
    listed += [TellForeign(nodes=each) for each in pieces(made.nodes[AT_ONCE:])]
    listed += [TellForeign(gone_nodes=each) for each in pieces(made.gone_nodes[AT_ONCE:])]
    listed += [TellForeign(atoms=each) for each in pieces(made.atoms)]
    listed += [TellForeign(gone_atoms=each) for each in pieces(made.gone_atoms)]
    return listed


def pieces(of: tuple[T, ...]) -> list[tuple[T, ...]]:
    """In pieces."""
    return [of[at : at + AT_ONCE] for at in range(0, len(of), AT_ONCE)]


def node(runtime: Runtime) -> ForeignNode:
    """A runtime, as a node of the realm."""
    name = runtime.name[: NAME_CHARACTERS - 5]
    return ForeignNode(
        name=runtime.node,
        kind=KIND,
        functions=canonical(runtime.apis),
        tags=(f"name={name}",),
        max_atoms=runtime.max_nmodules,
    )


def atom(state: State, module: Module) -> ForeignAtom:
    """A module, as an atom of the realm."""
    pinned = state.node_of(module.wanted) if module.wanted == module.parent else ""
    reason = "" if module.confirmed else "its runtime has not confirmed it"
    spec = wanted(wish(module, pinned, state.options.policy))
    return ForeignAtom(name=module.foreign_name, node=state.runtimes[module.parent].node, spec=spec, reason=reason)


def wanted(spec: AtomSpec) -> WantedSpec:
    """A wish as REST takes it."""
    return msgspec.convert(msgspec.to_builtins(spec), WantedSpec)
