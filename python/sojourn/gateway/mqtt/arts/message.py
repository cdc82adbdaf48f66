"""Messages as they come: read leniently where real clients need it, and refused with a reason everywhere else.

| habit | whose |
|---|---|
| JSON in single quotes | the simulated runtime, when a module has come to its end |
| `details` as a text that holds JSON | the simulated runtime |
| `apis` as a text with blanks, or as a list | all runtimes: the browser's sends a list |
| `args` and `env` as a text, or as a list | requesters |
| `channels` as a list, or as a text that holds one or is empty | the simulated runtime |
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from sojourn.gateway.mqtt.arts import limit
from sojourn.gateway.mqtt.arts.record import NEEDED, Channel, Module, is_identity
from sojourn.model.errors import SojournError

T = TypeVar("T")

REQUEST, ANSWER = "arts_req", "arts_resp"
# What an answer to a message is called that cannot be read.
UNREADABLE = "could_not_parse"

Name: TypeAlias = Annotated[str, Meta(max_length=limit.NAME)]
Text: TypeAlias = Annotated[str, Meta(max_length=limit.TEXT)]
Texts: TypeAlias = Annotated[list[Text], Meta(max_length=limit.ITEMS)]


class Malformed(SojournError):
    """A message is none of the dialect; the text says why."""


class Envelope(Struct, frozen=True):
    """What every message has; `send_to_runtime` may stand in it, too."""

    object_id: Name = ""
    action: Name = ""
    type: Name = ""
    data: Raw = Raw(b"{}")
    send_to_runtime: Name | None = None


class Message(Struct, frozen=True):
    """A message.

    Attributes:
        object_id: By which it is answered.
        action: `create`, `delete` or another.
        type: `arts_req` or `arts_resp`.
        data: What it is about; not read yet.
        send_to_runtime: Where a module is to go, if that stands beside `data`.
        quoted: Whether it came in single quotes.
    """

    object_id: str
    action: str
    type: str
    data: Raw
    send_to_runtime: str | None = None
    quoted: bool = False


class About(Struct, frozen=True):
    """What a request is about: `runtime` or `module`."""

    type: Name


class RuntimeData(Struct, frozen=True):
    """What a runtime tells of itself. All is optional but `type`."""

    type: Name
    uuid: Name | None = None
    name: Name | None = None
    max_nmodules: Annotated[int, Meta(ge=0, le=limit.CAPACITY)] | None = None
    apis: Text | Texts | None = None


class ParentData(Struct, frozen=True):
    """Where a module is to be."""

    uuid: Name


class ChannelData(Struct, frozen=True):
    """A channel, as requesters write it."""

    path: Name
    type: Name = "pubsub"
    mode: Annotated[str, Meta(pattern="^(r|w|rw)$")] = "rw"
    params: Annotated[dict[Name, Text], Meta(max_length=limit.ITEMS)] = {}


Channels: TypeAlias = Annotated[list[ChannelData], Meta(max_length=limit.ITEMS)]


class ModuleData(Struct, frozen=True):
    """A module that is to be created."""

    type: Name
    name: Name
    filename: Name
    filetype: Annotated[str, Meta(pattern="^(WA|PY)$")]
    fileid: Name | None = None
    uuid: Name | None = None
    parent: ParentData | None = None
    apis: Text | Texts | None = None
    args: Text | Texts | None = None
    env: Text | Texts | None = None
    channels: Text | Channels | None = None
    memory: Raw | None = None


class NamedData(Struct, frozen=True):
    """A module or runtime that is meant; where a module is to go."""

    type: Name
    uuid: Name
    send_to_runtime: Name | None = None


class AnswerData(Struct, frozen=True):
    """An answer."""

    result: Name
    details: Any = None


def read(payload: bytes) -> Message:
    """A message.

    Raises:
        Malformed: It is none; the text says why.
    """
    text = payload.strip(b" \t\r\n\0")
    quoted = len(text) > 1 and text[:1] == text[-1:] == b"'"
    made = decoded(text[1:-1] if quoted else text, Envelope, "it is no JSON object")
    return Message(made.object_id, made.action, made.type, made.data, made.send_to_runtime, quoted)


def decoded(raw: bytes | Raw, kind: type[T], what: str) -> T:
    """A value of JSON.

    Raises:
        Malformed: It is another; the text names the field.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{what}: {str(error)[: limit.TOLD]}") from error


def about(message: Message) -> str:
    """What a request is about.

    Raises:
        Malformed: It does not say.
    """
    return decoded(message.data, About, "`data` cannot be read").type


def words(given: str | list[str] | None) -> tuple[str, ...]:
    """A text with blanks, or a list, as a list."""
    if given is None:
        return ()
    return tuple(given.split() if isinstance(given, str) else [each for each in given if each])


def module_of(data: ModuleData, uuid: str, now: float) -> Module:
    """A module that was asked for.

    Raises:
        Malformed: Something of it cannot be.
    """
    identity = data.uuid or uuid
    if not is_identity(identity):
        raise Malformed(f"{identity!r} cannot be a module's uuid")
    for field in ("name", "filename"):
        if not getattr(data, field):
            raise Malformed(f"{field} is empty")
    env = words(data.env)
    for each in env:
        if not each.partition("=")[1] or each.startswith("="):
            raise Malformed(f"{each!r} of env is not K=V")
    return Module(
        uuid=identity,
        name=data.name,
        filename=data.filename,
        fileid=data.fileid or "na",
        filetype=data.filetype,
        apis=words(data.apis) or NEEDED[data.filetype],
        args=words(data.args),
        env=env,
        channels=channels_of(data.channels),
        wanted=data.parent.uuid if data.parent is not None else "",
        created_at=now,
    )


def channels_of(given: str | list[ChannelData] | None) -> tuple[Channel, ...]:
    """Channels of a module.

    Raises:
        Malformed: They cannot be read, or two have one path.
    """
    if isinstance(given, str):
        listed = decoded(given.encode(), Channels, "the text of channels cannot be read") if given.strip() else []
    else:
        listed = given or []
    paths = [each.path.rstrip("/") for each in listed]
    if len(set(paths)) < len(paths):
        raise Malformed("two channels have one path")
    return tuple(
        Channel(path=path, type=each.type, mode=each.mode, params=each.params)
        for path, each in zip(paths, listed, strict=True)
    )


def details_of(answer: AnswerData) -> Any:  # noqa: ANN401 -- whatever a runtime tells
    """Details of an answer; where they are a text that holds JSON, what that says."""
    details = answer.details
    if isinstance(details, str) and details[:1] in {"{", "["}:
        try:
            return msgspec.json.decode(details)
        except (msgspec.DecodeError, RecursionError):
            return details
    return details


def told(answer: AnswerData) -> str:
    """Why a runtime could not, in its words."""
    details = details_of(answer)
    text = details if isinstance(details, str) else msgspec.json.encode(details).decode()
    return text[: limit.TOLD] or "it did not say why"


def is_memory(memory: Raw | None) -> bool:
    """Whether a module's memory comes with it."""
    return memory is not None and bytes(memory).strip() not in {b"null", b'""'}
