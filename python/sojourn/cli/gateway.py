"""`sojourn gateway`: doors of a realm that is up, in the foreground."""

from __future__ import annotations

from sojourn.app.config.resolve import Settings, values
from sojourn.app.member import GATEWAY, become
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption
from sojourn.model.config_keys import KEYS

OWN = tuple(key.name for key in KEYS if key.name.startswith(("realm.", "client.", "mesh.", "gateway.", "mqtt.")))


@configured(*OWN, "controller.token_file")
def gateway(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """Run a gateway until Ctrl-C or SIGTERM: atoms are reached over HTTP and WebSocket at `/a/NAME/`.

    It joins the realm of --address as a node without atoms. Any number of gateways may run.
    """
    become(values(settings), as_json=json_asked, module=GATEWAY)
