"""Packages of Debian that tests need: installed where the tests run as root, otherwise the test is skipped."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Debian's package would set up and start a server of its own.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def found(name: str) -> Path | None:
    """A program on the path."""
    path = shutil.which(name)
    return None if path is None else Path(path)


def need(package: str, there: Path | None) -> None:
    """Installs a package unless what it brings is there.

    Args:
        package: Its name.
        there: What it brings; None: it is missing.
    """
    if there is not None:
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        pytest.skip(f"needs {package}: `apt-get install {package}` as root")
    if package == "postgresql" and not NO_CLUSTER.exists():
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run([apt, "-qq", *command], check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            pytest.skip(f"needs {package}, which cannot be installed: {done.stderr.strip()[-300:]}")
