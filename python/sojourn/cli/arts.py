"""`sojourn arts`: the door to ARENA's runtimes, requesters and tools, in the foreground."""

from __future__ import annotations

from sojourn.app.config.resolve import Settings, values
from sojourn.app.member import ASKED_FOR, GATEWAY, become
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption
from sojourn.model.config_keys import KEYS

OWN = tuple(key.name for key in KEYS if key.name.startswith(("realm.", "client.", "mesh.", "arts.")))
ASKED = ("controller.address", "controller.token", "controller.authority")
# The node that atoms write their channels to: the same each time, so that they find it again.
NAME, BROKER = "arts", "localhost:1883"


@configured(*OWN, "gateway.name", *ASKED)
def arts(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """Run the door to ARENA until Ctrl-C or SIGTERM: ARTS's dialect at a broker, on the realm's nodes and its runtimes.

    It joins the realm of --address as a node without atoms. Runtimes that register become foreign nodes; whoever asks
    ARTS for modules gets them on those, or on nodes of this realm.
    """
    own = values(settings)
    broker = own["arts.broker"] or ("" if own["arts.mqtt_file"] else BROKER)
    only = {"gateway.name": own["gateway.name"] or NAME, "gateway.http": "", "mqtt.broker": "", "arts.broker": broker}
    only[ASKED_FOR] = True
    become({**own, **only}, as_json=json_asked, module=GATEWAY)
