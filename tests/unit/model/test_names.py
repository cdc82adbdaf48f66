"""Names as people give them."""

import pytest

from sojourn.model.names import resolve
from sojourn.model.node_errors import UnknownAtom

NAMES = ("lua-abc", "lua-abcd", "lua-xyz", "sqlite-abc")


@pytest.mark.parametrize(("given", "meant"), [("lua-abc", "lua-abc"), ("lua-x", "lua-xyz"), ("s", "sqlite-abc")])
def test_a_name_or_its_beginning_is_enough(given: str, meant: str) -> None:
    assert resolve("atom", given, NAMES, UnknownAtom) == meant


def test_a_beginning_of_several_names_them() -> None:
    with pytest.raises(UnknownAtom, match="'lua' can be more than one atom: lua-abc, lua-abcd, lua-xyz"):
        resolve("atom", "lua", NAMES, UnknownAtom)


def test_a_wrong_name_brings_the_nearest() -> None:
    with pytest.raises(UnknownAtom, match="there is no atom 'sqlit3-abc'") as raised:
        resolve("atom", "sqlit3-abc", NAMES, UnknownAtom)
    assert raised.value.hint == "did you mean sqlite-abc?"


def test_nothing_is_not_the_beginning_of_everything() -> None:
    with pytest.raises(UnknownAtom):
        resolve("atom", "", ["lua-abc"], UnknownAtom)
