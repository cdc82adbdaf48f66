"""Errors that nodes answer with, a class each. Made from `abi/errors.toml`; do not edit."""

from __future__ import annotations

from typing import ClassVar

from sojourn.model.errors import InvalidAnnotation, InvalidModule, NodeError


class UnknownAtom(NodeError):
    """There is no such atom in the realm."""

    code: ClassVar[int] = 1
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no such atom in the realm"
    usual_hint: ClassVar[str | None] = "`sojourn ps` lists them"


class UnknownNode(NodeError):
    """There is no such node in the realm."""

    code: ClassVar[int] = 2
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no such node in the realm"
    usual_hint: ClassVar[str | None] = "`sojourn nodes` lists them"


class NotRunning(NodeError):
    """The atom does not run any more."""

    code: ClassVar[int] = 3
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom does not run any more"
    usual_hint: ClassVar[str | None] = "`sojourn restore` lets it go on from an image"


class Busy(NodeError):
    """Something else is being done with it, or a queue is full."""

    code: ClassVar[int] = 4
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "something else is being done with it, or a queue is full"
    usual_hint: ClassVar[str | None] = "try again when that is over"


class AlreadyThere(NodeError):
    """The atom is already where it is to go."""

    code: ClassVar[int] = 5
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom is already where it is to go"


class Pinned(NodeError):
    """The atom uses something that cannot leave its machine."""

    code: ClassVar[int] = 6
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom uses something that cannot leave its machine"
    usual_hint: ClassVar[str | None] = "start it with --memory-dir instead of --dir, so that its files move with it"


class MissingFunction(NodeError):
    """The node does not offer a host function that the module imports."""

    code: ClassVar[int] = 7
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the node does not offer a host function that the module imports"


class MissingFeature(NodeError):
    """The node has no engine that can run it."""

    code: ClassVar[int] = 8
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the node has no engine that can run it"


class NoRoom(NodeError):
    """There is no room for it."""

    code: ClassVar[int] = 9
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no room for it"
    usual_hint: ClassVar[str | None] = "stop or move something there, or raise the limit"


class NodeWrongVersion(NodeError):
    """The other side speaks another version."""

    code: ClassVar[int] = 10
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the other side speaks another version"
    usual_hint: ClassVar[str | None] = "install the same version on both"


class WrongRealm(NodeError):
    """The node is of another realm."""

    code: ClassVar[int] = 11
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the node is of another realm"
    usual_hint: ClassVar[str | None] = "give --realm"


class NotAllowed(NodeError):
    """The node has no right to join the realm."""

    code: ClassVar[int] = 12
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the node has no right to join the realm"
    usual_hint: ClassVar[str | None] = "give the realm's key with --realm-key-file"


class Unreachable(NodeError):
    """The node does not answer."""

    code: ClassVar[int] = 13
    definite: ClassVar[bool] = False
    usual_text: ClassVar[str] = "the node does not answer"
    usual_hint: ClassVar[str | None] = "it may be busy, stopped, or cut off"


class Aborted(NodeError):
    """The move was given up; the atom goes on where it was."""

    code: ClassVar[int] = 14
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the move was given up; the atom goes on where it was"


class Ended(NodeError):
    """The atom ended by itself meanwhile."""

    code: ClassVar[int] = 15
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom ended by itself meanwhile"


class Lost(NodeError):
    """The node ended right after it had taken the atom."""

    code: ClassVar[int] = 16
    definite: ClassVar[bool] = False
    usual_text: ClassVar[str] = "the node ended right after it had taken the atom"
    usual_hint: ClassVar[str | None] = "`sojourn restore` lets it go on from its last image"


class NoImage(NodeError):
    """No image of it is kept."""

    code: ClassVar[int] = 17
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "no image of it is kept"


class AlreadyRuns(NodeError):
    """The atom runs."""

    code: ClassVar[int] = 18
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom runs"
    usual_hint: ClassVar[str | None] = "`sojourn stop` it first, or `sojourn migrate` it"


class NodeInvalidModule(NodeError, InvalidModule):
    """The module cannot be run."""

    code: ClassVar[int] = 19
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the module cannot be run"


class InvalidRequest(NodeError):
    """The request makes no sense."""

    code: ClassVar[int] = 20
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the request makes no sense"


class DiskFull(NodeError):
    """There is no room on the disk."""

    code: ClassVar[int] = 21
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no room on the disk"
    usual_hint: ClassVar[str | None] = "make room and try again; what was there before is untouched"


class MissingContent(NodeError):
    """Nobody at hand has that content."""

    code: ClassVar[int] = 22
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "nobody at hand has that content"


class Address(NodeError):
    """The address cannot be listened on."""

    code: ClassVar[int] = 23
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the address cannot be listened on"


class Internal(NodeError):
    """Something failed that should not."""

    code: ClassVar[int] = 24
    definite: ClassVar[bool] = False
    usual_text: ClassVar[str] = "something failed that should not"
    usual_hint: ClassVar[str | None] = "please report it"


class Superseded(NodeError):
    """A newer copy of the atom speaks for it."""

    code: ClassVar[int] = 25
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "a newer copy of the atom speaks for it"


class NameTaken(NodeError):
    """A node of this name is in the realm already."""

    code: ClassVar[int] = 26
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "a node of this name is in the realm already"
    usual_hint: ClassVar[str | None] = "give another --name"


class AtomNameTaken(NodeError):
    """An atom of this name was born at that node already."""

    code: ClassVar[int] = 27
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "an atom of this name was born at that node already"
    usual_hint: ClassVar[str | None] = "choose another name, or stop and forget the other atom"


class TimedOut(NodeError):
    """It was not answered in time."""

    code: ClassVar[int] = 28
    definite: ClassVar[bool] = False
    usual_text: ClassVar[str] = "it was not answered in time"
    usual_hint: ClassVar[str | None] = "the answer may come later, or the receiver may be slow"


class UnknownFuture(NodeError):
    """There is no such future."""

    code: ClassVar[int] = 29
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no such future"
    usual_hint: ClassVar[str | None] = "it was taken, cancelled, or never made"


class UnknownCall(NodeError):
    """There is no such call to answer."""

    code: ClassVar[int] = 30
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no such call to answer"
    usual_hint: ClassVar[str | None] = "each is answered once; messages with `call` 0 expect no answer"


class TooSmall(NodeError):
    """The room that was given is too small."""

    code: ClassVar[int] = 31
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the room that was given is too small"
    usual_hint: ClassVar[str | None] = "call again with as much as is needed"


class TooLarge(NodeError):
    """It is larger than its limit."""

    code: ClassVar[int] = 32
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "it is larger than its limit"
    usual_hint: ClassVar[str | None] = "`sojourn config show` tells the limits"


class NothingDue(NodeError):
    """No callback is due."""

    code: ClassVar[int] = 33
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "no callback is due"


class InvalidName(NodeError):
    """It cannot be a name."""

    code: ClassVar[int] = 34
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "it cannot be a name"
    usual_hint: ClassVar[str | None] = "names have letters, digits and . _ - , at most 64"


class InvalidPattern(NodeError):
    """It is not a pattern that names are matched with."""

    code: ClassVar[int] = 35
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "it is not a pattern that names are matched with"
    usual_hint: ClassVar[str | None] = "a regular expression without look-around and back references, at most 256 bytes"


class NoKey(NodeError):
    """There is no such key."""

    code: ClassVar[int] = 36
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "there is no such key"


class Conflict(NodeError):
    """The key has another version."""

    code: ClassVar[int] = 37
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the key has another version"
    usual_hint: ClassVar[str | None] = "read it again and decide anew"


class NotGranted(NodeError):
    """The atom may not do this."""

    code: ClassVar[int] = 38
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the atom may not do this"
    usual_hint: ClassVar[str | None] = "start it with the grant that it needs"


class BadDescriptor(NodeError):
    """The descriptor is none of this kind."""

    code: ClassVar[int] = 39
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the descriptor is none of this kind"


class Reset(NodeError):
    """The connection was reset."""

    code: ClassVar[int] = 40
    definite: ClassVar[bool] = False
    usual_text: ClassVar[str] = "the connection was reset"


class NotInRealm(NodeError):
    """The program runs alone, and not as an atom of a realm."""

    code: ClassVar[int] = 41
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the program runs alone, and not as an atom of a realm"
    usual_hint: ClassVar[str | None] = "start it with `sojourn start`"


class Callback(NodeError):
    """A callback is due first."""

    code: ClassVar[int] = 42
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "a callback is due first"
    usual_hint: ClassVar[str | None] = "take it with `callback`, then make the call again; SDKs do that"


class UnknownAlias(NodeError):
    """No atom has such a name or alias."""

    code: ClassVar[int] = 43
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "no atom has such a name or alias"
    usual_hint: ClassVar[str | None] = "`sojourn names PATTERN` shows those that there are"


class NodeInvalidAnnotation(NodeError, InvalidAnnotation):
    """The module's annotation cannot be what it says."""

    code: ClassVar[int] = 44
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the module's annotation cannot be what it says"
    usual_hint: ClassVar[str | None] = "`sojourn annotate FILE` shows and mends it"


class BadPointer(NodeError):
    """A pointer or length lies outside the guest's memory."""

    code: ClassVar[int] = 45
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "a pointer or length lies outside the guest's memory"


class HostsNoAtoms(NodeError):
    """The node hosts no atoms."""

    code: ClassVar[int] = 46
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = "the node hosts no atoms"
    usual_hint: ClassVar[str | None] = "name another node, or none"


BY_CODE: dict[int, type[NodeError]] = {
    error.code: error
    for error in (
        UnknownAtom,
        UnknownNode,
        NotRunning,
        Busy,
        AlreadyThere,
        Pinned,
        MissingFunction,
        MissingFeature,
        NoRoom,
        NodeWrongVersion,
        WrongRealm,
        NotAllowed,
        Unreachable,
        Aborted,
        Ended,
        Lost,
        NoImage,
        AlreadyRuns,
        NodeInvalidModule,
        InvalidRequest,
        DiskFull,
        MissingContent,
        Address,
        Internal,
        Superseded,
        NameTaken,
        AtomNameTaken,
        TimedOut,
        UnknownFuture,
        UnknownCall,
        TooSmall,
        TooLarge,
        NothingDue,
        InvalidName,
        InvalidPattern,
        NoKey,
        Conflict,
        NotGranted,
        BadDescriptor,
        Reset,
        NotInRealm,
        Callback,
        UnknownAlias,
        NodeInvalidAnnotation,
        BadPointer,
        HostsNoAtoms,
    )
}


def node_error(code: int, text: str, hint: str | None = None) -> NodeError:
    """The exception for an error code; one that this version does not know is `Internal`."""
    return BY_CODE.get(code, Internal)(text, hint)
