"""Who is told of requests when they are over: metrics, and the log of accesses."""

from __future__ import annotations

from typing import Protocol


class Told(Protocol):
    """Is told of requests and WebSockets."""

    def request(self, method: str, path: bytes, status: int, seconds: float, number: bytes) -> None:
        """A request is over.

        Args:
            method: Its method.
            path: Its path.
            status: Status of its answer; 499: the client went before it.
            seconds: From its head to the end of its answer.
            number: Its identity.
        """

    def opened(self) -> None:
        """A WebSocket was accepted."""

    def closed(self, path: bytes, code: int, number: bytes) -> None:
        """It is over, and by which code."""

    def passed(self, *, inward: bool) -> None:
        """A message of a WebSocket went to an atom, or came from one."""


class Nobody:
    """Tells nobody."""

    def request(self, method: str, path: bytes, status: int, seconds: float, number: bytes) -> None:
        """A request is over."""

    def opened(self) -> None:
        """A WebSocket was accepted."""

    def closed(self, path: bytes, code: int, number: bytes) -> None:
        """It is over."""

    def passed(self, *, inward: bool) -> None:
        """A message."""
