"""Requests and answers as `message/http`: RFC 9112 as bytes, names of fields in lower case, no transfer coding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from sojourn.gateway.web.limit import FIELDS, HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]

MEDIA_TYPE = "message/http"
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Of a value: no control characters but the tab (RFC 9110, 5.5).
VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([\x21-\x7e]+) HTTP/1\.[01]")
LENGTH = re.compile(rb"[0-9]{1,18}")
# Of one connection, never passed on (RFC 9110, 7.6.1).
OF_CONNECTION = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade"})
HOP = frozenset({*OF_CONNECTION, b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"http2-settings"})
# Statuses without a body.
EMPTY = frozenset({204, 205, 304})
# Heads of answers are alike; those that are not longer are remembered.
REMEMBERED_BYTES, REMEMBERED = 1024, 512


class NotHttp(ValueError):
    """What it is to be a message is none; the text says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an answer.

    Attributes:
        status: Its status.
        fields: Its fields, without those of one connection; names in lower case.
        length: Length of its body, where it tells it.
    """

    status: int
    fields: Fields
    length: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The head of a request.

    Attributes:
        method: Its method.
        target: Its target.
        fields: As of an answer.
        length: As of an answer.
    """

    method: str
    target: str
    fields: Fields
    length: int | None


def head_of_request(method: str, target: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The head of a request, with its empty line."""
    lines = [method.encode() + b" " + target + b" HTTP/1.1\r\n"]
    lines += [name + b": " + value + b"\r\n" for name, value in fields]
    lines.append(b"\r\n")
    return b"".join(lines)


def head_of_answer(status: int, phrase: str, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The head of an answer, with its empty line."""
    lines = [f"HTTP/1.1 {status} {phrase}\r\n".encode()]
    lines += [name + b": " + value + b"\r\n" for name, value in fields]
    lines.append(b"\r\n")
    return b"".join(lines)


def read_answer(data: bytes) -> tuple[Head, bytes]:
    """An answer: its head, and what is there of its body.

    Raises:
        NotHttp: It is none.
    """
    head, body = split(data)
    return (remembered(head) if len(head) <= REMEMBERED_BYTES else answer_of(head)), body


def read_request(data: bytes) -> tuple[Asked, bytes]:
    """A request: its head, and what is there of its body.

    Raises:
        NotHttp: It is none.
    """
    head, body = split(data)
    line, *rest = head.split(b"\r\n")
    found = REQUEST_LINE.fullmatch(line)
    if found is None:
        raise NotHttp("it does not begin with a request's line")
    fields, length = fields_of(rest)
    return Asked(found[1].decode(), found[2].decode(), fields, length), body


def split(data: bytes) -> tuple[bytes, bytes]:
    """Head and body.

    Raises:
        NotHttp: There is no empty line in time.
    """
    end = data.find(b"\r\n\r\n", 0, HEAD_BYTES)
    if end < 0:
        raise NotHttp("its head has no end")
    return data[:end], data[end + 4 :]


def answer_of(head: bytes) -> Head:
    """The head of an answer.

    Raises:
        NotHttp: It is none.
    """
    line, *rest = head.split(b"\r\n")
    found = STATUS_LINE.fullmatch(line)
    if found is None:
        raise NotHttp("it does not begin with a status line")
    fields, length = fields_of(rest)
    return Head(int(found[1]), fields, length)


remembered = lru_cache(REMEMBERED)(answer_of)


def fields_of(lines: list[bytes]) -> tuple[Fields, int | None]:
    """Fields, without those of one connection, and the length that they tell.

    Raises:
        NotHttp: One is none, or there are too many, or two lengths.
    """
    if len(lines) > FIELDS:
        raise NotHttp(f"it has more than {FIELDS} fields")
    fields: list[tuple[bytes, bytes]] = []
    length: int | None = None
    for line in lines:
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
            raise NotHttp("one of its fields is none")
        name = name.lower()
        if name == b"content-length":
            if length is not None or not LENGTH.fullmatch(value):
                raise NotHttp("its content-length is none")
            length = int(value)
        if name not in HOP:
            fields.append((name, value))
    return tuple(fields), length


def number_of(text: str | bytes) -> int | None:
    """A number of the protocol: decimal digits, 18 at most; None: it is none."""
    raw = text.encode() if isinstance(text, str) else text
    return int(raw) if LENGTH.fullmatch(raw) else None
