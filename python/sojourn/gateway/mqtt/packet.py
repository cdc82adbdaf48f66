"""Packets of MQTT 3.1.1 and 5, as a client reads and writes them. `version` is 4 for 3.1.1, 5 for 5, as on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from sojourn.gateway.mqtt.error import Malformed
from sojourn.gateway.mqtt.property import (
    Properties,
    read_properties,
    write_binary,
    write_properties,
    write_text,
    write_variable,
)

V311, V5 = 4, 5
SUCCESS = 0
FAILURE = 0x80


class Kind(IntEnum):
    """What a packet is: upper half of its first byte."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


PINGREQ = bytes([Kind.PINGREQ << 4, 0])


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes when the client is gone without a word."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


@dataclass(slots=True)
class Publish:
    """A message, as it comes.

    Attributes:
        topic: Its topic; empty: the payload was too large to be taken.
        payload: Its payload.
        qos: 0, 1 or 2.
        retain: Whether the broker had kept it for whoever subscribes.
        dup: Whether it may have come before.
        packet: Its packet identifier; 0 for QoS 0.
        properties: Those of MQTT 5.
        acknowledged: Whether the broker may be told that it was taken.
    """

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet: int = 0
    properties: Properties = field(default_factory=dict)
    acknowledged: bool = False


class Connack(NamedTuple):
    """The broker's answer to CONNECT."""

    session_present: bool
    reason: int
    properties: Properties


class Subscription(NamedTuple):
    """What SUBSCRIBE asks for: a filter, QoS, and a number that comes with what it brings (MQTT 5; 0: none)."""

    pattern: str
    qos: int
    number: int = 0


NO_PROPERTIES: Properties = {}


def packet(first: int, body: bytes) -> bytes:
    """A packet of its first byte and its body."""
    return bytes([first]) + write_variable(len(body)) + body


def connect(  # noqa: PLR0913 -- the fields of the packet
    version: int,
    client: str,
    *,
    clean: bool,
    keep_alive_s: int,
    user: str | None,
    password: bytes | None,
    will: Will | None,
    properties: Properties,
) -> bytes:
    """CONNECT."""
    flags = 0x02 if clean else 0
    tail = write_text(client)
    if will is not None:
        flags |= 0x04 | will.qos << 3 | (0x20 if will.retain else 0)
        tail += (b"\0" if version == V5 else b"") + write_text(will.topic) + write_binary(will.payload)
    if user is not None:
        flags |= 0x80
        tail += write_text(user)
    if password is not None:
        flags |= 0x40
        tail += write_binary(password)
    head = write_text("MQTT") + bytes([version, flags]) + keep_alive_s.to_bytes(2, "big")
    return packet(Kind.CONNECT << 4, head + (write_properties(properties) if version == V5 else b"") + tail)


def read_connack(version: int, body: bytes) -> Connack:
    """CONNACK.

    Raises:
        Malformed: It is none.
    """
    if len(body) < 2 or body[0] > 1:  # noqa: PLR2004 -- flags and reason
        raise Malformed("an answer to CONNECT is cut, or has flags that there are not")
    properties: Properties = {}
    # A broker that knows no 5 refuses in the form of 3.1.1.
    if version == V5 and len(body) > 2:  # noqa: PLR2004 -- properties follow
        properties, _ = read_properties(body, 2)
    return Connack(bool(body[0]), body[1], properties)


def publish(  # noqa: PLR0913 -- the fields of the packet
    version: int,
    topic: str,
    payload: bytes,
    qos: int = 0,
    *,
    retain: bool = False,
    packet_id: int = 0,
    properties: Properties = NO_PROPERTIES,
) -> bytes:
    """PUBLISH."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name
    if qos:
        body += packet_id.to_bytes(2, "big")
    if version == V5:
        body += write_properties(properties)
    size = len(body) + len(payload)
    first = Kind.PUBLISH << 4 | qos << 1 | retain
    return bytes([first]) + (bytes([size]) if size < 0x80 else write_variable(size)) + body + payload  # noqa: PLR2004 -- one byte


def read_publish(version: int, first: int, body: bytes, *, whole: bool = True) -> Publish:
    """PUBLISH; of one that was cut for its size the topic is empty.

    Raises:
        Malformed: It is none.
    """
    size = (body[0] << 8 | body[1]) + 2 if len(body) > 1 else 2
    qos = first >> 1 & 3
    at = size + 2 if qos else size
    if at > len(body) or qos == 3:  # noqa: PLR2004 -- 0, 1 and 2 there are
        raise Malformed("a message is cut, or has a QoS that there is not")
    number = body[size] << 8 | body[size + 1] if qos else 0
    if qos and not number:
        raise Malformed("a message with QoS has no number")
    try:
        topic = body[2:size].decode()
    except UnicodeDecodeError:
        raise Malformed(f"a topic is no UTF-8: {body[2:34]!r}") from None
    if not topic or "\0" in topic or "+" in topic or "#" in topic:
        raise Malformed(f"a message has a topic that cannot be: {topic[:64]!r}", 0x90)
    if not whole:
        return Publish("", b"", qos, packet=number)
    properties: Properties = {}
    if version == V5:
        if at < len(body) and not body[at]:
            at += 1
        else:
            properties, at = read_properties(body, at)
    return Publish(topic, body[at:], qos, bool(first & 1), bool(first & 8), number, properties)


def answer(kind: Kind, number: int, reason: int = SUCCESS) -> bytes:
    """PUBACK, PUBREC, PUBREL or PUBCOMP; a reason only where it is not success (MQTT 5)."""
    first = kind << 4 | (2 if kind is Kind.PUBREL else 0)
    if reason:
        return bytes([first, 3, number >> 8, number & 0xFF, reason])
    return bytes([first, 2, number >> 8, number & 0xFF])


def read_answer(version: int, body: bytes) -> tuple[int, int]:
    """Number and reason of PUBACK, PUBREC, PUBREL or PUBCOMP.

    Raises:
        Malformed: It is none.
    """
    if len(body) < 2 or (version == V311 and len(body) != 2):  # noqa: PLR2004 -- a number
        raise Malformed("an acknowledgement is cut or too long")
    return body[0] << 8 | body[1], body[2] if len(body) > 2 else SUCCESS  # noqa: PLR2004 -- the reason


def subscribe(version: int, number: int, subscription: Subscription) -> bytes:
    """SUBSCRIBE to one filter: what it brings can then be told from what others bring."""
    body = number.to_bytes(2, "big")
    if version == V5:
        body += write_properties({0x0B: subscription.number} if subscription.number else {})
    return packet(Kind.SUBSCRIBE << 4 | 2, body + write_text(subscription.pattern) + bytes([subscription.qos]))


def unsubscribe(version: int, number: int, pattern: str) -> bytes:
    """UNSUBSCRIBE from one filter."""
    body = number.to_bytes(2, "big") + (b"\0" if version == V5 else b"")
    return packet(Kind.UNSUBSCRIBE << 4 | 2, body + write_text(pattern))


def read_codes(version: int, body: bytes) -> tuple[int, bytes]:
    """Number and reasons of SUBACK or UNSUBACK.

    Raises:
        Malformed: It is none.
    """
    if len(body) < 2:  # noqa: PLR2004 -- a number
        raise Malformed("an answer to SUBSCRIBE is cut")
    at = 2
    if version == V5:
        _, at = read_properties(body, 2)
    return body[0] << 8 | body[1], body[at:]


def disconnect(version: int, reason: int = SUCCESS) -> bytes:
    """DISCONNECT; with a reason in MQTT 5."""
    if version == V5 and reason:
        return bytes([Kind.DISCONNECT << 4, 1, reason])
    return bytes([Kind.DISCONNECT << 4, 0])


def read_disconnect(body: bytes) -> tuple[int, str]:
    """The broker's reason to end the connection, and its text.

    Raises:
        Malformed: It is none.
    """
    if not body:
        return SUCCESS, ""
    text = ""
    if len(body) > 1:
        properties, _ = read_properties(body, 1)
        given = properties.get(0x1F, "")
        text = given if isinstance(given, str) else ""
    return body[0], text
