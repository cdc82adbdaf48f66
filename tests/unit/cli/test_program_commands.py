"""`sojourn program`, over a real server with a controller in memory."""

import json
from pathlib import Path

import pytest

from sojourn.model.errors import ConfigError, Declined, UnknownModule, UnknownProgram
from tests.unit.cli.test_controller_commands import Ran, ran, rest
from tests.unit.fake_controller import LUA

__all__ = ["ran", "rest"]

CHESS = {"description": "two players", "parts": [{"part": "board", "module": LUA}]}


@pytest.fixture
def chess(tmp_path: Path) -> str:
    path = tmp_path / "chess.json"
    path.write_text(json.dumps(CHESS))
    return str(path)


def test_a_program_is_put_started_stopped_and_removed(ran: Ran, chess: str) -> None:
    assert "chess is stopped: two players" in ran("program", "put", "chess", chess).stdout
    assert "chess is running" in ran("program", "start", "chess").stdout
    assert "board" in ran("program", "show", "chess").stdout
    assert "chess" in ran("program", "list").stdout
    with pytest.raises(Declined, match="at work"):
        ran("program", "remove", "chess")
    assert "chess is stopped" in ran("program", "stop", "chess", "--discard").stdout
    assert ran("program", "remove", "chess").stdout == "chess is removed\n"
    assert "sojourn program put" in ran("program", "list").stderr


def test_programs_as_json(ran: Ran, chess: str) -> None:
    ran("program", "put", "chess", chess)
    assert json.loads(ran("program", "show", "chess", "--json").stdout)["parts"][0]["part"] == "board"
    assert [each["name"] for each in json.loads(ran("program", "list", "--json").stdout)] == ["chess"]


def test_what_is_wrong_is_told(ran: Ran, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{")
    with pytest.raises(ConfigError, match=r"wrong\.json is not JSON"):
        ran("program", "put", "chess", str(wrong))
    wrong.write_text(json.dumps({"parts": [{"part": "a", "module": "00" * 32}]}))
    with pytest.raises(UnknownModule):
        ran("program", "put", "chess", str(wrong))
    with pytest.raises(UnknownProgram):
        ran("program", "start", "chess")
