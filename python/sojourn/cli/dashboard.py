"""`sojourn dashboard`: where the controller's page is."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.app.page_address import page_address
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, controller
from sojourn.cli.message import hint, say
from sojourn.cli.realm import JsonOption, print_json
from sojourn.gateway.auth.scope import Scope
from sojourn.model.errors import ControllerError


@configured(*CONTROLLER)
def dashboard(
    *,
    shown: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Print the address of the controller's page, the dashboard.

    Where a token is set, the address has it, so that the page can show it: whoever has the address has the token.
    """
    import webbrowser  # noqa: PLC0415 -- only here

    from sojourn.gateway.http.answer import Session  # noqa: PLC0415 -- takes a while to load
    from sojourn.gateway.http.refusal import NoSuchPath  # noqa: PLC0415 -- the same

    client, token = controller(settings), str(settings["controller.token"].value or "")
    try:
        client.ask("GET", "/", str)
    except NoSuchPath as error:
        raise ControllerError(
            f"the controller at {client.address} serves no page", "start it with --page true"
        ) from error
    session = client.ask("GET", "/v1/session", Session)
    address = page_address(client.address, token=token)
    if json_asked:
        print_json({"page": address, "open": session.open, "scopes": session.scopes})
    else:
        typer.echo(address)
    if Scope.READ not in session.scopes:
        said = "the token is not valid, or not any more" if token else "the controller asks for a token"
        hint(f"{said}; `sojourn token new --scope read` makes one, for which the page asks")
    if shown and not webbrowser.open(address):
        say("there is no browser here that could be opened")
