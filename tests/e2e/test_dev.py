"""`sojourn new` and `sojourn dev`: an atom in each language from nothing to its third version."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sojourn.app.project import Language, missing
from tests.e2e.process import Runner, Starter

PATIENCE_S = 100.0
SOURCES: dict[Language, str] = {"c": "atom.c", "rust": "src/lib.rs", "zig": "atom.zig", "as": "atom.ts"}
# A first build may have to install or compile what the language itself is made of.
pytestmark = pytest.mark.timeout(300)

KEPT = """#include "sojourn/sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("keeper");
SJ_REACTIVE;
SJ_LAYOUT("1");

static int count;

SJ_HANDLE
{
    struct sj_message message = {0};
    if (sj_receive(&message, SJ_NOW_ONLY) == SOJOURN_OK && message.call) {
        char text[32];
        count += 1;
        sj_reply(&message, "count", text, (size_t)snprintf(text, sizeof text, "%d", count));
    }
    sj_free(&message);
}
"""


class Working:
    """`sojourn dev` on its way, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._said = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        while part := self.process.stderr.read(4096):
            with self._changed:
                self._said += part.decode()
                self._changed.notify_all()

    def until(self, pattern: str, times: int = 1) -> str:
        """Waits until it has said something so often; what fits last."""
        found: list[str] = []

        def there() -> bool:
            found[:] = re.findall(pattern, self._said)
            return len(found) >= times

        with self._changed:
            assert self._changed.wait_for(there, PATIENCE_S), f"no {pattern!r} in:\n{self._said}"
        return found[-1]

    def interrupt(self) -> int:
        """Ctrl-C; its exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        assert self.process.stderr is not None
        assert self.process.stdout is not None
        self.process.stderr.close()
        self.process.stdout.close()
        return status


@pytest.fixture
def environment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """An environment in which compilers find what they have compiled for themselves before."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sojourn"
    cache = Path(os.environ.get("SOJOURN_CACHE") or usual)
    return {**environment, "ZIG_GLOBAL_CACHE_DIR": str(cache / "zig")}


@pytest.fixture
def work(begin: Starter) -> Iterator[Callable[..., Working]]:
    """Begins `sojourn dev`; ends it with the test."""
    begun: list[Working] = []

    def start(*arguments: str) -> Working:
        begun.append(Working(begin("dev", *arguments)))
        return begun[-1]

    yield start
    for each in begun:
        if each.process.poll() is None:
            each.interrupt()


def demand(language: Language) -> None:
    lacks = missing(language)
    if lacks is not None:
        pytest.skip(f"atoms in {language} cannot be built on this machine: {lacks}")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def accepts(address: str) -> bool:
    host, _, port = address.removeprefix("tcp/").rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.parametrize("language", SOURCES)
def test_an_atom_from_nothing_to_its_third_version(
    language: Language, sojourn: Runner, folder: Path, work: Callable[..., Working]
) -> None:
    demand(language)
    assert sojourn("new", "--lang", language, "greeter").returncode == 0
    source = folder / "greeter" / SOURCES[language]
    dev = work("greeter")
    address = dev.until(r"realm: (\S+);")
    dev.until("started node-1/greeter")

    def greet(who: str) -> str:
        done = sojourn("call", "--address", address, "greeter", who)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    assert greet("you") == "hello, you: you are number 1"
    edit(source, "hello", "good day")
    dev.until("reloaded node-1/greeter: keys and messages kept, memory fresh, as it names no layout")
    assert greet("Ada") == "good day, Ada: you are number 2"
    edit(source, "good day", 'wrong" this is')
    dev.until("the sources do not build")
    assert greet("Ada") == "good day, Ada: you are number 3"
    edit(source, 'wrong" this is', "farewell")
    dev.until("reloaded", 2)
    assert greet("Ada") == "farewell, Ada: you are number 4"
    assert dev.interrupt() == 0
    assert not accepts(address)


def test_memory_stays_where_its_layout_allows(sojourn: Runner, folder: Path, work: Callable[..., Working]) -> None:
    demand("c")
    assert sojourn("new", "--lang", "c", "keeper").returncode == 0
    source = folder / "keeper" / "atom.c"
    source.write_text(KEPT)
    dev = work("keeper")
    address = dev.until(r"realm: (\S+);")
    dev.until("started")

    def count() -> str:
        return sojourn("call", "--address", address, "keeper").stdout.decode().strip()

    assert [count(), count()] == ["1", "2"]
    edit(source, "count += 1", "count += 10")
    dev.until("memory kept")
    assert count() == "12"
    edit(source, '"%d"', '"count %d"')
    dev.until("memory fresh, as its constants or first values differ")
    assert count() == "count 10"
    edit(source, 'SJ_LAYOUT("1")', 'SJ_LAYOUT("2")')
    dev.until("memory fresh, as its layout has another name")
    assert count() == "count 10"


def test_an_atom_in_somebody_elses_realm_ends_with_the_work_on_it(
    sojourn: Runner, begin: Starter, work: Callable[..., Working]
) -> None:
    demand("zig")
    realm = begin("up", "--nodes", "1", "--port", "0", "--no-controller", "--json")
    assert realm.stdout is not None
    address = re.findall(r'"address": "([^"]+)"', realm.stdout.readline().decode())[0]
    try:
        sojourn("new", "--lang", "zig", "guest")
        dev = work("--address", address, "guest")
        dev.until("started node-1/guest")
        assert b"guest" in sojourn("ps", "--address", address).stdout
        assert dev.interrupt() == 0
        assert b"guest" not in sojourn("ps", "--address", address).stdout
    finally:
        realm.send_signal(signal.SIGINT)
        realm.communicate(timeout=PATIENCE_S)


def test_a_folder_that_is_no_atoms_is_told_so(sojourn: Runner, folder: Path) -> None:
    done = sojourn("dev", ".")
    assert done.returncode == 1
    assert b"has no build.sh" in done.stderr
    assert b"sojourn new" in done.stderr
    assert not list(folder.iterdir())


def test_what_is_missing_is_said_when_it_is_built(
    sojourn: Runner, folder: Path, environment: Mapping[str, str]
) -> None:
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    for language in SOURCES:
        sojourn("new", "--lang", language, f"my-{language}")
        build = ["sh", str(folder / f"my-{language}" / "build.sh")]
        alone = {**environment, "PATH": str(tools), "SOJOURN_PYTHON": "/nowhere/python"}
        done = subprocess.run(build, env=alone, check=False, capture_output=True)
        assert done.returncode == 1
        assert re.match(rb"error: .*; hint: ", done.stderr), done.stderr
