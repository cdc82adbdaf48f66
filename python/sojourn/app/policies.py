"""Placement policies that a user has installed: entry points of the group `sojourn.placement`."""

from __future__ import annotations

from importlib.metadata import entry_points

from sojourn.control.placement import BUILT_IN, Policy
from sojourn.model.errors import ConfigError

GROUP = "sojourn.placement"


def installed_policies() -> dict[str, Policy]:
    """All of them by the name that atoms ask for: that of the entry point. For `Fleet(policies=...)`.

    Errors:
        ConfigError: one cannot be loaded, is no policy, or has the name of one that is built in.
    """
    found: dict[str, Policy] = {}
    for entry in entry_points(group=GROUP):
        where = f"placement policy {entry.name!r} of {entry.value}"
        try:
            made = entry.load()
            policy = made() if isinstance(made, type) else made
        except Exception as error:  # whatever a user's code does
            raise ConfigError(f"{where} cannot be loaded: {error}", "mend it, or uninstall its package") from error
        if not isinstance(policy, Policy):
            raise ConfigError(f"{where} is no policy: it needs `name` and `terms(nodes)`")

        if entry.name in BUILT_IN:
            raise ConfigError(f"{where} has the name of one that is built in", "give its entry point another name")
        if policy.name != entry.name:
            raise ConfigError(f"{where} calls itself {policy.name!r}", "give both the same name")
        found[entry.name] = policy
    return found
