"""A pipeline in three languages: C takes lines apart, Rust counts words, Zig makes the table; all three move meanwhile.

python examples/pipeline/run.py [FILE]
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, Hopping, built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

SOURCES = ("words.c", "examples/tally.rs", "report.zig")
FILE = HERE.parent.parent / "ARCHITECTURE.md"
SHOWN = 5
# The file goes through again until there were so many moves.
HOPS = 9


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """Sends a file through, line by line, and reads the table in a box of its own."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    text = path.read_text(errors="replace")
    modules = built(HERE, *SOURCES)
    # The last one first: who is sent to is there then.
    stages = [await realm.start(module, node=node) for module, node in zip(modules[::-1], nodes[::-1], strict=True)]
    stages.reverse()
    say(" -> ".join(f"{stage.name} ({source})" for stage, source in zip(stages, SOURCES, strict=True)))
    async with realm.open_box("reader") as box:
        moving = Hopping(stages, nodes, cause="the pipeline goes on")
        copies = 0
        while moving.lacks(HOPS) or copies < 1:
            for line in text.splitlines():
                await realm.send("words", line)
            copies += 1
        await realm.send("words", type="end", subject=box.name)
        table = (await box.receive(timeout=PATIENCE_S)).data.decode()
        hops = await moving.end()
    rows = [(word, int(count)) for word, count in (line.split() for line in table.splitlines())]
    expected = Counter(word.lower() for word in copies * re.findall(r"[A-Za-z]+", text))
    for word, count in rows[:SHOWN]:
        say(f"  {count:>5} {word}")
    right = dict(rows) == expected and rows == sorted(rows, key=lambda row: (-row[1], row[0]))
    say(f"{expected.total()} words, {len(expected)} of them different, while the three moved {hops} times")
    return right and hops >= HOPS


if __name__ == "__main__":
    play("pipeline", story)
