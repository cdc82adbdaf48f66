"""Where things are: the checkout and the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]


def cache_folder() -> Path:
    """The user's cache folder for all that can be built again."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sojourn"
    return Path(os.environ.get("SOJOURN_CACHE") or usual)


def target_folder() -> Path:
    """Where cargo builds, shared by all checkouts."""
    return Path(os.environ.get("CARGO_TARGET_DIR") or cache_folder() / "target")
