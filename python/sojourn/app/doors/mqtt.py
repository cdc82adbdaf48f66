"""The MQTT door: topics bound to atoms."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.config.complete import realm_folder
from sojourn.core.realm import Realm
from sojourn.gateway.mqtt.binding_file import BindingFile
from sojourn.gateway.mqtt.broker import broker_at
from sojourn.gateway.mqtt.door import Door, Place
from sojourn.gateway.mqtt.packet import V5, V311
from sojourn.gateway.mqtt.session import Options
from sojourn.gateway.mqtt.topic import check_filter
from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sojourn.app.doors.door import House, Settings, Told
    from sojourn.gateway.mqtt.broker import Broker
    from sojourn.model.config import Value

# Others find the door by its alias. Its name is another one each time: what was still on its way to one that was
# killed, word of its end too, is not for the next one.
PORT, SCOPE, ALIAS = "mqtt-{}", "door", "mqtt"
EMBEDDED = "embedded"
BROKER = "sojourn.app.doors.broker"
BINDINGS = "mqtt.json"
VERSIONS = {"5": V5, "3.1.1": V311}
# How long names may take to be read.
NAMES_S = 5.0
# How long the embedded broker may take to end.
END_S = 5.0


class MqttDoor:
    """See `door.Door`."""

    name = "mqtt"

    def wanted(self, settings: Settings) -> bool:
        """Whether a broker is given."""
        return bool(settings["mqtt.broker"])

    @asynccontextmanager
    async def opened(self, house: House) -> AsyncIterator[Told]:
        """Is open while the context is."""
        settings = house.settings
        async with broker_of(settings) as (broker, version):
            file = BindingFile(binding_file(settings, os.environ))
            place = Place(
                broker=broker,
                options=Options(
                    client=client_name(settings),
                    version=version,
                    packet_bytes=number(settings, "mqtt.packet_bytes"),
                ),
                share=group_of(settings),
                responses=responses_of(settings),
                patience_s=number(settings, "mqtt.patience") / 1000,
                commands=file.now,
            )
            port = house.open_port(PORT.format(secrets.token_hex(3)), [(SCOPE, ALIAS)])
            door = Door(port, Realm(house.node, NAMES_S), place)
            task = asyncio.create_task(door.run())
            task.add_done_callback(lambda done: failed(house, done))
            try:
                yield {"mqtt": str(broker)}
            finally:
                task.cancel()
                await asyncio.wait([task])


def failed(house: House, task: asyncio.Task[None]) -> None:
    """Ends the process when the door has ended by itself."""
    if not task.cancelled() and isinstance(error := task.exception(), Exception):
        house.fail(error)


@asynccontextmanager
async def broker_of(settings: Settings) -> AsyncIterator[tuple[Broker, int]]:
    """The broker, and the version that is tried first; the embedded one ends with the context.

    Raises:
        ConfigError: It is no address, or there is no embedded broker.
    """
    version = VERSIONS.get(str(settings["mqtt.version"]))
    if version is None:
        raise ConfigError(f"{settings['mqtt.version']!r} is no version of MQTT", "mqtt.version is 5 or 3.1.1")
    address = str(settings["mqtt.broker"])
    if address != EMBEDDED:
        yield (
            broker_at(
                address,
                password=password_of(settings),
                authority=path_of(settings, "mqtt.authority"),
                certificate=path_of(settings, "mqtt.certificate"),
                key=path_of(settings, "mqtt.key"),
            ),
            version,
        )
        return
    if find_spec("amqtt") is None:
        raise ConfigError(
            "there is no embedded broker here",
            "install the package: `pip install 'sojourn[broker]'`; or give the address of another broker",
        )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", BROKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        line = await process.stdout.readline() if process.stdout is not None else b""
        if not line.strip().isdigit():
            raise ConfigError("the embedded broker did not start", "what it wrote is above")
        yield broker_at(f"127.0.0.1:{int(line)}"), V311
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_S)
        if process.returncode is None:
            process.kill()
            await process.wait()


def binding_file(settings: Mapping[str, Value], environment: Mapping[str, str]) -> Path:
    """Where bindings by command are."""
    given = settings["mqtt.bindings"]
    return Path(str(given)) if given else realm_folder(str(settings["realm.name"]), environment) / BINDINGS


def client_name(settings: Settings) -> str:
    """What the gateway is called at the broker: the same after each restart."""
    given = settings["mqtt.client"]
    own = settings["gateway.name"] or socket.gethostname().split(".")[0]
    return str(given) if given else f"sojourn-{settings['realm.name']}-{own}"


def group_of(settings: Settings) -> str:
    """The group of gateways.

    Raises:
        ConfigError: It cannot be one.
    """
    group = str(settings["mqtt.group"] or "")
    if set(group) & set("/+#"):
        raise ConfigError(f"{group!r} is no group", "mqtt.group is a name without `/`, `+` and `#`")
    return group


def responses_of(settings: Settings) -> str:
    """Where answers may go.

    Raises:
        InvalidTopic: It is no filter.
    """
    pattern = str(settings["mqtt.responses"] or "")
    if pattern:
        check_filter(pattern)
    return pattern


def password_of(settings: Settings) -> bytes | None:
    """The password for the broker.

    Raises:
        ConfigError: Its file cannot be read.
    """
    path = path_of(settings, "mqtt.password_file")
    try:
        return None if path is None else path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"mqtt.password_file: cannot read {path}: {error.strerror or error}") from error


def path_of(settings: Settings, name: str) -> Path | None:
    """A path of the configuration."""
    return Path(str(settings[name])) if settings[name] else None


def number(settings: Settings, name: str) -> int:
    """A number of the configuration."""
    value = settings[name]
    return value if isinstance(value, int) else 0


MQTT = MqttDoor()
