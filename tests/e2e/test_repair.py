"""A node's folder whose files are damaged: the node says so, `sojourn repair` saves what is whole, and it goes on."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from sojourn import connect
from tests.e2e.nodes import PATIENCE_S, Process
from tests.e2e.process import Runner

Nodes = Callable[..., list[Process]]


def test_a_damaged_folder_is_told_repaired_and_used_again(
    nodes: Nodes, sojourn: Runner, steady: Path, tmp_path: Path
) -> None:
    [process] = nodes("node-1")
    folder = tmp_path / "node-1"

    async def keep() -> str:
        async with connect(process.address, realm=process.realm, timeout=PATIENCE_S) as realm:
            atom = await realm.start(steady, args=("1", "1", "100000"), atom="kept")
            assert await atom.checkpoint()
            return atom.name

    name = asyncio.run(keep())
    # While it runs nobody repairs anything.
    refused = sojourn("repair", folder)
    assert refused.returncode == 1
    assert b"is open in another process" in refused.stderr
    process.kill()
    index = folder / "images" / "index.redb"
    index.write_bytes(b"nothing that was ever written" * 1000)
    place = ("--realm", process.realm, "--name", "node-1", "--folder", folder, "--listen", "tcp/127.0.0.1:0")
    started = sojourn("node", *place)
    assert started.returncode == 1
    assert b"sojourn repair" in started.stderr
    repaired = sojourn("repair", folder, "--json")
    assert (repaired.returncode, json.loads(repaired.stdout)) == (0, {"images": 1, "lost": [], "damaged": True})
    assert b"nothing is damaged" in sojourn("repair", folder).stderr
    process.begin()

    async def restore() -> None:
        async with connect(process.address, realm=process.realm, timeout=PATIENCE_S) as realm:
            atom = await realm.restore(name)
            assert (await atom.row()).node == "node-1"

    asyncio.run(restore())


def test_what_is_no_nodes_folder_is_told(sojourn: Runner, tmp_path: Path) -> None:
    refused = sojourn("repair", tmp_path / "nowhere")
    assert refused.returncode == 1
    assert b"nowhere" in refused.stderr
    assert not (tmp_path / "nowhere").exists()
