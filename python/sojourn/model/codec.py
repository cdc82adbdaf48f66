"""Values of the wire's tables as CBOR, and back. `sojourn.model.wire` has the tables.

A record is an array of its fields in order; what a later version appends is not looked at, and fields at the end that
are None are left out. A choice is `[number, fields]`. Nothing is taken on trust: whatever a node sends becomes the
value that the tables say, or one `InvalidMessage`.
"""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

import cbor2

from sojourn.model.errors import InvalidMessage

if TYPE_CHECKING:
    import enum

# The tables nest six deep; nobody means well who nests deeper.
DEPTH = 32


class Kind(Protocol):
    """What a field may hold."""

    def encode(self, value: object, where: str) -> object:
        """The value as CBOR's types; `ValueError` when it is not of this kind."""

    def decode(self, data: object, where: str) -> Any:
        """The value of CBOR's types; `ValueError` when they are not of this kind."""


class Record(Protocol):
    """A dataclass of the tables."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    KINDS: ClassVar[tuple[Any, ...]]


class Variant(Record, Protocol):
    """A record that is one of a choice."""

    NUMBER: ClassVar[int]


RecordType: TypeAlias = type[Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    """A value that CBOR has itself."""

    type: type[object]
    name: str
    length: int | None = None

    def encode(self, value: object, where: str) -> object:
        """The value itself."""
        wrong = type(value) is not self.type or (isinstance(value, bytes) and self.length not in (None, len(value)))
        if wrong:
            raise ValueError(f"{where} is not {self.name}")
        return value

    decode = encode


@dataclasses.dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    least: int
    most: int

    def encode(self, value: object, where: str) -> object:
        """The number itself; True is not one."""
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValueError(f"{where} is not a whole number from {self.least} to {self.most}")
        return value

    decode = encode


@dataclasses.dataclass(frozen=True, slots=True)
class Enumerated:
    """An enum without data, by number."""

    type: type[enum.Enum]

    def encode(self, value: object, where: str) -> object:
        """Its number."""
        if not isinstance(value, self.type):
            raise ValueError(f"{where} is not one of {self.type.__name__}")  # noqa: TRY004 -- one kind of error
        return value.value

    def decode(self, data: object, where: str) -> enum.Enum:
        """By its number."""
        if type(data) is not int:
            raise ValueError(f"{where} is not one of {self.type.__name__}")
        return self.type(data)


@dataclasses.dataclass(frozen=True, slots=True)
class Maybe:
    """A value or None."""

    kind: Kind

    def encode(self, value: object, where: str) -> object:
        """None as null."""
        return None if value is None else self.kind.encode(value, where)

    def decode(self, data: object, where: str) -> Any:
        """Null as None."""
        return None if data is None else self.kind.decode(data, where)


@dataclasses.dataclass(frozen=True, slots=True)
class Many:
    """A list, as a tuple."""

    kind: Kind

    def encode(self, value: object, where: str) -> object:
        """One after the other."""
        if not isinstance(value, tuple):
            raise ValueError(f"{where} is not a tuple")  # noqa: TRY004 -- one kind of error
        return [self.kind.encode(each, f"{where}[{place}]") for place, each in enumerate(value)]

    def decode(self, data: object, where: str) -> tuple[Any, ...]:
        """One after the other."""
        return tuple(self.kind.decode(each, f"{where}[{place}]") for place, each in enumerate(as_list(data, where)))


@dataclasses.dataclass(frozen=True, slots=True)
class One:
    """A record."""

    type: RecordType

    def encode(self, value: object, where: str) -> object:
        """Its fields in order."""
        if type(value) is not self.type:
            raise ValueError(f"{where} is not a {self.type.__name__}")
        return encode_fields(value, where)

    def decode(self, data: object, where: str) -> Any:
        """By its fields in order."""
        return decode_fields(self.type, data, where)


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One of several records, each with its number."""

    name: str
    types: tuple[RecordType, ...]

    def encode(self, value: object, where: str) -> object:
        """Its number and its fields."""
        for type_ in self.types:
            if isinstance(value, type_):
                return [type_.NUMBER, encode_fields(value, where)]
        raise ValueError(f"{where} is not a {self.name}")

    def decode(self, data: object, where: str) -> Any:
        """By its number."""
        match as_list(data, where):
            # True is 1 to Python, and no number on the wire.
            case [int(number), fields] if not isinstance(number, bool):
                for type_ in self.types:
                    if number == type_.NUMBER:
                        return decode_fields(type_, fields, f"{where}.{type_.__name__}")
        raise ValueError(f"{where} is not a {self.name} that this version knows")


def encode_fields(value: Any, where: str) -> list[object]:
    """Fields of a record, those at the end that are None left out."""
    names = [field.name for field in dataclasses.fields(value)]
    pairs = zip(names, value.KINDS, strict=True)
    items = [kind.encode(getattr(value, name), f"{where}.{name}") for name, kind in pairs]
    while items and items[-1] is None:
        items.pop()
    return items


def decode_fields(type_: RecordType, data: object, where: str) -> Any:
    """A record by its fields. Those that are missing at the end are None, where they may be."""
    items = as_list(data, where)
    fields = dataclasses.fields(type_)
    items = items + [None] * (len(fields) - len(items))
    pairs = zip(fields, type_.KINDS, items, strict=False)
    return type_(**{field.name: kind.decode(item, f"{where}.{field.name}") for field, kind, item in pairs})


def as_list(data: object, where: str) -> list[object]:
    """A list as it is."""
    if not isinstance(data, list):
        raise ValueError(f"{where} is not a list")  # noqa: TRY004 -- one kind of error
    return data


def to_bytes(kind: Kind, value: object, where: str) -> bytes:
    """A value as it goes over the wire.

    Raises:
        ValueError: A field does not hold what the tables say.
    """
    return cbor2.dumps(kind.encode(value, where))


def from_bytes(kind: Kind, data: bytes, where: str) -> Any:
    """A value that came over the wire, all of the bytes.

    Raises:
        InvalidMessage: They are something else.
    """
    try:
        return kind.decode(loaded(data), where)
    except Exception as error:
        raise InvalidMessage(f"a node answered with something else than an answer: {error}") from error


def loaded(data: bytes) -> object:
    """CBOR's types of one value, and nothing behind it."""
    source = io.BytesIO(data)
    value: object = cbor2.load(source, max_depth=DEPTH, allow_indefinite=False)
    if source.tell() != len(data):
        raise ValueError(f"{len(data) - source.tell()} bytes too many")
    return value


BOOL = Plain(bool, "true or false")
TEXT = Plain(str, "text")
BYTES = Plain(bytes, "bytes")
HASH = Plain(bytes, "a hash of 32 bytes", 32)
U8, U16, U32, U64 = (Whole(0, 2**bits - 1) for bits in (8, 16, 32, 64))
I32 = Whole(-(2**31), 2**31 - 1)
