"""Run any WebAssembly program, stop it anywhere, go on anywhere.

run = sojourn.start("lua.wasm", args=["script.lua"], mounts={".": "."})
image = run.stop()
status = sojourn.resume(image, engine="wasmi", mounts={".": "."}).wait()

async with sojourn.connect() as realm:
    atom = await realm.start("lua.wasm", args=["script.lua"], mounts={".": sojourn.Memory(files)})
    await atom.migrate("node-2")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from sojourn.core.image import Image
from sojourn.core.module import Flavour, Module, instrument
from sojourn.core.run import Engine, Run, resume, start
from sojourn.model import node_errors
from sojourn.model.errors import (
    ConfigError,
    ControllerError,
    Declined,
    EngineError,
    ExpressionError,
    Finished,
    Forbidden,
    HostError,
    ImageError,
    InvalidAnnotation,
    InvalidImage,
    InvalidMessage,
    InvalidModule,
    MissingExport,
    MissingImport,
    MissingModule,
    MissingMount,
    ModuleError,
    NoController,
    NodeError,
    NotLeader,
    OutputLost,
    Refused,
    SojournError,
    Stopped,
    StorageError,
    TooLate,
    UnknownEngine,
    UnknownModule,
    UnknownMove,
    UnknownProgram,
    UnknownRollout,
    UnknownScenario,
    UnknownSetting,
    WrongModule,
    WrongVersion,
)
from sojourn.model.frame import Frame, Site
from sojourn.model.mount import Directory, Memory
from sojourn.model.status import Status
from sojourn.model.value import Value

if TYPE_CHECKING:
    from sojourn.app.connection import connect
    from sojourn.core.atom import Atom
    from sojourn.core.box import Box
    from sojourn.core.realm import Realm
    from sojourn.model.event import End, Event
    from sojourn.model.wire import AtomRow, AtomState, EventKind, ImageRow, KeyRow, MoveRow, MoveState, NameRow, NodeRow

__all__ = [
    "Atom",
    "AtomRow",
    "AtomState",
    "Box",
    "ConfigError",
    "ControllerError",
    "Declined",
    "Directory",
    "End",
    "Engine",
    "EngineError",
    "Event",
    "EventKind",
    "ExpressionError",
    "Finished",
    "Flavour",
    "Forbidden",
    "Frame",
    "HostError",
    "Image",
    "ImageError",
    "ImageRow",
    "InvalidAnnotation",
    "InvalidImage",
    "InvalidMessage",
    "InvalidModule",
    "KeyRow",
    "Memory",
    "MissingExport",
    "MissingImport",
    "MissingModule",
    "MissingMount",
    "Module",
    "ModuleError",
    "MoveRow",
    "MoveState",
    "NameRow",
    "NoController",
    "NodeError",
    "NodeRow",
    "NotLeader",
    "OutputLost",
    "Realm",
    "Refused",
    "Run",
    "Site",
    "SojournError",
    "Status",
    "Stopped",
    "StorageError",
    "TooLate",
    "UnknownEngine",
    "UnknownModule",
    "UnknownMove",
    "UnknownProgram",
    "UnknownRollout",
    "UnknownScenario",
    "UnknownSetting",
    "Value",
    "WrongModule",
    "WrongVersion",
    "connect",
    "instrument",
    "node_errors",
    "resume",
    "start",
]

# What talks to nodes is loaded when it is asked for: nodes themselves, and runs without a realm, do not need it.
LATER = {
    "Atom": "sojourn.core.atom",
    "Box": "sojourn.core.box",
    "Realm": "sojourn.core.realm",
    "connect": "sojourn.app.connection",
    **dict.fromkeys(("End", "Event"), "sojourn.model.event"),
    **dict.fromkeys(
        ("AtomRow", "AtomState", "EventKind", "ImageRow", "KeyRow", "MoveRow", "MoveState", "NameRow", "NodeRow"),
        "sojourn.model.wire",
    ),
}


def __getattr__(name: str) -> object:
    """Loads what is loaded later."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(LATER[name]), name)
