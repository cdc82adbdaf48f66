"""The extension is built from this checkout."""

from importlib.metadata import version

from sojourn import _core


def test_extension_has_the_version_of_the_package() -> None:
    assert _core.version() == version("sojourn")
