"""The dashboard: everything that can be done in it is clicked, on a real realm of three nodes, in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.dashboard import SCENES, House, Newcomer, Stage, scenes

# Scenes of these files are played in a realm where nothing runs yet.
EMPTY = ("first",)

# The browser, and what builds modules, may have to be installed first.
pytestmark = pytest.mark.timeout(600)


def all_of(names: tuple[str, ...]) -> list[str]:
    """Scenes by file and name."""
    return [f"{name}/{scene}" for name in names for scene in scenes(name)]


FILLED = tuple(sorted(path.stem for path in SCENES.glob("*.js") if path.stem not in EMPTY))


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Chromium."""
    made = Stage()
    yield made
    made.end()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A realm of three nodes, whose controller asks for tokens."""
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.end()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    """A realm of three nodes where nothing runs."""
    made = Newcomer(tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize("scene", all_of(FILLED))
def test_in_a_realm_of_three_nodes(stage: Stage, house: House, scene: str, tmp_path: Path) -> None:
    stage.play(scene, house, tmp_path)


@pytest.mark.parametrize("scene", all_of(EMPTY))
def test_in_an_empty_realm(stage: Stage, newcomer: Newcomer, scene: str, tmp_path: Path) -> None:
    stage.play(scene, newcomer, tmp_path)
