"""Where values of the configuration come from."""

from pathlib import Path

import pytest

from sojourn.app.config.complete import complete
from sojourn.app.config.resolve import Settings, resolve, values
from sojourn.app.config.secret import without_password
from sojourn.model.config import Value
from sojourn.model.config_keys import KEYS
from sojourn.model.errors import ConfigError, StorageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the user's own file is."""
    (tmp_path / "home" / "sojourn").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where the command runs."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def told(settings: Settings, name: str) -> tuple[object, str]:
    return settings[name].value, settings[name].source


def test_every_key_has_a_default() -> None:
    settings = resolve({}, {}, Path("/"))
    assert list(settings) == [key.name for key in KEYS]
    assert {setting.source for setting in settings.values()} == {"default"}
    assert settings["client.timeout"].value == 10_000
    assert settings["node.memory_bytes"].value == 2**30
    assert settings["client.address"].value == "tcp/127.0.0.1:7447"
    assert settings["node.name"].value is None


def test_flag_over_variable_over_file_over_default(home: Path, here: Path) -> None:
    mine, its = home / "sojourn" / "config.toml", here / "sojourn.toml"
    environment = {"XDG_CONFIG_HOME": str(home)}
    name = "node.slice_ms"
    assert told(resolve({}, environment, here), name) == (10, "default")
    mine.write_text("# mine\n[node]\nslice_ms = 1\n")
    assert told(resolve({}, environment, here), name) == (1, f"{mine}:3")
    its.write_text("node.slice_ms = 2\n")
    assert told(resolve({}, environment, here), name) == (2, f"{its}:1")
    environment["SOJOURN_NODE_SLICE_MS"] = "3"
    assert told(resolve({}, environment, here), name) == (3, "variable SOJOURN_NODE_SLICE_MS")
    assert told(resolve({name: "4"}, environment, here), name) == (4, "flag --slice-ms")
    # A flag that is not given says nothing.
    assert told(resolve({name: None}, environment, here), name) == (3, "variable SOJOURN_NODE_SLICE_MS")


def test_a_file_that_is_named_is_the_only_one(home: Path, here: Path) -> None:
    (here / "sojourn.toml").write_text("node.slice_ms = 2")
    named = here / "other.toml"
    named.write_text('[realm]\nname = "other"\n')
    settings = resolve({}, {"XDG_CONFIG_HOME": str(home)}, here, named)
    assert (settings["node.slice_ms"].value, settings["realm.name"].value) == (10, "other")


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ("[node]\nnaem = 'a'", "sojourn.toml:2: there is no key node.naem", "did you mean node.name?"),
        ("colour = 'a'", "sojourn.toml:1: there is no key colour", "`sojourn config show` lists all keys"),
        (
            "[node]\nworkers = 'many'",
            "sojourn.toml:2: node.workers is to be a whole number from 0 on, not 'many'",
            None,
        ),
        ("[node]\nworkers = true", "node.workers is to be a whole number", None),
        ("[node]\nworkers = -1", "node.workers is to be a whole number", None),
        ("[node]\nname = 3", "node.name is to be text, not 3", None),
        ("[node]\nrouter = 'maybe'", "node.router is to be true or false, not 'maybe'", None),
        ("[node]\njoin = ['a b']", "node.join is to be a list of addresses", None),
        ("[client]\naddress = 'a:99999'", "client.address is to be an address such as tcp/127.0.0.1:7447", None),
        ("[client]\ntimeout = 'soon'", "client.timeout is to be a duration such as 500ms, 10s or 2m, not 'soon'", None),
        ("[client]\ntimeout = inf", "client.timeout is to be a duration", None),
        ("[images]\nmax_bytes = '1 potato'", "images.max_bytes is to be a number of bytes", None),
        ("[node", "sojourn.toml is not TOML", None),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(here: Path, text: str, error: str, hint: str | None) -> None:
    (here / "sojourn.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        resolve({}, {"HOME": str(here)}, here)
    assert error in str(raised.value)
    assert raised.value.hint == hint


def test_a_variable_that_is_like_a_key_is_a_slip(here: Path) -> None:
    with pytest.raises(ConfigError, match="variable SOJOURN_NODE_NAEM: there is no such key") as raised:
        resolve({}, {"SOJOURN_NODE_NAEM": "a"}, here)
    assert raised.value.hint == "did you mean SOJOURN_NODE_NAME?"


def test_a_variable_that_is_like_none_is_somebody_elses(here: Path) -> None:
    assert resolve({}, {"SOJOURN_CACHE": "/x", "SOJOURN_SOAK": "1", "SOJOURN_OF_MINE": "a"}, here)


def test_a_file_that_cannot_be_read_is_named(here: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot read .*none\.toml: No such file"):
        resolve({}, {}, here, here / "none.toml")


@pytest.mark.parametrize(
    ("key", "said", "value"),
    [
        ("client.address", "10.0.0.5", "tcp/10.0.0.5:7447"),
        ("client.address", "example.org:80", "tcp/example.org:80"),
        ("client.address", "quic/[::1]:1", "quic/[::1]:1"),
        ("node.join", ["a,b:1", "tls/c"], ("tcp/a:7447", "tcp/b:1", "tls/c:7447")),
        ("node.memory_bytes", "64 MiB", 64 << 20),
        ("node.memory_bytes", "2GB", 2_000_000_000),
        ("images.every", "2m", 120_000),
        ("images.every", "0.5", 500),
        ("node.discover", "ON", True),
        ("node.name", "", None),
    ],
)
def test_what_a_flag_says_becomes_a_value(here: Path, key: str, said: str | list[str], value: object) -> None:
    assert resolve({key: said}, {}, here)[key].value == value


def test_paths_are_told_from_where_they_were_written(here: Path, tmp_path: Path) -> None:
    named = tmp_path / "other.toml"
    named.write_text("[realm]\nkey_file = 'key'\n")
    assert resolve({}, {}, here, named)["realm.key_file"].value == str(tmp_path / "key")
    assert resolve({"realm.key_file": "key"}, {}, here)["realm.key_file"].value == str(here / "key")


@pytest.mark.parametrize(
    ("join", "listen"),
    [
        ((), ("tcp/127.0.0.1:7447",)),
        (("tcp/127.0.0.1:7447", "tcp/localhost:1", "tcp/[::1]:2"), ("tcp/127.0.0.1:0",)),
        (("tcp/127.0.0.1:7447", "tcp/10.0.0.5:7447"), ("tcp/0.0.0.0:0",)),
        (("tcp/example.org:7447",), ("tcp/0.0.0.0:0",)),
    ],
)
def test_a_node_listens_where_those_that_it_joins_reach_it(
    here: Path, join: tuple[str, ...], listen: tuple[str, ...]
) -> None:
    known = values(resolve({"node.join": join, "node.name": "me"}, {}, here))
    whole = complete(known, {"XDG_DATA_HOME": "/data"})
    assert whole["node.listen"] == listen
    assert whole["node.folder"] == "/data/sojourn/local/me"


def test_a_node_is_not_told_what_is_the_controllers() -> None:
    settings = resolve({"controller.store": "postgresql://u:secret@h/d"}, {}, Path("/"))
    assert not [key for key in complete(values(settings), {}) if key.startswith("controller.")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://u:secret@h:1/d", "postgresql://u:***@h:1/d"),
        ("postgresql://u:se@cr/et@h/d?x=1", "postgresql://u:***@h/d?x=1"),
        (
            "postgresql://h/d?user=u&password=secret&sslpassword=secret",
            "postgresql://h/d?user=u&password=***&sslpassword=***",
        ),
        ("postgresql://u@h:1/d", "postgresql://u@h:1/d"),
        ("http://h:4318", "http://h:4318"),
        ("tcp/127.0.0.1:7447", "tcp/127.0.0.1:7447"),
        (("a", "b"), ("a", "b")),
        (7, 7),
        (None, None),
    ],
)
def test_passwords_are_not_shown(value: Value, shown: Value) -> None:
    assert without_password(value) == shown
