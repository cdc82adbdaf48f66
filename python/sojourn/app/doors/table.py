"""Which doors there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.doors.arts.door import ARTS
from sojourn.app.doors.http import HTTP
from sojourn.app.doors.mqtt import MQTT

if TYPE_CHECKING:
    from sojourn.app.doors.door import Door

DOORS: tuple[Door, ...] = (HTTP, MQTT, ARTS)
