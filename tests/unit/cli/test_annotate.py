"""`sojourn annotate`, and what `sojourn inspect` says of modules."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sojourn.cli.application import application
from sojourn.core.module import binary_of
from sojourn.model.errors import InvalidAnnotation

WASM = binary_of(b'(module (func (export "_start") (loop (br_if 0 (i32.const 0)))))')


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "plain.wasm"
    path.write_bytes(WASM)
    return path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(application, [str(argument) for argument in arguments])
    if isinstance(result.exception, InvalidAnnotation):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_foreign_module_gets_an_annotation_that_is_shown(module: Path) -> None:
    assert run("annotate", module)[1] == ""
    assert run("annotate", module, "--set", "name=clock", "--set", "checkpoint=5s") == (0, "", "")
    assert run("annotate", module) == (0, "name=clock\ncheckpoint=5s\n", "")
    assert json.loads(run("annotate", module, "--json")[1]) == {
        "annotation": [{"key": "name", "value": "clock"}, {"key": "checkpoint", "value": "5s"}]
    }
    assert run("annotate", module, "--remove", "name", "--remove", "checkpoint") == (0, "", "")
    assert module.read_bytes() == WASM


def test_another_file_can_be_written(module: Path, tmp_path: Path) -> None:
    assert run("annotate", module, "--set", "name=a", "-o", tmp_path / "b.wasm")[0] == 0
    assert module.read_bytes() == WASM
    assert run("annotate", tmp_path / "b.wasm")[1] == "name=a\n"


def test_what_is_wrong_leaves_the_file_as_it_was(module: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidAnnotation, match="reactive"):
        run("annotate", module, "--set", "kind=reactive")
    assert run("annotate", module, "--set", "name")[0] == 2
    text = tmp_path / "text.wat"
    text.write_text("(module)")
    assert run("annotate", text, "--set", "name=a")[0] == 2
    assert (module.read_bytes(), text.read_text()) == (WASM, "(module)")


def test_inspect_shows_modules(module: Path) -> None:
    run("annotate", module, "--set", "name=clock", "--set", "durable=true")
    status, shown, _ = run("inspect", module)
    assert status == 0
    assert "says      name=clock\n          durable=true\n" in shown
    told = json.loads(run("inspect", module, "--json")[1])
    assert told["annotation"][0] == {"key": "name", "value": "clock"}
    assert (told["sites"] > 0, told["refused"], len(told["module"])) == (True, None, 64)
