"""Installs the packages that a folder's package-lock.json names, and prints where they are.

    python examples/npm.py FOLDER

They lie in the user's cache folder under a hash of package.json and package-lock.json: once for all checkouts. Exit
status 1 where npm is not there or cannot install them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Lock

from build import Missing, cache_folder

PACKAGES = ("package.json", "package-lock.json")

# One installation at a time: sources are compiled side by side.
INSTALLING = Lock()


def install(of: Path) -> Path:
    """The folder node_modules of what a folder's lock names, installed first if it has to be.

    Raises:
        Missing: There is no npm, or it fails.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("no node and npm; hint: install both")
    with INSTALLING:
        return installed(of) / "node_modules"


def installed(of: Path) -> Path:
    """The folder in the cache; another process may make the same one."""
    packages = [of / name for name in PACKAGES]
    name = hashlib.sha256(json.dumps([path.read_text() for path in packages]).encode()).hexdigest()[:24]
    folder = cache_folder() / "npm" / name
    if not folder.exists():
        fresh = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
        fresh.mkdir(parents=True)
        for path in packages:
            shutil.copyfile(path, fresh / path.name)
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(fresh)
            raise Missing(f"npm could not install what {of.name} needs:\n{done.stderr.strip()}")
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)  # another process was first
    return folder


def main() -> int:
    """Installs; the exit status."""
    parser = argparse.ArgumentParser(description="Installs the packages that a folder's package-lock.json names.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="has package.json and package-lock.json")
    asked = parser.parse_args()
    try:
        print(install(asked.folder.resolve()))
    except Missing as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
