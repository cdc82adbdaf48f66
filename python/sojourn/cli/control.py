"""`sojourn controller`: a controller for a realm that is up, in the foreground."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sojourn.app.config.complete import realm_folder
from sojourn.app.config.resolve import Settings, values
from sojourn.app.member import CONTROLLER, become
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption
from sojourn.model.config_keys import KEYS

OWN = tuple(key.name for key in KEYS if not key.name.startswith(("node.", "images.", "move.", "gateway.", "mqtt.")))


@configured(*OWN)
def controller(
    *,
    folder: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Folder for what it keeps; else that of the realm.")
    ] = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Run a controller until Ctrl-C or SIGTERM: it places, adapts and recovers atoms, and serves REST.

    It joins the realm of --address. Several share a store in PostgreSQL: one leads, and another takes over when it is
    gone.
    """
    own = values(settings)
    kept = folder or realm_folder(str(own["realm.name"]), os.environ)
    become({**own, "controller.folder": str(kept.absolute())}, as_json=json_asked, module=CONTROLLER)
