"""Commands that ask the controller, over a real server with a controller in memory."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sojourn.app import rest_client
from sojourn.app.page_address import page_address
from sojourn.app.rest_client import RestClient
from sojourn.cli import main
from sojourn.cli.application import application
from sojourn.cli.token import lifetime
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.refusal import OutOfScope, Unauthorized
from sojourn.model.errors import (
    ConfigError,
    ControllerError,
    Declined,
    ExpressionError,
    NoController,
    NotLeader,
    SojournError,
    UnknownModule,
    UnknownRollout,
    UnknownSetting,
)
from sojourn.model.fleet import Energy, NodeFacts
from sojourn.model.node_errors import NoImage, UnknownAtom, UnknownNode
from sojourn.model.record import AtomRecord, NodeRecord
from tests.unit.cli.rest import Served, served
from tests.unit.fake_controller import LUA
from tests.unit.fake_realm import FakeRealm

Ran = Callable[..., Result]
WASM = b"\x00asm\x01\x00\x00\x00"


@pytest.fixture
def rest() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.fixture
def ran(rest: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command in a folder of the test's own; errors of the tree come out as they are."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("SOJOURN_CONTROLLER_ADDRESS", rest.address)
    return run


def run(*arguments: str) -> Result:
    """Runs a command."""
    result = CliRunner().invoke(application, list(arguments))
    if isinstance(result.exception, SojournError):
        raise result.exception
    return result


def test_explain_is_a_table_node_by_node(ran: Ran) -> None:
    lines = ran("explain", "lua").stdout.splitlines()
    assert lines[0] == "node-1/lua: node-1, it costs least there"
    assert lines[1] == "policy objective, objective latency_ms(client) + 2 * load"
    assert lines[2].split() == ["rank", "node", "score", "latency_ms(client)", "2", "*", "load", "why", "not"]
    assert lines[3].split() == ["1", "node-1", "(here)", "4.5", "4", "0.5"]
    assert lines[4].split() == ["-", "node-3", "it", "is", "cordoned"]
    told = json.loads(ran("explain", "node-1/lua", "--json").stdout)
    assert told["choice"]["node"] == "node-1"
    with pytest.raises(UnknownAtom, match="there is no atom 'lau'") as raised:
        ran("explain", "lau")
    assert raised.value.hint == "did you mean node-1/lua?"


def test_plan_tells_who_would_go_where(ran: Ran) -> None:
    result = ran("plan", "drain", "node-1")
    assert result.stdout.splitlines()[1].split()[:5] == ["node-1/lua", "node-1", "node-3", "2", "ms"]
    assert "2 would move, 1 stay; gain 2 ms" in result.stderr
    assert json.loads(ran("plan", "lose", "node-2", "--json").stdout)["stays"] == 2
    assert "no atom would move" in ran("plan", "start", "--objective", "load", "--tag", "gpu").stderr
    assert "no atom would move" in ran("plan", "change", "tin", "--require", "cores > 1").stderr
    with pytest.raises(UnknownNode, match="there is no node 'node-9'"):
        ran("plan", "drain", "node-9")


def test_cordon_drain_uncordon(ran: Ran, rest: Served) -> None:
    assert "node-2 takes no further atoms" in ran("cordon", "node-2").stderr
    assert rest.controller.node_records["node-2"].cordoned
    assert "1 atoms of node-2 are moved away" in ran("drain", "node-2").stderr
    assert json.loads(ran("drain", "node-2", "--json").stdout)["draining"]
    assert ran("uncordon", "node-2").stderr == "node-2 takes atoms again\n"
    assert not rest.controller.node_records["node-2"].cordoned


def test_nodes_say_what_the_controller_holds_of_them(ran: Ran, rest: Served, realm: FakeRealm) -> None:
    del realm
    record = rest.controller.node_records["node-1"]
    energy = Energy(source="battery", joules=10.0, capacity_joules=40.0)
    facts = type(record.facts)(name="node-1", energy=energy, low_energy=True, tags=("gpu",), arch="x86_64")
    rest.controller.node_records["node-1"] = NodeRecord(facts=facts, cordoned=True)
    lines = ran("nodes").stdout.splitlines()
    assert lines[0].split()[:2] == ["node", "state"]
    assert [line.split()[:2] for line in lines[1:]] == [["node-1", "cordoned"], ["node-2", "up"]]
    rows = json.loads(ran("nodes", "--json").stdout)
    assert rows[0]["name"] == "node-1"
    assert rows[0]["controller"]["cordoned"] is True
    assert rows[0]["controller"]["facts"]["energy"]["joules"] == 10.0
    shown = ran("nodes", "--facts").stdout.splitlines()
    assert shown[1].split()[:3] == ["node-1", "up", "cordoned"]
    assert "25 %, low" in shown[1]
    assert len(json.loads(ran("nodes", "--facts", "--json").stdout)) == 3


def test_foreign_nodes_and_what_runs_there_are_marked(ran: Ran, rest: Served, realm: FakeRealm) -> None:
    del realm
    facts = NodeFacts(name="arts-1", kind="arts", max_atoms=2)
    rest.controller.node_records["arts-1"] = NodeRecord(facts=facts, door="arts")
    rest.controller.atom_records["arts/a"] = AtomRecord(name="arts/a", kind="arts", node="arts-1", epoch=1)
    assert ran("nodes").stdout.splitlines()[-1].split()[:3] == ["arts-1", "up,", "arts"]
    assert json.loads(ran("nodes", "--json").stdout)[-1]["kind"] == "arts"
    assert ran("ps").stdout.splitlines()[-1].split()[:4] == ["arts/a", "arts-1", "running", "arts"]
    told = {"atom": "arts/a", "node": "arts-1", "state": "running", "kind": "arts"}
    assert json.loads(ran("ps", "--json").stdout)[-1] == told


def test_nodes_need_no_controller(realm: FakeRealm, unused_port: int) -> None:
    del realm
    lines = run("nodes", "--controller", f"127.0.0.1:{unused_port}").stdout.splitlines()
    assert lines[0].split()[:2] == ["node", "atoms"]
    assert (
        json.loads(run("nodes", "--json", "--controller", f"127.0.0.1:{unused_port}").stdout)[0]["controller"] is None
    )
    with pytest.raises(NoController, match="no controller answers"):
        run("nodes", "--facts", "--controller", f"127.0.0.1:{unused_port}")


def test_an_objective_is_shown_and_changed(ran: Ran, rest: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert "(that of the realm)" in ran("objective", "lua").stdout
    result = ran("objective", "lua", "latency_ms(client)", "--require", "cores > 1", "--policy", "spread")
    assert result.stdout.split() == [
        "objective",
        "latency_ms(client)",
        "require",
        "cores",
        ">",
        "1",
        "policy",
        "spread",
    ]
    assert rest.controller.atom_records["node-1/lua"].spec.objective == "latency_ms(client)"
    assert json.loads(ran("objective", "lua", "", "--json").stdout)["spec"]["policy"] == "spread"
    with pytest.raises(ExpressionError) as raised:
        ran("objective", "lua", "2 * nonsense")
    assert (raised.value.start, raised.value.end, raised.value.hint) == (4, 12, "did you mean load?")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["sojourn", "objective", "lua", "2 * nonsense"])
        with pytest.raises(SystemExit):
            main()
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "error: there is no fact 'nonsense'",
        "    2 * nonsense",
        "        ^^^^^^^^",
        "hint: did you mean load?",
    ]


def test_a_module_is_updated(ran: Ran, rest: Served, tmp_path: Path) -> None:
    (tmp_path / "new.wasm").write_bytes(WASM)
    result = ran("update", "lua", "new.wasm", "--rollout", "first", "--canary", "2", "--watch", "5s", "--atom", "tin")
    assert result.stdout == "first\n"
    record = rest.controller.rollout_records["first"]
    assert (record.old, record.canary, record.watch_s, record.atoms) == (LUA, 2, 5.0, ("node-2/tin",))
    assert rest.controller.module_records[record.new].name == "new"
    assert ran("rollouts").stdout.splitlines()[1].split()[:2] == ["first", "running"]
    assert ran("rollouts", "first", "pause").stdout.splitlines()[1].split()[:2] == ["first", "paused"]
    assert json.loads(ran("rollouts", "first", "rollback", "--json").stdout)["state"] == "rolled_back"
    assert [row["name"] for row in json.loads(ran("rollouts", "--json").stdout)] == ["first"]
    assert ran("update", LUA[:10], "new").stdout == "rollout-2\n"
    assert ran("update", "node-1/lua", "new").stdout == "rollout-3\n"
    assert ran("modules").stdout.splitlines()[0].split() == ["module", "name", "size", "added"]
    assert {row["name"] for row in json.loads(ran("modules", "--json").stdout)} == {"lua", "new"}
    assert ran("update", "--name", "tin", "new").stdout == "rollout-4\n"
    assert rest.controller.rollout_records["rollout-4"].atoms == ("node-2/tin",)
    with pytest.raises(UnknownAtom, match="no atom is called 'ti'"):
        ran("update", "--name", "ti", "new")
    assert ran("update", "new").exit_code == ran("update", "--name", "tin", "lua", "new").exit_code == 2
    rest.controller.atom_records["node-3/tin"] = AtomRecord(name="node-3/tin", module="cd" * 32, node="node-3")
    with pytest.raises(Declined, match="'tin' have several modules: abababababab, cdcdcdcdcdcd"):
        ran("update", "--name", "tin", "new")
    with pytest.raises(Declined, match="is over"):
        ran("rollouts", "first", "pause")
    with pytest.raises(UnknownRollout):
        ran("rollouts", "third")
    with pytest.raises(UnknownModule, match="there is no module 'lau'") as raised:
        ran("update", "lau", "new")
    assert raised.value.hint == "did you mean lua?"


def test_an_atom_is_rolled_back(ran: Ran) -> None:
    assert (
        ran("rollback", "lua", "1", "--keeper", "node-1", "--on", "node-2").stdout == "node-1/lua: goes on at node-2\n"
    )
    assert json.loads(ran("rollback", "lua", "--json").stdout)["node"] == "node-1"
    with pytest.raises(NoImage, match="there is no such image"):
        ran("rollback", "lua", "99")


def test_events_are_lines(ran: Ran, rest: Served) -> None:
    lines = ran("events").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert lines[0].endswith("node-1/lua: node-1/lua runs")
    rest.tell("node.lost", "node-2", "it is lost")
    told = json.loads(ran("events", "--json", "--after", "3", "--kind", "node.").stdout)
    assert (told["number"], told["kind"]) == (4, "node.lost")
    rest.controller.pruned = 2
    result = ran("events", "--subject", "node-2")
    assert "events 1 to 2 are missing: they are not kept any more" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_events_that_are_followed_go_on_where_the_stream_broke_off(rest: Served) -> None:
    client = RestClient(rest.address)
    following = client.events({"follow": True, "after": 2})
    assert next(following).number == 3  # type: ignore[union-attr]
    rest.tell("node.lost", "node-2", "it is lost")
    assert next(following).number == 4  # type: ignore[union-attr]
    following.close()  # type: ignore[attr-defined]


def test_events_that_are_followed_go_on_with_a_controller_that_was_started_again(
    monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    monkeypatch.setattr(rest_client, "RETRY_MS", 20)
    monkeypatch.setattr(rest_client, "ABSENT", 1000)
    with served(port=unused_port) as first:
        following = RestClient(first.address).events({"follow": True})
        assert [next(following).number for _ in range(3)] == [1, 2, 3]  # type: ignore[union-attr]
    with served(port=unused_port) as second:
        second.tell("node.lost", "node-2", "it is lost")
        assert next(following).number == 4  # type: ignore[union-attr]
    monkeypatch.setattr(rest_client, "ABSENT", 1)
    with pytest.raises(NoController):
        next(following)


def test_adaptation_and_settings(ran: Ran, rest: Served) -> None:
    assert ran("adaptation").stdout == "on\n"
    assert ran("adaptation", "off").stdout == "off\n"
    assert rest.controller.setting_records["adapt.paused"] == "true"
    assert json.loads(ran("adaptation", "on", "--json").stdout) == {"name": "adapt.paused", "value": "false"}
    assert ran("settings").stdout.splitlines()[1].split() == ["adapt.moves_per_minute", "10"]
    assert ran("settings", "adapt.moves", "20").stdout.splitlines()[1].split() == ["adapt.moves_per_minute", "20"]
    assert json.loads(ran("settings", "adapt.paused", "--json").stdout)["value"] == "false"
    with pytest.raises(ConfigError, match="is true or false"):
        ran("settings", "adapt.paused", "maybe")
    with pytest.raises(UnknownSetting, match="there is no setting"):
        ran("settings", "nothing")


@pytest.mark.parametrize(
    "command",
    [
        ["explain", "a"],
        ["plan", "drain", "a"],
        ["cordon", "a"],
        ["uncordon", "a"],
        ["drain", "a"],
        ["objective", "a"],
        ["update", "a", "b"],
        ["rollouts"],
        ["modules"],
        ["rollback", "a"],
        ["events"],
        ["events", "-f"],
        ["adaptation"],
        ["settings"],
    ],
)
def test_without_a_controller_a_command_says_what_to_do(command: list[str], unused_port: int) -> None:
    with pytest.raises(NoController, match=f"no controller answers at http://127.0.0.1:{unused_port}") as raised:
        run(*command, "--controller", f"127.0.0.1:{unused_port}")
    assert raised.value.hint is not None
    assert "`sojourn up`" in raised.value.hint


@pytest.mark.parametrize(
    "address", ["", "nowhere", "ftp://a:1", "127.0.0.1:x", "http://127.0.0.1:80/path", "http://[::1"]
)
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(ConfigError, match="is not an address of a controller"):
        RestClient(address)


def test_what_is_no_controller_is_said(realm: FakeRealm) -> None:
    import socket  # noqa: PLC0415 -- needed here alone
    import threading  # noqa: PLC0415 -- the same

    del realm
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for said in (b"220 mail.example ESMTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(said)
                    connection.recv(65536)

        thread = threading.Thread(target=answer)
        thread.start()
        for _ in range(2):
            with pytest.raises(ControllerError, match="is no controller, or one of another version"):
                run("settings", "--controller", f"127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def test_who_leads_is_asked(rest: Served) -> None:
    rest.controller.leads = False
    with pytest.raises(NotLeader) as raised:
        RestClient(rest.address)._asked("PUT", "/v1/nodes/node-1/cordon", None, {}, NodeRecord)
    assert raised.value.leader == "http://127.0.0.1:7481"
    with served() as leading:
        rest.controller.leader = f"http://{leading.address}"
        run("cordon", "node-1", "--controller", rest.address)
        assert leading.controller.node_records["node-1"].cordoned
        # Whoever began in secret does not go on in clear text.
        client = RestClient(rest.address)
        client._place = client._place._replace(scheme="https")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(client, "_connection", RestClient(rest.address)._connection)
            with pytest.raises(NotLeader):
                client.ask("PUT", "/v1/nodes/node-2/cordon", NodeRecord)


def test_tokens_are_made_shown_and_revoked(ran: Ran, tmp_path: Path) -> None:
    made = ran("token", "new", "--scope", "read", "--scope", "nodes", "--expires", "30d", "--note", "me", "--json")
    told = json.loads(made.stdout)
    file = TokenFile(tmp_path / "sojourn" / "local" / "tokens.json")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert told["token"] not in file.path.read_text()
    assert file.scopes_of(told["token"]) == (told["id"], frozenset({Scope.READ, Scope.NODES}))
    listed = ran("token", "list").stdout.splitlines()
    assert listed[1].split()[:3] == [told["id"], "read", "nodes"]
    plain = ran("token", "new", "--scope", "admin")
    assert plain.stdout.startswith("sojourn_")
    assert "its hash is in" in plain.stderr
    assert ran("token", "revoke", told["id"]).stderr == f"revoked: {told['id']}\n"
    assert len(json.loads(ran("token", "list", "--json").stdout)) == 1
    assert ran("token", "new").exit_code == 2
    assert ran("token", "new", "--scope", "everything").exit_code == 2
    assert ran("token", "new", "--scope", "read", "--expires", "soon").exit_code == 2
    assert (lifetime("30d"), lifetime("12h"), lifetime("1.5")) == (30 * 86400, 43200, 1.5)


def test_a_command_shows_its_token() -> None:
    with served(is_open=False) as guarded:
        with pytest.raises(Unauthorized, match="a token is needed") as raised:
            run("events", "--controller", guarded.address)
        assert raised.value.hint is not None
        assert "sojourn token new" in raised.value.hint
        with pytest.raises(OutOfScope, match="lacks the scope nodes"):
            run("cordon", "node-1", "--controller", guarded.address, "--token", "read")
        assert run("events", "--controller", guarded.address, "--token", "read").exit_code == 0


def test_a_token_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOJOURN_CONTROLLER_TOKEN", "sojourn_1_secret")
    assert "secret" not in run("config", "show").stdout
    assert json.loads(run("config", "show", "--json").stdout)["controller.token"]["value"] == "***"


def test_dashboard_prints_where_the_page_is(rest: Served, ran: Ran) -> None:
    assert ran("dashboard").stdout == f"http://{rest.address}/\n"
    told = json.loads(ran("dashboard", "--json", "--token", "read").stdout)
    assert told == {"page": f"http://{rest.address}/#token=read", "open": True, "scopes": ["read"]}


def test_dashboard_opens_a_browser(rest: Served, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(address: str) -> bool:
        opened.append(address)
        return len(opened) == 1

    monkeypatch.setattr("webbrowser.open", browse)
    assert ran("dashboard", "--open").stderr == ""
    assert opened == [f"http://{rest.address}/"]
    assert "no browser" in ran("dashboard", "--open").stderr


def test_dashboard_of_a_controller_without_a_page(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Served, "page", None)
    with served() as bare, pytest.raises(ControllerError, match="serves no page"):
        ran("dashboard", "--controller", bare.address)


def test_dashboard_tells_that_a_token_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with served(is_open=False) as guarded:
        monkeypatch.setenv("SOJOURN_CONTROLLER_ADDRESS", guarded.address)
        assert "the controller asks for a token" in run("dashboard").stderr
        assert "not valid" in run("dashboard", "--token", "nobody").stderr
        assert run("dashboard", "--token", "read").stderr == ""
    with pytest.raises(NoController):
        run("dashboard")


@pytest.mark.parametrize(
    ("controller", "secure", "address"),
    [
        ("127.0.0.1:7480", False, "http://127.0.0.1:7480/"),
        ("0.0.0.0:7480", True, "https://127.0.0.1:7480/"),
        ("https://realm.example:7480", False, "https://realm.example:7480/"),
        ("[::]:7480", False, "http://[::1]:7480/"),
        ("http://[fe80::1]:7480", False, "http://[fe80::1]:7480/"),
    ],
)
def test_a_page_has_an_address_that_a_browser_takes(controller: str, address: str, *, secure: bool) -> None:
    assert page_address(controller, secure=secure) == address
    assert page_address(controller, secure=secure, token="a b#c") == f"{address}#token=a%20b%23c"  # noqa: S106 -- none
