"""Filters and topics, against what the specification says in its plainest form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.mqtt.binding import Binding, binding_of, text_of
from sojourn.gateway.mqtt.error import InvalidTopic
from sojourn.gateway.mqtt.topic import check_filter, check_topic, fits
from sojourn.gateway.mqtt.trie import Trie

LEVEL = st.sampled_from(["a", "b", "", "$x", "ab"])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
FILTER = st.builds(
    lambda levels, last: "/".join([*levels, *last]),
    st.lists(st.sampled_from(["a", "b", "", "+", "$x"]), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
).filter(bool)


def plain(pattern: str, topic: str) -> bool:
    """A filter as a regular expression."""
    if topic.startswith("$") and pattern[0] in "+#":
        return False
    if pattern == "#":
        return True
    body = pattern.removesuffix("/#")
    levels = "/".join("[^/]*" if level == "+" else re.escape(level) for level in body.split("/"))
    return re.fullmatch(levels + ("(/.*)?" if body != pattern else ""), topic, re.DOTALL) is not None


@given(FILTER | st.just("#"), TOPIC)
def test_a_filter_fits_what_the_specification_says(pattern: str, topic: str) -> None:
    assert fits(check_filter(pattern), topic) == plain(pattern, topic)


@given(st.lists(st.tuples(FILTER | st.just("#"), st.integers(0, 5)), max_size=20), st.data(), TOPIC)
def test_the_tree_finds_what_a_look_at_each_finds(
    filters: list[tuple[str, int]], data: st.DataObject, topic: str
) -> None:
    trie: Trie[tuple[str, int]] = Trie()
    for pattern, value in filters:
        trie.add(pattern, (pattern, value))
    gone = data.draw(st.lists(st.sampled_from(filters), max_size=10)) if filters else []
    for pattern, value in gone:
        trie.remove(pattern, (pattern, value))
    left = set(filters) - set(gone)
    assert len(trie) == len(left)
    found = trie.match(topic)
    assert len(found) == len(set(found))
    assert set(found) == {each for each in left if fits(each[0], topic)}


def test_a_tree_that_is_empty_again_has_no_branches() -> None:
    trie: Trie[int] = Trie()
    trie.add("a/b/+/#", 1)
    trie.remove("a/b/+/#", 1)
    trie.remove("a/b", 1)
    assert not trie._root.branches


@pytest.mark.parametrize("text", ["", "a/#/b", "a#", "+a", "a\0b", "$share/g", "$share//a", "$share/+/a", "a/" * 200])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidTopic):
        check_filter(text)


@pytest.mark.parametrize("text", ["", "a/+", "#", "a\0b", "x" * 65_536, "\ud800"])
def test_what_is_no_topic_is_refused(text: str) -> None:
    with pytest.raises(InvalidTopic):
        check_topic(text)


@given(
    st.builds(
        Binding,
        st.sampled_from(["in", "out"]),
        FILTER,
        st.just("node/atom"),
        st.integers(0, 2),
        st.sampled_from(["", "g", "some group"]),
        st.sampled_from(["oldest", "newest"]),
        st.integers(0, 1_000_000),
        st.booleans(),
    )
)
def test_a_binding_is_what_its_text_says(binding: Binding) -> None:
    assert binding_of(binding.direction, text_of(binding), binding.atom) == binding


@given(st.text(max_size=40))
def test_any_text_is_a_binding_or_is_refused(text: str) -> None:
    try:
        binding = binding_of("in", text, "atom")
    except InvalidTopic:
        return
    assert binding_of("in", text_of(binding), "atom") == binding


@pytest.mark.parametrize(
    "text", ["a;qos=3", "a;keep=-1", "a;keep=99999999", "a;group=a/b", "a;what", "$share/g/a", ";qos=1"]
)
def test_options_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InvalidTopic):
        binding_of("in", text, "atom")
