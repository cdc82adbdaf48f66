"""Run any WebAssembly program, stop it anywhere, go on anywhere.

run = sojourn.start("lua.wasm", args=["script.lua"], mounts={".": "."})
image = run.stop()
status = sojourn.resume(image, engine="wasmi", mounts={".": "."}).wait()
"""

from sojourn.core.image import Image
from sojourn.core.module import Flavour, Module, instrument
from sojourn.core.run import Engine, Run, resume, start
from sojourn.model.errors import (
    EngineError,
    Finished,
    HostError,
    ImageError,
    InvalidImage,
    InvalidModule,
    MissingExport,
    MissingImport,
    MissingModule,
    MissingMount,
    ModuleError,
    Refused,
    SojournError,
    Stopped,
    StorageError,
    TooLate,
    UnknownEngine,
    WrongModule,
    WrongVersion,
)
from sojourn.model.frame import Frame, Site
from sojourn.model.mount import Directory, Memory
from sojourn.model.status import Status
from sojourn.model.value import Value

__all__ = [
    "Directory",
    "Engine",
    "EngineError",
    "Finished",
    "Flavour",
    "Frame",
    "HostError",
    "Image",
    "ImageError",
    "InvalidImage",
    "InvalidModule",
    "Memory",
    "MissingExport",
    "MissingImport",
    "MissingModule",
    "MissingMount",
    "Module",
    "ModuleError",
    "Refused",
    "Run",
    "Site",
    "SojournError",
    "Status",
    "Stopped",
    "StorageError",
    "TooLate",
    "UnknownEngine",
    "Value",
    "WrongModule",
    "WrongVersion",
    "instrument",
    "resume",
    "start",
]
