"""Whoever has a picture and all changes since has the newest picture, whatever happened, and whenever it began."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.control.picture import Differ, View
from sojourn.control.picture.differ import LINKS_S
from sojourn.control.picture.wires import LINKS, TRAFFIC
from sojourn.control.placement import Fleet
from sojourn.control.registry import Registry
from sojourn.control.state import State
from sojourn.model.fleet import Energy, LinkFacts, NodeFacts, NodeReport, Traffic
from sojourn.model.picture import Change, Picture, Underway, applied
from sojourn.model.record import AtomRecord, AtomSpec, MoveRecord, MoveState, NodeRecord, NodeState, Wish

NODES = tuple(f"node-{number}" for number in range(4))
ATOMS = tuple(f"node-{number % 2}/atom-{number}" for number in range(6))
SMALL = st.integers(0, 3)


class Realm:
    """Something that happens, and time that passes."""

    def __init__(self) -> None:
        self.state = State(Registry(), Fleet())
        self.now = 1000.0
        self.number = 0
        self.role = "leading"
        self.aliases: dict[str, tuple[tuple[str, str], ...]] = {}

    def view(self) -> View:
        return View(at=self.now, role=self.role, number=self.number, state=self.state, aliases=self.aliases)

    def node(self, name: str, load: int, kind: int) -> None:
        energy = None if kind == 0 else Energy(joules=100.0 * load, capacity_joules=1000.0, harvest_watts=1.0 + kind)
        facts = NodeFacts(name=name, load=load / 3, atoms=load, tags=("eu",) * (kind > 1), energy=energy)
        facts = msgspec.structs.replace(facts, uptime_s=self.now)
        states = (NodeState.UP, NodeState.UP, NodeState.UP, NodeState.LOST)
        record = NodeRecord(facts=facts, state=states[kind], seen_at=self.now, cordoned=load == 3)
        self.state.registry.put(record)
        self.state.fleet.update(record)

    def node_gone(self, name: str) -> None:
        self.state.registry.drop_node(name)
        self.state.fleet.remove(name)

    def atom(self, name: str, node: str, cores: int, queue: int) -> None:
        spec = AtomSpec(group="pair" if queue else "")
        wish = Wish.STOP if cores == 3 else Wish.RUN
        record = AtomRecord(name=name, node=node, spec=spec, wish=wish, cores=cores / 3, queue=queue, since=self.now)
        self.state.registry.put(record)

    def report(self, name: str, peer: str, rtt: int, rate: int) -> None:
        facts = NodeFacts(name=name)
        links = (LinkFacts(peer=peer, rtt_ms=0.5 + rtt, bytes_per_s=float(rate)),)
        traffic = (Traffic(source=ATOMS[rtt], target=ATOMS[rate], messages_per_s=float(rtt), bytes_per_s=float(rate)),)
        self.state.fleet.observe(NodeReport(at=self.now, facts=facts, links=links, traffic=traffic))

    def move(self, number: int, target: str, step: int) -> None:
        registry = self.state.registry
        if step == 0:
            record = MoveRecord(number=number, atom=ATOMS[0], source=NODES[0], target=target, cause="asked for")
            registry.put(record)
        elif number in registry.underway and step < 3:
            old = registry.underway[number]
            registry.underway[number] = msgspec.structs.replace(old, phase="copying", progress=step / 3)
        elif number in registry.moves:
            registry.put(msgspec.structs.replace(registry.moves[number], state=MoveState.DONE))

    def happen(self, seconds: int) -> None:
        self.now += seconds
        self.number += 1


STEPS = st.one_of(
    st.tuples(st.just("node"), st.sampled_from(NODES), SMALL, SMALL),
    st.tuples(st.just("node_gone"), st.sampled_from(NODES)),
    st.tuples(st.just("atom"), st.sampled_from(ATOMS), st.sampled_from(NODES), SMALL, SMALL),
    st.tuples(st.just("atom_gone"), st.sampled_from(ATOMS)),
    st.tuples(st.just("report"), st.sampled_from(NODES), st.sampled_from(NODES), SMALL, SMALL),
    st.tuples(st.just("move"), st.integers(1, 3), st.sampled_from(NODES), SMALL),
    st.tuples(st.just("role"), st.sampled_from(("leading", "following"))),
    st.tuples(st.just("alias"), st.sampled_from(ATOMS), st.sampled_from(("prices", "news"))),
    st.tuples(st.just("happen"), SMALL),
    st.tuples(st.just("look")),
    st.tuples(st.just("join")),
)


def carried_out(realm: Realm, name: str, arguments: tuple[object, ...]) -> None:
    """One step."""
    match name, arguments:
        case "atom_gone", (str(atom),):
            realm.state.registry.drop_atom(atom)
        case "role", (str(role),):
            realm.role = role
        case "alias", (str(atom), str(alias)):
            realm.aliases = {**realm.aliases, atom: (("topic", alias),)}
        case _:
            getattr(realm, name)(*arguments)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=60))
def test_a_picture_and_its_changes_are_the_newest_picture(steps: list[tuple[object, ...]]) -> None:
    realm, differ = Realm(), Differ("local")
    differ.look(realm.view())
    followers: list[Picture] = [differ.picture()]
    for name, *arguments in steps:
        if name == "join":
            followers.append(differ.picture())
        elif name == "look":
            followers = looked(realm, differ, followers)
        else:
            carried_out(realm, str(name), tuple(arguments))
    # What is measured slowly is looked at after a while.
    realm.now += LINKS_S
    followers = looked(realm, differ, followers)
    anew = Differ("local")
    anew.look(realm.view())
    assert all(each.nodes == anew.picture().nodes for each in followers)
    assert all(each.atoms == anew.picture().atoms for each in followers)
    assert all((each.links, each.traffic) == (anew.picture().links, anew.picture().traffic) for each in followers)
    assert all((each.moves, each.role) == (anew.picture().moves, realm.role) for each in followers)


def looked(realm: Realm, differ: Differ, followers: list[Picture]) -> list[Picture]:
    """A look, and what followers make of it: they have what whoever comes now is told."""
    change = differ.look(realm.view())
    if change is not None:
        sent = msgspec.json.decode(msgspec.json.encode(change), type=Change)
        assert sent == change
        followers = [applied(each, sent) for each in followers]
    assert all(each == differ.picture() for each in followers)
    return followers


@pytest.fixture
def realm() -> Realm:
    made = Realm()
    for name in NODES:
        made.node(name, 1, 1)
    for name in ATOMS:
        made.atom(name, NODES[0], 1, 0)
    return made


def change_of(differ: Differ, realm: Realm) -> Change:
    """What has changed, where something has."""
    change = differ.look(realm.view())
    assert change is not None
    return change


def test_nothing_is_told_where_nothing_changes(realm: Realm) -> None:
    differ = Differ("local")
    change_of(differ, realm)
    assert differ.look(realm.view()) is None
    # The same, measured again.
    for name in NODES:
        realm.node(name, 1, 1)
    atoms = list(realm.state.registry.atoms.values())
    for atom in atoms:
        realm.state.registry.put(msgspec.structs.replace(atom, cores=atom.cores + 1e-6))
    realm.now += 100
    assert differ.look(realm.view()) is None


def test_load_alone_is_a_short_row(realm: Realm) -> None:
    differ = Differ("local")
    change_of(differ, realm)
    realm.node("node-2", 2, 1)
    change = change_of(differ, realm)
    assert change.loads == (("node-2", 0.67, 0, 2, 200.0),)
    assert change.nodes == ()
    realm.node("node-2", 2, 2)
    assert [node.facts.tags for node in change_of(differ, realm).nodes] == [("eu",)]


def test_a_move_is_seen_from_beginning_to_end(realm: Realm) -> None:
    differ = Differ("local")
    change_of(differ, realm)
    realm.move(7, "node-3", 0)
    (begun,) = change_of(differ, realm).moves
    assert (begun.number, begun.atom, begun.target, begun.phase) == (7, ATOMS[0], "node-3", "decided")
    realm.move(7, "node-3", 1)
    assert [move.phase for move in change_of(differ, realm).moves] == ["copying"]
    realm.move(7, "node-3", 3)
    over = change_of(differ, realm)
    assert (over.moves, over.moves_over) == ((), (7,))


def test_a_move_past_the_controller_is_shown_too(realm: Realm) -> None:
    differ = Differ("local")
    change_of(differ, realm)
    move = Underway(number=-1, atom=ATOMS[1], source="node-0", target="node-1", cause="asked for", decided_at=1.0)
    view = realm.view()
    beside = View(at=view.at, role=view.role, number=view.number, state=view.state, others={-1: move})
    change = differ.look(beside)
    assert change is not None
    assert change.moves == (move,)
    assert change_of(differ, realm).moves_over == (-1,)


def test_of_many_links_and_much_traffic_the_best_are_shown() -> None:
    realm, names = Realm(), [f"n-{number}" for number in range(90)]
    for name in names:
        realm.node(name, 0, 1)
    for one in names:
        links = tuple(LinkFacts(peer=peer, rtt_ms=1.0 + at) for at, peer in enumerate(names) if peer != one)
        traffic = tuple(
            Traffic(source=f"{one}/a", target=f"{peer}/a", messages_per_s=1.0, bytes_per_s=float(at))
            for at, peer in enumerate(names)
        )
        realm.state.fleet.observe(NodeReport(at=1.0, facts=NodeFacts(name=one), links=links, traffic=traffic))
    differ = Differ("local")
    differ.look(realm.view())
    picture = differ.picture()
    assert len(picture.links) <= LINKS < 90 * 89
    assert {name for link in picture.links for name in link[:2]} == set(names)
    assert len(picture.traffic) == TRAFFIC
    strength = [sum(row[2:]) for row in picture.traffic]
    assert strength == sorted(strength, reverse=True)
    assert strength[0] == 90.0
