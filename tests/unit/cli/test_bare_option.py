"""Options that may be given without a value."""

import pytest

from sojourn.cli.bare_option import with_values


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ([], []),
        (["--mqtt"], ["--mqtt", "embedded"]),
        (["--mqtt", "--nodes", "2"], ["--mqtt", "embedded", "--nodes", "2"]),
        (["--nodes", "2", "--mqtt"], ["--nodes", "2", "--mqtt", "embedded"]),
        (["--mqtt", "broker:1883", "--json"], ["--mqtt", "broker:1883", "--json"]),
        (["--mqtt=broker"], ["--mqtt=broker"]),
        (["--mqtt-key", "a"], ["--mqtt-key", "a"]),
    ],
)
def test_what_follows_is_its_value_unless_it_is_an_option(given: list[str], full: list[str]) -> None:
    assert with_values(given) == full
