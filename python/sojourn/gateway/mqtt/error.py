"""What goes wrong between a client and its broker.

SojournError
└── MqttError         about a broker or what is said to it
    ├── Malformed     what came is not MQTT, or breaks its rules; the connection is over
    ├── Declined      the broker refuses the connection, and why
    ├── InvalidTopic  no topic, or no filter
    └── Full          no room to publish: try again when there is some
"""

from __future__ import annotations

from sojourn.model.errors import SojournError


class MqttError(SojournError):
    """About a broker, or what is said to it."""


class Malformed(MqttError):
    """What came is not MQTT, or breaks its rules.

    Args:
        message: What is wrong.
        reason: MQTT 5's reason code for it.
    """

    def __init__(self, message: str, reason: int = 0x81) -> None:
        super().__init__(message)
        self.reason = reason


class Declined(MqttError):
    """The broker refuses the connection.

    Args:
        message: Why.
        reason: The code that it gave.
        version: Whether it is because of the version of MQTT.
    """

    def __init__(self, message: str, reason: int, *, version: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.version = version


class InvalidTopic(MqttError):
    """No topic, or no filter."""


class Full(MqttError):
    """There is no room to publish now."""
