"""What a transaction does, in words that SQLite and PostgreSQL share. `?` stands for a value in both.

Every transaction of a leader begins with `CLAIM`: it takes the one row of `sojourn_state`, so that writers come one
after the other, and tells whose turn it is. The number of the last event stands in that row: a transaction that is
rolled back gives its numbers back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from sojourn.model.errors import NotLeader
from sojourn.model.record import MoveRecord
from sojourn.store import limit, migration, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.model.record import RealmEvent

CLAIM = "UPDATE sojourn_state SET applied = applied + 1 RETURNING schema, term, last_event, applied"
STATE = "SELECT schema, term, last_event, applied FROM sojourn_state"
LEAD = "UPDATE sojourn_state SET term = term + 1, leader = ?, since = ? RETURNING schema, term, last_event, applied"
SCHEMA = "SELECT schema FROM sojourn_state"
LEADER = "SELECT leader FROM sojourn_state"
LAST_EVENT = "UPDATE sojourn_state SET last_event = ?"
PUT = (
    "INSERT INTO sojourn_record (kind, key, payload) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, key) DO UPDATE SET payload = excluded.payload"
)
DROP = "DELETE FROM sojourn_record WHERE kind = ? AND key = ?"
RECORDS = "SELECT key, CAST(payload AS TEXT) FROM sojourn_record WHERE kind = ? ORDER BY key"
TELL = "INSERT INTO sojourn_event (number, payload) VALUES (?, ?)"
EVENTS = "SELECT number, CAST(payload AS TEXT) FROM sojourn_event WHERE number > ? ORDER BY number LIMIT ?"
FIRST_EVENT = "SELECT min(number) FROM sojourn_event"
FORGET = "DELETE FROM sojourn_event WHERE number <= ?"


class Session(Protocol):
    """A connection to a database, in a transaction or not.

    Attributes:
        place: The store's address, for people.
    """

    place: str

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Carries a statement out, and gives all its rows."""

    def each(self, statement: str, many: Sequence[Sequence[object]]) -> None:
        """Carries a statement out for each of many values."""


class State(msgspec.Struct, frozen=True):
    """The one row of `sojourn_state`.

    Attributes:
        schema: Number of the newest migration that was applied.
        term: Of the last leader.
        last_event: Number of the last event.
        applied: Transactions so far.
    """

    schema: int
    term: int
    last_event: int
    applied: int


def state_of(session: Session, statement: str = STATE, *values: object) -> State:
    """The state, after the statement.

    Raises:
        StorageError: It is damaged, or of another release than this one.
    """
    rows = session.rows(statement, *values)
    if len(rows) != 1 or not all(isinstance(value, int) and 0 <= value < limit.COUNTED for value in rows[0]):
        raise row.damaged("its state", session.place, "the row is not as it was written")
    state = State(*rows[0])
    migration.check(state.schema, session.place)
    return state


def schema_of(session: Session) -> int:
    """Version of the tables, which are there.

    Raises:
        StorageError: It is damaged.
    """
    rows = session.rows(SCHEMA)
    if len(rows) == 1 and isinstance(rows[0][0], int):
        return int(rows[0][0])
    raise row.damaged("its state", session.place, "the row is not as it was written")


def leader_of(session: Session) -> str:
    """Who led last, in words."""
    return " ".join(str(name) for (name,) in session.rows(LEADER))


def claim(session: Session, term: int) -> State:
    """Takes the turn to write, if it is still this leader's.

    Raises:
        NotLeader: Somebody else leads since.
    """
    state = state_of(session, CLAIM)
    if state.term != term:
        raise NotLeader(f"another controller leads {session.place} since: its term is {state.term}, ours was {term}")
    return state


def write(session: Session, term: int, batch: row.Batch) -> tuple[RealmEvent, ...]:
    """Writes a batch, and numbers its events."""
    state = claim(session, term)
    session.each(PUT, batch.puts)
    session.each(DROP, batch.drops)
    events = row.numbered(batch.events, state.last_event)
    session.each(TELL, [(event.number, row.event_text(event)) for event in events])
    if events:
        session.rows(LAST_EVENT, events[-1].number)
    return events


def prune(session: Session, term: int, events: int, moves: int) -> None:
    """Removes events and settled moves beyond so many."""
    state = claim(session, term)
    session.rows(FORGET, state.last_event - min(events, limit.INTEGER))
    kept = row.settled(session.rows(RECORDS, MoveRecord.KIND), session.place)
    session.each(DROP, [(MoveRecord.KIND, key) for key in kept[: max(0, len(kept) - moves)]])


def events(session: Session, after: int, most: int) -> tuple[RealmEvent, ...]:
    """Events above a number."""
    after, most = (min(max(value, 0), limit.INTEGER) for value in (after, most))
    rows = session.rows(EVENTS, after, most)
    return tuple(row.event_of(number, payload, session.place) for number, payload in rows)


def last_event(session: Session) -> int:
    """The newest event's number."""
    return state_of(session).last_event


def first_event(session: Session) -> int:
    """The oldest event's number."""
    return session.rows(FIRST_EVENT)[0][0] or 1
