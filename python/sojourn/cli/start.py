"""`sojourn start`: a program as an atom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.app.options import parse_channels, parse_environment, parse_memory_mounts, parse_mounts
from sojourn.app.wanted import Wanted
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.controller import CONTROLLER, ObjectiveOption, PolicyOption, RequireOption, controller
from sojourn.cli.message import say
from sojourn.cli.options import DirectoryOption, EngineName, EngineOption, EnvironmentOption, duration
from sojourn.cli.realm import JsonOption, OnOption, in_realm, print_json
from sojourn.cli.talk import pairs
from sojourn.core.storage import read_file
from sojourn.model.mount import MountLike

if TYPE_CHECKING:
    from sojourn.core.atom import Atom
    from sojourn.core.realm import Realm
    from sojourn.gateway.http.answer import Started


@configured(*dict.fromkeys((*CLIENT, *CONTROLLER)))
def start(  # noqa: PLR0913 -- one parameter an option
    file: Annotated[Path, typer.Argument(metavar="FILE.wasm", help="The module.", show_default=False)],
    args: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="The guest's arguments, passed on untouched.")
    ] = None,
    *,
    directory: DirectoryOption = None,
    memory_directory: Annotated[
        list[str] | None,
        typer.Option(
            "--memory-dir", metavar="HOST[::GUEST]", help="Folder whose files are copied into memory, and move with it."
        ),
    ] = None,
    environment: EnvironmentOption = None,
    stdin: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What it reads as its standard input; - is this command's.")
    ] = None,
    listen: Annotated[
        list[str] | None,
        typer.Option("--listen", metavar="HOST:PORT", help="Listen there for it; connections go with it."),
    ] = None,
    engine: EngineOption = EngineName.wasmtime,
    images_every: Annotated[
        float | None, typer.Option(metavar="TIME", parser=duration, help="Keep an image of it so often.")
    ] = None,
    memory_bytes: Annotated[int, typer.Option(min=0, help="Limit of its memory; 0: its node's.")] = 0,
    name: Annotated[str | None, typer.Option("--name", help="What its name is made from; else FILE.")] = None,
    atom_name: Annotated[
        str | None, typer.Option("--atom", metavar="NAME", help="Its name as it is to be; else as its module says.")
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option("--alias", metavar="SCOPE:ALIAS", help="An alias of it, such as topic:prices.")
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            metavar="PATH=MODE",
            help="A file that is a channel of messages: r, w or rw.",
        ),
    ] = None,
    channel_to: Annotated[
        str | None, typer.Option(metavar="NAME", help="The atom that gets what it writes to channels.")
    ] = None,
    on: OnOption = None,
    objective: ObjectiveOption = None,
    require: RequireOption = None,
    policy: PolicyOption = None,
    placed: Annotated[bool, typer.Option("--placed", help="Let the controller choose the node.")] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Start a WebAssembly program in a realm, and print the name of the atom.

    With --placed, --objective, --require or --policy the controller places it, also when its module says what it needs.
    Otherwise it starts at --on, or the node that this command talks to, and may be moved from there.

    Options come before FILE; all that follows it is the guest's. A folder that is mounted with --dir is one of the
    node's machine, and holds the atom there.
    """
    mounts: dict[str, MountLike] = {**parse_mounts(directory or ()), **parse_memory_mounts(memory_directory or ())}
    variables = parse_environment(environment or ())
    given = input_of(stdin)
    aliases = pairs(alias or ())
    channels = parse_channels(channel or ())

    if placed or objective is not None or require is not None or policy is not None:
        begun = at_controller(
            settings,
            file,
            Wanted(
                program=name or file.name,
                arguments=args or (),
                environment=variables,
                mounts=mounts,
                stdin=given,
                listen=listen or (),
                memory_bytes=memory_bytes,
                images_every=images_every or 0.0,
                engine="" if engine is EngineName.wasmtime else engine.value,
                name=atom_name,
                aliases=aliases,
                channels=channels,
                channel_to=channel_to,
                node=on,
                objective=objective,
                require=require,
                policy=policy,
            ),
        )
        show(begun.atom, begun.listening, json_asked=json_asked)
        return

    async def work(realm: Realm) -> Atom:
        return await realm.start(
            file,
            args=args or (),
            env=variables,
            mounts=mounts,
            stdin=given,
            listen=listen or (),
            engine=engine.value,
            images_every=images_every or 0.0,
            memory_bytes=memory_bytes,
            name=name,
            atom=atom_name,
            aliases=aliases,
            channels=channels,
            channel_to=channel_to,
            node=None if on is None else await realm.node_name(on),
        )

    atom = in_realm(settings, work)
    show(atom.name, atom.listening, json_asked=json_asked)


def at_controller(settings: Settings, file: Path, wanted: Wanted) -> Started:
    """Starts it where the controller says."""
    from sojourn.app.placed_start import start as placed  # noqa: PLC0415 -- takes a while to load

    return placed(controller(settings), read_file(file), wanted)


def show(atom: str, listening: tuple[str, ...], *, json_asked: bool) -> None:
    """Its name, and where it is listened for it."""
    if json_asked:
        print_json({"atom": atom, "listening": listening})
        return
    typer.echo(atom)
    for address in listening:
        say(f"listening on {address}")


def input_of(file: Path | None) -> bytes:
    """What it is to read."""
    if file is None:
        return b""
    return sys.stdin.buffer.read() if str(file) == "-" else read_file(file)
