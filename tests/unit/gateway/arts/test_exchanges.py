"""The recorded exchanges against the door in memory: each fact of the reference page has one at least."""

from typing import Any

import pytest

from sojourn.gateway.mqtt.arts.action import Channel, Input
from tests.arts.exchange import Ear, Player, exchanges, facts
from tests.arts.world import World


class Memory:
    """The table in memory."""

    def __init__(self) -> None:
        self._world = World()
        self._ear = Ear()
        self._world.broker.connect(self._ear)
        self.nodes = {"node1": self._world.uuid("node-1"), "node2": self._world.uuid("node-2")}

    def say(self, topic: str, payload: bytes) -> None:
        self._ear.said[topic, payload] += 1
        self._world.say([(topic, payload)])

    def heard(self) -> list[tuple[str, bytes]]:
        return self._ear.unheard

    def until(self, there: Any) -> Any:  # noqa: ANN401 -- as the protocol has it
        found = there()
        assert found, f"heard only {self._ear.unheard}"
        return found

    def wait(self, seconds: float) -> None:
        self._world.wait(seconds)

    def silent(self) -> None:
        assert self._ear.unheard == []

    def restart(self) -> None:
        self._world.broker.clients.pop("door")
        self._world.begin()

    def program(self, what: str, module: str, text: str) -> None:
        atom = self._world.atom_of(module)
        if what == "writes":
            self._world.centre.atom_wrote(atom, text.encode())
        elif what == "ends":
            self._world.atoms.pop(atom)
            self._world.centre.atom_ended(atom)
        else:
            given = [each for each in self._world.given if isinstance(each, Input)]
            assert [(each.atom, each.data) for each in given] == [(atom, text.encode())]
            assert not [each for each in self._world.given if isinstance(each, Channel)]
        for published in self._world.act():
            self._world.broker.publish(*published)
        self._world.settle()


@pytest.mark.parametrize("exchange", exchanges(), ids=lambda each: str(each["name"]))
def test_exchange(exchange: dict[str, Any]) -> None:
    Player(Memory()).play(exchange)


def test_every_fact_has_an_exchange_and_every_exchange_a_fact() -> None:
    played = {fact for each in exchanges() for fact in each["facts"]}
    assert played == set(facts())
    assert all(each["facts"] for each in exchanges())
    assert len({each["name"] for each in exchanges()}) == len(exchanges())
