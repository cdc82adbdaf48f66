"""Runs the Rust tests as `make rust-test` does; arguments go to `cargo test`.

Targets with real sockets, processes or threads that fail run once more, and are told: others may use this machine.
"""

from __future__ import annotations

import re
import subprocess
import sys

# Crates whose tests are at the mercy of the machine; what fails of any other has failed.
BUSY = ("sojourn-node",)
CARGO = ("cargo", "test", "--locked", "--release")
TARGET = re.compile(r"^\s*`(-p (?P<crate>\S+) --[a-z]+(?: \S+)?)`$")


def failed_targets(lines: list[str]) -> list[tuple[str, str]]:
    """Crate and arguments of each target that cargo lists as failed; none where it did not come to that."""
    heads = [number for number, line in enumerate(lines) if re.match(r"error: \d+ targets? failed:", line)]
    found = (TARGET.match(line) for line in (lines[heads[-1] + 1 :] if heads else []))
    return [(match["crate"], match[1]) for match in found if match]


def run(arguments: list[str]) -> tuple[int, list[str]]:
    """Runs the tests and passes on what is printed; the exit status, and what was said on standard error."""
    command = [*CARGO, *arguments]
    said = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stderr is not None
        for line in process.stderr:
            sys.stderr.write(line)
            said.append(line.rstrip("\n"))
    return process.returncode, said


def main(arguments: list[str]) -> int:
    """All tests, and once more what may have failed by the machine; the exit status."""
    status, said = run(["--workspace", "--no-fail-fast", *arguments])
    failed = failed_targets(said)
    if not status or not failed or not all(crate in BUSY for crate, _ in failed):
        return status
    for _, target in failed:
        sys.stderr.write(f"==> once more, alone: {target}\n")
        status, _ = run([*target.split(), *arguments])
        if status:
            sys.stderr.write(f"==> failed twice: {target}\n")
            return status
    sys.stderr.write(f"==> passed the second time: {', '.join(target for _, target in failed)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
