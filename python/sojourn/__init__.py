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
    ImageError,
    InvalidImage,
    InvalidModule,
    MissingImport,
    MissingModule,
    MissingMount,
    ModuleError,
    Refused,
    ResumeError,
    SojournError,
    Stopped,
    StorageError,
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
    "Image",
    "ImageError",
    "InvalidImage",
    "InvalidModule",
    "Memory",
    "MissingImport",
    "MissingModule",
    "MissingMount",
    "Module",
    "ModuleError",
    "Refused",
    "ResumeError",
    "Run",
    "Site",
    "SojournError",
    "Status",
    "Stopped",
    "StorageError",
    "UnknownEngine",
    "Value",
    "WrongModule",
    "WrongVersion",
    "instrument",
    "resume",
    "start",
]
