"""Commands that talk to a realm, over one that the test answers for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import sojourn
from sojourn.cli import main
from sojourn.cli.application import application
from sojourn.cli.realm import atom_names, node_names
from sojourn.model import wire
from sojourn.model.errors import NodeError, StorageError
from sojourn.model.node_errors import Pinned, UnknownAlias, UnknownAtom, Unreachable
from tests.unit.fake_realm import MODULE, FakeRealm, atom_row, image_row, move_row, name_row

Ran = Callable[..., Result]


@pytest.fixture
def ran(realm: FakeRealm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command in a folder of the test's own; errors of the tree come out as they are."""
    monkeypatch.chdir(tmp_path)
    realm.atoms["lua-abc123"] = atom_row("lua-abc123", stdout_bytes=5)

    def run(*arguments: str, **options: str | bytes) -> Result:
        result = CliRunner().invoke(application, list(arguments), **options)  # type: ignore[arg-type]
        if isinstance(result.exception, NodeError):
            raise result.exception
        return result

    return run


def test_start_prints_the_name_alone(ran: Ran, realm: FakeRealm, tmp_path: Path) -> None:
    (tmp_path / "lua.wasm").write_bytes(MODULE)
    (tmp_path / "data" / "in").mkdir(parents=True)
    (tmp_path / "data" / "in" / "a").write_bytes(b"x")
    options = ["--memory-dir", "data::/data", "--dir", ".::/here", "--env", "A=b", "--stdin", "-", "--engine", "wasmi"]
    options += ["--listen", "127.0.0.1:80", "--images-every", "2s", "--on", "node-2", "--name", "mine"]
    result = ran("start", *options, "lua.wasm", "--flag", "-x", input=b"typed")
    assert (result.exit_code, result.stdout) == (0, "mine-abc123\n")
    assert result.stderr == "listening on 127.0.0.1:80\n"
    request, to = realm.asked[-1]
    assert isinstance(request, wire.StartRequest)
    assert to == "node-2"
    assert request.arguments == ("lua.wasm", "--flag", "-x")
    assert request.mounts == (
        wire.Mount("/here", str(tmp_path), ()),
        wire.Mount("/data", None, (wire.File("in/a", b"x"),)),
    )
    assert (request.stdin, request.engine, request.images_every_ms) == (b"typed", "wasmi", 2000)


def test_ps_and_nodes_are_tables_and_json(ran: Ran, realm: FakeRealm) -> None:
    realm.atoms["done-1"] = atom_row("done-1", state=wire.AtomState.ENDED, status=3)
    table = ran("ps").stdout.splitlines()
    assert table[0].split()[:3] == ["atom", "node", "state"]
    assert [line.split()[:3] for line in table[1:]] == [
        ["done-1", "node-1", "ended"],
        ["lua-abc123", "node-1", "running"],
    ]
    assert table[1].rstrip().endswith("3")
    rows = json.loads(ran("ps", "--json").stdout)
    assert (rows[0]["atom"], rows[0]["state"], rows[0]["status"]) == ("done-1", "ended", 3)
    assert rows[0]["module"] == "01" * 32
    assert "node-2" in ran("nodes").stdout
    assert [row["name"] for row in json.loads(ran("nodes", "--json").stdout)] == ["node-1", "node-2"]


def test_ps_tells_who_waits_and_who_rests(ran: Ran, realm: FakeRealm) -> None:
    realm.atoms["lamp"] = atom_row("lamp", waiting=3, reactive=True, resting=True)
    realm.atoms["works"] = atom_row("works", waiting=0, reactive=False, resting=False)
    lines = {line.split()[0]: line.split() for line in ran("ps").stdout.splitlines()}
    columns = lines["atom"]
    assert (lines["lamp"][2:4], lines["works"][2:4]) == (["resting", "reactive"], ["running", "daemon"])
    assert columns.index("waiting") == columns.index("moves") + 1
    assert "3" in lines["lamp"]
    rows = json.loads(ran("ps", "--json").stdout)
    assert [row["waiting"] for row in rows] == [3, None, 0]


def test_no_atoms_is_said_on_stderr(ran: Ran, realm: FakeRealm) -> None:
    realm.atoms.clear()
    result = ran("ps")
    assert (result.stdout, result.stderr) == ("", "no atoms; `sojourn start FILE.wasm` starts one\n")
    assert ran("ps", "--json").stdout == "[]\n"


def test_logs_are_the_bytes(ran: Ran, realm: FakeRealm) -> None:
    realm.output = b"\xff\x00ab\n"
    assert ran("logs", "lua").stdout_bytes == b"\xff\x00ab\n"
    assert ran("logs", "-f", "--offset", "2", "lua-abc123").stdout_bytes == b"ab\n"
    assert json.loads(ran("logs", "--json", "--offset", "2", "lua").stdout) == {"text": "ab\n", "bytes": 3}


def test_migrate_tells_what_it_cost(ran: Ran, realm: FakeRealm) -> None:
    result = ran("migrate", "lua", "node-2", "--cause", "sun")
    assert result.stdout == ("lua-abc123: node-1 -> node-2, downtime 4.0 ms, total 40.0 ms, 3 rounds, 2.0 MiB\n")
    assert result.stderr == ""
    assert json.loads(ran("migrate", "--json", "lua", "node-1").stdout)["downtime_ns"] == 4_000_000
    moves = json.loads(ran("moves", "--json").stdout)
    assert [(move["source"], move["target"], move["cause"]) for move in moves] == [
        ("node-1", "node-2", "sun"),
        ("node-2", "node-1", "asked for"),
    ]
    assert "sun" in ran("moves", "lua").stdout
    assert realm.closed.is_set()


def test_a_refused_move_is_an_error_with_its_reason(ran: Ran, realm: FakeRealm) -> None:
    move = move_row("lua-abc123", wire.MoveState.FAILED, code=6, text="lua-abc123 has /tmp open")
    realm.answers[wire.MoveStateRequest] = lambda *_: wire.MoveRowsResponse((move,))
    with pytest.raises(Pinned, match="has /tmp open"):
        ran("migrate", "lua", "node-2")


def test_stop_checkpoint_images_restore(ran: Ran, realm: FakeRealm) -> None:
    rows = json.loads(ran("checkpoint", "lua", "--json").stdout)
    assert [row["node"] for row in rows] == ["node-1", "node-2"]
    result = ran("stop", "lua")
    assert (result.stdout, result.stderr) == ("", "stopped: lua-abc123\nhint: sojourn restore lua-abc123\n")
    assert "asked for" in ran("images", "lua").stdout
    # An atom that nobody knows any more is known by its images.
    realm.atoms.clear()
    assert ran("restore", "lua", "--image", "1", "--keeper", "node-2", "--on", "node-1").stdout == "lua-abc123\n"
    assert (wire.RestoreRequest("lua-abc123", 1, "node-2", "node-1"), None) in realm.asked
    with pytest.raises(NodeError, match="more than one node has an image 1"):
        ran("restore", "lua", "--image", "1")
    with pytest.raises(NodeError, match="there is no image 9"):
        ran("restore", "lua", "--image", "9")


def test_stop_can_discard(ran: Ran, realm: FakeRealm) -> None:
    assert ran("stop", "--discard", "lua").stderr == "stopped: lua-abc123\n"
    assert (wire.StopRequest("lua-abc123", keep=False), None) in realm.asked


@pytest.mark.parametrize(("fields", "status"), [({"status": 3}, 3), ({"reason": "unreachable"}, 134)])
def test_wait_ends_with_the_atoms_status(ran: Ran, realm: FakeRealm, fields: dict[str, Any], status: int) -> None:
    realm.atoms["lua-abc123"] = atom_row("lua-abc123", state=wire.AtomState.ENDED, **fields)
    assert ran("wait", "lua").exit_code == status
    assert json.loads(ran("wait", "--json", "lua").stdout)["atom"] == "lua-abc123"


def test_top_once_shows_all_three(ran: Ran, realm: FakeRealm) -> None:
    realm.moves.append(move_row("lua-abc123", wire.MoveState.DONE))
    shown = ran("top", "--once").stdout
    assert all(part in shown for part in ("node-2", "lua-abc123", "downtime", "4.0 ms"))
    assert set(json.loads(ran("top", "--json").stdout)) == {"nodes", "atoms", "moves"}


def test_inspect_takes_an_atom_where_there_is_no_file(
    ran: Ran, realm: FakeRealm, guest: Callable[[str], sojourn.Module]
) -> None:
    key = b"\x05" * 32
    realm.contents[key] = sojourn.start(guest("spin")).stop().to_bytes()
    realm.answers[wire.SnapshotRequest] = lambda *_: wire.FetchedResponse(key, 1)
    assert "spin" in ran("inspect", "lua").stdout
    result = ran("inspect", "nobody")
    assert "there is no file nobody, and there is no atom 'nobody'" in str(result.exception)


def test_images_of_one_atom(ran: Ran, realm: FakeRealm) -> None:
    realm.images = [image_row(1, "lua-abc123"), image_row(2, "sqlite-1")]
    assert [row["id"] for row in json.loads(ran("images", "sqlite", "--json").stdout)] == [2]
    assert len(json.loads(ran("images", "--json").stdout)) == 2


def test_an_unknown_atom_is_named(ran: Ran) -> None:
    with pytest.raises(UnknownAtom, match="no atom 'lau-abc123'") as raised:
        ran("stop", "lau-abc123")
    assert raised.value.hint == "did you mean lua-abc123?"


def test_nobody_at_the_address_is_one_line_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unused_port: int
) -> None:
    monkeypatch.setattr("sys.argv", ["sojourn", "ps", "--address", f"127.0.0.1:{unused_port}"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"error: no node answers at tcp/127.0.0.1:{unused_port}"
    assert "`sojourn up`" in lines[1]
    assert len(lines) == 2


def test_a_flag_reaches_the_client(ran: Ran, realm: FakeRealm) -> None:
    ran("ps", "--address", "10.0.0.5", "--realm", "other", "--timeout", "2s")
    assert realm.opened[-1]["node.join"] == ["tcp/10.0.0.5:7447"]
    assert (realm.opened[-1]["realm.name"], realm.opened[-1]["client.timeout"]) == ("other", "2000ms")


def test_a_wrong_flag_is_a_usage_error(ran: Ran) -> None:
    result = ran("ps", "--timeout", "soon")
    assert result.exit_code == 2
    assert "--timeout" in result.stderr


def test_a_node_that_goes_away_is_an_error(ran: Ran, realm: FakeRealm) -> None:
    realm.answers[wire.AtomsRequest] = lambda *_: wire.FailedResponse(13, "node-1 does not answer", None)
    with pytest.raises(Unreachable) as raised:
        ran("ps")
    assert not raised.value.definite


def test_config_show_tells_where_values_come_from(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "sojourn.toml").write_text('[node]\nname = "mine"\n')
    shown = json.loads(ran("config", "show", "--json", "--slice-ms", "5").stdout)
    assert shown["node.name"] == {"value": "mine", "from": f"{tmp_path / 'sojourn.toml'}:2"}
    assert shown["node.slice_ms"] == {"value": 5, "from": "flag --slice-ms"}
    assert shown["realm.name"] == {"value": "local", "from": "default"}
    assert f"{tmp_path / 'sojourn.toml'}:2" in ran("config", "show").stdout


def test_a_shell_is_offered_names(realm: FakeRealm, monkeypatch: pytest.MonkeyPatch) -> None:
    realm.atoms = {name: atom_row(name) for name in ("lua-1", "lua-2", "node-1/lua-3")}
    assert atom_names("lua") == ["lua-1", "lua-2", "lua-3"]
    assert atom_names("node-1/") == ["node-1/lua-3"]
    assert node_names("") == ["node-1", "node-2"]
    monkeypatch.setattr("sojourn.app.connection.accepts", lambda _address: False)
    assert node_names("") == []


def test_names_tells_who_is_called_so_and_where_it_is(ran: Ran, realm: FakeRealm) -> None:
    realm.names = [name_row("node-1/oil", "node-2", ("topic", "prices"), ("zone", "a b")), name_row("node-1/tin", "x")]
    lines = ran("names").stdout.splitlines()
    assert lines[0].split() == ["name", "node", "aliases"]
    assert lines[1].split() == ["node-1/oil", "node-2", "topic:prices", "zone:a", "b"]
    assert lines[2].split() == ["node-1/tin", "x"]
    found = json.loads(ran("names", "pri.*", "--scope", "topic", "--json").stdout)
    aliases = [{"scope": "topic", "alias": "prices"}, {"scope": "zone", "alias": "a b"}]
    assert found == [{"atom": "node-1/oil", "node": "node-2", "aliases": aliases}]
    with pytest.raises(UnknownAlias, match=r"no atom has a name that fits 'zinc\.\*'"):
        ran("names", "zinc.*")
    realm.names = []
    with pytest.raises(UnknownAlias, match=r"no atom has an alias zone:\.\*"):
        ran("names", "--scope", "zone")
    assert "no atoms" in ran("names").stderr


def test_of_several_that_are_called_so_a_command_says_which_it_takes(ran: Ran, realm: FakeRealm) -> None:
    for name, node in [("node-1/x", "node-2"), ("node-2/x", "node-1")]:
        realm.atoms[name] = atom_row(name, node)
    result = ran("stop", "x")
    assert "x is node-2/x here, the nearest; there is also node-1/x" in result.stderr
    assert "stopped: node-2/x" in result.stderr


def test_inspect_takes_a_global_name_for_an_atom(ran: Ran) -> None:
    result = ran("inspect", "node-1/nobody")
    assert isinstance(result.exception, StorageError)
    assert "there is no atom 'node-1/nobody'" in str(result.exception)


def test_forget_lets_an_atoms_name_free(ran: Ran, realm: FakeRealm) -> None:
    result = ran("forget", "lua")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "forgotten: lua-abc123\n")
    assert realm.atoms == {}
    realm.atoms["node-1/x"] = atom_row("node-1/x", state=wire.AtomState.ENDED)
    assert json.loads(ran("forget", "x", "--json").stdout) == {"atom": "node-1/x"}
