"""The Rust program that measures: building it, running it, reading its lines."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paths import CHECKOUT, target_folder
from workload import Unmeasurable

PACKAGE = "sojourn-bench-capture"


def build_runner() -> Path:
    """Builds the program; where it is."""
    environment = os.environ | {"CARGO_TARGET_DIR": str(target_folder())}
    command = ["cargo", "build", "--locked", "--release", "--quiet", "--package", PACKAGE]
    if subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode != 0:
        raise Unmeasurable("the program that measures does not build; cargo's messages are above")
    return target_folder() / "release" / PACKAGE


def measure(runner: Path, *arguments: str, **environment: str) -> Iterator[dict[str, Any]]:
    """Runs it; its measurements as they come. Raises Unmeasurable when it ends with an error."""
    command = [str(runner), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode != 0:
        raise Unmeasurable(f"{PACKAGE} {arguments[0]} ended with status {process.returncode}; its message is above")
