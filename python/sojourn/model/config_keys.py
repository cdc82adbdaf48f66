"""What can be set, and by what. Made from `abi/config.toml`; do not edit."""

from __future__ import annotations

from sojourn.model.config import Key, Kind

KEYS: tuple[Key, ...] = (
    Key(
        name="realm.name",
        env="SOJOURN_REALM_NAME",
        flag="--realm",
        kind=Kind.TEXT,
        default="local",
        doc="Name of the realm. Nodes of other realms are strangers.",
    ),
    Key(
        name="realm.key_file",
        env="SOJOURN_REALM_KEY_FILE",
        flag="--realm-key-file",
        kind=Kind.PATH,
        default="",
        doc=(
            "File whose contents are the right to join; every node and client of the realm has the same. None: "
            "whoever knows the realm's name may join."
        ),
    ),
    Key(
        name="node.name",
        env="SOJOURN_NODE_NAME",
        flag="--name",
        kind=Kind.TEXT,
        default="",
        doc="Name of the node, one of a kind in the realm. None: the machine's name.",
    ),
    Key(
        name="node.listen",
        env="SOJOURN_NODE_LISTEN",
        flag="--listen",
        kind=Kind.ADDRESSES,
        default=(),
        doc=(
            "Where others reach it; port 0 is any free one. None: `tcp/127.0.0.1:7447`; with `node.join` any free"
            " port, on `127.0.0.1` when all it joins are there, otherwise on all interfaces."
        ),
    ),
    Key(
        name="node.join",
        env="SOJOURN_NODE_JOIN",
        flag="--join",
        kind=Kind.ADDRESSES,
        default=(),
        doc="Nodes of the realm to join; one that answers is enough.",
    ),
    Key(
        name="node.discover",
        env="SOJOURN_NODE_DISCOVER",
        flag="--discover",
        kind=Kind.SWITCH,
        default=False,
        doc="Find nodes of the realm in the same network by multicast.",
    ),
    Key(
        name="node.router",
        env="SOJOURN_NODE_ROUTER",
        flag="--router",
        kind=Kind.SWITCH,
        default=False,
        doc="Carry frames between nodes that do not reach each other.",
    ),
    Key(
        name="node.workers",
        env="SOJOURN_NODE_WORKERS",
        flag="--workers",
        kind=Kind.INTEGER,
        default=0,
        doc="Atoms that run at once. 0: as many as the machine has processors.",
    ),
    Key(
        name="node.slice_ms",
        env="SOJOURN_NODE_SLICE_MS",
        flag="--slice-ms",
        kind=Kind.INTEGER,
        default=10,
        doc="How long an atom runs while others wait, in milliseconds.",
    ),
    Key(
        name="node.folder",
        env="SOJOURN_NODE_FOLDER",
        flag="--folder",
        kind=Kind.PATH,
        default="",
        doc="Folder for images and code. None: `$XDG_DATA_HOME/sojourn/REALM/NAME`.",
    ),
    Key(
        name="node.tags",
        env="SOJOURN_NODE_TAGS",
        flag="--tags",
        kind=Kind.TEXT,
        default="",
        doc="What the node is or has, with commas between: `gpu,eu`. Modules may need tags, by their annotation.",
    ),
    Key(
        name="node.zone",
        env="SOJOURN_NODE_ZONE",
        flag="--zone",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where the node is in matters of law or site, as `eu` or `plant-2`: a tag `zone=` of it, which "
            "placement can ask for."
        ),
    ),
    Key(
        name="node.position",
        env="SOJOURN_NODE_POSITION",
        flag="--position",
        kind=Kind.TEXT,
        default="",
        doc="Where the machine is: metres east, north and (optionally) up of the realm's origin, as `12.5,3,0`.",
    ),
    Key(
        name="node.euro_per_hour",
        env="SOJOURN_NODE_EURO_PER_HOUR",
        flag="--euro-per-hour",
        kind=Kind.TEXT,
        default="0",
        doc="What an hour of the machine costs, in euro.",
    ),
    Key(
        name="node.energy",
        env="SOJOURN_NODE_ENERGY",
        flag="--energy",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Energy of the machine. None: its battery, if it has one. `none`: without limit. "
            "`joules=5000,capacity=20000,harvest=2,idle=1.5,core=3` (joules and watts) is reckoned down by what "
            "it does; `@FILE` reads such a line from a file each time."
        ),
    ),
    Key(
        name="node.energy_low_percent",
        env="SOJOURN_NODE_ENERGY_LOW_PERCENT",
        flag="--energy-low-percent",
        kind=Kind.INTEGER,
        default=10,
        doc=(
            "Below so many percent of its energy, and not plugged in, a node announces low energy: its atoms move away."
        ),
    ),
    Key(
        name="node.hosts",
        env="SOJOURN_NODE_HOSTS",
        flag="--hosts",
        kind=Kind.SWITCH,
        default=True,
        doc=(
            "Whether atoms may be at it. `false`: a node as any other, with names, mailboxes and links, that no "
            "atom is started, moved or restored to: a door. It keeps images only where `node.folder` is set."
        ),
    ),
    Key(
        name="node.max_atoms",
        env="SOJOURN_NODE_MAX_ATOMS",
        flag="--max-atoms",
        kind=Kind.INTEGER,
        default=20000,
        doc="Most atoms that it takes.",
    ),
    Key(
        name="node.memory_bytes",
        env="SOJOURN_NODE_MEMORY_BYTES",
        flag="--memory-bytes",
        kind=Kind.BYTES,
        default="1GiB",
        doc="Most memory of one atom, where it was not started with another limit.",
    ),
    Key(
        name="node.max_memory_bytes",
        env="SOJOURN_NODE_MAX_MEMORY_BYTES",
        flag="--max-memory-bytes",
        kind=Kind.BYTES,
        default=0,
        doc="Most memory of all its atoms. 0: three quarters of the machine's.",
    ),
    Key(
        name="mesh.tls_certificate",
        env="SOJOURN_MESH_TLS_CERTIFICATE",
        flag="--tls-certificate",
        kind=Kind.PATH,
        default="",
        doc="Certificate of this node for `tls/` and `quic/` addresses, PEM.",
    ),
    Key(
        name="mesh.tls_key",
        env="SOJOURN_MESH_TLS_KEY",
        flag="--tls-key",
        kind=Kind.PATH,
        default="",
        doc="Private key to it, PEM.",
    ),
    Key(
        name="mesh.tls_authority",
        env="SOJOURN_MESH_TLS_AUTHORITY",
        flag="--tls-authority",
        kind=Kind.PATH,
        default="",
        doc="Certificate of the authority by which others are known, PEM.",
    ),
    Key(
        name="images.keep",
        env="SOJOURN_IMAGES_KEEP",
        flag="--images-keep",
        kind=Kind.INTEGER,
        default=3,
        doc="Images that are kept of each atom, the newest.",
    ),
    Key(
        name="images.every",
        env="SOJOURN_IMAGES_EVERY",
        flag="--images-every",
        kind=Kind.DURATION,
        default=0,
        doc=(
            "How often an image of each atom is kept, where it was not started with another interval. 0: only "
            "when asked."
        ),
    ),
    Key(
        name="images.copies",
        env="SOJOURN_IMAGES_COPIES",
        flag="--images-copies",
        kind=Kind.INTEGER,
        default=2,
        doc="Nodes that keep each image, this one among them, as far as there are so many.",
    ),
    Key(
        name="images.max_bytes",
        env="SOJOURN_IMAGES_MAX_BYTES",
        flag="--images-max-bytes",
        kind=Kind.BYTES,
        default="8GiB",
        doc="Most room that images take; the oldest go first, never an atom's last.",
    ),
    Key(
        name="move.downtime_ms",
        env="SOJOURN_MOVE_DOWNTIME_MS",
        flag="--move-downtime-ms",
        kind=Kind.INTEGER,
        default=10,
        doc="A move stops the atom when what is left can be sent in this time, in milliseconds.",
    ),
    Key(
        name="move.max_rounds",
        env="SOJOURN_MOVE_MAX_ROUNDS",
        flag="--move-max-rounds",
        kind=Kind.INTEGER,
        default=8,
        doc="Rounds after which it is stopped however much is left.",
    ),
    Key(
        name="client.address",
        env="SOJOURN_CLIENT_ADDRESS",
        flag="--address",
        kind=Kind.ADDRESS,
        default="tcp/127.0.0.1:7447",
        doc="Node that commands talk to.",
    ),
    Key(
        name="client.timeout",
        env="SOJOURN_CLIENT_TIMEOUT",
        flag="--timeout",
        kind=Kind.DURATION,
        default="10s",
        doc="How long an answer is waited for.",
    ),
    Key(
        name="controller.store",
        env="SOJOURN_CONTROLLER_STORE",
        flag="--store",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where the controller keeps its state: `sqlite:PATH` or `postgresql://USER@HOST:PORT/DATABASE`. None:"
            " the file `controller.sqlite` in the realm's folder, `$XDG_DATA_HOME/sojourn/REALM` or that of "
            "`sojourn up --folder`."
        ),
    ),
    Key(
        name="controller.traces",
        env="SOJOURN_CONTROLLER_TRACES",
        flag="--traces",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where the controller sends traces, an address of OTLP over HTTP: `http://HOST:4318`. None: what the "
            "variables `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` say, and without "
            "them nowhere."
        ),
    ),
    Key(
        name="controller.trace_address",
        env="SOJOURN_CONTROLLER_TRACE_ADDRESS",
        flag="--trace-address",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where a trace can be looked at, for the controller's page: an address with `{trace}` for its "
            "identity, as `http://HOST:16686/trace/{trace}`. None: the page shows the identity alone."
        ),
    ),
    Key(
        name="controller.address",
        env="SOJOURN_CONTROLLER_ADDRESS",
        flag="--controller",
        kind=Kind.TEXT,
        default="127.0.0.1:7480",
        doc=(
            "Where the controller answers over HTTP, and where commands ask it: `HOST:PORT`, with `https://` "
            "before it where it has a certificate."
        ),
    ),
    Key(
        name="controller.token",
        env="SOJOURN_CONTROLLER_TOKEN",
        flag="--token",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Token that commands show the controller; `sojourn token new` makes one. Better set by its variable "
            "or in a file: others of the machine see flags."
        ),
    ),
    Key(
        name="controller.token_file",
        env="SOJOURN_CONTROLLER_TOKEN_FILE",
        flag="--token-file",
        kind=Kind.PATH,
        default="",
        doc=(
            "Where the controller keeps the hashes of its tokens. None: `tokens.json` in the realm's folder, "
            "`$XDG_DATA_HOME/sojourn/REALM`."
        ),
    ),
    Key(
        name="controller.token_always",
        env="SOJOURN_CONTROLLER_TOKEN_ALWAYS",
        flag="--token-always",
        kind=Kind.SWITCH,
        default=False,
        doc="Whether the controller asks for a token also where it listens on this machine alone.",
    ),
    Key(
        name="controller.page",
        env="SOJOURN_CONTROLLER_PAGE",
        flag="--page",
        kind=Kind.SWITCH,
        default=True,
        doc="Whether the controller serves its page, the dashboard, at `/`.",
    ),
    Key(
        name="controller.origins",
        env="SOJOURN_CONTROLLER_ORIGINS",
        flag="--origins",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Other sites whose pages may ask the controller and embed parts of its page, with commas between: "
            "`https://arena.example`. They need a token as everybody does. None: the controller's own page alone."
        ),
    ),
    Key(
        name="controller.certificate",
        env="SOJOURN_CONTROLLER_CERTIFICATE",
        flag="--controller-certificate",
        kind=Kind.PATH,
        default="",
        doc="Certificate by which the controller answers over HTTPS, with its chain, PEM.",
    ),
    Key(
        name="controller.key",
        env="SOJOURN_CONTROLLER_KEY",
        flag="--controller-key",
        kind=Kind.PATH,
        default="",
        doc="Private key to it, PEM.",
    ),
    Key(
        name="controller.authority",
        env="SOJOURN_CONTROLLER_AUTHORITY",
        flag="--controller-authority",
        kind=Kind.PATH,
        default="",
        doc=(
            "Certificate of the authority by which commands know the controller, PEM. None: those that the system"
            " knows."
        ),
    ),
    Key(
        name="gateway.name",
        env="SOJOURN_GATEWAY_NAME",
        flag="--gateway-name",
        kind=Kind.TEXT,
        default="",
        doc="Name of a gateway's node, one of a kind in the realm. None: one that is made up.",
    ),
    Key(
        name="gateway.http",
        env="SOJOURN_GATEWAY_HTTP",
        flag="--http",
        kind=Kind.TEXT,
        default="",
        doc="Where the gateway offers atoms over HTTP: `HOST:PORT`; port 0 is any free one. None: not at all.",
    ),
    Key(
        name="gateway.http3",
        env="SOJOURN_GATEWAY_HTTP3",
        flag="--http3",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where it offers them over HTTP/3 as well: `HOST:PORT` of UDP. Needs a certificate, and the package "
            "`aioquic`."
        ),
    ),
    Key(
        name="gateway.certificate",
        env="SOJOURN_GATEWAY_CERTIFICATE",
        flag="--gateway-certificate",
        kind=Kind.PATH,
        default="",
        doc="Certificate by which the gateway answers over HTTPS, with its chain, PEM.",
    ),
    Key(
        name="gateway.key",
        env="SOJOURN_GATEWAY_KEY",
        flag="--gateway-key",
        kind=Kind.PATH,
        default="",
        doc="Private key to it, PEM.",
    ),
    Key(
        name="gateway.open",
        env="SOJOURN_GATEWAY_OPEN",
        flag="--open",
        kind=Kind.SWITCH,
        default=False,
        doc=(
            "Whether who shows no token may reach atoms where the gateway listens on more than this machine. On "
            "this machine alone everybody may."
        ),
    ),
    Key(
        name="gateway.body_bytes",
        env="SOJOURN_GATEWAY_BODY_BYTES",
        flag="--body-bytes",
        kind=Kind.BYTES,
        default="1GiB",
        doc="Largest body of a request, or of an answer to a request that an atom makes.",
    ),
    Key(
        name="gateway.answer",
        env="SOJOURN_GATEWAY_ANSWER",
        flag="--answer",
        kind=Kind.DURATION,
        default="30s",
        doc="How long an atom has to begin its answer.",
    ),
    Key(
        name="gateway.idle",
        env="SOJOURN_GATEWAY_IDLE",
        flag="--idle",
        kind=Kind.DURATION,
        default="60s",
        doc="How long a client may leave a body or a WebSocket without a sign of life.",
    ),
    Key(
        name="gateway.connections",
        env="SOJOURN_GATEWAY_CONNECTIONS",
        flag="--connections",
        kind=Kind.INTEGER,
        default=4096,
        doc="Most connections at once.",
    ),
    Key(
        name="gateway.outward",
        env="SOJOURN_GATEWAY_OUTWARD",
        flag="--outward",
        kind=Kind.SWITCH,
        default=True,
        doc="Whether atoms may make HTTP requests through the gateway, to hosts that they were granted.",
    ),
    Key(
        name="gateway.access_log",
        env="SOJOURN_GATEWAY_ACCESS_LOG",
        flag="--access-log",
        kind=Kind.SWITCH,
        default=False,
        doc="Whether each request is told in the log.",
    ),
    Key(
        name="arts.broker",
        env="SOJOURN_ARTS_BROKER",
        flag="--broker",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Broker where ARENA's runtimes and requesters are: `HOST`, `HOST:PORT`, `mqtt://USER@HOST:PORT` or "
            "`mqtts://HOST`. None: as `arts.mqtt_file` says, and `sojourn arts` takes `localhost:1883`."
        ),
    ),
    Key(
        name="arts.realm",
        env="SOJOURN_ARTS_REALM",
        flag="--arts-realm",
        kind=Kind.TEXT,
        default="",
        doc="The word before ARTS's topics. None: as `arts.mqtt_file` says, otherwise `realm`.",
    ),
    Key(
        name="arts.user",
        env="SOJOURN_ARTS_USER",
        flag="--arts-user",
        kind=Kind.TEXT,
        default="",
        doc="User name at the broker. None: that of the broker's address, otherwise `ARTS`.",
    ),
    Key(
        name="arts.mqtt_file",
        env="SOJOURN_ARTS_MQTT_FILE",
        flag="--mqtt-json",
        kind=Kind.PATH,
        default="",
        doc="ARENA's `mqtt.json`: `realm`, `host`, `port`. What is set otherwise wins.",
    ),
    Key(
        name="arts.credentials_file",
        env="SOJOURN_ARTS_CREDENTIALS_FILE",
        flag="--credentials-json",
        kind=Kind.PATH,
        default="",
        doc="ARENA's `credentials.json`: `username` and `password` at the broker.",
    ),
    Key(
        name="arts.key_file",
        env="SOJOURN_ARTS_KEY_FILE",
        flag="--key-json",
        kind=Kind.PATH,
        default="",
        doc="ARENA's `key.json`: `key`, which is shown to the broker as the password.",
    ),
    Key(
        name="arts.authority",
        env="SOJOURN_ARTS_AUTHORITY",
        flag="--broker-authority",
        kind=Kind.PATH,
        default="",
        doc=(
            "Certificate of the authority by which the broker of `mqtts://` is known, PEM. None: those that the "
            "system knows."
        ),
    ),
    Key(
        name="arts.modules",
        env="SOJOURN_ARTS_MODULES",
        flag="--modules",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where the files come from of modules that run on nodes of the realm: a folder, or an address, "
            "`http://HOST/store/users`, that file names are put behind. None: such modules are refused."
        ),
    ),
    Key(
        name="arts.rest",
        env="SOJOURN_ARTS_REST",
        flag="--rest",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Where the lists are offered that ARTS's tools read, under `/arts-api/v1`: `HOST:PORT`; port 0 is any"
            " free one. None: not at all."
        ),
    ),
    Key(
        name="arts.ws_port",
        env="SOJOURN_ARTS_WS_PORT",
        flag="--ws-port",
        kind=Kind.INTEGER,
        default=9001,
        doc="The broker's port for pages in browsers, which `/config/` tells them.",
    ),
    Key(
        name="arts.policy",
        env="SOJOURN_ARTS_POLICY",
        flag="--arts-policy",
        kind=Kind.TEXT,
        default="least_modules",
        doc="By which policy modules are placed, on runtimes and nodes alike, whose requester names no parent.",
    ),
    Key(
        name="arts.answer",
        env="SOJOURN_ARTS_ANSWER",
        flag="--patience",
        kind=Kind.DURATION,
        default="20s",
        doc="How long a runtime of ARENA may take to answer.",
    ),
    Key(
        name="arts.grace",
        env="SOJOURN_ARTS_GRACE",
        flag="--grace",
        kind=Kind.DURATION,
        default="1s",
        doc="How long a module that is deleted has to end by itself after it was sent the signal to quit.",
    ),
    Key(
        name="arts.folder",
        env="SOJOURN_ARTS_FOLDER",
        flag="--arts-folder",
        kind=Kind.PATH,
        default="",
        doc=(
            "Folder where the door keeps which runtimes have registered and which modules run. None: that of the "
            "realm, `$XDG_DATA_HOME/sojourn/REALM`."
        ),
    ),
    Key(
        name="arts.images_every",
        env="SOJOURN_ARTS_IMAGES_EVERY",
        flag="--module-images-every",
        kind=Kind.DURATION,
        default=0,
        doc=(
            "How often an image is kept of a module that runs on a node of the realm, so that it goes on "
            "elsewhere when that node is lost. 0: as its node does."
        ),
    ),
    Key(
        name="mqtt.broker",
        env="SOJOURN_MQTT_BROKER",
        flag="--mqtt",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Broker that the gateway connects atoms with: `HOST`, `HOST:PORT`, `mqtt://USER@HOST:PORT`, or "
            "`mqtts://HOST:PORT` over TLS. `embedded`, or the flag alone: one of its own, for a first try. None: "
            "not at all."
        ),
    ),
    Key(
        name="mqtt.client",
        env="SOJOURN_MQTT_CLIENT",
        flag="--mqtt-client",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Name of the gateway at the broker, one of a kind there, and the same after a restart: by it the "
            "broker knows what to keep for it. None: made of the realm's name and the gateway's, or the "
            "machine's."
        ),
    ),
    Key(
        name="mqtt.version",
        env="SOJOURN_MQTT_VERSION",
        flag="--mqtt-version",
        kind=Kind.TEXT,
        default="5",
        doc=(
            "Version of MQTT that is tried first: `5` or `3.1.1`. A broker that does not know 5 is spoken to in 3.1.1."
        ),
    ),
    Key(
        name="mqtt.password_file",
        env="SOJOURN_MQTT_PASSWORD_FILE",
        flag="--mqtt-password-file",
        kind=Kind.PATH,
        default="",
        doc="File with the password for the user of `mqtt.broker`.",
    ),
    Key(
        name="mqtt.authority",
        env="SOJOURN_MQTT_AUTHORITY",
        flag="--mqtt-authority",
        kind=Kind.PATH,
        default="",
        doc="Certificate of the authority by which the broker is known, PEM. None: those that the system knows.",
    ),
    Key(
        name="mqtt.certificate",
        env="SOJOURN_MQTT_CERTIFICATE",
        flag="--mqtt-certificate",
        kind=Kind.PATH,
        default="",
        doc="Certificate by which the broker knows the gateway, PEM.",
    ),
    Key(
        name="mqtt.key",
        env="SOJOURN_MQTT_KEY",
        flag="--mqtt-key",
        kind=Kind.PATH,
        default="",
        doc="Private key to it, PEM.",
    ),
    Key(
        name="mqtt.group",
        env="SOJOURN_MQTT_GROUP",
        flag="--mqtt-group",
        kind=Kind.TEXT,
        default="",
        doc=(
            "Several gateways of a realm at one broker have the same group, so that each message comes to one of "
            "them (shared subscriptions). None: the gateway is the only one."
        ),
    ),
    Key(
        name="mqtt.bindings",
        env="SOJOURN_MQTT_BINDINGS",
        flag="--mqtt-bindings",
        kind=Kind.PATH,
        default="",
        doc="File of the bindings that `sojourn mqtt bind` makes. None: `mqtt.json` in the realm's folder.",
    ),
    Key(
        name="mqtt.responses",
        env="SOJOURN_MQTT_RESPONSES",
        flag="--mqtt-responses",
        kind=Kind.TEXT,
        default="#",
        doc="Filter of the topics to which answers of atoms to requests of MQTT 5 may go. None: to no topic.",
    ),
    Key(
        name="mqtt.patience",
        env="SOJOURN_MQTT_PATIENCE",
        flag="--mqtt-patience",
        kind=Kind.DURATION,
        default="10s",
        doc=(
            "An atom that takes no message for so long is away: the broker is told that its messages were taken, "
            "which wait in the gateway, so that others' go on."
        ),
    ),
    Key(
        name="mqtt.packet_bytes",
        env="SOJOURN_MQTT_PACKET_BYTES",
        flag="--mqtt-packet-bytes",
        kind=Kind.BYTES,
        default="1MiB",
        doc="Largest message that is taken from the broker. Larger ones are let go, and counted.",
    ),
)
