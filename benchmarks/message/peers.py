"""Peers of the message benchmark: actors of Ray and of Dask, request and reply of NATS.

They are installed into an environment of their own in the user's cache folder, from `peers.lock`; NATS's server comes
from Debian's package `nats-server`. A peer that cannot be had is left out, with a line that says why.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

HERE = Path(__file__).resolve().parent
PEERS = ["ray", "dask", "nats"]
FIGURES = {
    f"{peer}_{key}": f"{name}: {text}"
    for peer, name in (("ray", "Ray actors"), ("dask", "Dask actors"), ("nats", "NATS request and reply"))
    for key, text in (("p50_us", "one way, p50, us"), ("msg_s", "messages a second"))
}


def environment() -> Path:
    """Python with the peers; made when it is not there."""
    cache = (
        os.environ.get("SOJOURN_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sojourn"
    )
    folder = Path(cache) / "peers"
    python = folder / "bin" / "python"
    lock = HERE / "peers.lock"
    mark = folder / ".installed"
    if not mark.exists() or mark.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        subprocess.run(install, check=True)
        mark.write_text(lock.read_text())
    return python


def nats_server() -> bool:
    """Whether NATS's server is at hand; installs it as root where it is not."""
    if shutil.which("nats-server") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "nats-server"], check=False, capture_output=True)
    return shutil.which("nats-server") is not None


def measure(size: int, console: Console) -> dict[str, float]:
    """One way p50 in us and messages a second of each peer, for messages of this size."""
    python = environment()
    figures: dict[str, float] = {}
    for peer in PEERS:
        if peer == "nats" and not nats_server():
            console.print("left out: NATS; `apt-get install nats-server` as root brings its server")
            continue
        command = [str(python), str(HERE / "peer.py"), peer, str(size)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
        if done.returncode:
            console.print(f"left out: {peer}: {done.stderr.strip().splitlines()[-1:]}")
            continue
        p50, rate = json.loads(done.stdout.splitlines()[-1])
        figures |= {f"{peer}_p50_us": p50, f"{peer}_msg_s": rate}
    return figures
