"""Topics and filters: what can be one, and which filter fits which topic (MQTT 5, 4.7)."""

from __future__ import annotations

from sojourn.gateway.mqtt.error import InvalidTopic
from sojourn.gateway.mqtt.limit import LEVELS, TOPIC_BYTES

SHARE = "$share/"


def check_topic(topic: str) -> str:
    """The topic, which a message can be published to.

    Raises:
        InvalidTopic: It can not, and why.
    """
    check_text(topic, "a topic")
    if "+" in topic or "#" in topic:
        raise InvalidTopic(f"the topic {topic!r} has a wildcard", "`+` and `#` stand in filters only")
    return topic


def check_filter(pattern: str) -> str:
    """The filter, which can be subscribed to; `$share/GROUP/FILTER` too.

    Raises:
        InvalidTopic: It can not, and why.
    """
    check_text(pattern, "a filter")
    if pattern.startswith(SHARE):
        group, slash, rest = pattern[len(SHARE) :].partition("/")
        if not group or not slash or not rest or "+" in group or "#" in group:
            raise InvalidTopic(f"{pattern!r} is no shared subscription", "as `$share/GROUP/FILTER`")
        check_filter(rest)
        return pattern
    levels = pattern.split("/")
    for number, level in enumerate(levels):
        if level == "#" and number == len(levels) - 1:
            continue
        if "#" in level or ("+" in level and level != "+"):
            raise InvalidTopic(
                f"the filter {pattern!r} has a wildcard where none can be",
                "`+` is a whole level, `#` the whole last one",
            )
    return pattern


def check_text(text: str, what: str) -> None:
    """That a text can stand where a topic stands."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidTopic(f"{what} has half a character: {text!r}") from None
    if not text:
        raise InvalidTopic(f"{what} is empty")
    if "\0" in text:
        raise InvalidTopic(f"{what} has a zero character: {text!r}")
    if size > TOPIC_BYTES or text.count("/") >= LEVELS:
        raise InvalidTopic(f"{what} is longer than {TOPIC_BYTES} bytes or {LEVELS} levels: {text[:64]!r}…")


def fits(pattern: str, topic: str) -> bool:
    """Whether a filter (without `$share`) fits a topic; wildcards at the start fit none that begins with `$`."""
    if topic.startswith("$") and pattern[:1] in {"+", "#"}:
        return False
    wanted, levels = pattern.split("/"), topic.split("/")
    for number, level in enumerate(wanted):
        if level == "#":
            return True
        if number == len(levels) or level not in {"+", levels[number]}:
            return False
    return len(wanted) == len(levels)
