"""Addresses of stores, and what a server that cannot be used is told as."""

import contextlib
import re
import socket
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from sojourn.model.errors import NotLeader, StorageError
from sojourn.store import limit
from sojourn.store.open import open_store
from sojourn.store.postgres_line import check_version
from sojourn.store.sqlite import SqliteStore
from tests.e2e.postgres import HOST, PASSWORD, Server, serve
from tests.unit.store.values import atom, event


def told(address: str) -> StorageError:
    """The error of an address."""
    with pytest.raises(StorageError) as caught:
        open_store(address)
    error = caught.value
    shown = f"{error} {error.hint} {error.__cause__ or ''} {'' if error.__suppress_context__ else error.__context__}"
    assert "secret" not in shown
    assert PASSWORD not in shown
    assert quote(PASSWORD, safe="") not in shown
    return error


@pytest.mark.parametrize("scheme", ["", "sqlite:"])
def test_a_path_is_a_file(tmp_path: Path, scheme: str) -> None:
    with contextlib.closing(open_store(f"{scheme}{tmp_path}/deep/er/x y.sqlite")) as store:
        assert isinstance(store, SqliteStore)
        assert store.lead() == 1
        assert re.fullmatch(r"process \d+ on .+", store.leader() or "")
    assert (tmp_path / "deep" / "er" / "x y.sqlite").is_file()


def test_another_name_of_a_file_is_the_same_store(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "x.sqlite")
    with (
        contextlib.closing(open_store(str(tmp_path / "x.sqlite"))) as one,
        contextlib.closing(open_store(str(tmp_path / "link"))) as other,
    ):
        assert one.lead() == 1
        assert other.lead() is None


@pytest.mark.parametrize("address", ["", "sqlite:", "a\0b", "mysql://u:secret@h/d", "http://h"])
def test_what_is_no_address_is_told(address: str) -> None:
    assert told(address).hint == "sqlite:PATH, a path, or postgresql://USER@HOST:PORT/DATABASE"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:secret@h:port/d",
        "postgresql://u:x@secret@h/d",
        "postgresql://u:x/secret@h/d",
        "postgresql://u:1/secret@h/d",
        "postgresql://u:secret@[::1/d",
        "postgresql://u@h/d?nonsense=secret",
        "postgresql://u:%zzsecret@h/d",
    ],
)
def test_a_password_that_came_apart_is_not_shown(address: str) -> None:
    assert "no address of PostgreSQL" in str(told(address))


def test_without_psycopg_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("psycopg", "sojourn.store.postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = told("postgresql://u:secret@h/d")
    assert "needs the package psycopg" in str(error)
    assert error.hint == "pip install 'sojourn[postgres]'"


def test_no_server(unused: int) -> None:
    error = told(f"postgresql://u:secret@{HOST}:{unused}/d")
    assert f"the store postgresql://u@{HOST}:{unused}/d cannot be reached: " in str(error)
    assert error.hint == "is the server up?"


@pytest.fixture
def unused() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("password", ["secret", "x?secret", "x:secret", "x%20secret"])
def test_no_host(password: str) -> None:
    error = told(f"postgresql://u:{password}@nowhere.invalid/d")
    assert error.hint == "check the host's name"


def test_a_wrong_password(postgres: Server) -> None:
    error = told(postgres.address(password="a secret"))  # noqa: S106 -- the wrong one
    assert "password authentication failed" in str(error)
    assert "check the password" in str(error.hint)


def test_no_database(postgres: Server) -> None:
    error = told(postgres.address(database="nothing"))
    assert 'database "nothing" does not exist' in str(error)
    assert "createdb" in str(error.hint)


def test_a_user_who_may_not(postgres: Server) -> None:
    with contextlib.suppress(Exception):
        postgres.run("CREATE ROLE guest LOGIN PASSWORD 'secret'")
    error = told(postgres.address(user="guest", password="secret"))  # noqa: S106 -- of the test's own server
    assert "refuses this user what it needs" in str(error)


def test_a_server_that_takes_no_writes(postgres: Server) -> None:
    address = postgres.schema()
    options = "%20-cdefault_transaction_read_only%3Don"
    error = told(address + options)
    assert "takes no writes" in str(error)


def test_an_old_server_is_refused() -> None:
    check_version(150_000, "here")
    with pytest.raises(StorageError, match="the store here is PostgreSQL 14") as caught:
        check_version(140_012, "here")
    assert caught.value.hint == "version 15 or later is needed"


def test_schemas_have_leaders_of_their_own(postgres: Server) -> None:
    with (
        contextlib.closing(open_store(postgres.schema(), "one")) as one,
        contextlib.closing(open_store(postgres.schema(), "two")) as two,
    ):
        assert (one.lead(), two.lead()) == (1, 1)
        assert (one.leader(), two.leader()) == ("one", "two")
        one.apply(1, [atom(1)])
        assert list(two.records("atom")) == []


def test_a_server_that_crashes_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was acknowledged is there; reads go on; the leader leads on or is told that it does not."""
    for server in serve():
        address = server.schema()
        with contextlib.closing(open_store(address, "first")) as store:
            term = store.lead()
            assert term == 1
            store.apply(term, [atom(1), event(1)])
            server.kill()
            server.start()
            assert len(list(store.records("atom"))) == 1
            assert store.apply(term, [atom(2), event(2)])[0].number == 2
            server.kill()
            monkeypatch.setattr(limit, "RECONNECT_S", 0.3)
            with pytest.raises(StorageError, match="cannot be reached"):
                store.events(0, 1)
            with pytest.raises(NotLeader, match="lost the lead"):
                store.apply(term, [atom(3), event(3)])
            with pytest.raises(StorageError, match="cannot be reached"):
                store.lead()
            server.start()
            assert store.lead() == 2
            assert [each.number for each in store.events(0, 10)] == [1, 2]
