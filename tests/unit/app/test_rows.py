"""Rows as data for programs."""

import json

from sojourn.app.rows import as_json
from sojourn.model import wire
from tests.unit.fake_realm import move_row


def test_a_row_is_its_fields_with_enums_by_name_and_hashes_in_hexadecimal() -> None:
    row = as_json(move_row("lua-1", wire.MoveState.DONE))
    assert isinstance(row, dict)
    assert (row["atom"], row["state"], row["code"]) == ("lua-1", "done", None)
    output = wire.OutputResponse(3, b"\xff\x00", end=True)
    assert json.loads(json.dumps(as_json({"all": (output,)}))) == {"all": [{"from": 3, "bytes": "ff00", "end": True}]}
