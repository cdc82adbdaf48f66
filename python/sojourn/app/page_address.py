"""Where a controller's page is looked at."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

# Where a controller listens on all of a machine's addresses, a browser of the machine takes the machine's own.
ALL = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- told apart, not bound


def page_address(controller: str, *, secure: bool = False, token: str = "") -> str:
    """The address of the page, as a browser takes it.

    Args:
        controller: `HOST:PORT`, or the same with `http://` or `https://` before it.
        secure: Whether it answers over HTTPS, where that is not said.
        token: What the page is to show the controller; it stands behind `#`, which no browser sends.
    """
    whole = controller if "://" in controller else f"{'https' if secure else 'http'}://{controller}"
    parts = urlsplit(whole)
    host = parts.hostname or ""
    shown = ALL.get(host, f"[{host}]" if ":" in host else host)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{shown}{port}/" + (f"#token={quote(token)}" if token else "")
