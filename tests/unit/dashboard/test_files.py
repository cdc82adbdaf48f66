"""The page's files, as a browser gets them."""

import asyncio
import gzip
import os
import re
from pathlib import Path

import httpx
import pytest

from sojourn.dashboard.files import FOLDER, Page, takes_gzip
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import Bearer, Guard
from tests.unit.fake_controller import FakeController

# Comments, and all that may look as if one were in it.
TOKEN = re.compile(rb"/\*.*?\*/|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`", re.DOTALL)

LONG = "export const word = 'sojourn';\n" * 100


def no_bearer(token: str) -> Bearer | None:
    del token
    return None


def asked(folder: Path, method: str, path: str, **headers: str) -> httpx.Response:
    """The answer to one request, of a controller that asks everybody for a token."""
    app = Application(FakeController(), Guard(no_bearer), Page(folder).answer).starlette()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7480") as client:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(ask())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    (page / "core").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>Sojourn</title>")
    (page / "core" / "main.js").write_text(LONG)
    (page / "core" / "notes.txt").write_text("not part of the page")
    (page / ".hidden.js").write_text("secret")
    (tmp_path / "secret.js").write_text("secret")
    (page / "link.js").symlink_to(tmp_path / "secret.js")
    return page


def test_the_page_needs_no_token_and_is_shut_to_all_else(folder: Path) -> None:
    answer = asked(folder, "GET", "/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_file_is_sent_small_and_once(folder: Path) -> None:
    packed = asked(folder, "GET", "/core/main.js", accept_encoding="br, gzip")
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(LONG) / 10
    assert packed.text == LONG
    plain = asked(folder, "GET", "/core/main.js", accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert plain.text == LONG
    assert plain.headers["etag"] != packed.headers["etag"]
    again = asked(folder, "GET", "/core/main.js", accept_encoding="gzip", if_none_match=packed.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


def test_a_file_that_was_changed_is_sent_anew(folder: Path) -> None:
    page = Page(folder)
    before = page.find("core/main.js")
    assert before is not None
    assert page.find("core/main.js") is before
    (folder / "core" / "main.js").write_text("export {};")
    os.utime(folder / "core" / "main.js", ns=(1, 1))
    after = page.find("core/main.js")
    assert after is not None
    assert after.plain == b"export {};"


@pytest.mark.parametrize(
    "path",
    [
        "/core/notes.txt",
        "/core",
        "/core/",
        "/.hidden.js",
        "/link.js",
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/core/..%2f..%2fsecret.js",
        "/core//main.js",
        "//etc/passwd.js",
        "/core/main.js%00",
        "/core/main.js/",
        "/c%5cmain.js",
        "/" + "a" * 5000 + ".js",
        "/v1/nothing",
        "/v1/index.html",
    ],
)
def test_what_is_not_of_the_page_is_not_there(folder: Path, path: str) -> None:
    answer = asked(folder, "GET", path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text.replace("/secret.js", "").replace("..%2fsecret.js", "")


def test_the_page_is_read_only(folder: Path) -> None:
    head = asked(folder, "HEAD", "/core/main.js", accept_encoding="identity")
    assert int(head.headers["content-length"]) == len(LONG)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = asked(folder, method, "/")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
        assert answer.headers["content-type"] == "application/problem+json"


def test_another_sites_page_may_not_read_it(folder: Path) -> None:
    assert asked(folder, "GET", "/core/main.js", origin="http://elsewhere.example").status_code == 403
    assert asked(folder, "GET", "/core/main.js", origin="http://127.0.0.1:7480").status_code == 200


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("GZIP", True),
        ("*", True),
        ("gzip;q=0, *;q=1", False),
        ("gzip; q=0.000", False),
        ("identity, br", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str, taken: bool) -> None:  # noqa: FBT001 -- a column
    assert takes_gzip(accepted) is taken


def test_the_page_itself_is_there_and_small() -> None:
    """What a browser has to fetch at most, compressed: under 300 kB in all."""
    page = Page()
    assert page.find("index.html") is not None
    files = [each for each in FOLDER.rglob("*") if each.is_file() and "samples" not in each.parts]
    found = [page.find(each.relative_to(FOLDER).as_posix()) for each in files]
    total = sum(len(each.packed or each.plain) for each in found if each is not None)
    assert gzip.decompress(page_packed(page)) == (FOLDER / "index.html").read_bytes()
    assert total < 300_000


def page_packed(page: Page) -> bytes:
    """The first file, as it is sent."""
    kept = page.find("index.html")
    assert kept is not None
    return kept.packed or gzip.compress(kept.plain)


def without_comments(code: bytes) -> bytes:
    """JavaScript without any comments; lines stay."""
    return TOKEN.sub(lambda it: b"\n" * it[0].count(b"\n") if it[0][:1] == b"/" else it[0], code)


def test_comments_that_document_are_not_sent_and_all_else_is(tmp_path: Path) -> None:
    source = (
        b"/** Two\n * lines. */\nexport const one = /** @type {any} */ (two);\n  /** @type {any} */ (x)\n/** y */\n1;\n"
    )
    (tmp_path / "a.js").write_bytes(source)
    kept = Page(tmp_path).find("a.js")
    assert kept is not None
    assert kept.plain == b"\n\nexport const one = /** @type {any} */ (two);\n  /** @type {any} */ (x)\n\n1;\n"


def test_code_of_the_page_is_sent_line_by_line() -> None:
    page = Page()
    for path in FOLDER.rglob("*.js"):
        kept = page.find(str(path.relative_to(FOLDER)))
        assert kept is not None
        sent, written = (without_comments(code).split(b"\n") for code in (kept.plain, path.read_bytes()))
        assert [line.rstrip() for line in sent] == [line.rstrip() for line in written], path
