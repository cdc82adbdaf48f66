"""The bridge between topics and atoms, with a broker and a port in memory."""

import json
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.mqtt.binding import Binding, binding_of
from sojourn.gateway.mqtt.bridge import Bridge
from sojourn.gateway.mqtt.limit import AGAIN_S, LINGER_S
from sojourn.gateway.mqtt.names import Alias, wanted
from sojourn.gateway.mqtt.packet import Publish
from sojourn.gateway.mqtt.property import CONTENT_TYPE, CORRELATION, RESPONSE_TOPIC, SUBSCRIPTION, USER
from sojourn.gateway.mqtt.session import Connected, Delivered, Granted
from sojourn.model.wire import EventKind
from tests.unit.gateway.mqtt.world import Came, FakeBroker, FakePort, published

ATOM, OTHER = "node-1/atom", "node-1/other"
REPLY, FAILED = EventKind.REPLY.value, EventKind.FAILED.value


def taken(message: Publish) -> bool:
    """Whether the broker was told that it was taken."""
    return message.acknowledged


class House:
    """A bridge and what it stands between."""

    def __init__(self, *aliases: tuple[str, str, str], commands: Iterable[Binding] = (), **options: object) -> None:
        self.port = FakePort(atoms={ATOM: [], OTHER: []})
        self.broker = FakeBroker()
        self.bridge = Bridge(self.port, self.broker, 0.0, patience_s=10.0, **options)  # type: ignore[arg-type]
        self.packet = 0
        self.bind(*aliases, commands=commands)

    def bind(self, *aliases: tuple[str, str, str], commands: Iterable[Binding] = (), now: float = 0.0) -> None:
        found = wanted(commands, [Alias(*alias) for alias in aliases], self.port.find_all)
        self.bridge.bind(found, now)

    def comes(self, topic: str, data: bytes = b"x", qos: int = 1, now: float = 0.0, **more: object) -> Publish:
        self.packet += 1
        message = Publish(topic, data, qos, packet=self.packet if qos else 0, **more)  # type: ignore[arg-type]
        self.bridge.arrived(message, now)
        return message

    def took(self, atom: str = ATOM) -> list[bytes]:
        return [data for _, _, data in self.port.atoms[atom]]

    def status(self) -> dict[str, object]:
        return self.bridge.status()


def test_a_message_goes_to_whom_it_fits_and_is_acknowledged_when_all_have_it() -> None:
    house = House((ATOM, "mqtt.in", "a/+;qos=1"), (OTHER, "mqtt.in", "a/#;qos=2"), (OTHER, "mqtt.in", "b"))
    assert house.broker.subscribed.keys() == {"a/+", "a/#", "b"}
    house.port.busy.add(OTHER)
    message = house.comes("a/1", b"one")
    assert house.port.atoms[ATOM] == [("mqtt", "a/1", b"one")]
    assert not taken(message)
    house.port.busy.clear()
    house.bridge.pump(1.0)
    assert house.port.atoms[OTHER] == [("mqtt", "a/1", b"one")]
    assert taken(message)


def test_a_message_that_comes_by_a_number_goes_to_that_filter_alone() -> None:
    house = House((ATOM, "mqtt.in", "a/+;qos=1"), (OTHER, "mqtt.in", "a/#;qos=1"))
    for pattern in ("a/+", "a/#"):
        number = house.broker.subscribed[pattern][1]
        assert house.comes("a/1", pattern.encode(), properties={SUBSCRIPTION: [number]}).acknowledged
    assert house.took(ATOM) == [b"a/+"]
    assert house.took(OTHER) == [b"a/#"]
    both = [number for _, number in house.broker.subscribed.values()]
    house.comes("a/1", b"both", properties={SUBSCRIPTION: list(both)})
    assert house.took(ATOM)[1:] == house.took(OTHER)[1:] == [b"both"]
    # A number of an earlier process means nothing.
    house.comes("a/1", b"old", properties={SUBSCRIPTION: [99_999]})
    assert house.took(ATOM)[2:] == house.took(OTHER)[2:] == [b"old"]


def test_what_the_broker_kept_goes_to_those_that_came_with_the_subscription() -> None:
    house = House((ATOM, "mqtt.in", "a;qos=1"))
    first = house.broker.subscribed["a"][1]
    house.bind((ATOM, "mqtt.in", "a;qos=1"), (OTHER, "mqtt.in", "a;qos=1"))
    second = house.broker.subscribed["a"][1]
    assert second != first
    house.comes("a", b"kept", retain=True, properties={SUBSCRIPTION: [second]})
    assert house.port.atoms == {ATOM: [], OTHER: [("mqtt.retained", "a", b"kept")]}
    house.comes("a", b"new", properties={SUBSCRIPTION: [first]})
    assert house.took(ATOM) == [b"new"]
    house.bridge.connected(Connected(session_present=False, version=5))
    house.comes("a", b"again", retain=True, properties={SUBSCRIPTION: [second]})
    assert house.took(ATOM) == [b"new", b"again"]
    assert house.took(OTHER) == [b"kept", b"new", b"again"]


def test_what_waits_keeps_its_order() -> None:
    house = House((ATOM, "mqtt.in", "#;qos=1"))
    house.port.busy.add(ATOM)
    for number in range(5):
        house.comes("t", b"%d" % number)
    house.port.busy.clear()
    house.comes("t", b"5")
    assert house.took() == []
    house.bridge.pump(0.1)
    assert house.took() == [b"%d" % number for number in range(6)]
    assert len(house.broker.acknowledged) == 6


@pytest.mark.parametrize(("drop", "left"), [("oldest", [b"3", b"4"]), ("newest", [b"0", b"1"])])
def test_when_too_much_waits_it_goes_as_chosen_and_is_counted(drop: str, left: list[bytes]) -> None:
    house = House((ATOM, "mqtt.in", f"#;qos=1;keep=2;drop={drop}"))
    house.port.busy.add(ATOM)
    for number in range(5):
        house.comes("t", b"%d" % number)
    assert len(house.broker.acknowledged) == 3
    assert house.status()["dropped_in"] == 3
    house.port.busy.clear()
    house.bridge.pump(0.1)
    assert house.took() == left
    assert len(house.broker.acknowledged) == 5


def test_an_atom_that_is_away_holds_up_nobody() -> None:
    house = House((ATOM, "mqtt.in", "#;qos=1"))
    house.port.busy.add(ATOM)
    first = house.comes("t", b"0")
    house.bridge.pump(9.0)
    assert not taken(first)
    house.bridge.pump(11.0)
    assert taken(first)
    assert house.comes("t", b"1", now=12.0).acknowledged
    assert house.status()["early"] == 2
    house.port.busy.clear()
    house.bridge.pump(13.0)
    assert house.took() == [b"0", b"1"]
    house.port.busy.add(ATOM)
    assert not house.comes("t", b"2", now=14.0).acknowledged


def test_a_binding_with_reply_is_acknowledged_by_the_answer_and_never_before() -> None:
    house = House((ATOM, "mqtt.in", "#;qos=1;reply"))
    message = house.comes("t", b"0")
    [call] = house.port.calls
    house.bridge.pump(100.0)
    assert not taken(message)
    house.bridge.take([Came(FAILED, call=call, code=15)], 100.0)
    house.bridge.pump(100.5)
    assert house.took() == [b"0"]
    house.bridge.pump(100.0 + AGAIN_S)
    assert house.took() == [b"0", b"0"]
    house.bridge.take([Came(REPLY, call=max(house.port.calls))], 102.0)
    assert taken(message)
    house.bridge.take([Came(REPLY, call=max(house.port.calls)), Came(FAILED, call=4711)], 102.0)


def test_a_request_is_a_call_whose_answer_is_published() -> None:
    house = House((ATOM, "mqtt.in", "ask;qos=1"))
    asked = {RESPONSE_TOPIC: "answers/1", CORRELATION: b"\1\2"}
    assert house.comes("ask", b"?", properties=dict(asked)).acknowledged
    [call] = house.port.calls
    house.bridge.take([Came(REPLY, call=call, data=b"!", content_type="text/plain")], 0.0)
    house.comes("ask", b"?", properties=dict(asked))
    house.bridge.take([Came(FAILED, call=max(house.port.calls), code=15)], 0.0)
    assert house.broker.published == [
        ("answers/1", b"!", 1, False, {CORRELATION: b"\1\2", CONTENT_TYPE: "text/plain"}, 0),
        ("answers/1", b"", 1, False, {CORRELATION: b"\1\2", USER: [("error", "error 15")]}, 0),
    ]


@pytest.mark.parametrize("topic", ["$SYS/x", "other/1", "answers/+", "\ud800"])
def test_answers_go_only_where_they_may(topic: str) -> None:
    house = House((ATOM, "mqtt.in", "ask;qos=1"), responses="answers/#")
    house.comes("ask", b"?", properties={RESPONSE_TOPIC: topic})
    house.bridge.take([Came(REPLY, call=max(house.port.calls))], 0.0)
    assert house.broker.published == []
    assert house.status()["refused"] == 1


def test_an_atom_publishes_where_it_is_bound_and_nowhere_else() -> None:
    house = House((ATOM, "mqtt.out", "out/#;qos=1"))
    house.bridge.take([published(ATOM, "out/1", b"1"), published(ATOM, "out/2", b"2", kind="mqtt.retain")], 0.0)
    assert [each[:4] for each in house.broker.published] == [("out/1", b"1", 1, False), ("out/2", b"2", 1, True)]
    house.bridge.take([published(ATOM, "in/1", b"", call=7), published(ATOM, "out/+", b"", call=8)], 0.0)
    assert [(call, kind) for call, kind, _ in house.port.replies] == [(7, "mqtt.refused"), (8, "mqtt.refused")]
    assert len(house.broker.published) == 2


def test_an_atom_that_is_younger_than_the_names_waits_for_them() -> None:
    house = House()
    house.bridge.take([published(ATOM, "out/1", b"1"), published(OTHER, "out/1", b"2", call=3)], 0.0)
    assert house.bridge.is_asking
    house.bind(now=1.0)
    house.bind((ATOM, "mqtt.out", "out/#"), now=1.5)
    assert [each[1] for each in house.broker.published] == [b"1"]
    assert house.bridge.is_asking
    house.bind((ATOM, "mqtt.out", "out/#"), now=2.5)
    assert [(call, kind) for call, kind, _ in house.port.replies] == [(3, "mqtt.refused")]
    assert not house.bridge.is_asking


def test_an_atom_that_is_restored_publishes_before_it_is_seen_again() -> None:
    command = binding_of("out", "more/#", OTHER)
    port = {("", "node\\-1/other"): [OTHER]}
    house = House((ATOM, "mqtt.out", "out/#"))
    house.port.aliases = port
    house.bind((ATOM, "mqtt.out", "out/#"), commands=[command])
    house.bind(commands=[command], now=1.0)
    house.bridge.take([published(ATOM, "out/1", b"1"), published(OTHER, "more/1", b"2")], 1.0)
    assert [each[1] for each in house.broker.published] == [b"1", b"2"]
    house.bind(now=2.0)
    house.bind(now=LINGER_S + 1.5)
    house.bridge.take([published(ATOM, "out/1", b"", call=5), published(OTHER, "more/1", b"", call=6)], LINGER_S)
    house.bind(now=LINGER_S + 4)
    assert sorted(call for call, *_ in house.port.replies) == [5, 6]
    assert len(house.broker.published) == 2


def test_a_call_is_answered_when_the_broker_has_it() -> None:
    house = House((ATOM, "mqtt.out", "zero"), (ATOM, "mqtt.out", "one;qos=1"))
    house.bridge.take([published(ATOM, "zero", b"", call=1), published(ATOM, "one", b"", call=2)], 0.0)
    assert [(call, kind) for call, kind, _ in house.port.replies] == [(1, "mqtt.published")]
    house.bridge.delivered(Delivered(2, 0))
    assert house.port.replies[-1][:2] == (2, "mqtt.published")
    house.bridge.delivered(Delivered(3, 0x97))
    assert house.port.replies[-1] == (3, "mqtt.refused", b"the broker refuses it: a quota is used up")
    house.port.full = True
    house.bridge.delivered(Delivered(4, 0))
    house.port.full = False
    house.bridge.pump(1.0)
    assert house.port.replies[-1][:2] == (4, "mqtt.published")


def test_what_waits_for_the_broker_is_bounded_and_keeps_its_order() -> None:
    house = House((ATOM, "mqtt.out", "out;keep=3"), (OTHER, "mqtt.out", "out;keep=3;drop=newest"))
    house.broker.room = 0
    for number in range(5):
        house.bridge.take(
            [published(ATOM, "out", b"a%d" % number, call=100 + number), published(OTHER, "out", b"o%d" % number)], 0.0
        )
    assert house.status()["dropped_out"] == 4
    assert [(call, kind) for call, kind, _ in house.port.replies] == [(100, "mqtt.refused"), (101, "mqtt.refused")]
    house.broker.room = 2
    house.bridge.room()
    house.broker.room = 10
    house.bridge.room()
    came = [each[1] for each in house.broker.published]
    assert [each for each in came if each[:1] == b"a"] == [b"a2", b"a3", b"a4"]
    assert [each for each in came if each[:1] == b"o"] == [b"o0", b"o1", b"o2"]
    assert came[0][:1] != came[1][:1]


def test_of_a_group_one_gets_each_message_and_a_topic_stays_with_it() -> None:
    house = House((ATOM, "mqtt.in", "a/#;group=g"), (OTHER, "mqtt.in", "a/#;group=g"))
    assert house.broker.subscribed.keys() == {"$share/g/a/#"}
    for number in range(200):
        house.comes(f"a/{number % 50}", b"%d" % number)
    one, two = house.took(ATOM), house.took(OTHER)
    assert sorted(map(int, one + two)) == list(range(200))
    assert len(one) > 20 < len(two)
    assert {int(data) % 50 for data in one}.isdisjoint(int(data) % 50 for data in two)


def test_gateways_of_a_group_share_all_that_comes() -> None:
    house = House((ATOM, "mqtt.in", "a"), (OTHER, "mqtt.in", "a;group=g"), share="site")
    assert house.broker.subscribed.keys() == {"$share/site/a", "$share/g/a"}


def test_a_binding_by_command_finds_its_atoms_by_name_alias_and_pattern() -> None:
    port = FakePort(aliases={("role", r"sink"): [ATOM], ("", "sink-.*"): [ATOM, OTHER], ("", "me"): [OTHER]})
    found = wanted(
        [
            binding_of("in", "a", "missing"),
            binding_of("in", "b", "role:sink"),
            binding_of("in", "c", "sink-.*"),
            binding_of("out", "d", "me"),
            binding_of("in", "e", "("),
        ],
        [],
        port.find_all,
    )
    assert {(binding.pattern, atom) for binding, atom in found.ways} == {
        ("a", "missing"),
        ("b", ATOM),
        ("c", ATOM),
        ("c", OTHER),
    }
    assert {atom: [binding.pattern for binding in each] for atom, each in found.gates.items()} == {OTHER: ["d"]}
    assert list(found.wrong) == ["(: e"]


def test_what_is_bound_to_nobody_yet_waits_for_it() -> None:
    house = House(commands=[binding_of("in", "a;qos=1", "late")])
    house.comes("a", b"early")
    assert house.status()["waiting_in"] == 1
    house.port.atoms["late"] = []
    house.bridge.pump(1.0)
    assert house.took("late") == [b"early"]


def test_a_binding_goes_at_once_by_command_and_later_when_its_atom_is_not_seen() -> None:
    command = binding_of("in", "b;qos=1", ATOM)
    house = House((ATOM, "mqtt.in", "a;qos=1"), commands=[command])
    house.port.busy.add(ATOM)
    message = house.comes("b")
    house.bind()
    assert taken(message)
    assert house.broker.subscribed.keys() == {"a"}
    waits = house.comes("a")
    house.bind(now=LINGER_S)
    assert not taken(waits)
    house.bind((ATOM, "mqtt.in", "a;qos=1"), now=LINGER_S + 1)
    house.bind(now=LINGER_S + 2)
    house.bind(now=2 * LINGER_S + 1)
    assert not taken(waits)
    house.bind(now=2 * LINGER_S + 3)
    assert taken(waits)
    assert house.broker.subscribed == {}


def test_messages_for_atoms_that_are_not_seen_yet_wait_while_all_begins() -> None:
    house = House()
    message = house.comes("a", b"queued")
    lost = house.comes("b", b"nobody's")
    zero = house.comes("a", b"fleeting", qos=0)
    house.bind((ATOM, "mqtt.in", "a;qos=1"), now=5.0)
    assert house.took() == [b"queued"]
    assert taken(message)
    assert not taken(lost)
    assert not taken(zero)
    house.bridge.pump(LINGER_S + 1)
    assert taken(lost)
    assert house.comes("b", now=LINGER_S + 2).acknowledged


def test_what_cannot_be_bound_is_told_and_harms_nobody() -> None:
    house = House((ATOM, "mqtt.in", "a;qos=7"), (ATOM, "other", "x"), (ATOM, "mqtt.in", "b"))
    assert house.broker.subscribed.keys() == {"b"}
    assert house.status()["wrong"].keys() == {f"{ATOM}: a;qos=7"}  # type: ignore[attr-defined]
    house.bridge.granted(Granted("b", 0x87))
    assert house.status()["refused_filters"] == {"b": "this client is not allowed"}
    house.bridge.granted(Granted("b", 0))
    assert house.status()["refused_filters"] == {}


def test_the_door_tells_its_status_and_knows_no_other_question() -> None:
    house = House((ATOM, "mqtt.in", "a"))
    house.bridge.lost("it is away")
    house.bridge.take([Came(0, ATOM, "mqtt.status", call=1), Came(0, ATOM, "what", call=2), Came(0, ATOM, "what")], 0.0)
    [(_, kind, data), (_, refused, _)] = house.port.replies
    assert (kind, refused) == ("mqtt.status", "mqtt.refused")
    told = json.loads(data)
    assert told["connected"] is False
    assert told["why"] == "it is away"
    assert told["bindings"][0]["binding"] == "a"


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_and_order_is_kept_while_atoms_come_and_go(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    bindings = [(ATOM, "mqtt.in", "t/+;qos=1"), (OTHER, "mqtt.in", "t/#;qos=1;reply")]
    house = House(*bindings)
    there = dict(house.port.atoms)
    sent: list[Publish] = []
    now = 0.0
    for number in range(300):
        now += chance.random()
        if chance.random() < 0.1:
            gone = {atom for atom in there if chance.random() < 0.3}
            house.port.atoms = {atom: took for atom, took in there.items() if atom not in gone}
            house.port.busy = {atom for atom in there if chance.random() < 0.3}
            house.bind(*[each for each in bindings if each[0] not in gone], now=now)
        sent.append(house.comes(f"t/{number % 3}", b"%d" % number, now=now))
        for call in list(house.port.calls):
            if chance.random() < 0.5:
                del house.port.calls[call]
                kind = REPLY if chance.random() < 0.8 else FAILED
                house.bridge.take([Came(kind, call=call, code=15)], now)
        house.bridge.pump(now)
    house.port.atoms, house.port.busy = there, set()
    for _ in range(2000):
        now += 1.0
        house.bind(*bindings, now=now)
        house.bridge.take([Came(REPLY, call=call) for call in house.port.calls], now)
        house.port.calls.clear()
        house.bridge.pump(now)
        if all(message.acknowledged for message in sent) and not house.status()["waiting_in"]:
            break
    assert all(message.acknowledged for message in sent)
    assert house.status()["waiting_in"] == house.status()["calls"] == 0
    assert house.took(ATOM) == sorted(house.took(ATOM), key=int)
    assert set(map(int, house.took(ATOM))) == set(map(int, house.took(OTHER))) == set(range(300))
    assert len(house.took(ATOM)) == 300


EVENTS = st.builds(
    Came,
    st.integers(0, 9),
    st.sampled_from([ATOM, OTHER, "stranger/atom", ""]),
    st.sampled_from(["mqtt.publish", "mqtt.retain", "mqtt.status", "mqtt", "", "\ud800"]),
    st.sampled_from(["out/1", "out/+", "", "$SYS/x", "in/1", "a\0b", "\ud800", "x" * 70_000]) | st.text(max_size=20),
    st.text(max_size=10),
    st.binary(max_size=50),
    st.integers(0, 5),
    st.integers(0, 50),
)
MESSAGES = st.builds(
    Publish,
    st.sampled_from(["in/1", "in", "ask", "other", "$x"]),
    st.binary(max_size=20),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.integers(1, 65_535),
    st.dictionaries(
        st.sampled_from([RESPONSE_TOPIC, CORRELATION, CONTENT_TYPE, SUBSCRIPTION, USER]),
        st.text(max_size=5) | st.binary(max_size=5) | st.integers(0, 9) | st.just([1, 2]) | st.just([("a", "b")]),
    ),
)


@given(st.lists(st.one_of(EVENTS, MESSAGES, st.sampled_from(["busy", "room", "full", "pump"])), max_size=40))
def test_whatever_atoms_and_publishers_say_harms_nobody(steps: list[Came | Publish | str]) -> None:
    bindings = [
        (ATOM, "mqtt.in", "in/#;qos=1;keep=3"),
        (OTHER, "mqtt.in", "ask;reply"),
        (ATOM, "mqtt.out", "out/#;keep=3"),
    ]
    house = House(*bindings)
    for now, step in enumerate(steps):
        match step:
            case Came():
                house.bridge.take([step], now)
            case Publish():
                house.bridge.arrived(step, now)
            case "busy":
                house.port.busy ^= {ATOM}
            case "room":
                house.broker.room = 0 if house.broker.room else 1000
            case "full":
                house.port.full = not house.port.full
            case _:
                house.bridge.pump(now)
                house.bind(*bindings, now=now)
    told = json.dumps(house.status())
    assert told
    assert house.status()["waiting_out"] <= 3 + 40  # type: ignore[operator]
    assert not any(topic.startswith("$") or "+" in topic for topic, *_ in house.broker.published)
