"""`sojourn node`: one node, in the foreground."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from sojourn.app.config.complete import complete
from sojourn.app.config.resolve import Settings, values
from sojourn.app.service import serve
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption, print_json_line
from sojourn.model.config_keys import KEYS

if TYPE_CHECKING:
    from sojourn.core.node import Node

OWN = tuple(key.name for key in KEYS if not key.name.startswith("client."))


@configured(*OWN)
def node(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """Run one node until Ctrl-C or SIGTERM.

    With --join it becomes part of a realm on this machine or another. When it has joined, it prints its name and where
    it listens.
    """

    def ready(member: Node) -> None:
        if json_asked:
            print_json_line({"name": member.name, "addresses": member.addresses})
        else:
            typer.echo(f"{member.name} {' '.join(member.addresses)}")

    serve(complete(values(settings), os.environ), ready)
