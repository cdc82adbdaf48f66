import pytest

from sojourn import SojournError
from sojourn.cli.message import report


def test_an_error_is_one_line_and_its_hint_another(capsys: pytest.CaptureFixture[str]) -> None:
    report(SojournError("it went\n  wrong", "do something\nelse"))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: it went wrong\nhint: do something else\n"


def test_without_a_hint_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    report(SojournError("it went wrong"))
    assert capsys.readouterr().err == "error: it went wrong\n"
