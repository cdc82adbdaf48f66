"""What an atom that serves HTTP must do, whatever language it is in: sdk/conformance/README.md, `web`."""

import asyncio
from collections.abc import Awaitable, Callable

from sojourn.core.realm import Realm
from tests.e2e.gate import MESSAGES, PIECE, WINDOW, Answer, Gate, Stream, opened
from tests.e2e.nodes import PATIENCE_S, eventually

Scene = Callable[[Gate, Realm], Awaitable[None]]
LONG = 1_000_000


def made(length: int) -> bytes:
    """The bytes that atoms make."""
    period = bytes(number * 31 % 251 for number in range(251))
    return (period * (length // 251 + 1))[:length]


def hashed(data: bytes) -> str:
    """What an upload is answered with."""
    value = 0
    for byte in data:
        value = (value ^ byte) * 1099511628211 % 2**64
    return f"{len(data)} {value:016x}"


async def settled(gate: Gate, streams: int, gone: int) -> None:
    """Waits until the atom has so many streams, and has been told of the end of so many."""
    await eventually(gate.counts, lambda counts: counts == (streams, gone))


async def begun(gate: Gate, target: str, stream: Stream, body: bytes | None = None) -> asyncio.Task[Answer]:
    """Opens a stream that is not answered at once; it is there when this gives the task that waits for the answer."""
    kind, method = ("http.request", "GET") if target == "/later" else ("http.open", "POST")
    before, _ = await gate.counts()
    asked = asyncio.create_task(gate.ask(target, method, body or b"", type=kind, stream=stream))
    await eventually(gate.counts, lambda counts: counts[0] > before)
    return asked


async def requests_find_their_routes(gate: Gate, _realm: Realm) -> None:
    """Parameters, queries, prefixes; methods; what does not fit."""
    answer = await gate.ask("/hello/gr%C3%BC%C3%9F%20dich?greeting=so+what%21&x")
    assert (answer.status, answer.body.decode()) == (200, "so what!, grüß dich\n")
    assert answer.fields["content-type"] == "text/plain; charset=utf-8"
    assert (await gate.ask("/hello/%2F?greeting=")).body == b", /\n"
    head = await gate.ask("/hello/you", "HEAD")
    assert (head.status, head.body, head.fields["content-length"]) == (200, b"", "11")
    assert (await gate.ask("/files/a/b%20c/")).body == b"a/b c/"
    echoed = await gate.ask("/echo", "PATCH", made(70_000), [("Content-Type", "x/y")])
    assert (echoed.type, echoed.body) == ("http.response", made(70_000))
    assert (echoed.fields["content-type"], echoed.fields["x-method"]) == ("x/y", "PATCH")
    statuses = {
        "GET /hello": 404,
        "GET /hello/": 404,
        "GET /hello/a/b": 404,
        "POST /hello/a": 405,
        "GET /ws/echo": 426,
        "GET /hello/%": 400,
        "GET /hello/%zz": 400,
        "GET /hello/%ff": 400,
        "GET /hello/a%00b": 400,
        "GET /hello/a?greeting=%fe": 400,
    }
    for request, status in statuses.items():
        method, target = request.split()
        answer = await gate.ask(target, method)
        assert (request, answer.status) == (request, status)
        assert answer.fields["content-type"] == "application/problem+json"
    assert (await gate.ask("/hello/a", "POST")).fields["allow"] == "GET"
    assert (await gate.ask("/small", "POST", bytes(16))).status == 200
    assert (await gate.ask("/small", "POST", bytes(17))).status == 413
    assert await gate.counts() == (0, 0)


async def bodies_come_in_pieces(gate: Gate, _realm: Realm) -> None:
    """Streamed to the handler, or collected for it; never more than the window."""
    stream, body = gate.stream(), made(LONG)
    asked = await begun(gate, "/upload", stream, body[:1000])
    stream.sent, stream.credit = 1000, WINDOW - 1000
    await stream.send_body(body[1000:], 60_001)
    assert (await asked).body.decode() == hashed(body)
    assert (await gate.ask("/upload", "POST", body[:9])).body.decode() == hashed(body[:9])
    collected = gate.stream()
    asked = await begun(gate, "/echo", collected)
    await collected.send_body(body[:300_000])
    answer = await asked
    assert (answer.type, answer.fields["content-length"]) == ("http.open", "300000")
    while not collected.came.empty() and collected.came._queue[0].type == "http.credit":  # type: ignore[attr-defined]
        collected.came.get_nowait()
    assert answer.body + await collected.read() == body[:300_000]
    told = await gate.ask("/small", "POST", b"", [("content-length", "17")], type="http.open")
    assert told.status == 413
    stream = gate.stream()
    asked = await begun(gate, "/small", stream, bytes(9))
    await stream.tell("http.data", bytes(9), 9)
    assert (await asked).status == 413
    await settled(gate, 0, 0)


async def answers_come_in_pieces(gate: Gate, _realm: Realm) -> None:
    """No faster than they are granted."""
    stream = gate.stream()
    answer = await gate.ask(f"/download/{LONG}", stream=stream)
    assert (answer.type, answer.fields["content-type"]) == ("http.open", "application/octet-stream")
    whole = answer.body
    while len(whole) < WINDOW:
        whole += await stream.take() or b""
    assert len(whole) == WINDOW
    assert await gate.counts() == (1, 0)
    assert stream.came.empty()
    await stream.tell("http.credit", str(WINDOW).encode())
    assert whole + await stream.read() == made(LONG)
    stream = gate.stream()
    answer = await gate.ask("/whole/300000", stream=stream)
    assert answer.body + await stream.read() == made(300_000)
    assert (await gate.ask("/whole/5")).body == made(5)
    assert (await gate.ask(f"/download/{LONG}", "HEAD")).type == "http.response"
    await settled(gate, 0, 0)


async def answers_come_later(gate: Gate, _realm: Realm) -> None:
    """From another message; or nobody waits any more."""
    asked = await begun(gate, "/later", gate.stream())
    await gate.tell("release", b"at last")
    assert (await asked).body == b"at last"
    stream = gate.stream()
    asked = await begun(gate, "/later", stream)
    await stream.tell("http.abort", b"the client has gone")
    await settled(gate, 0, 1)
    await gate.tell("release", b"too late")
    asked.cancel()
    stream = gate.stream()
    await gate.ask(f"/download/{LONG}", stream=stream)
    await stream.tell("http.abort", b"the client has gone")
    await settled(gate, 0, 2)
    assert (await gate.box.call(gate.atom, b"whole", type="what", timeout=PATIENCE_S)).type == "what"


async def events_are_sent(gate: Gate, _realm: Realm) -> None:
    """To all who listen, in order."""
    streams = [gate.stream() for _ in range(3)]
    for stream in streams:
        answer = await gate.ask("/ticks", stream=stream)
        assert (answer.type, answer.fields["content-type"]) == ("http.open", "text/event-stream")
    for number in range(1, 41):
        await gate.tell("tick", f"line {number}\nand\r\nmore".encode())
    for stream in streams:
        text = b""
        while text.count(b"\n\n") < 40:
            text += await stream.take() or b""
        expected = (f"id: {n}\nevent: tick\ndata: line {n}\ndata: and\ndata: more\n\n" for n in range(1, 41))
        assert text.decode() == "".join(expected)
    await gate.tell("stop")
    assert [await stream.take() for stream in streams] == [None, None, None]
    assert await gate.counts() == (0, 0)


async def events_that_find_no_window_are_left_out_whole(gate: Gate, _realm: Realm) -> None:
    """Nothing is cut, and there is room again when some is granted."""
    stream, line = gate.stream(), "x" * 60_000
    await gate.ask("/ticks", stream=stream)
    for _ in range(7):
        await gate.tell("tick", line.encode())
    event = f"event: tick\ndata: {line}\n\n"
    came = ""
    while len(came) < 4 * (len("id: 1\n") + len(event)):
        came += (await stream.take() or b"").decode()
    assert came == "".join(f"id: {number}\n{event}" for number in range(1, 5))
    assert (await gate.counts())[0] == 1
    assert stream.came.empty()
    await stream.tell("http.credit", b"100000")
    await gate.tell("tick", b"short")
    assert await stream.take() == b"id: 8\nevent: tick\ndata: short\n\n"


async def sockets_talk(gate: Gate, _realm: Realm) -> None:
    """Text and bytes, in order and counted both ways; accepted with a protocol, refused, closed by each side."""
    answer, socket = await gate.socket("/ws/echo", ("sec-websocket-protocol", "chat, echo"))
    assert (answer.type, answer.status, answer.fields["sec-websocket-protocol"]) == ("ws.accept", 101, "echo")
    sent: list[str | bytes] = [f"grüß {n}" if n % 3 else made(n * 7) for n in range(600)]
    ahead, heard = MESSAGES, 0
    for number, message in enumerate(sent):
        while socket.sent - (socket.credit - WINDOW) >= ahead:
            assert await socket.hear() == sent[heard]
            heard += 1
            if heard % 64 == 0:
                await socket.tell("ws.credit", b"64")
        await socket.say(message)
        assert socket.sent == number + 1
    while heard < len(sent):
        assert await socket.hear() == sent[heard]
        heard += 1
        if heard % 64 == 0:
            await socket.tell("ws.credit", b"64")
    await socket.say("bye")
    event = await socket.next()
    while event.type == "ws.credit":
        event = await socket.next()
    assert (event.type, event.data) == ("ws.close", b"4000 goodbye")
    refused, _ = await gate.socket("/ws/echo?refuse=1")
    assert (refused.type, refused.status) == ("http.response", 403)
    plain, socket = await gate.socket("/ws/echo")
    assert "sec-websocket-protocol" not in plain.fields
    await socket.tell("ws.close", b"1001 leaving")
    assert (await gate.socket("/ws/nowhere"))[0].status == 404
    assert (await gate.socket("/hello/x"))[0].status == 404
    await settled(gate, 0, 1)


async def rooms_are_told(gate: Gate, _realm: Realm) -> None:
    """Everybody hears everything in one order; who does not read is closed, or misses what does not fit."""
    sockets = [(await gate.socket("/ws/room"))[1] for _ in range(3)]
    for number in range(40):
        await sockets[number % 3].say(f"m{number}")
    heard = [[await socket.hear() for _ in range(40)] for socket in sockets]
    assert heard[0] == heard[1] == heard[2]
    assert [str(line).split()[0] for line in heard[0]] == [str(number) for number in range(1, 41)]
    assert sorted(str(line).split()[1] for line in heard[0]) == sorted(f"m{number}" for number in range(40))
    for socket in sockets[:2]:
        await socket.tell("ws.credit", b"1000")
    for number in range(MESSAGES - 40 + 1):
        await sockets[number % 2].say("more")
    await eventually(gate.counts, lambda counts: counts == (2, 1))
    for _ in range(MESSAGES - 40):
        await sockets[2].hear()
    assert (await sockets[2].next()).data.startswith(b"1013")
    lossy = (await gate.socket("/ws/lossy"))[1]
    for _ in range(MESSAGES + 44):
        lossy.credit -= 1
        await lossy.say("x")
    for _ in range(MESSAGES):
        await lossy.hear()
    assert await gate.counts() == (3, 1)
    await lossy.tell("ws.credit", b"256")
    await lossy.say("again")
    assert str(await lossy.hear()).endswith(" again")
    for socket in (*sockets[:2], lossy):
        await socket.tell("ws.close")
    await settled(gate, 0, 4)


MALFORMED = (
    b"",
    b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\n\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET  / HTTP/1.1\r\n\r\n",
    b"GET x HTTP/1.1\r\n\r\n",
    b"G(T / HTTP/1.1\r\n\r\n",
    b"GET /hello/\xff HTTP/1.1\r\n\r\n",
    b"GET /hello/a\0b HTTP/1.1\r\n\r\n",
    b"GET /hello/a HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET /hello/a HTTP/1.1\r\na b: c\r\n\r\n",
    b"GET /hello/a HTTP/1.1\r\na: b\r\n c\r\n\r\n",
    b"GET /hello/a HTTP/1.1\r\na: b\rc\r\n\r\n",
    b"GET /hello/a HTTP/1.1\r\na: b\0\r\n\r\n",
    b"\x7fGET /hello/a HTTP/1.1\r\n\r\n",
    b"POST /upload HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
)
TOO_LARGE = (
    b"GET /hello/a HTTP/1.1\r\n" + b"a: b\r\n" * 129 + b"\r\n",
    b"GET /hello/" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
)


async def hostile_input_harms_nobody(gate: Gate, _realm: Realm) -> None:
    """Heads, ids, places, windows and types that make no sense."""
    for head in MALFORMED:
        kind = "http.open" if b"content-length" in head else "http.request"
        assert (head, (await gate.call(gate.stream(), kind, head)).status) == (head, 400)
    for head in TOO_LARGE:
        assert (await gate.call(gate.stream(), "http.request", head)).status == 431
    for name in ("", "~1", "x" * 65, "a b", "ä"):
        stream = gate.stream()
        stream.id = name
        assert (name, (await gate.ask("/hello/a", stream=stream)).status) == (name, 400)
    for kind in ("http.data", "http.end", "http.abort", "http.credit", "ws.text", "ws.binary", "ws.close", "ws.credit"):
        # Of no stream; and of one, as a call.
        await gate.stream().tell(kind, b"12")
        assert (await gate.ask("/hello/a", type=kind)).status == 400
    for kind in ("http.request", "http.open", "ws.open"):
        # Nobody waits for an answer.
        await gate.stream().tell(kind, b"GET /later HTTP/1.1\r\n\r\n")
    first = gate.stream()
    assert (await gate.ask("/ticks", stream=first)).status == 200
    assert (await gate.ask("/hello/a", stream=first)).status == 400
    await gate.tell("tick", b"still here")
    assert await first.take() is not None
    await first.tell("http.data", b"x", 0)
    assert (await first.next()).type == "http.abort"
    for wrong in (b"", b"-5", b"many", b"9" * 30):
        stream = gate.stream()
        await gate.ask("/ticks", stream=stream)
        await stream.tell("http.credit", wrong)
        assert (await stream.next()).type == "http.abort"
    await bodies_that_are_wrong(gate)
    await sockets_that_are_wrong(gate)
    assert (await gate.ask("/hello/all")).body == b"hello, all\n"
    assert (await gate.counts())[0] == 0


async def bodies_that_are_wrong(gate: Gate) -> None:
    """Pieces that are missing, or too much."""

    async def answered(place: int, data: bytes) -> Answer:
        stream = gate.stream()
        asked = await begun(gate, "/upload", stream, b"abc")
        await stream.tell("http.data", data, place)
        return await asked

    assert (await answered(4, b"gap")).status == 503
    assert (await answered(0, b"again")).status == 503
    assert (await answered(3, bytes(PIECE + 1))).status == 400


async def sockets_that_are_wrong(gate: Gate) -> None:
    """Text that is none, numbers that are missing, more than the window."""
    for kind, data, place, code in (
        ("ws.text", b"\xff\xfe", 0, b"1007"),
        ("ws.text", b"late", 7, b"1012"),
        ("ws.credit", b"x", None, b"1002"),
        ("http.data", b"x", 0, b"1002"),
        ("ws.binary", bytes((1 << 20) + 1), 0, b"1009"),
    ):
        _, socket = await gate.socket("/ws/echo")
        await socket.tell(kind, data, place)
        closed = await socket.next()
        assert (kind, closed.type, closed.data.split()[0]) == (kind, "ws.close", code)


async def strays_are_answered_once(gate: Gate, _realm: Realm) -> None:
    """Who speaks of a stream that is not known is told; nothing else is said."""
    data, text = gate.stream(), gate.stream()
    for kind in ("http.end", "http.abort", "http.credit", "ws.close", "ws.credit"):
        await data.tell(kind, b"12")
    await data.tell("http.data", b"x")
    await text.tell("ws.text", b"x")
    assert (await data.next()).type == "http.abort"
    closed = await text.next()
    assert (closed.type, closed.data.split()[0]) == ("ws.close", b"1012")
    await gate.counts()
    assert data.came.empty()
    assert text.came.empty()


async def requests_go_out(gate: Gate, realm: Realm) -> None:
    """Over whoever has the alias; what it says that has no answer is an error."""
    # Whoever had the alias in an earlier scene may still be known for a moment.
    await eventually(lambda: gate.ask("/fetch?url=https://example.org/x"), lambda answer: answer.status == 502)
    asked: list[bytes] = []

    def answer(request: bytes) -> tuple[str, bytes]:
        asked.append(request)
        if b"example.com" in request:
            return "http.failed", b"not granted: example.com:443"
        if b"/odd" in request:
            return "http.response", b"HTTP/2 what"
        return "http.response", b"HTTP/1.1 201 Created\r\na: b\r\n\r\nwell done"

    async with await opened(realm, f"out-{gate.box.name.split('/')[1]}", gate.atom, ("door", "http")) as out:
        out.asked = answer
        await eventually(lambda: gate.ask("/fetch?url=https://example.org/x"), lambda answer: answer.status == 200)
        for wait in ("", "&wait=1"):
            good = await gate.ask(f"/fetch?url=https://example.org/x%3Fy{wait}", "PUT", b"the body")
            assert (good.status, good.body) == (200, b"201 9 well done")
            head, _, body = asked[-1].partition(b"\r\n\r\n")
            assert (head.split(b"\r\n")[0], body) == (b"PUT https://example.org/x?y HTTP/1.1", b"the body")
            assert {b"host: example.org", b"x-test: yes", b"content-length: 8"} <= set(head.split(b"\r\n"))
            refused = await gate.ask(f"/fetch?url=https://example.com/{wait}")
            assert (refused.status, refused.body) == (502, b"NotGranted not granted: example.com:443")
            odd = await gate.ask(f"/fetch?url=https://example.org/odd{wait}")
            assert (odd.status, odd.body.split()[0]) == (502, b"Internal")
        wrong = await gate.ask("/fetch?url=https://example.org/%0d%0aevil:+yes")
        assert (wrong.status, wrong.body.split()[0]) == (502, b"InvalidRequest")


async def a_gateway_that_ends_takes_its_streams(gate: Gate, realm: Realm) -> None:
    """And no others."""
    _, mine = await gate.socket("/ws/echo")
    async with await opened(realm, f"other-{gate.box.name.split('/')[1]}", gate.atom) as other:
        await other.socket("/ws/echo")
        await other.ask("/ticks", stream=other.stream())
        await eventually(gate.counts, lambda counts: counts == (3, 0))
    await eventually(gate.counts, lambda counts: counts == (1, 2))
    await mine.say("still here")
    assert await mine.hear() == "still here"


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        requests_find_their_routes,
        bodies_come_in_pieces,
        answers_come_in_pieces,
        answers_come_later,
        events_are_sent,
        events_that_find_no_window_are_left_out_whole,
        sockets_talk,
        rooms_are_told,
        hostile_input_harms_nobody,
        strays_are_answered_once,
        requests_go_out,
        a_gateway_that_ends_takes_its_streams,
    )
}
