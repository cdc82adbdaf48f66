"""An atom of a real realm over REST: its output while it moves, calls, its standard input, what it holds."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import sojourn
from tests.e2e.controllers import Controller, until
from tests.e2e.nodes import Process

PATIENCE_S = 60.0
GUESTS = Path(__file__).parents[1] / "guests"
LINES = 1500
ARGUMENTS = ("1", "10", str(LINES))


@pytest.fixture
def controller(nodes: Callable[..., list[Process]], tmp_path: Path) -> Iterator[Controller]:
    """A controller of three nodes that knows them."""
    begun = nodes("node-1", "node-2", "node-3")
    made = Controller(begun[0].realm, tmp_path / "controller", begun[0].address)
    try:
        made.begin()
        until(lambda: len(made.get("/nodes")["items"]), lambda count: count == len(begun))
        yield made
    finally:
        assert made.end() == 0


def started(controller: Controller, name: str, module: str | bytes, **more: object) -> str:
    """Starts an atom at node-1; its path."""
    digest = controller.put(module)
    body = {"module": digest, "program": name, "name": name, "node": "node-1", **more}
    return f"/atoms/{controller.ask('POST', '/atoms', body)['atom']}"


async def output_of(url: str) -> tuple[bytes, list[str]]:
    """All output of an atom, followed to its end, and kinds of what else was told."""
    written, told, kind = b"", list[str](), ""
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client, client.stream("GET", url) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            if name != "data":
                continue
            data: dict[str, Any] = json.loads(value)
            if kind == "output":
                assert data["offset"] == len(written)
                written += data["text"].encode() if "text" in data else base64.b64decode(data["base64"])
                continue
            told.append(kind)
            if kind == "end":
                assert data == {"offset": len(written), "over": True, "reason": ""}
                return written, told
    raise AssertionError(f"the stream ended after {len(written)} bytes")


@pytest.mark.timeout(180)
def test_output_is_followed_without_a_gap_while_the_atom_moves(controller: Controller, steady: Path) -> None:
    expected = sojourn.start(steady, args=ARGUMENTS).stdout.read()
    path = started(controller, "steady", steady.read_bytes(), arguments=list(ARGUMENTS))

    async def both() -> tuple[bytes, list[str]]:
        reading = asyncio.create_task(output_of(f"{controller.url}{path}/output"))
        for target in ("node-2", "node-3", "node-1"):
            move = await asyncio.to_thread(controller.ask, "POST", f"{path}/moves", {"target": target})
            number = move["number"]
            state = await asyncio.to_thread(
                until,
                lambda number=number: controller.get(f"/moves/{number}").get("state", "decided"),
                lambda state: state != "decided",
            )
            assert state == "done"
        return await reading

    written, told = asyncio.run(asyncio.wait_for(both(), 2 * PATIENCE_S))
    assert written == expected
    assert told == ["end"]


@pytest.mark.timeout(120)
def test_calls_messages_and_standard_input(controller: Controller) -> None:
    path = started(controller, "answer", (GUESTS / "answer.wat").read_text())
    called = controller.ask("POST", f"{path}/messages", {"json": {"a": [1, "\u202e"]}, "wait": True, "timeout_s": 30})
    answer = called["answer"]
    assert (json.loads(answer["text"]), answer["content_type"]) == ({"a": [1, "\u202e"]}, "application/json")
    raw = {"base64": base64.b64encode(b"\xff\x00").decode(), "wait": True, "timeout_s": 30}
    assert controller.ask("POST", f"{path}/messages", raw)["answer"]["base64"] == raw["base64"]
    assert controller.ask("POST", f"{path}/messages", {"text": "no answer is waited for"})["number"] > 0
    refused = httpx.post(f"{controller.url}{path}/input", json={"text": "x"}, timeout=PATIENCE_S)
    assert refused.status_code == 409
    assert "no channel" in refused.json()["detail"]
    # Standard input that is a channel is given, and ended.
    path = started(controller, "echo", (GUESTS / "echo.wat").read_text(), channels={"/dev/stdin": "r"})
    for line in ("one\n", "two\n", ""):
        controller.ask("POST", f"{path}/input", {"text": line})
    written, _ = asyncio.run(asyncio.wait_for(output_of(f"{controller.url}{path}/output"), PATIENCE_S))
    assert written == b"one\ntwo\n"


@pytest.mark.timeout(120)
def test_an_atom_is_looked_into_goes_on_and_goes_back(controller: Controller, steady: Path) -> None:
    path = started(controller, "steady", steady.read_bytes(), arguments=["1", "10", "60000"])
    first = controller.ask("POST", f"{path}/inspection")
    assert first["arguments"][1:] == ["1", "10", "60000"]
    assert first["frames_total"] == len(first["frames"]) > 0
    assert first["frames"][-1]["function"] in {"_start", first["entry"]}
    (memory, *_) = first["memories"]
    assert 0 < memory["used_bytes"] <= memory["size_bytes"]
    # It goes on: what it has written grows.
    stream = f"{controller.url}{path}/output?follow=false"
    before = len(httpx.get(stream, timeout=PATIENCE_S).text)
    until(lambda: len(httpx.get(stream, timeout=PATIENCE_S).text), lambda now: now > before)
    kept = controller.ask("POST", f"{path}/images")["items"][0]
    image = f"{path}/images/{kept['node']}/{kept['id']}/inspection"
    whole = controller.get(image)
    innermost = controller.get(f"{image}?first=0&most=1")
    assert innermost["frames"] == whole["frames"][:1]
    assert whole["module"] == kept["module"]
    assert httpx.get(f"{controller.url}{path}/images/{kept['node']}/999999/inspection").status_code == 404
    # Whoever had read further than an atom has written that went back to an image is told.
    controller.ask("POST", f"{path}/rollback", {"image": kept["id"], "keeper": kept["node"]})
    again = httpx.get(stream, headers={"last-event-id": str(1 << 30)}, timeout=PATIENCE_S).text
    assert "event: again" in again
    assert again.index("event: again") < again.index("event: output")
