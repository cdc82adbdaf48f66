"""Shapes of what the tests run."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SOJOURN = str(Path(sys.executable).with_name("sojourn"))

Ran = subprocess.CompletedProcess[bytes]
Runner = Callable[..., Ran]
Starter = Callable[..., subprocess.Popen[bytes]]
GuestPath = Callable[[str], Path]
