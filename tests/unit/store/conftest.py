"""Stores of both kinds, as one: `place` is an address that nobody has used, `opened` opens it any number of times."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sojourn.store.interface import Store
from sojourn.store.open import open_store

Opened = Callable[..., Store]
Fresh = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Makes addresses."""
    if request.param == "postgres":
        schema: Fresh = request.getfixturevalue("postgres").schema
        return schema
    numbers = iter(range(1_000_000))
    return lambda: f"sqlite:{tmp_path / str(next(numbers))}.sqlite"


@pytest.fixture
def place(fresh: Fresh) -> str:
    """An address."""
    return fresh()


@pytest.fixture
def opened(place: str) -> Iterator[Opened]:
    """Opens a store, and closes it in the end."""
    stores: list[Store] = []

    def once(holder: str = "", address: str = place) -> Store:
        stores.append(open_store(address, holder))
        return stores[-1]

    yield once
    for store in stores:
        store.close()
