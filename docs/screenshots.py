"""Pictures of each view of the dashboard, on a real realm of three nodes: docs/pictures/*.png.

python docs/screenshots.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from tests.e2e.dashboard import House, Stage  # noqa: E402 -- the path first

PICTURES = ROOT / "docs" / "pictures"
# So many a palette has; few more are in them.
COLOURS = 256
MOST_BYTES = 150_000


def main() -> None:
    """Makes them all."""
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "taken"
        taken.mkdir()
        stage, house = Stage(), House(Path(folder), realm="harbour")
        try:
            stage.play("../pictures/all", house, taken)
        finally:
            house.end()
            stage.end()
        PICTURES.mkdir(exist_ok=True)
        for path in sorted(taken.glob("*.png")):
            small = PICTURES / path.name
            with Image.open(path) as picture:
                picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, optimize=True)
            size = small.stat().st_size
            print(f"{small.relative_to(ROOT)}  {size:,} bytes")
            assert size < MOST_BYTES, f"{small} is too large"


if __name__ == "__main__":
    main()
