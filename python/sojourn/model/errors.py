"""Every error that Sojourn raises on purpose, as one tree.

    SojournError
    ├── Finished           the run had ended before it could be stopped
    ├── Stopped            the run was stopped into an image, so that it has no exit status
    ├── TooLate            an exact stop was asked for after the run had begun
    ├── ModuleError        about a module
    │   ├── InvalidModule  not a valid WebAssembly module
    │   ├── Refused        valid, but it cannot be moved, and why
    │   ├── InvalidAnnotation  what it says of itself is wrong, or cannot be true
    │   ├── MissingImport  it asks for something that this host does not offer
    │   └── MissingExport  it has no function of the name that is to be called
    ├── ImageError         about an image
    │   ├── InvalidImage   cut, damaged or not an image: nothing of it is used
    │   ├── WrongVersion   an image of a format that this release does not read
    │   └── WrongModule    an image of another module
    ├── HostError          what the guest is to have of this machine cannot be given: arguments, folders, streams
    │   ├── MissingModule  the module of an image is not at hand: pass it
    │   └── MissingMount   a folder or file that the guest has in use is not here
    ├── EngineError        the engine refused or ran out of something
    │   └── UnknownEngine  no engine of that name
    ├── StorageError       a file or a store could not be read or written (also an OSError)
    ├── ConfigError        a value of the configuration is wrong, or a key is unknown
    ├── ExpressionError    an objective or a requirement is wrong, and where
    ├── InvalidMessage     a node answered with something else than an answer of this version
    ├── OutputLost         output of an atom is gone that nobody had read in time
    ├── ControllerError    what a controller answers, or that none does
    │   ├── NoController   none answers at the address
    │   ├── NotLeader      it does not lead the realm, or may not any more
    │   ├── Declined       what was asked for cannot be, and why
    │   ├── UnknownMove    there is no such move, or none any more
    │   ├── UnknownModule  there is no such module
    │   ├── UnknownRollout there is no such rollout
    │   ├── UnknownProgram there is no such program
    │   ├── UnknownSetting there is no such setting
    │   ├── UnknownScenario there is no such scenario of a simulation
    │   └── Forbidden      the token is missing or wrong, or does not allow it
    └── NodeError          what a node answers, or that none does: a class for each code, in `sojourn.node_errors`

An error's text is one sentence for the person who meets it. `hint`, where there is one, says what to do.
"""

from __future__ import annotations

from typing import ClassVar


class SojournError(Exception):
    """Root of the tree.

    Attributes:
        hint: What to do about it, or None.
    """

    hint: str | None

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Finished(SojournError):
    """The run had ended before it could be stopped."""


class Stopped(SojournError):
    """The run was stopped into an image, so that it has no exit status."""


class TooLate(SojournError):
    """An exact stop was asked for after the run had begun; ask for it when it is started."""


class ModuleError(SojournError):
    """About a module."""


class InvalidModule(ModuleError):
    """Not a valid WebAssembly module."""


class Refused(ModuleError):
    """Valid, but it cannot be moved: the function, the byte offset and the reason are in the text."""


class InvalidAnnotation(ModuleError):
    """What the module says of itself is wrong, or cannot be true; the text says which line and why."""


class MissingImport(ModuleError):
    """The module asks for something that this host does not offer."""


class MissingExport(ModuleError):
    """The module has no function of the name that is to be called."""


class ImageError(SojournError):
    """About an image."""


class InvalidImage(ImageError):
    """Cut, damaged or not an image; the text says which section and why."""


class WrongVersion(ImageError):
    """An image of a format that this release does not read."""


class WrongModule(ImageError):
    """The image is of another module than the one that was given."""


class HostError(SojournError):
    """What the guest is to have of this machine cannot be given: arguments, folders, streams."""


class MissingModule(HostError):
    """The image's module is not at hand on this machine."""


class MissingMount(HostError):
    """A folder or file that the guest has in use is not here."""


class EngineError(SojournError):
    """The engine refused, or ran out of something."""


class UnknownEngine(EngineError):
    """No engine of that name."""


class StorageError(SojournError, OSError):
    """A file or a store could not be read or written."""


class ConfigError(SojournError):
    """A value of the configuration is wrong, or a key is unknown; the text says where it stands."""


class ExpressionError(SojournError):
    """An objective or a requirement is wrong; the text shows it with the place marked.

    Attributes:
        wrong: What is wrong, without the expression.
        source: The expression.
        start: Where the wrong part begins: a character of it, from 0.
        end: Where it ends.
    """

    wrong: str
    source: str
    start: int
    end: int

    def __init__(self, wrong: str, source: str, start: int, end: int, hint: str | None = None) -> None:
        # One column a character, whatever it is, so that the mark stands under it.
        shown = "".join(sign if sign.isprintable() else " " for sign in source)
        mark = " " * start + "^" * max(1, end - start)
        super().__init__(f"{wrong}\n    {shown}\n    {mark}", hint)
        self.wrong, self.source, self.start, self.end = wrong, source, start, end


class InvalidMessage(SojournError):
    """A node answered with something else than an answer of this version."""


class OutputLost(SojournError):
    """Output of an atom is gone: more was written than its node keeps, and nobody read it."""


class ControllerError(SojournError):
    """What a controller answers, or that none does."""


class NoController(ControllerError):
    """No controller answers at the address."""


class NotLeader(ControllerError):
    """The controller does not lead the realm, or may not any more: another one writes the store.

    What was to be written last may have been kept all the same: who leads again reads everything anew.

    Attributes:
        leader: Address of the one that leads, as `https://host:port`; None: that is not known.
    """

    def __init__(self, message: str, hint: str | None = None, leader: str | None = None) -> None:
        super().__init__(message, hint)
        self.leader = leader


class Declined(ControllerError):
    """What was asked for cannot be; the text says why."""


class UnknownMove(ControllerError):
    """There is no such move, or none any more."""


class UnknownModule(ControllerError):
    """There is no such module in the realm."""


class UnknownRollout(ControllerError):
    """There is no such rollout in the realm."""


class UnknownProgram(ControllerError):
    """There is no such program in the realm."""


class UnknownSetting(ControllerError):
    """There is no such setting of a realm."""


class UnknownScenario(ControllerError):
    """There is no such scenario of a simulation."""


class Forbidden(ControllerError):
    """The token is missing or wrong, or does not allow it."""


class NodeError(SojournError):
    """What a node answers, or that none does.

    Attributes:
        code: Number of the error, as in docs/reference/errors.md; 0: the realm could not be joined, the text says why.
        definite: Whether it says that what was asked did not happen and will not; otherwise it may have happened.
        usual_text: What the table says of the error; an answer's own text says more.
        usual_hint: What to do, where the answer itself does not say.
    """

    code: ClassVar[int] = 0
    definite: ClassVar[bool] = True
    usual_text: ClassVar[str] = ""
    usual_hint: ClassVar[str | None] = None

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint or self.usual_hint)
