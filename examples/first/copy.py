"""Builds the three programs, copies them to the page's folder, and writes down of what they were made.

python examples/first/copy.py [--into FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(HERE.parent))

import build  # noqa: E402 -- it lies beside the stories

SAMPLES = ROOT / "python" / "sojourn" / "dashboard" / "page" / "samples"
NAMES = ("count", "pair", "work")
SHARED = ("examples/first/say.h", "sdk/c/sojourn.h", "sdk/c/sojourn_raw.h")


def main() -> None:
    """Builds, copies and records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=SAMPLES, help="another folder than the page's")
    into: Path = parser.parse_args().into
    command = [sys.executable, str(HERE.parent / "build.py"), *NAMES, "--json"]
    made = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    lines = [
        "# What the samples were made of: written by examples/first/copy.py, compared by a test.",
        f'compiler = "{build.zig_version()}"',
    ]
    for name in NAMES:
        shutil.copyfile(made[name], into / f"{name}.wasm")
        sources = (f"examples/first/{name}.c", *SHARED)
        lines += ["", f"[sample.{name}]", f'sha256 = "{digest(into / f"{name}.wasm")}"', f"[sample.{name}.sources]"]
        lines += [f'"{source}" = "{digest(ROOT / source)}"' for source in sources]
    (into / "SAMPLES.toml").write_text("\n".join(lines) + "\n")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
