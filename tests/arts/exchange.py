"""Recorded exchanges: what a client says, what it hears. Played against the centre alone, and against a real door.

Steps, each a list whose first item names it:

| step | what |
|---|---|
| `say TOPIC JSON`, `text TOPIC TEXT` | a client publishes |
| `hear TOPIC JSON`, `hear text TOPIC TEXT` | the door has published this; `"*"` stands for anything |
| `wait SECONDS` | so much time passes |
| `silent` | the door has published nothing else |
| `restart` | the door ends, and begins again |
| `writes MODULE TEXT`, `reads MODULE TEXT`, `ends MODULE` | a program of ours does so |
| `runtime NAME FACTS` | a runtime registers, and has subscribed |
| `module RUNTIME NAME` | the same, with a module that runs there |
| `gone RUNTIME` | its last will |

`$name` stands for an identity: what the first message that has it says, or a new one.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

FOLDER = Path(__file__).parents[1] / "golden" / "arts"
FILES = ("registering", "creating", "ending", "moving", "malformed")
NAME = re.compile(r"\$([a-z]+[0-9]*)")
SHORT = {"reg": "realm/proc/reg", "control": "realm/proc/control"}
PREFIXES = {
    "control/": "realm/proc/control/",
    "stdin/": "realm/proc/debug/stdin/",
    "stdout/": "realm/proc/debug/stdout/",
}
Json = Any


@dataclass
class Ear:
    """A client that hears everything: what the door says is what no client has said."""

    name: str = "ear"
    filters: set[str] = field(default_factory=lambda: {"realm/#", "proc/#"})
    will: tuple[str, bytes] | None = None
    unheard: list[tuple[str, bytes]] = field(default_factory=list)
    said: Counter[tuple[str, bytes]] = field(default_factory=Counter)
    deaf_to: bytes = b"\0"

    def feed(self, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        if self.said[topic, payload]:
            self.said[topic, payload] -= 1
        elif payload.replace(self.deaf_to, b"") or not payload:
            self.unheard.append((topic, payload))
        return []


class Table(Protocol):
    """Where an exchange is played."""

    nodes: dict[str, str]

    def say(self, topic: str, payload: bytes) -> None:
        """A client publishes."""

    def heard(self) -> list[tuple[str, bytes]]:
        """What the door has published and nobody has taken; the list itself."""

    def until(self, there: Any) -> Any:  # noqa: ANN401 -- whatever it finds
        """Looks until something is there."""

    def wait(self, seconds: float) -> None:
        """Time passes."""

    def silent(self) -> None:
        """Nothing else was published."""

    def restart(self) -> None:
        """The door begins again."""

    def program(self, what: str, module: str, text: str) -> None:
        """A program of ours `writes`, `reads` or `ends`."""


def facts() -> dict[str, str]:
    """What the reference page says, fact by fact."""
    made: dict[str, str] = json.loads((FOLDER / "facts.json").read_text())
    return made


def exchanges() -> list[dict[str, Any]]:
    """All of them."""
    return [each for name in FILES for each in json.loads((FOLDER / f"{name}.json").read_text())]


class Player:
    """Plays one exchange."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = dict(table.nodes)

    def play(self, exchange: dict[str, Any]) -> None:
        for number, step in enumerate(exchange["steps"]):
            try:
                self.step(*step)
            except AssertionError as error:
                raise AssertionError(f"step {number}, {json.dumps(step)[:300]}: {error}") from error
        self._table.silent()

    def step(self, what: str, *given: Any) -> None:  # noqa: ANN401 -- JSON
        match what:
            case "say":
                self._table.say(self.topic(given[0]), json.dumps(self.filled(given[1])).encode())
            case "text":
                self._table.say(self.topic(given[0]), self.filled(given[1]).encode())
            case "hear":
                self.hear(self.topic(given[0]), given[1], is_text=False)
            case "hear text":
                self.hear(self.topic(given[0]), given[1], is_text=True)
            case "wait":
                self._table.wait(given[0])
            case "silent":
                self._table.silent()
            case "restart":
                self._table.restart()
            case "writes" | "reads" | "ends":
                self._table.program(what, self.filled(given[0]), given[1] if len(given) > 1 else "")
            case _:
                self.scene(what, *given)

    def scene(self, what: str, *given: Any) -> None:  # noqa: ANN401 -- JSON
        """What many exchanges begin or end with."""
        asked = f"$q{uuid.uuid4().int % 10**9}"
        if what == "runtime":
            data = {"type": "runtime", "uuid": given[0], **given[1]}
            self.step("say", "reg", {"object_id": asked, "action": "create", "type": "arts_req", "data": data})
            self.step("hear", "reg", ok(asked))
            self._table.wait(1.3)
        elif what == "module":
            runtime, module = given
            self.scene("runtime", runtime, {"apis": "python:python3", "max_nmodules": 10})
            data = {"type": "module", "uuid": module, "name": "user/prog", "parent": {"uuid": runtime}}
            data |= {"filename": "x.py", "filetype": "PY"}
            self.step("say", "control", {"object_id": asked, "action": "create", "type": "arts_req", "data": data})
            sent = f"{asked}0"
            told = {"object_id": sent, "action": "create", "type": "arts_req", "data": "*"}
            self.step("hear", f"control/{runtime}", told)
            self.step("say", f"control/{runtime}", ok(sent, {}))
            self.step("hear", "control", ok(asked))
        else:
            assert what == "gone", what
            data = {"type": "runtime", "uuid": given[0]}
            self.step("say", "reg", {"object_id": asked, "action": "delete", "type": "arts_req", "data": data})
            self.step("hear", "reg", ok(asked))

    def topic(self, short: str) -> str:
        """A topic in full."""
        text = str(self.filled(short))
        if text.startswith("="):
            return text[1:]
        for prefix, whole in PREFIXES.items():
            if text.startswith(prefix):
                return whole + text[len(prefix) :]
        return SHORT[text]

    def filled(self, value: Json) -> Json:
        """A value with identities in it."""
        if isinstance(value, str):
            return NAME.sub(lambda found: self._names.setdefault(found[1], str(uuid.uuid4())), value)
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        return value

    def hear(self, topic: str, wanted: Json, *, is_text: bool) -> None:
        """Takes the message."""

        def there() -> bool:
            for at, (where, payload) in enumerate(self._table.heard()):
                if where != topic:
                    continue
                names = dict(self._names)
                told = payload.decode() if is_text else json.loads(payload)
                if fits(wanted, told, names):
                    self._names = names
                    del self._table.heard()[at]
                    return True
            return False

        self._table.until(there)


def ok(object_id: str, details: object = "*") -> dict[str, Any]:
    """An answer that it was done."""
    return {"object_id": object_id, "type": "arts_resp", "data": {"result": "ok", "details": details}}


def fits(wanted: Json, told: Json, names: dict[str, str]) -> bool:
    """Whether what was told is what was wanted; names that were not known are learned."""
    if wanted == "*":
        return True
    if isinstance(wanted, str) and isinstance(told, str):
        whole = NAME.fullmatch(wanted)
        if whole is not None and whole[1] not in names:
            names[whole[1]] = told
        return NAME.sub(lambda found: names.get(found[1], found[0]), wanted) == told
    if isinstance(wanted, dict) and isinstance(told, dict):
        return wanted.keys() == told.keys() and all(fits(each, told[name], names) for name, each in wanted.items())
    if isinstance(wanted, list) and isinstance(told, list):
        return len(wanted) == len(told) and all(fits(*pair, names) for pair in zip(wanted, told, strict=True))
    return bool(wanted == told and type(wanted) is type(told))
