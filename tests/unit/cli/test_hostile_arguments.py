"""Whatever the controller's commands are given, they end in order: with an answer, or an error of ours."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sojourn.cli.application import application
from sojourn.model.errors import SojournError
from tests.unit.cli.rest import Served, served

WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["lua", "node-1", "node-1/lua", "", "-1", "9" * 400, "../../etc", "a?b=c&d#e", "%00", "é"]),
    # As Python has what a shell gave that is no UTF-8.
    st.just("a\udcff"),
)
COMMANDS = [
    ("explain",),
    ("plan", "drain"),
    ("plan", "lose"),
    ("plan", "start", "--objective"),
    ("plan", "start", "--cores"),
    ("plan", "start", "--memory-bytes"),
    ("plan", "change", "lua", "--require"),
    ("cordon",),
    ("uncordon",),
    ("drain",),
    ("objective", "lua"),
    ("objective",),
    ("objective", "lua", "--policy"),
    ("update", "lua"),
    ("update",),
    ("rollouts",),
    ("rollback",),
    ("rollback", "lua"),
    ("rollback", "lua", "--on"),
    ("events", "--kind"),
    ("events", "--subject"),
    ("events", "--after"),
    ("settings",),
    ("settings", "adapt.paused"),
    ("token", "revoke"),
]


@pytest.fixture(scope="module")
def rest() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """A folder of the test's own, where files of such names are not."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("own")
        patch.chdir(folder)
        patch.setenv("XDG_DATA_HOME", str(folder))
        yield patch


@settings(
    max_examples=100,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(command=st.sampled_from(COMMANDS), words=st.lists(WORDS, max_size=3))
def test_a_command_ends_in_order(
    rest: Served, own: pytest.MonkeyPatch, command: tuple[str, ...], words: list[str]
) -> None:
    own.setenv("SOJOURN_CONTROLLER_ADDRESS", rest.address)
    result = CliRunner().invoke(application, [*command, *words])
    good = result.exception is None or isinstance(result.exception, SojournError | SystemExit)
    assert good, (command, words, repr(result.exception))
    assert result.exit_code in {0, 1, 2}


@settings(max_examples=100, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.one_of(st.binary(max_size=400), st.just(b"[" * 10_000)), status=st.sampled_from([200, 404, 500]))
def test_whatever_answers_is_an_error_of_the_tree(content: bytes, status: int) -> None:
    from sojourn.app.rest_client import RestClient  # noqa: PLC0415 -- as commands do
    from sojourn.gateway.http.answer import Health  # noqa: PLC0415 -- the same

    class Answer:
        """What an answer is to the client."""

        def __init__(self) -> None:
            self.status = status

        def read(self, most: int) -> bytes:
            return content[:most]

    class Connection:
        """A connection that answers so."""

        def connect(self) -> None: ...

        def request(self, *arguments: object, **more: object) -> None: ...

        def getresponse(self) -> Answer:
            return Answer()

        def close(self) -> None: ...

    client = RestClient("127.0.0.1:1")
    client._connection = lambda _: Connection()  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(SojournError):
        client.ask("GET", "/v1/health", Health)
