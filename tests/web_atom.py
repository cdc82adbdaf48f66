"""An atom that serves HTTP, in Python over a port: what the SDKs do, and what none of them would.

/hello            a short answer            /echo             the request's body, whole
/head             the request's head        /back             the request's body in pieces, as it comes
/count            how much came             /zeros?N          N bytes in pieces
/events           server-sent events        /silent           never answers
/nonsense         an answer that is none    /half             begins an answer, gives it up
/ws  echoes; `close CODE REASON` closes     /flood  sends N messages without being asked
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sojourn.gateway.port import Port, PortEvent
from sojourn.model.wire import EventKind

WINDOW = 262_144
PIECE = 65_536


@dataclass
class Served:
    """A stream that the atom has."""

    opener: str
    target: str = ""
    came: int = 0
    consumed: int = 0
    sent: int = 0
    allowed: int = WINDOW
    out: bytearray = field(default_factory=bytearray)
    total: int = 0
    done: bool = False
    call: int = 0
    socket: bool = False

    @property
    def flows(self) -> bool:
        """Whether it has an answer's body to send."""
        return not self.socket and self.target in {"", "/back"}


class WebAtom:
    """See above."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.streams: dict[str, Served] = {}
        self.ended: list[str] = []
        self.credited = True

    def take(self, events: Iterable[PortEvent]) -> None:
        """Deals with what came."""
        for event in events:
            if event.kind != EventKind.MESSAGE.value:
                continue
            handle: Callable[[PortEvent], None] = getattr(self, "on_" + event.type.replace(".", "_"), self.other)
            handle(event)
        for name in [name for name, stream in self.streams.items() if stream.flows]:
            self.pump(name)

    def other(self, event: PortEvent) -> None:
        """Anything else."""

    def answer(self, event: PortEvent, body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> None:
        self.port.reply(event.call, head + body, type="http.response", subject=event.subject)

    def begin(self, call: int, name: str, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> None:
        self.port.reply(call, head, type="http.open", subject=name)

    def on_http_request(self, event: PortEvent) -> None:
        head, _, body = event.data.partition(b"\r\n\r\n")
        target = head.split(b" ")[1].decode()
        path, _, query = target.partition("?")
        if path == "/hello":
            self.answer(event, b"hello\n", b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        elif path == "/head":
            self.answer(event, head)
        elif path in {"/echo", "/back"}:
            self.answer(event, body)
        elif path == "/count":
            self.answer(event, str(len(body)).encode())
        elif path == "/zeros":
            self.begin(event.call, event.subject)
            self.streams[event.subject] = Served(event.source, total=int(query))
        elif path == "/events":
            self.begin(event.call, event.subject, b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
            self.streams[event.subject] = Served(event.source, target="/events")
        elif path == "/nonsense":
            self.port.reply(event.call, b"this is no HTTP", type="http.response", subject=event.subject)
        elif path == "/half":
            self.begin(event.call, event.subject, b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345")
            self.port.send(event.source, b"enough", type="http.abort", subject=event.subject)
        elif path != "/silent":
            self.answer(event, b"nothing here\n", b"HTTP/1.1 404 Not Found\r\n\r\n")

    def on_http_open(self, event: PortEvent) -> None:
        head, _, body = event.data.partition(b"\r\n\r\n")
        target = head.split(b" ")[1].decode().partition("?")[0]
        stream = Served(event.source, target, call=event.call)
        self.streams[event.subject] = stream
        if target == "/back":
            self.begin(event.call, event.subject)
        self.body(event.subject, stream, body)

    def on_http_data(self, event: PortEvent) -> None:
        stream = self.streams.get(event.subject)
        if stream is None:
            self.port.send(event.source, b"unknown", type="http.abort", subject=event.subject)
            return
        assert int(event.content_type) == stream.came
        self.body(event.subject, stream, event.data)

    def body(self, name: str, stream: Served, data: bytes) -> None:
        stream.came += len(data)
        if stream.target == "/back":
            stream.out += data
            stream.total += len(data)
        else:
            self.grant(name, stream, len(data))

    def grant(self, name: str, stream: Served, count: int) -> None:
        stream.consumed += count
        if stream.consumed >= PIECE and self.credited:
            self.port.send(stream.opener, str(stream.consumed).encode(), type="http.credit", subject=name)
            stream.consumed = 0

    def on_http_end(self, event: PortEvent) -> None:
        stream = self.streams.get(event.subject)
        if stream is None:
            return
        stream.done = True
        if stream.target != "/back":
            del self.streams[event.subject]
            text = str(stream.came).encode()
            self.port.reply(stream.call, b"HTTP/1.1 200 OK\r\n\r\n" + text, type="http.response", subject=event.subject)

    def on_http_credit(self, event: PortEvent) -> None:
        if event.subject in self.streams:
            self.streams[event.subject].allowed += int(event.data)

    def on_http_abort(self, event: PortEvent) -> None:
        self.streams.pop(event.subject, None)
        self.ended.append(event.data.decode())

    def pump(self, name: str) -> None:
        """Sends what may be sent of an answer's body."""
        stream = self.streams[name]
        while stream.sent < min(stream.total, stream.allowed):
            count = min(stream.total - stream.sent, stream.allowed - stream.sent, PIECE)
            if stream.target:
                piece = bytes(stream.out[:count])
                del stream.out[:count]
                self.grant(name, stream, count)
            else:
                piece = bytes(count)
            place = str(stream.sent)
            stream.sent += count
            self.port.send(stream.opener, piece, type="http.data", subject=name, content_type=place)
        if stream.sent == stream.total and (stream.done or not stream.target):
            self.port.send(stream.opener, b"", type="http.end", subject=name, content_type=str(stream.sent))
            del self.streams[name]

    def event(self, text: str) -> None:
        """An event to all who listen."""
        data = f"data: {text}\n\n".encode()
        for name, stream in self.streams.items():
            if stream.target == "/events":
                place = str(stream.sent)
                stream.sent += len(data)
                self.port.send(stream.opener, data, type="http.data", subject=name, content_type=place)

    def on_ws_open(self, event: PortEvent) -> None:
        target = event.data.split(b" ")[1].decode()
        if target.startswith("/no"):
            self.answer(event, b"not here", b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        head = b"HTTP/1.1 101 Switching Protocols\r\nsec-websocket-protocol: chat\r\n\r\n"
        self.port.reply(event.call, head, type="ws.accept", subject=event.subject)
        self.streams[event.subject] = Served(event.source, target, socket=True)
        if target.startswith("/flood"):
            for number in range(int(target.partition("?")[2])):
                self.say(event.subject, b"%d" % number)

    def say(self, name: str, data: bytes, type_: str = "ws.text") -> None:
        stream = self.streams[name]
        self.port.send(stream.opener, data, type=type_, subject=name, content_type=str(stream.sent))
        stream.sent += 1

    def on_ws_text(self, event: PortEvent) -> None:
        stream = self.streams.get(event.subject)
        if stream is None:
            self.port.send(event.source, b"1012", type="ws.close", subject=event.subject)
            return
        assert int(event.content_type) == stream.came
        stream.came += 1
        if event.data.startswith(b"close "):
            self.port.send(event.source, event.data[6:], type="ws.close", subject=event.subject)
            del self.streams[event.subject]
            return
        self.say(event.subject, event.data, event.type)
        stream.consumed += 1
        if stream.consumed == 64 and self.credited:
            self.port.send(stream.opener, b"64", type="ws.credit", subject=event.subject)
            stream.consumed = 0

    on_ws_binary = on_ws_text

    def on_ws_credit(self, event: PortEvent) -> None:
        """More may be sent."""

    def on_ws_close(self, event: PortEvent) -> None:
        self.streams.pop(event.subject, None)
        self.ended.append(event.data.decode())
