"""Very many asks, sorted out so that they can be reckoned with together.

A *kind* is what users want: policy, objective, requirement. A *circle* is whom an atom talks with. What differs between
atoms of a kind, memory and work and where they are, are columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from sojourn.control.placement.nodes import NOWHERE, Nodes, Somebody, Work, demand, located
from sojourn.control.placement.score import measure, uses, validate
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.usage import Usage
    from sojourn.model.placement import Ask
    from sojourn.model.record import AtomSpec

Located = tuple[tuple[int, float], ...]
Senders = tuple[tuple[str, float], ...]


class Kind(NamedTuple):
    """What users want, without what varies from atom to atom.

    Attributes:
        spec: What they want.
        measure: Unit of its policy's costs.
        module: Hash of their module, if that matters.
        atom: Name of one of them; of the only one, if that matters.
        members: Which asks, by their numbers.
    """

    spec: AtomSpec
    measure: str
    module: str
    atom: str
    members: list[int]


class Understood(NamedTuple):
    """A spec that can be understood.

    Attributes:
        plain: It, without what varies: the same object for all that are equal.
        uses: What has to be known of an atom; see `interface.USES`.
        measure: Unit of its policy's costs.
    """

    plain: AtomSpec
    uses: frozenset[str]
    measure: str


class Circles:
    """Whom atoms talk with, each set of them once, as tables of rows and weights."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Located, Located], int] = {}

    def number(self, clients: Located, peers: Located) -> int:
        """Of a circle."""
        return self.numbers.setdefault((clients, peers), len(self.numbers))

    def tables(self, which: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Clients (0) or peers (1) of all circles: rows and weights, both of shape (circles, most of them)."""
        found = [circle[which] for circle in self.numbers]
        width = max((len(each) for each in found), default=0)
        rows = np.zeros((len(found), width), dtype=np.int64)
        weights = np.zeros((len(found), width))
        for at, each in enumerate(found):
            for place, (row, weight) in enumerate(each):
                rows[at, place], weights[at, place] = row, weight
        return rows, weights


class Batch:
    """Asks, sorted out.

    Attributes:
        asks: As they came.
        demands: What each takes.
        memory, cores, busy, work_ms, here, counted: As in `Work`. Shape (A,), as all columns here.
        circle: Whom each talks with.
        kinds: All that can be understood.
        wrong: What is wrong with the others, by their numbers.
    """

    def __init__(self, fleet: Fleet, asks: Sequence[Ask], now: float) -> None:
        self.fleet, self.asks, self.now = fleet, asks, now
        self.demands = [demand(fleet, ask) for ask in asks]
        self.memory = np.array([each.memory_bytes for each in self.demands], dtype=np.float64)
        self.cores = np.array([each.cores for each in self.demands], dtype=np.float64)
        self.busy = np.array([each.busy for each in self.demands], dtype=np.float64)
        work_s = np.array([ask.spec.work_s for ask in asks], dtype=np.float64)
        self.work_ms = 1000.0 * np.where(work_s > 0, work_s, self.busy)
        rows, placed = fleet.rows, fleet.placed
        self.here: NDArray[np.int64] = np.array([rows.get(ask.node, NOWHERE) for ask in asks], dtype=np.int64)
        at = [placed[ask.atom].row if ask.atom in placed else NOWHERE for ask in asks]
        self.counted = np.where(np.array(at, dtype=np.int64) == NOWHERE, self.here, at)
        self.circle = np.zeros(len(asks), dtype=np.int64)
        self.circles = Circles()
        self.wrong: dict[int, str] = {}
        self.kinds = self.sorted_out()
        self.clients, self.peers = self.circles.tables(0), self.circles.tables(1)

    def sorted_out(self) -> list[Kind]:
        """Kinds, in the order of their first asks."""
        specs: dict[AtomSpec, Understood | str] = {}
        places: dict[Senders, Located] = {}
        found: dict[tuple[int, str, str], Kind] = {}
        for number, ask in enumerate(self.asks):
            known = specs.get(ask.spec)
            if known is None:
                known = specs[ask.spec] = self.understood(ask.spec, specs)
            if isinstance(known, str):
                self.wrong[number] = known
                continue
            needs = known.uses
            clients = self.senders(ask, places) if "clients" in needs else ()
            peers = located(self.fleet, self.fleet.talk.peers(ask.atom)) if "peers" in needs else ()
            self.circle[number] = self.circles.number(clients, peers)
            module, atom = ask.module if "module" in needs else "", ask.atom if "atom" in needs else ""
            kind = found.get((id(known.plain), module, atom))
            if kind is None:
                kind = Kind(known.plain, known.measure, module, ask.atom, [])
                found[id(known.plain), module, atom] = kind
            kind.members.append(number)
        return list(found.values())

    def senders(self, ask: Ask, places: dict[Senders, Located]) -> Located:
        """Where those are who send to an atom, and their shares."""
        senders = ask.clients or tuple(self.fleet.talk.senders(ask.atom).items())
        clients = places.get(senders)
        if clients is None:
            found = located(self.fleet, dict(senders))
            total = sum(weight for _, weight in found)
            clients = places[senders] = tuple((row, weight / total) for row, weight in found)
        return clients

    def understood(self, spec: AtomSpec, specs: dict[AtomSpec, Understood | str]) -> Understood | str:
        """A spec, or what is wrong with it, in words."""
        plain = msgspec.structs.replace(spec, memory_bytes=0, cores=0.0, work_s=0.0)
        same = specs.get(plain)
        if isinstance(same, Understood) and same.plain == plain:
            return same
        try:
            validate(self.fleet, spec)
            found = Understood(plain, uses(self.fleet, plain), measure(self.fleet, plain))
        except SojournError as error:
            return str(error)
        specs.setdefault(plain, found)
        return found

    def nodes(
        self,
        kind: Kind,
        members: NDArray[np.int64],
        rows: NDArray[np.int64],
        usage: Usage,
        circles: tuple[Somebody, Somebody] | None = None,
    ) -> Nodes:
        """Nodes as places for these members of a kind: what is reckoned has shape (A, rows)."""
        at = members[:, None]
        work = Work(
            memory=self.memory[at],
            cores=self.cores[at],
            busy=self.busy[at],
            work_ms=self.work_ms[at],
            here=self.here[at],
            counted=self.counted[at],
        )
        clients, peers = circles or self.company(self.circle[members])
        return Nodes(self.fleet, usage, rows, kind.spec, work, kind.atom, kind.module, clients, peers, self.now)

    def company(self, circles: NDArray[np.int64]) -> tuple[Somebody, Somebody]:
        """Clients and peers of these circles, as columns of shape (A, 1)."""
        return columns(*self.clients, circles), columns(*self.peers, circles)


def columns(rows: NDArray[np.int64], weights: NDArray[np.float64], circles: NDArray[np.int64]) -> Somebody:
    """One side of circles: as many columns as the largest of them has."""
    weights = weights[circles]
    used = np.flatnonzero((weights > 0).any(axis=0)).tolist()
    return tuple((rows[circles, place][:, None], weights[:, place][:, None]) for place in used)
