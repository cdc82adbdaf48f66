"""One node in a process of its own, which loads nothing that a node does not need: what `up` and `node` come to.

Its order, a line of JSON, comes through a pipe. From `sojourn up` that is standard input, which stays open: when it
closes, whoever started the node is gone, and it ends, too. Standard output tells when it has joined; a member of `up`
also tells there why it could not, as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from sojourn.app.service import serve
from sojourn.model.errors import ConfigError, SojournError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.core.node import Node
    from sojourn.model.config import Value

STDIN = 0
# Of a pipe that one line fits into, so that nobody has to wait for its reader.
ORDER_BYTES = 60_000


NODE, CONTROLLER, GATEWAY = "sojourn.app.member", "sojourn.app.controller.main", "sojourn.app.doors.main"
# In the order of `sojourn arts` alone: whoever sets a broker for it in a file does not want it in every gateway.
ASKED_FOR = "arts.asked_for"


def become(settings: Mapping[str, Value], *, as_json: bool, module: str = NODE) -> NoReturn:
    """Becomes a node, or a controller: this process goes on as one, without what it had loaded to read its settings."""
    order = json.dumps({"settings": settings, "temporary": False, "json": as_json}).encode() + b"\n"
    if len(order) > ORDER_BYTES:
        raise ConfigError("the configuration is too long")
    reader, writer = os.pipe()
    os.write(writer, order)
    os.close(writer)
    os.set_inheritable(reader, True)
    sys.stdout.flush()
    command = [sys.executable, "-m", module, str(settings["realm.name"]), str(reader)]
    os.execv(sys.executable, command)  # noqa: S606 -- our own module, and no shell in between


def main(arguments: list[str]) -> int:
    """Runs the node; the exit status of this process."""
    alone = len(arguments) > 1
    order = read_order(int(arguments[1]) if alone else STDIN, close=alone)
    settings, as_json = order["settings"], order["json"]
    try:
        serve(settings, lambda node: joined(node, as_json=as_json), lifeline=None if alone else STDIN)
    except SojournError as error:
        failed(error, as_json=as_json and not alone)
        return 1
    finally:
        if order["temporary"]:
            remove(Path(settings["node.folder"]))
    return 0


def read_order(descriptor: int, *, close: bool) -> Any:  # noqa: ANN401 -- JSON of our own
    """The order."""
    with open(descriptor, "rb", buffering=0, closefd=close) as orders:
        return json.loads(orders.readline())


def joined(node: Node, *, as_json: bool) -> None:
    """Tells that the node has joined."""
    told = json.dumps({"name": node.name, "addresses": node.addresses})
    tell(sys.stdout, told if as_json else f"{node.name} {' '.join(node.addresses)}")


def failed(error: SojournError, *, as_json: bool) -> None:
    """Tells that it could not."""
    if as_json:
        what = {"error": str(error), "code": getattr(error, "code", 0), "hint": error.hint}
        tell(sys.stdout, json.dumps(what))
        return
    tell(sys.stderr, f"error: {' '.join(str(error).split())}")
    if error.hint:
        tell(sys.stderr, f"hint: {error.hint}")


def tell(stream: TextIO, line: str) -> None:
    """A line for whoever started this process, if it is still there."""
    with suppress(OSError):
        stream.write(line + "\n")
        stream.flush()


def remove(folder: Path) -> None:
    """Removes the node's folder, and the realm's with the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
