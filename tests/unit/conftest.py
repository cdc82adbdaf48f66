"""A realm that the tests answer for."""

import socket

import pytest

from sojourn import _core
from sojourn.app import connection
from tests.unit.fake_realm import FakeRealm


@pytest.fixture
def realm(monkeypatch: pytest.MonkeyPatch) -> FakeRealm:
    """Whoever opens a node in this process talks to this realm."""
    fake = FakeRealm()
    monkeypatch.setattr(_core, "node_open", fake.node_open, raising=False)
    monkeypatch.setattr(connection, "accepts", lambda _address: True)
    for name in ("SOJOURN_CLIENT_ADDRESS", "SOJOURN_REALM_NAME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return fake


@pytest.fixture
def unused_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
