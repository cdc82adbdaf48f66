"""Starting an atom where the controller says, with what its user wants of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.http.answer import Started
from sojourn.gateway.http.body import StartAtom, WantedAlias, WantedMount, WantedSpec
from sojourn.model.mount import mount_rows
from sojourn.model.record import ModuleRecord

if TYPE_CHECKING:
    from sojourn.app.rest_client import RestClient
    from sojourn.app.wanted import Wanted


def start(client: RestClient, wasm: bytes, wanted: Wanted) -> Started:
    """Brings a module, and has it started.

    Raises:
        SojournError: It was not started; the class says why.
    """
    module = client.ask("POST", "/v1/modules", ModuleRecord, content=wasm, query={"name": wanted.program})
    # What is left at its default is as the module says.
    spec = WantedSpec(
        objective=wanted.objective or "",
        require=wanted.require or "",
        policy=wanted.policy or "objective",
        engine=wanted.engine,
        checkpoint_s=wanted.images_every,
    )
    asked = StartAtom(
        module=module.digest,
        program=wanted.program,
        arguments=tuple(wanted.arguments),
        environment=dict(wanted.environment),
        mounts={
            guest: WantedMount(host=host, files=dict(files)) for guest, host, files in mount_rows(dict(wanted.mounts))
        },
        stdin=wanted.stdin,
        listen=tuple(wanted.listen),
        memory_bytes=wanted.memory_bytes,
        name=wanted.name,
        aliases=tuple(WantedAlias(scope=scope, alias=alias) for scope, alias in wanted.aliases),
        channels=dict(wanted.channels),
        channel_to=wanted.channel_to,
        spec=spec,
        node=wanted.node,
    )
    return client.ask("POST", "/v1/atoms", Started, body=asked)
