"""Shapes of what the tests run."""

import subprocess
from collections.abc import Callable
from pathlib import Path

Ran = subprocess.CompletedProcess[bytes]
Runner = Callable[..., Ran]
Starter = Callable[..., subprocess.Popen[bytes]]
GuestPath = Callable[[str], Path]
