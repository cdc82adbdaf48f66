"""`sojourn node`: one node, in the foreground."""

from __future__ import annotations

import os

from sojourn.app.config.complete import complete
from sojourn.app.config.resolve import Settings, values
from sojourn.app.member import become
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption
from sojourn.model.config_keys import KEYS

OWN = tuple(key.name for key in KEYS if not key.name.startswith(("client.", "controller.", "gateway.", "mqtt.")))


@configured(*OWN)
def node(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """Run one node until Ctrl-C or SIGTERM.

    With --join it becomes part of a realm on this machine or another. When it has joined, it prints its name and where
    it listens.
    """
    become(complete(values(settings), os.environ), as_json=json_asked)
