"""One node of a realm on this machine, in a process of its own: what `sojourn up` starts.

Standard input brings its order, a line of JSON, and stays open: when it closes, whoever started the node is gone, and
it ends, too. Standard output tells when it has joined, or why it could not: a line of JSON. This process loads nothing
that the node does not need.
"""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.service import serve
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from sojourn.core.node import Node

STDIN = 0


def main() -> int:
    """Runs the node; the exit status of this process."""
    with open(STDIN, "rb", buffering=0, closefd=False) as orders:
        order = json.loads(orders.readline())
    settings = order["settings"]
    try:
        serve(settings, joined, lifeline=STDIN)
    except SojournError as error:
        tell({"error": str(error), "code": getattr(error, "code", None), "hint": error.hint})
        return 1
    finally:
        if order["temporary"]:
            remove(Path(settings["node.folder"]))
    return 0


def joined(node: Node) -> None:
    """Tells that the node has joined."""
    tell({"name": node.name, "addresses": node.addresses})


def tell(what: dict[str, object]) -> None:
    """A line for whoever started this process, if it is still there."""
    with suppress(OSError):
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def remove(folder: Path) -> None:
    """Removes the node's folder, and the realm's with the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


if __name__ == "__main__":
    sys.exit(main())
