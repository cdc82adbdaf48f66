"""Stand-ins for ARENA's runtimes and requesters against the door: what each needs, what nobody may do to another."""

import json

import pytest

from sojourn.control.placement import explain
from sojourn.control.placing import ask_of
from sojourn.gateway.mqtt.arts import limit
from sojourn.gateway.mqtt.arts.record import node_name
from tests.arts.standin import CONTROL, DEBUG, REG, BrowserRuntime, Requester, SimulatedRuntime, dumped, request
from tests.arts.world import World


@pytest.fixture
def world() -> World:
    return World()


def joined(world: World, runtime: SimulatedRuntime | BrowserRuntime) -> None:
    world.broker.connect(runtime)
    world.say(runtime.register())
    assert runtime.is_registered
    world.wait(limit.LATE_S + 0.1)


def requester(world: World) -> Requester:
    made = Requester()
    world.broker.connect(made)
    return made


def one(asker: Requester, object_id: str) -> dict[str, object]:
    """The one answer to a request."""
    assert len(asker.answers[object_id]) == 1
    return asker.answers[object_id][0]


def result(asker: Requester, object_id: str) -> str:
    return str(one(asker, object_id)["result"])


def why(asker: Requester, object_id: str) -> str:
    told = one(asker, object_id)
    assert told["result"] == "error"
    return str(told["details"])


def python(asker: Requester, **data: object) -> tuple[str, list[tuple[str, bytes]]]:
    return asker.create(filetype="PY", filename="x.py", **data)


# Registration.


def test_a_simulated_runtime_becomes_a_foreign_node(world: World) -> None:
    runtime = SimulatedRuntime()
    joined(world, runtime)
    record = world.controller.state.registry.nodes[node_name(runtime.uuid)]
    assert (record.facts.kind, record.facts.max_atoms, record.facts.functions) == ("arts", 100, ("python:python3",))
    assert "name=py-runtime" in record.facts.tags


def test_a_browsers_runtime_offers_what_it_calls_otherwise(world: World) -> None:
    runtime = BrowserRuntime()
    joined(world, runtime)
    record = world.controller.state.registry.nodes[node_name(runtime.uuid)]
    assert record.facts.functions == ("wasi:snapshot_preview1",)


def test_who_registers_again_is_told_the_same_and_keeps_its_modules(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    _, sent = python(asker, uuid="m1")
    world.say(sent)
    runtime.filters.add(REG)
    world.say(runtime.register())
    told = json.loads(world.broker.log[-1][1])
    assert told["data"]["details"]["nmodules"] == 1


def test_a_last_will_ends_a_runtime_and_its_modules(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    world.say(python(asker, uuid="m1")[1])
    assert "arts/m1" in world.controller.state.registry.atoms
    world.broker.cut(runtime.uuid)
    world.settle()
    registry = world.controller.state.registry
    assert node_name(runtime.uuid) not in registry.nodes
    assert "arts/m1" not in registry.atoms
    assert world.store == {}


def test_registrations_survive_a_restart_of_the_door(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    world.say(python(asker, uuid="m1")[1])
    world.broker.clients.pop("door")
    world.begin()
    object_id, sent = asker.delete("m1")
    world.say(sent)
    assert result(asker, object_id) == "ok"
    assert runtime.modules == {}


def test_registrations_survive_a_controller_that_lost_everything(world: World) -> None:
    runtime = SimulatedRuntime()
    joined(world, runtime)
    fresh = World()
    world.controller = fresh.controller
    world.tell(whole=True)
    world.centre.state.retell()
    world.tell(whole=True)
    assert node_name(runtime.uuid) in world.controller.state.registry.nodes


# Placement.


def test_a_module_goes_where_fewest_run_theirs_or_ours(world: World) -> None:
    runtime, asker = BrowserRuntime(), requester(world)
    joined(world, runtime)
    for number in range(6):
        object_id, sent = asker.create(uuid=f"m{number}")
        world.say(sent)
        assert result(asker, object_id) == "ok"
    assert sorted([len(runtime.modules), *(list(world.atoms.values()).count(node) for node in world.nodes)]) == [
        2,
        2,
        2,
    ]


def test_explain_tells_why_a_runtime_was_chosen(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    world.say(python(asker, uuid="m1")[1])
    state = world.controller.state
    told = explain(state.fleet, ask_of(state.registry.atoms["arts/m1"]), world.now)
    assert told.choice.node == node_name(runtime.uuid)
    assert told.policy == "least_modules"
    refused = {each.node: each.refused for each in told.nodes}
    assert refused["node-1"] == ("it lacks the host function python:python3",)


def test_python_runs_on_runtimes_alone(world: World) -> None:
    asker = requester(world)
    object_id, sent = python(asker)
    world.say(sent)
    assert "none of 2 nodes will do: 2 without its host functions" in why(asker, object_id)


def test_capacity_is_looked_at_before_anything_is_sent(world: World) -> None:
    runtime, asker = SimulatedRuntime(max_nmodules=2), requester(world)
    joined(world, runtime)
    ids = []
    for number in range(4):
        object_id, sent = python(asker, uuid=f"m{number}")
        ids.append(object_id)
        for each in sent:
            world.broker.publish(*each)
    world.settle()
    assert [result(asker, each) for each in ids] == ["ok", "ok", "error", "error"]
    assert runtime.most_seen == 2


def test_an_explicit_parent_is_honoured_theirs_and_ours(world: World) -> None:
    runtimes = [BrowserRuntime(), BrowserRuntime()]
    asker = requester(world)
    for runtime in runtimes:
        joined(world, runtime)
    for number in range(3):
        world.say(asker.create(uuid=f"m{number}", parent={"uuid": runtimes[1].uuid})[1])
    assert sorted(runtimes[1].modules) == ["m0", "m1", "m2"]
    object_id, sent = asker.create(uuid="ours", parent={"uuid": world.uuid("node-2")})
    world.say(sent)
    assert one(asker, object_id)["details"]["parent"] == {"uuid": world.uuid("node-2")}  # type: ignore[index]
    assert world.atoms == {"node-2/arts.ours": "node-2"}


def test_a_parent_that_is_not_there_or_full_or_unfit_is_told(world: World) -> None:
    runtime, asker = SimulatedRuntime(max_nmodules=0), requester(world)
    joined(world, runtime)
    cases = {
        "there is no runtime nobody": {"parent": {"uuid": "nobody"}},
        "it has 0 atoms": {"parent": {"uuid": runtime.uuid}},
        "too many atoms": {"parent": {"uuid": runtime.uuid}},
    }
    for told, data in cases.items():
        object_id, sent = python(asker, **data)
        world.say(sent)
        assert told in why(asker, object_id) or "with too many atoms" in why(asker, object_id)
    object_id, sent = asker.create(parent={"uuid": runtime.uuid})
    world.say(sent)
    assert "without its host functions" in why(asker, object_id)


# What real clients need.


def test_nothing_is_sent_to_a_runtime_before_it_has_subscribed(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    world.broker.connect(runtime)
    world.say(runtime.register())
    object_id, sent = python(asker, uuid="m1")
    world.say(sent)
    assert runtime.modules == {}
    assert asker.answers[object_id] == []
    world.wait(limit.LATE_S)
    assert result(asker, object_id) == "ok"


@pytest.mark.parametrize(
    ("env", "expected"),
    [("K=V", {"K": "V"}), (["K=V"], {"K": "V"}), ("K=V L=W", {"K": "V", "L": "W"}), ("", None), ([], None)],
)
def test_a_simulated_runtime_is_spared_what_it_cannot_do(world: World, env: object, expected: object) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    object_id, sent = python(asker, uuid="m1", env=env, args=["a1", "a2"])
    world.say(sent)
    assert result(asker, object_id) == "ok"
    assert runtime.modules["m1"].get("env") == expected


def test_missing_texts_are_texts_for_a_browser(world: World) -> None:
    runtime, asker = BrowserRuntime(), requester(world)
    joined(world, runtime)
    world.say(asker.create(uuid="m1", parent={"uuid": runtime.uuid})[1])
    assert (runtime.modules["m1"]["args"], runtime.modules["m1"]["env"]) == ("", "")


def test_a_runtimes_refusal_is_passed_on_in_its_words(world: World) -> None:
    runtime, asker = SimulatedRuntime(failing="no such file"), requester(world)
    joined(world, runtime)
    object_id, sent = python(asker, uuid="m1")
    world.say(sent)
    assert "no such file" in why(asker, object_id)
    assert world.centre.state.modules == {}


def test_a_missing_answer_is_timed_out_and_the_module_counts(world: World) -> None:
    runtime, asker = SimulatedRuntime(silent=True, max_nmodules=1), requester(world)
    joined(world, runtime)
    object_id, sent = python(asker, uuid="m1")
    world.say(sent)
    assert asker.answers[object_id] == []
    world.wait(20.1)
    assert "did not answer within 20 s" in why(asker, object_id)
    assert world.controller.state.registry.atoms["arts/m1"].reason == "its runtime has not confirmed it"
    second, sent = python(asker, uuid="m2")
    world.say(sent)
    assert "too many atoms" in why(asker, second)


def test_a_browser_that_answers_nothing_is_believed_when_its_module_speaks(world: World) -> None:
    runtime, asker = BrowserRuntime(), requester(world)
    joined(world, runtime)
    object_id, sent = asker.create(uuid="m1", parent={"uuid": runtime.uuid})
    world.say(sent)
    assert result(asker, object_id) == "ok"
    assert f"{DEBUG}/stdout/m1" not in world.filters


def test_a_browsers_silent_module_is_never_started_twice_and_can_be_deleted(world: World) -> None:
    runtime, asker = BrowserRuntime(chatty=False), requester(world)
    joined(world, runtime)
    created, sent = asker.create(uuid="m1", parent={"uuid": runtime.uuid})
    world.say(sent)
    world.wait(21)
    assert "may run there" in why(asker, created)
    deleted, sent = asker.delete("m1")
    world.say(sent)
    world.wait(21)
    assert "never did" in why(asker, deleted)
    assert (runtime.quit, runtime.started_twice) == (["m1"], [])
    assert world.centre.state.modules == {}


def test_an_exit_in_single_quotes_is_an_exit(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    world.say(python(asker, uuid="m1")[1])
    before = len(world.broker.log)
    world.say(runtime.exit("m1"))
    assert world.centre.state.modules == {}
    # Its runtime is not told what it has told itself.
    assert runtime.control not in {topic for topic, _ in world.broker.log[before:]}


def test_a_tab_that_is_closed_takes_its_modules_along(world: World) -> None:
    runtime, asker = BrowserRuntime(), requester(world)
    joined(world, runtime)
    world.say(asker.create(uuid="m1", parent={"uuid": runtime.uuid})[1])
    wills = runtime.close_tab()
    world.broker.clients.pop(runtime.uuid)
    world.say(wills)
    assert (world.centre.state.modules, world.centre.state.runtimes) == ({}, {})


def test_a_runtime_that_goes_answers_for_what_it_was_asked(world: World) -> None:
    runtime, asker = SimulatedRuntime(silent=True), requester(world)
    joined(world, runtime)
    object_id, sent = python(asker, uuid="m1")
    world.say(sent)
    world.broker.cut(runtime.uuid)
    world.settle()
    assert "its runtime is gone" in why(asker, object_id)


# Ours.


def test_a_module_runs_here_and_is_deleted_after_a_signal(world: World) -> None:
    asker = requester(world)
    created, sent = asker.create(uuid="m1", args="a1 a2", env="K=V")
    world.say(sent)
    assert result(asker, created) == "ok"
    deleted, sent = asker.delete("m1")
    world.say(sent)
    quit_signal = world.given[-1]
    assert (quit_signal.path, quit_signal.data[0], len(quit_signal.data)) == ("/sys/signals", 3, 128)  # type: ignore[union-attr]
    assert asker.answers[deleted] == []
    world.wait(1.1)
    assert result(asker, deleted) == "ok"
    assert world.atoms == {}


def test_who_ends_at_the_signal_is_not_waited_for(world: World) -> None:
    world.obedient = True
    asker = requester(world)
    world.say(asker.create(uuid="m1")[1])
    deleted, sent = asker.delete("m1")
    world.say(sent)
    assert result(asker, deleted) == "ok"
    assert asker.exits == ["m1"]


def test_what_cannot_start_here_is_told(world: World) -> None:
    world.failing = "there is no file x.wasm in /modules"
    asker = requester(world)
    object_id, sent = asker.create(uuid="m1")
    world.say(sent)
    assert why(asker, object_id) == "there is no file x.wasm in /modules"
    assert world.centre.state.modules == {}


def test_an_end_of_ours_is_told_as_runtimes_tell_it(world: World) -> None:
    asker = requester(world)
    world.say(asker.create(uuid="m1")[1])
    world.centre.atom_ended(world.atom_of("m1"))
    world.say(world.act())
    assert asker.exits == ["m1"]
    assert world.centre.state.modules == {}


def test_channels_are_topics(world: World) -> None:
    asker = requester(world)
    channels = [
        {"path": "/ch/light", "type": "pubsub", "mode": "rw", "params": {"topic": "kitchen/light"}},
        {"path": "/ch/in", "type": "pubsub", "mode": "r", "params": {"topic": "kitchen/in"}},
    ]
    world.say(asker.create(uuid="m1", channels=channels)[1])
    atom = world.atom_of("m1")
    assert {"kitchen/light", "kitchen/in"} <= world.filters
    world.say([("kitchen/light", b"on"), ("kitchen/other", b"no")])
    assert [(each.path, each.data) for each in world.given] == [("/ch/light/data", b"on")]  # type: ignore[union-attr]
    world.centre.atom_sent(atom, "/ch/light/data", b"off")
    world.centre.atom_sent(atom, "/ch/in/data", b"not for writing")
    world.centre.atom_sent(atom, "/etc/passwd", b"no channel")
    assert world.act() == [("kitchen/light", b"off")]
    world.centre.atom_ended(atom)
    world.act()
    assert not {"kitchen/light", "kitchen/in"} & world.filters


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ({"path": "/ch/a", "type": "tcp"}, "of type tcp"),
        ({"path": "/ch/a", "params": {"topic": "a/#"}}, "the topic 'a/#'"),
        ({"path": "/ch/a"}, "the topic ''"),
        ({"path": "/ch/a", "mode": "x"}, "$[0].mode"),
    ],
)
def test_channels_that_cannot_be_are_told(world: World, channel: dict[str, object], told: str) -> None:
    asker = requester(world)
    object_id, sent = asker.create(channels=[channel])
    world.say(sent)
    assert told in why(asker, object_id) or "mode" in why(asker, object_id)


def test_standard_streams_go_both_ways(world: World) -> None:
    asker = requester(world)
    world.say(asker.create(uuid="m1")[1])
    world.say([(f"{DEBUG}/stdin/m1", b"hello\n"), (f"{DEBUG}/stdin/nobody", b"x")])
    assert [(each.atom, each.data) for each in world.given] == [(world.atom_of("m1"), b"hello\n")]
    world.centre.atom_wrote(world.atom_of("m1"), b"out\n")
    assert world.act() == [(f"{DEBUG}/stdout/m1", b"out\n")]


def test_our_node_can_be_asked_on_a_topic_of_its_own(world: World) -> None:
    asker = requester(world)
    uuid = world.uuid("node-2")
    data = {"uuid": "m1", "name": "a/b", "filename": "x.wasm", "filetype": "WA"}
    object_id, sent = asker.ask("create", data, f"{CONTROL}/{uuid}")
    world.say(sent)
    assert result(asker, object_id) == "ok"
    assert world.atoms == {"node-2/arts.m1": "node-2"}


# Moves.


def test_ours_move_live(world: World) -> None:
    asker = requester(world)
    world.say(asker.create(uuid="m1", parent={"uuid": world.uuid("node-1")})[1])
    object_id, sent = asker.delete("m1", send_to_runtime=world.uuid("node-2"))
    world.say(sent)
    assert one(asker, object_id)["details"]["parent"] == {"uuid": world.uuid("node-2")}  # type: ignore[index]
    assert world.atoms == {"node-1/arts.m1": "node-2"}


def test_a_browser_sends_its_module_to_another_and_the_topic_is_repaired(world: World) -> None:
    old, new, asker = BrowserRuntime(), BrowserRuntime(), requester(world)
    for runtime in (old, new):
        joined(world, runtime)
    world.say(asker.create(uuid="m1", parent={"uuid": old.uuid})[1])
    object_id, sent = asker.delete("m1", send_to_runtime=new.uuid)
    world.say(sent)
    assert result(asker, object_id) == "ok"
    assert (old.modules, new.memories) == ({}, {"m1": b"state of m1"})
    assert world.controller.state.registry.atoms["arts/m1"].node == node_name(new.uuid)


def test_a_move_to_a_silent_page_is_told_as_it_is(world: World) -> None:
    old, new, asker = BrowserRuntime(), BrowserRuntime(chatty=False), requester(world)
    for runtime in (old, new):
        joined(world, runtime)
    world.say(asker.create(uuid="m1", parent={"uuid": old.uuid})[1])
    object_id, sent = asker.delete("m1", send_to_runtime=new.uuid)
    world.say(sent)
    world.wait(100)
    assert "may run there" in why(asker, object_id)
    assert world.centre.state.modules["m1"].parent == new.uuid


def test_a_runtime_that_does_not_send_on_is_found_out(world: World) -> None:
    old, new, asker = SimulatedRuntime(), SimulatedRuntime(), requester(world)
    for runtime in (old, new):
        joined(world, runtime)
    world.say(python(asker, uuid="m1", parent={"uuid": old.uuid})[1])
    object_id, sent = asker.delete("m1", send_to_runtime=new.uuid)
    world.say(sent)
    world.wait(100)
    assert "has let the module go, and did not send it on" in why(asker, object_id)
    assert world.centre.state.modules == {}


def test_moves_that_cannot_be_are_refused_before_anything_stops(world: World) -> None:
    browser, full, simulated, asker = (
        BrowserRuntime(),
        BrowserRuntime(max_nmodules=0),
        SimulatedRuntime(),
        requester(world),
    )
    for runtime in (browser, full, simulated):
        joined(world, runtime)
    world.say(asker.create(uuid="theirs", parent={"uuid": browser.uuid})[1])
    world.say(asker.create(uuid="ours", parent={"uuid": world.uuid("node-1")})[1])
    cases = [
        ("ours", browser.uuid, "begins anew"),
        ("theirs", world.uuid("node-1"), "is not all of a program"),
        ("theirs", full.uuid, "the most it takes"),
        ("theirs", simulated.uuid, "does not offer wasi:snapshot_preview1"),
        ("theirs", browser.uuid, "already"),
        ("theirs", "nobody", "there is no runtime nobody"),
        ("nothing", browser.uuid, "there is no module nothing"),
    ]
    for module, target, told in cases:
        object_id, sent = asker.delete(module, send_to_runtime=target)
        world.say(sent)
        assert told in why(asker, object_id)
    assert "theirs" in browser.modules
    assert world.atoms == {"node-1/arts.ours": "node-1"}


def test_a_memory_that_is_sent_to_a_node_is_refused(world: World) -> None:
    asker = requester(world)
    data = {"uuid": "m1", "name": "a/b", "filename": "x.wasm", "filetype": "WA", "memory": "AAAA"}
    for topic in (f"{CONTROL}/{world.uuid('node-1')}", CONTROL):
        object_id, sent = asker.ask("create", data, topic)
        world.say(sent)
        assert "memory" in why(asker, object_id)
    assert world.atoms == {}


def test_what_the_controller_moves_is_found_where_it_is(world: World) -> None:
    asker = requester(world)
    world.say(asker.create(uuid="m1", parent={"uuid": world.uuid("node-1")})[1])
    world.centre.atom_at(world.atom_of("m1"), "node-2")
    assert world.centre.state.modules["m1"].parent == world.uuid("node-2")


# Between others.


def test_what_others_send_each_other_is_known_with_the_runtimes_word(world: World) -> None:
    runtime, asker = SimulatedRuntime(), requester(world)
    joined(world, runtime)
    data = {"uuid": "m1", "name": "a/b", "filename": "x.py", "filetype": "PY"}
    world.say(asker.ask("create", data, runtime.control)[1])
    assert world.controller.state.registry.atoms["arts/m1"].node == node_name(runtime.uuid)
    world.say(asker.ask("delete", {"uuid": "m1"}, runtime.control)[1])
    assert world.centre.state.modules == {}


def test_a_request_that_comes_twice_is_answered_once(world: World) -> None:
    runtime, asker = SimulatedRuntime(silent=True), requester(world)
    joined(world, runtime)
    object_id, sent = python(asker, uuid="m1")
    world.say(sent)
    world.say(sent)
    world.wait(21)
    assert result(asker, object_id) == "error"


def test_a_module_of_one_name_is_there_once(world: World) -> None:
    asker = requester(world)
    world.say(asker.create(uuid="m1")[1])
    object_id, sent = asker.create(uuid="m1")
    world.say(sent)
    assert "there is a module m1 already" in why(asker, object_id)


def test_a_runtime_cannot_be_a_node_of_ours(world: World) -> None:
    asker = requester(world)
    made = request("create", {"type": "runtime", "uuid": world.uuid("node-1")})
    asker.answers[made["object_id"]] = []
    world.say([(REG, dumped(made))])
    assert "is a node of this realm" in why(asker, made["object_id"])
