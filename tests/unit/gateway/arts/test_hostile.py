"""Whatever is said to the door, by anybody: it does not fail, answers each request once, and does not grow."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.gateway.mqtt.arts import limit
from sojourn.gateway.mqtt.arts.action import Publish
from sojourn.gateway.mqtt.arts.centre import Centre
from sojourn.gateway.mqtt.arts.record import our_uuid
from sojourn.gateway.mqtt.arts.state import Options, State
from sojourn.gateway.mqtt.arts.topic import Topics
from sojourn.model.errors import ConfigError
from tests.arts.standin import CONTROL, DEBUG, REG, BrowserRuntime, Requester, SimulatedRuntime, dumped, request
from tests.arts.world import World

BOUNDED = settings(
    max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
NODE = our_uuid("local", "node-1")
TOPICS = (
    REG,
    CONTROL,
    f"{CONTROL}/rt",
    f"{CONTROL}/{NODE}",
    "proc/control/rt",
    f"{DEBUG}/stdin/m",
    f"{DEBUG}/stdout/m",
)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
names = st.sampled_from(["rt", "m", "m2", NODE, "", "a/b", "#", "x" * 300]) | values
fields = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["module", "runtime", "other"]) | values,
        "uuid": names,
        "name": names,
        "filename": names,
        "filetype": st.sampled_from(["WA", "PY"]) | values,
        "fileid": values,
        "parent": st.fixed_dictionaries({"uuid": names}) | values,
        "apis": values | st.just("python:python3"),
        "args": values,
        "env": values | st.just(["K=V"]),
        "channels": values | st.just([{"path": "/ch/a", "params": {"topic": "t"}}]),
        "max_nmodules": st.integers(-5, 5) | values,
        "send_to_runtime": names,
        "memory": values,
        "result": st.sampled_from(["ok", "error"]) | values,
        "details": values,
    },
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "object_id": st.sampled_from(["1", "2", "id-1", "id-2", "id-3"]) | values,
        "action": st.sampled_from(["create", "delete", "update", "exited"]) | values,
        "type": st.sampled_from(["arts_req", "arts_req", "arts_resp"]) | values,
        "data": fields | fields | values,
        "send_to_runtime": names,
    },
)
payloads = (
    st.binary(max_size=60)
    | messages.map(lambda value: json.dumps(value).encode())
    | messages.map(lambda value: b"'" + json.dumps(value).encode() + b"'")
)


@BOUNDED
@given(st.lists(st.tuples(st.sampled_from(TOPICS), payloads), max_size=30))
def test_nothing_that_is_said_makes_it_fail(said: list[tuple[str, bytes]]) -> None:
    world = World()
    world.say(SimulatedRuntime(uuid="rt", max_nmodules=2).register())
    for topic, payload in said:
        world.say([(topic, payload)])
        world.wait(0.7)
    world.wait(200)
    state = world.centre.state
    # All that was open is answered.
    for left in (state.open, state.sent, state.placing, state.leaving, state.moving, state.hearing, state.strays):
        assert left == {}
    assert all(module.parent for module in state.modules.values())
    kept = {key for _, key in world.store}
    assert kept == state.modules.keys() | state.runtimes.keys()


def test_answers_are_one_to_each_whatever_the_order() -> None:
    """Stand-ins of every kind, cut off and back, modules made, moved and deleted at random; the door restarted."""
    for seed in range(12):
        dice = random.Random(seed)  # noqa: S311 -- of a test
        world, asker = World(), Requester()
        world.broker.connect(asker)
        pages = [BrowserRuntime(max_nmodules=3), BrowserRuntime(chatty=False)]
        runtimes: list[SimulatedRuntime | BrowserRuntime] = [SimulatedRuntime(max_nmodules=3), *pages]
        for number in range(120):
            runtime = dice.choice(runtimes)
            module = f"m{dice.randrange(12)}"
            places = [each.uuid for each in runtimes] + [world.uuid("node-1"), world.uuid("node-2")]
            match dice.randrange(7):
                case 0 if runtime.uuid not in world.broker.clients:
                    world.broker.connect(runtime)
                    world.say(runtime.register())
                case 1 if dice.random() < 0.2:
                    world.broker.cut(runtime.uuid)
                    runtime.filters, runtime.is_registered, runtime.modules = {REG}, False, {}
                case 2 | 3 | 4:
                    kind = {"filetype": "PY", "filename": "x.py"} if dice.random() < 0.4 else {}
                    parent = {"parent": {"uuid": dice.choice(places)}} if dice.random() < 0.5 else {}
                    world.say(asker.create(uuid=module, **kind, **parent)[1])
                case 5:
                    world.say(asker.delete(module)[1])
                case _:
                    world.say(asker.delete(module, send_to_runtime=dice.choice(places))[1])
            if number % 3 == 0:
                world.wait(dice.random() * 3)
            for each in runtimes:
                told = world.centre.state.runtimes.get(each.uuid)
                assert told is None or len(world.centre.state.at.get(each.uuid, ())) <= told.max_nmodules
        world.wait(300)
        assert {len(answers) for answers in asker.answers.values()} == {1}, f"seed {seed}"
        ours = {module.atom for module in world.centre.state.modules.values() if module.atom}
        assert ours == set(world.atoms), f"seed {seed}"
        assert [each.started_twice for each in pages] == [[], []]
        registry = world.controller.state.registry
        told_atoms = {each.name for each in registry.atoms.values() if each.kind}
        assert told_atoms == {each.foreign_name for each in world.centre.state.foreign()}, f"seed {seed}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> World:
    for name, value in {"RUNTIMES": 5, "MODULES": 8, "OPEN": 4, "ECHOES": 16}.items():
        monkeypatch.setattr(limit, name, value)
    return World()


def sizes(state: State) -> Counter[str]:
    return Counter({name: len(value) for name, value in vars(state).items() if hasattr(value, "__len__")})


def test_nobody_can_fill_the_registry(small: World) -> None:
    asker = Requester()
    small.broker.connect(asker)
    for number in range(50):
        made = request("create", {"type": "runtime", "uuid": f"rt{number}", "apis": "python:python3"})
        small.say([(REG, dumped(made))])
        small.say(asker.create(uuid=f"m{number}")[1])
    assert len(small.centre.state.runtimes) == 5
    assert len(small.centre.state.modules) == 8
    results = [answers[0]["details"] for answers in asker.answers.values() if answers[0]["result"] == "error"]
    assert set(results) == {"there are 8 modules, the most that there may be"}
    assert len(small.controller.state.registry.nodes) == 2 + 5


def test_what_is_open_is_bounded(small: World) -> None:
    runtime, asker = SimulatedRuntime(silent=True), Requester()
    small.broker.connect(runtime)
    small.broker.connect(asker)
    small.say(runtime.register())
    ids = [asker.create(filetype="PY", filename="x.py") for _ in range(7)]
    for _, sent in ids:
        small.say(sent)
    told = [asker.answers[object_id] for object_id, _ in ids]
    assert [len(each) for each in told] == [0, 0, 0, 0, 1, 1, 1]
    assert "too much is under way" in told[-1][0]["details"]
    small.wait(60)
    assert {len(asker.answers[object_id]) for object_id, _ in ids} == {1}


def test_memory_does_not_grow_with_what_is_said(small: World) -> None:
    dice = random.Random(1)  # noqa: S311 -- of a test

    def storm(rounds: int) -> None:
        for number in range(rounds):
            small.say([(CONTROL, dumped(request("delete", {"type": "module", "uuid": f"no{number}"})))])
            small.say([(CONTROL, dice.randbytes(20))])
            small.say([(f"{CONTROL}/rt{number}", dumped(request("create", {"type": "module", "uuid": "x"})))])
            small.say([(CONTROL, dumped({"object_id": f"n{number}", "type": "arts_resp", "data": {"result": "ok"}}))])
            small.wait(0.01)

    storm(50)
    before = sizes(small.centre.state)
    storm(300)
    assert sizes(small.centre.state) == before
    assert small.centre.state.counts.unreadable >= 300


def test_unreadable_messages_are_not_answered_without_end() -> None:
    centre = Centre(Topics(), Options(), lambda: "id")
    for _ in range(1000):
        centre.feed(CONTROL, b"{", 5.0)
    assert len([each for each in centre.take() if isinstance(each, Publish)]) == limit.UNREADABLE_S
    centre.feed(CONTROL, b"{", 6.0)
    assert len(centre.take()) == 1


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (CONTROL, b'{"object_id":"1","type":"arts_req","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (CONTROL, b'{"object_id":"\xff","type":"arts_req"}'),
        (REG, b"\x00" * 100),
        (CONTROL, b"'"),
        (CONTROL, b"''"),
        (f"{CONTROL}/{NODE}", b"nonsense"),
    ],
)
def test_what_breaks_other_readers(topic: str, payload: bytes) -> None:
    world = World()
    world.say([(topic, payload)])
    told = [json.loads(sent)["data"]["result"] for _, sent in world.broker.log[1:]]
    assert told == ["error"]


def test_what_is_too_long_is_not_looked_at() -> None:
    centre = Centre(Topics(), Options(), lambda: "id")
    long = dumped(request("create", {"type": "module", "name": "x" * limit.MESSAGE_BYTES}))
    centre.feed(CONTROL, long, 1.0)
    assert centre.take() == []
    assert centre.state.counts.too_long == 1


def test_a_large_memory_between_runtimes_passes() -> None:
    world = World()
    old, new, asker = BrowserRuntime(), BrowserRuntime(), Requester()
    for client in (old, new, asker):
        world.broker.connect(client)
    for runtime in (old, new):
        world.say(runtime.register())
    world.wait(2)
    world.say(asker.create(uuid="m1", parent={"uuid": old.uuid})[1])
    data: dict[str, Any] = {**old.modules["m1"], "memory": "A" * (4 << 20)}
    world.say([(f"proc/control/{new.uuid}", dumped(request("create", data)))])
    assert len(new.memories["m1"]) == 3 << 20
    assert world.centre.state.modules["m1"].parent == new.uuid


@pytest.mark.parametrize("word", ["", "a/b", "+", "#", "a\n", "x" * 65])
def test_a_word_that_cannot_stand_before_topics(word: str) -> None:
    with pytest.raises(ConfigError, match="cannot be ARTS's realm"):
        Topics(word)


def test_a_realm_of_another_word_hears_its_own_alone() -> None:
    world = World(word="hall")
    world.say([("realm/proc/control", b"{"), ("hall/proc/control", b"{")])
    told = [topic for topic, sent in world.broker.log if b"could_not_parse" in sent]
    assert told == ["hall/proc/control"]


def test_nodes_are_known_by_the_same_identity_always() -> None:
    assert our_uuid("local", "node-1") == "1de22bf5-3fd2-5b42-bba9-1c67bc7a7ac2"
    assert our_uuid("local", "node-1") != our_uuid("other", "node-1")
