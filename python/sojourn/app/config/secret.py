"""Values that are shown to people, without passwords and tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.model.config import Value

# From the user's colon to the last sign that can end a password: one that was not written as %40 is hidden, too.
LOGIN = re.compile(r"(://[^:/@\s]*:).*@", re.DOTALL)
PARAMETER = re.compile(r"([?&](?:ssl)?password=)[^&]*")


# Keys whose values are secrets as a whole.
SECRET = frozenset({"controller.token"})
HIDDEN = "***"


def shown(name: str, value: Value) -> Value:
    """A key's value as it may be shown."""
    return HIDDEN if name in SECRET and value else without_password(value)


def without_password(value: Value) -> Value:
    """A value as it may be shown."""
    if not isinstance(value, str):
        return value
    return PARAMETER.sub(r"\1***", LOGIN.sub(r"\1***@", value))
