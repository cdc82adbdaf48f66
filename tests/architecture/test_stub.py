"""The stub of the extension says what the extension has."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Names for shapes, which only readers and checkers see; and the loader's own.
ALLOWED = r"""
sojourn\._core\.(\w+Row|MountOption|__all__)
"""


def test_stub_matches_the_module(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(ALLOWED.strip() + "\n")
    command = [sys.executable, "-m", "mypy.stubtest", "sojourn._core", "--allowlist", str(allowed), "--concise"]
    command += ["--mypy-config-file", str(ROOT / "pyproject.toml"), "--ignore-unused-allowlist"]
    checked = subprocess.run(command, cwd=ROOT / "python", check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
