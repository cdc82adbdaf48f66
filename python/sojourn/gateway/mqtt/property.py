"""Properties of MQTT 5 packets, by their number (MQTT 5, 2.2.2.2)."""

from __future__ import annotations

from typing import TypeAlias

from sojourn.gateway.mqtt.error import Malformed

Value: TypeAlias = int | str | bytes | tuple[str, str]
# Number to value; those that may come more than once have all their values in a list.
Properties: TypeAlias = dict[int, Value | list[Value]]

PAYLOAD_FORMAT = 0x01
MESSAGE_EXPIRY = 0x02
CONTENT_TYPE = 0x03
RESPONSE_TOPIC = 0x08
CORRELATION = 0x09
SUBSCRIPTION = 0x0B
SESSION_EXPIRY = 0x11
ASSIGNED_CLIENT = 0x12
SERVER_KEEP_ALIVE = 0x13
RECEIVE_MAXIMUM = 0x21
MAXIMUM_QOS = 0x24
RETAIN_AVAILABLE = 0x25
USER = 0x26
MAXIMUM_PACKET = 0x27
SUBSCRIPTION_IDS = 0x29
REASON = 0x1F

BYTE, SHORT, LONG, VARIABLE, TEXT, BINARY, PAIR = range(7)
KINDS = {
    PAYLOAD_FORMAT: BYTE,
    MESSAGE_EXPIRY: LONG,
    CONTENT_TYPE: TEXT,
    RESPONSE_TOPIC: TEXT,
    CORRELATION: BINARY,
    SUBSCRIPTION: VARIABLE,
    SESSION_EXPIRY: LONG,
    ASSIGNED_CLIENT: TEXT,
    SERVER_KEEP_ALIVE: SHORT,
    0x15: TEXT,  # authentication method
    0x16: BINARY,  # authentication data
    0x17: BYTE,  # request problem information
    0x18: LONG,  # will delay
    0x19: BYTE,  # request response information
    0x1A: TEXT,  # response information
    0x1C: TEXT,  # server reference
    REASON: TEXT,
    RECEIVE_MAXIMUM: SHORT,
    0x22: SHORT,  # topic alias maximum
    0x23: SHORT,  # topic alias
    MAXIMUM_QOS: BYTE,
    RETAIN_AVAILABLE: BYTE,
    USER: PAIR,
    MAXIMUM_PACKET: LONG,
    0x28: BYTE,  # wildcards available
    SUBSCRIPTION_IDS: BYTE,
    0x2A: BYTE,  # shared subscriptions available
}
SEVERAL = {USER, SUBSCRIPTION}
VARIABLE_BYTES = 4


def write_variable(number: int) -> bytes:
    """A variable byte integer, 0 to 268,435,455."""
    written = bytearray()
    while True:
        number, low = divmod(number, 128)
        written.append(low | 0x80 if number else low)
        if not number:
            return bytes(written)


def read_variable(body: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer and where it ends.

    Raises:
        Malformed: It is cut, or longer than four bytes.
    """
    number = 0
    for place in range(VARIABLE_BYTES):
        if at + place >= len(body):
            raise Malformed("a packet ends within a number")
        byte = body[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return number, at + place + 1
    raise Malformed("a number has more than four bytes")


def write_text(text: str) -> bytes:
    """A text with its length before it.

    Raises:
        Malformed: It is longer than 65,535 bytes.
    """
    return write_binary(text.encode())


def write_binary(data: bytes) -> bytes:
    """Bytes with their length before them.

    Raises:
        Malformed: There are more than 65,535.
    """
    if len(data) > 0xFFFF:  # noqa: PLR2004 -- two bytes of length
        raise Malformed(f"a text of {len(data)} bytes is longer than MQTT allows")
    return len(data).to_bytes(2, "big") + data


def read_binary(body: bytes, at: int) -> tuple[bytes, int]:
    """Bytes with their length before them, and where they end.

    Raises:
        Malformed: They are cut.
    """
    start = at + 2
    end = start + int.from_bytes(body[at:start], "big")
    if start > len(body) or end > len(body):
        raise Malformed("a packet ends within a text")
    return body[start:end], end


def read_text(body: bytes, at: int) -> tuple[str, int]:
    """A text, and where it ends.

    Raises:
        Malformed: It is cut, is no UTF-8, or has a zero character.
    """
    data, end = read_binary(body, at)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed(f"a text is no UTF-8: {data[:32]!r}") from None
    if "\0" in text:
        raise Malformed(f"a text has a zero character: {text[:32]!r}")
    return text, end


def write_properties(properties: Properties) -> bytes:
    """Properties with their length before them."""
    if not properties:
        return b"\0"
    written = b"".join(
        write_property(number, value)
        for number, values in properties.items()
        for value in (values if isinstance(values, list) else [values])
    )
    return write_variable(len(written)) + written


def write_property(number: int, value: Value) -> bytes:
    """One property."""
    match KINDS[number], value:
        case (int(kind), int(value)) if kind == VARIABLE:
            return bytes([number]) + write_variable(value)
        case (int(kind), int(value)):
            return bytes([number]) + value.to_bytes({BYTE: 1, SHORT: 2, LONG: 4}[kind], "big")
        case (_, str(value)):
            return bytes([number]) + write_text(value)
        case (_, bytes(value)):
            return bytes([number]) + write_binary(value)
        case (_, (str(key), str(text))):
            return bytes([number]) + write_text(key) + write_text(text)
        case _:
            raise Malformed(f"property {number} cannot be {value!r}")


def read_properties(body: bytes, at: int) -> tuple[Properties, int]:
    """Properties, and where they end.

    Raises:
        Malformed: They are cut, there is no such property, or one comes twice that may come once.
    """
    size, at = read_variable(body, at)
    end = at + size
    if end > len(body):
        raise Malformed("a packet ends within its properties")
    properties: Properties = {}
    while at < end:
        number = body[at]
        value, at = read_value(body, at + 1, KINDS.get(number))
        if number in SEVERAL:
            several = properties.setdefault(number, [])
            if isinstance(several, list):
                several.append(value)
        elif number in properties:
            raise Malformed(f"property {number} comes twice", 0x82)
        else:
            properties[number] = value
    if at != end:
        raise Malformed("a property is longer than all of them")
    return properties, end


def read_value(body: bytes, at: int, kind: int | None) -> tuple[Value, int]:
    """The value of one property, and where it ends."""
    match kind:
        case int() if kind in (BYTE, SHORT, LONG):
            size = {BYTE: 1, SHORT: 2, LONG: 4}[kind]
            if at + size > len(body):
                raise Malformed("a packet ends within a property")
            return int.from_bytes(body[at : at + size], "big"), at + size
        case 3:
            return read_variable(body, at)
        case 4:
            return read_text(body, at)
        case 5:
            return read_binary(body, at)
        case 6:
            key, at = read_text(body, at)
            text, at = read_text(body, at)
            return (key, text), at
        case _:
            raise Malformed("there is a property that MQTT 5 does not know")


def number_of(properties: Properties, which: int, otherwise: int) -> int:
    """A property that is a number."""
    value = properties.get(which, otherwise)
    return value if isinstance(value, int) else otherwise


def text_of(properties: Properties, which: int) -> str:
    """A property that is a text; empty when it is not there."""
    value = properties.get(which, "")
    return value if isinstance(value, str) else ""


def bytes_of(properties: Properties, which: int) -> bytes | None:
    """A property that is bytes."""
    value = properties.get(which)
    return value if isinstance(value, bytes) else None
