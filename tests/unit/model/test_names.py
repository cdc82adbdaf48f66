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


BORN = ("node-1/counter", "node-1/lua-abc", "node-2/counter", "node-2/lamp")


@pytest.mark.parametrize(
    ("given", "meant"), [("node-2/counter", "node-2/counter"), ("lamp", "node-2/lamp"), ("lua", "node-1/lua-abc")]
)
def test_the_node_where_it_was_born_may_be_left_out(given: str, meant: str) -> None:
    assert resolve("atom", given, BORN, UnknownAtom) == meant


def test_a_name_that_several_nodes_gave_is_not_enough() -> None:
    with pytest.raises(UnknownAtom, match="more than one atom: node-1/counter, node-2/counter"):
        resolve("atom", "counter", BORN, UnknownAtom)
    with pytest.raises(UnknownAtom) as raised:
        resolve("atom", "lanp", BORN, UnknownAtom)
    assert raised.value.hint == "did you mean node-2/lamp?"
