"""Requests and answers as `message/http`, paths of atoms, and what may be asked outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.http.refusal import BadRequest, NoSuchPath
from sojourn.gateway.web.address import address_of, find, literal
from sojourn.gateway.web.grant import Goal, NotAsked, goal_of, granted, is_local
from sojourn.gateway.web.message import Head, NotHttp, head_of_answer, head_of_request, read_answer, read_request
from sojourn.gateway.web.refusal import NoSuchAtom
from tests.fake_port import Hub


def test_an_answer_is_read() -> None:
    data = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nset-cookie: a=1\r\n"
        b"set-cookie: b=2\r\nconnection: x\r\n\r\nbody"
    )
    fields = ((b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"))
    assert read_answer(data) == (Head(200, fields, None), b"body")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 999 OK\r\n\r\n",
        b"HTTP/1.1 200 O\nK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nna me: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname: a\nb\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname: a\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 129 + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_not_read(data: bytes) -> None:
    with pytest.raises(NotHttp):
        read_answer(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_or_none(data: bytes) -> None:
    for read in (read_answer, read_request):
        try:
            read(data)
            read(b"HTTP/1.1 200 OK\r\n" + data + b"\r\n\r\n")
        except NotHttp:
            pass


names = st.from_regex(rb"[a-z-]{1,10}", fullmatch=True).filter(lambda name: name not in {b"te", b"content-length"})
values = st.from_regex(rb"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True)


@given(st.lists(st.tuples(names, values), max_size=8), st.binary(max_size=50))
def test_what_is_written_is_read(fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    hop = {b"connection", b"upgrade", b"trailer", b"keep-alive"}
    kept = tuple(field for field in fields if field[0] not in hop)
    assert read_answer(head_of_answer(200, "OK", fields) + body) == (Head(200, kept, None), body)
    asked, rest = read_request(head_of_request("POST", b"/x?y", fields) + body)
    assert (asked.method, asked.target, asked.fields, rest) == ("POST", "/x?y", kept, body)


@pytest.mark.parametrize(
    ("path", "name", "prefix", "rest"),
    [
        (b"/a/web", "web", b"/a/web", b"/"),
        (b"/a/web/", "web", b"/a/web", b"/"),
        (b"/a/web/x/y%20z", "web", b"/a/web", b"/x/y%20z"),
        (b"/a/n1%2Fweb/x", "n1/web", b"/a/n1%2Fweb", b"/x"),
        (b"/a/role:printer/x", "role:printer", b"/a/role:printer", b"/x"),
        (b"/a/web-%5Cd+/", "web-\\d+", b"/a/web-%5Cd+", b"/"),
        (b"/a/web//x", "web", b"/a/web", b"//x"),
    ],
)
def test_paths_of_atoms(path: bytes, name: str, prefix: bytes, rest: bytes) -> None:
    found = address_of(path)
    assert (found.name, found.prefix, found.rest) == (name, prefix, rest)


@pytest.mark.parametrize(
    "path", [b"/a/", b"/a//x", b"/a/%ff/", b"/a/%zz/", b"/a/x%", b"/a/\xff", b"/a/x y", b"/a/%0a/", b"/a/" + b"x" * 300]
)
def test_paths_that_are_none(path: bytes) -> None:
    with pytest.raises(BadRequest):
        address_of(path)


@pytest.mark.parametrize("path", [b"/", b"/a", b"/b/x", b""])
def test_paths_with_nothing(path: bytes) -> None:
    with pytest.raises(NoSuchPath):
        address_of(path)


def test_who_is_meant() -> None:
    hub = Hub()
    port = hub.port("gw/.http")
    hub.port("n1/web.1", (("role", "printer"),))
    hub.port("n2/webx1")
    assert find(port, "web.1") == "n1/web.1"
    assert find(port, "webx1") == "n2/webx1"
    assert find(port, "n2/webx1") == "n2/webx1"
    assert find(port, "role:printer") == "n1/web.1"
    assert find(port, "role:p.*") == "n1/web.1"
    assert find(port, r"webx\d") == "n2/webx1"
    for nobody in ("web.2", "n1/webx1", "role:x", "other:printer"):
        with pytest.raises(NoSuchAtom):
            find(port, nobody)
    with pytest.raises(BadRequest):
        find(port, "web(")
    # A dot of a name is a dot.
    assert literal("web.1") == r"web\.1"


@pytest.mark.parametrize(
    ("url", "goal"),
    [
        ("http://example.org", Goal("http", "example.org", 80, "/")),
        ("https://Example.ORG./a?b", Goal("https", "example.org", 443, "/a?b")),
        ("http://[::1]:8080/x", Goal("http", "::1", 8080, "/x")),
    ],
)
def test_goals(url: str, goal: Goal) -> None:
    assert goal_of(url) == goal


@pytest.mark.parametrize(
    "url", ["/x", "ftp://x/", "http://", "http://u:p@x/", "http://x:99999/", "http://[x/", "http://x/#y", "file:///x"]
)
def test_goals_that_are_none(url: str) -> None:
    with pytest.raises(NotAsked):
        goal_of(url)


@pytest.mark.parametrize(
    ("url", "grant", "allowed"),
    [
        ("http://example.org/", "example.org:80", True),
        ("http://example.org/", "example.org:*", True),
        ("http://example.org/", "*:80", True),
        ("http://example.org/", "*", True),
        ("http://example.org/", "example.org:443", False),
        ("http://evil.example.org/", "example.org:80", False),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080", True),
        ("http://127.0.0.1:8080/", "127.0.0.1:*", True),
        ("http://[::1]:8080/", "[::1]:8080", True),
        ("http://localhost/", "localhost:80", True),
        *(
            (f"http://{host}/", grant, False)
            for host in (
                "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "10.0.0.1", "192.168.1.1",
                "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "localhost", "x.localhost", "100.64.0.1",
            )
            for grant in ("*", "*:80")
        ),
    ],
)  # fmt: skip
def test_grants(url: str, grant: str, allowed: bool) -> None:  # noqa: FBT001
    assert granted(goal_of(url), [grant]) is allowed


def test_what_is_local() -> None:
    assert not is_local("example.org")
    assert not is_local("93.184.216.34")
    assert not is_local("beef.example")
    assert is_local("192.0.0.1")
