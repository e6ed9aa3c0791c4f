"""What rows from outside must be before a table takes them; every refusal names table, row, field, value and cure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session

from wms_desktop.db.bulk import insert_many, look_up, next_ids
from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import Table
from wms_desktop.errors import BadInput, Value
from wms_desktop.services import undo

# Named here for the shift, which hands them on and may not import SQLAlchemy.
__all__ = [
    "AT_ONCE",
    "Engine",
    "Entry",
    "Session",
    "append_rows",
    "check_new",
    "entries",
    "find_ids",
    "in_pieces",
    "insert_rows",
]

MOST_TEXT = 200
MOST_CODE = 60
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
AT_ONCE = 5000
_MONEY_PLACES = -4
# How a column's beginning is written in SQL; False is found as 0.
_BEGINNINGS: Mapping[object, str] = {None: "NULL", 0: "0", "": "''"}
T = TypeVar("T")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as it came: the table it is for and its number, from 1. Each check raises BadInput or does nothing."""

    table: str
    row: int

    def refusal(self, rule: str, field: str, value: object, **more: Value) -> BadInput:
        """The refusal of a field by a rule; its sentence is `input.<rule>`."""
        return BadInput(f"input.{rule}", table=self.table, row=self.row, field=field, value=str(value), **more)

    def text(self, field: str, value: str, *, most: int = MOST_TEXT) -> None:
        """Something readable: not empty, not too long, without control characters."""
        if not value or value.isspace():
            raise self.refusal("empty", field, value)
        if len(value) > most or not value.isprintable():
            self.maybe_text(field, value, most=most)

    def maybe_text(self, field: str, value: str, *, most: int = MOST_TEXT) -> None:
        """Readable text, or nothing."""
        if len(value) > most:
            raise self.refusal("too_long", field, value, most=most)
        if _CONTROLS.search(value):
            raise self.refusal("unreadable", field, value)

    def code(self, field: str, value: str) -> None:
        """A code that can be scanned and typed: text without blanks at its ends."""
        self.text(field, value, most=MOST_CODE)
        if value != value.strip():
            raise self.refusal("blanks", field, value)

    def at_least(self, field: str, value: int, least: int) -> None:
        """A whole number from ``least`` upwards."""
        if value < least:
            raise self.refusal("too_small", field, value, least=least)

    def money(self, field: str, value: Decimal) -> None:
        """An amount from 0 upwards with at most four decimals."""
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or (exponent < _MONEY_PLACES and value != round(value, -_MONEY_PLACES)):
            raise self.refusal("not_money", field, value)
        if value < 0:
            raise self.refusal("too_small", field, value, least=0)

    def instant(self, field: str, value: datetime) -> None:
        """A point in time that says its zone."""
        if value.utcoffset() is None:
            raise self.refusal("no_zone", field, value)

    def one_of(self, field: str, value: str, choices: Collection[str]) -> None:
        """One of a few words."""
        if value not in choices:
            raise self.refusal("not_one_of", field, value, choices=", ".join(choices))

    def known(self, field: str, value: str, ids: Mapping[str, int]) -> int:
        """The id of a row that must be there already."""
        found = ids.get(value)
        if found is None:
            raise self.refusal("unknown", field, value)
        return found


def in_pieces(values: Iterable[Part], *, at_once: int = AT_ONCE) -> Iterator[list[Part]]:
    """The values without repeats, sorted, in pieces that one statement takes."""
    ordered: list[Any] = sorted(set[Any](values))
    for start in range(0, len(ordered), at_once):
        yield ordered[start : start + at_once]


def entries(table: str, rows: Iterable[T]) -> Iterator[tuple[Entry, T]]:
    """The rows, each with its number."""
    for number, row in enumerate(rows, 1):
        yield Entry(table, number), row


def check_new(session: Session, table: str, key: InstrumentedAttribute[str], values: Sequence[str]) -> None:
    """Raises BadInput for the first value that comes twice (`input.twice`) or is in the house (`input.taken`)."""
    first: dict[str, int] = {}
    for entry, value in entries(table, values):
        if value in first:
            raise entry.refusal("twice", key.key, value, first=first[value])
        first[value] = entry.row
    for value in find_ids(session, key, key, values):
        raise Entry(table, first[value]).refusal("taken", key.key, value)


def find_ids(session: Session, key: InstrumentedAttribute[str], wanted: InstrumentedAttribute[Any],
             values: Iterable[str]) -> dict[str, Any]:  # fmt: skip
    """The ``wanted`` column of the rows whose ``key`` is one of the values; a few statements however many they are."""
    distinct = list(dict.fromkeys(values))
    found: dict[str, Any] = {}
    session.flush()
    for start in range(0, len(distinct), AT_ONCE):
        found.update(look_up(session.connection(), key, (wanted,), distinct[start : start + AT_ONCE]))
    return {value: found[value] for value in distinct if value in found}


def insert_rows(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]],
                same: Mapping[str, Any] | None = None) -> list[int]:  # fmt: skip
    """Inserts all rows by one executemany and gives their ids in the same order; the command becomes final.

    ``same`` are columns that begin alike in every row (nothing, 0, False, ""): they cost nothing per row.
    """
    if not rows:
        return []
    session.flush()
    ids = next_ids(session.connection(), table.__tablename__, len(rows))
    append_rows(session, table, [{"id": one, **row} for one, row in zip(ids, rows, strict=True)], same)
    return ids


def append_rows(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]],
                same: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    """As :func:`insert_rows`, where nobody asks for the ids."""
    if not rows:
        return
    undo.close(session)
    session.flush()
    fixed = {name: _BEGINNINGS[value] for name, value in (same or {}).items()}
    insert_many(session.connection(), table.metadata.tables[table.__tablename__], rows, fixed)
    forget_answers(session)
