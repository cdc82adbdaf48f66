"""Guests of the tests: small modules in the text format."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sojourn import Module
from tests.e2e.postgres import postgres

__all__ = ["postgres"]

# The same cases each time, however busy the machine is. `make soak` looks for others, and prints how to replay one.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("soak" if os.environ.get("SOJOURN_SOAK") else "same")

GUESTS = Path(__file__).parent / "guests"
TICKS = b"".join(b"tick %03d\n" % number for number in range(200))


@pytest.fixture(scope="session")
def guest_path() -> Callable[[str], Path]:
    """Where a guest is, by name."""
    return lambda name: GUESTS / f"{name}.wat"


@pytest.fixture(scope="session")
def guest(guest_path: Callable[[str], Path]) -> Callable[[str], Module]:
    """A guest, by name."""
    return lambda name: Module.from_file(guest_path(name))


@pytest.fixture(scope="session")
def ticks() -> bytes:
    """What the guest `ticks` writes."""
    return TICKS
