"""Every error that Sojourn raises on purpose, as one tree.

    SojournError
    ├── Finished           the run had ended before it could be stopped
    ├── Stopped            the run was stopped by someone else while it was waited for
    ├── ModuleError        about a module
    │   ├── InvalidModule  not a valid WebAssembly module
    │   ├── Refused        valid, but it cannot be moved, and why
    │   └── MissingImport  it asks for something that this host does not offer
    ├── ImageError         about an image
    │   ├── InvalidImage   cut, damaged or not an image: nothing of it is used
    │   ├── WrongVersion   an image of a format that this release does not read
    │   └── WrongModule    an image of another module
    ├── ResumeError        about what an image needs to go on here
    │   ├── MissingModule  the module is not at hand: pass it
    │   └── MissingMount   a folder that the guest has in use is not mounted
    ├── EngineError        the engine refused or ran out of something
    │   └── UnknownEngine  no engine of that name
    └── StorageError       a file could not be read or written (also an OSError)

An error's text is one sentence for the person who meets it. `hint`, where there is one, says what to do.
"""

from __future__ import annotations


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


class ModuleError(SojournError):
    """About a module."""


class InvalidModule(ModuleError):
    """Not a valid WebAssembly module."""


class Refused(ModuleError):
    """Valid, but it cannot be moved: the function, the byte offset and the reason are in the text."""


class MissingImport(ModuleError):
    """The module asks for something that this host does not offer."""


class ImageError(SojournError):
    """About an image."""


class InvalidImage(ImageError):
    """Cut, damaged or not an image; the text says which section and why."""


class WrongVersion(ImageError):
    """An image of a format that this release does not read."""


class WrongModule(ImageError):
    """The image is of another module than the one that was given."""


class ResumeError(SojournError):
    """About what an image needs to go on here."""


class MissingModule(ResumeError):
    """The image's module is not at hand on this machine."""


class MissingMount(ResumeError):
    """A folder that the guest has in use is not mounted."""


class EngineError(SojournError):
    """The engine refused, or ran out of something."""


class UnknownEngine(EngineError):
    """No engine of that name."""


class StorageError(SojournError, OSError):
    """A file could not be read or written."""
