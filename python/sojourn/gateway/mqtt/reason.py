"""What brokers give as a reason, in words (MQTT 5, 2.4; MQTT 3.1.1, 3.2.2.3)."""

from __future__ import annotations

from sojourn.gateway.mqtt.error import Declined
from sojourn.gateway.mqtt.packet import V5

OLD = {
    1: "it does not speak this version of MQTT",
    2: "it does not take this client's name",
    3: "it is not available",
    4: "user or password is wrong",
    5: "this client is not allowed",
}
NEW = {
    0x81: "a packet was malformed",
    0x82: "a packet broke the rules of MQTT",
    0x84: "it does not speak this version of MQTT",
    0x85: "it does not take this client's name",
    0x86: "user or password is wrong",
    0x87: "this client is not allowed",
    0x88: "it is not available",
    0x89: "it is busy",
    0x8A: "this client is banned",
    0x8B: "it shuts down",
    0x8D: "it heard nothing in time",
    0x8E: "another client took this one's name",
    0x90: "it does not take this topic",
    0x91: "the number of a message is in use",
    0x93: "too many messages were on their way",
    0x95: "a packet was too large",
    0x97: "a quota is used up",
    0x99: "the payload is not what it says it is",
    0x9A: "it keeps no messages",
    0x9B: "it does not do this QoS",
    0x9C: "another server is to be used",
    0x9D: "the server has moved",
    0x9E: "it shares no subscriptions",
    0x9F: "clients connect too often",
    0xA1: "it numbers no subscriptions",
    0xA2: "it takes no wildcards",
}


def text_of(reason: int) -> str:
    """A reason of MQTT 5 in words."""
    return NEW.get(reason, f"its reason is {reason:#04x}")


def declined(version: int, reason: int) -> Declined:
    """Why it refuses the connection."""
    # A broker that speaks 3.1.1 alone answers a CONNECT of 5 in its own way.
    if reason < 0x80:  # noqa: PLR2004 -- failures of MQTT 5 begin here
        text = OLD.get(reason, f"its reason is {reason}")
        return Declined(f"the broker refuses the connection: {text}", reason, version=version == V5 and reason == 1)
    text = text_of(reason)
    return Declined(f"the broker refuses the connection: {text}", reason, version=version == V5 and reason == 0x84)  # noqa: PLR2004 -- the version
