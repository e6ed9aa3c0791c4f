"""Keeps, for each command, how to walk it back; and walks it back.

A recorder listens to the session's flushes and writes down, in order, each row inserted, changed or deleted and
each movement posted. Undo walks that list from its end: movements by counter-movement, rows by putting back what
was there, and refuses when anything has moved on since.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeGuard

from sqlalchemy import ColumnElement, Table, TypeDecorator, and_, delete, insert, inspect, select, update
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.event import listen
from sqlalchemy.orm import Session, UOWTransaction

from wms_desktop.db import tables
from wms_desktop.db.types import Units, Word
from wms_desktop.errors import CannotUndo

# Rows that keep their own history (ledger, outbox), or that are caches the database keeps.
_NOT_RECORDED = frozenset({"command", "movement", "stock", "counter", "operator", "print_job", "plate", "lot"})
# Figures that are computed anew from other rows whenever those change: nobody's undo stands or falls with them.
_DERIVED = {"delivery": frozenset({"method", "completes", "bound", "shared_at"})}
# Rows that several people's commands add to: the column of which each takes back its own part.
_SHARED = {"reservation": "qty"}
_KEY = "undo"
_CLOSED = "undo_closed"
FINAL = ""
NOTHING = "[]"
_PLAIN = DefaultDialect()


def start(session: Session) -> None:
    """Begins to record what the session does."""
    session.info[_KEY] = []
    session.info.pop(_CLOSED, None)
    listen(session, "after_flush", _note_flush)


def note_movement(session: Session, movement_id: int) -> None:
    """Writes down a posted movement at its place in the order."""
    session.info.get(_KEY, []).append(["movement", movement_id])


def note_insert(session: Session, table: str, row_id: int) -> None:
    """Writes down a row that this command added without the session's objects."""
    session.info.get(_KEY, []).append(["insert", table, {"id": row_id}])


def note_update(session: Session, table: str, row_id: int, changed: dict[str, list[Any]]) -> None:
    """Writes down columns of a row, each [before, after] as stored, changed without the session's objects."""
    session.info.get(_KEY, []).append(["update", table, {"id": row_id}, changed])


def note_share(session: Session, table: str, row_id: int, qty: int) -> None:
    """Writes down so many units that this command added to a shared row without the session's objects."""
    session.info.get(_KEY, []).append(["insert", table, {"id": row_id}, qty])


def close(session: Session) -> None:
    """Says that this command cannot be taken back (goods or paper left the house, or it was bulk work)."""
    session.info[_CLOSED] = True


def finish(session: Session) -> str:
    """Ends the recording: the entries as text for the command's row, NOTHING, or FINAL when it was closed."""
    entries = session.info.pop(_KEY, None)
    closed = session.info.pop(_CLOSED, False)
    if entries is None:
        return NOTHING
    if closed:
        return FINAL
    return json.dumps(entries, separators=(",", ":"))


def forget(session: Session) -> None:
    """Ends the recording with nothing written down: an undo is not itself undone, nor is what follows from it."""
    session.info.pop(_KEY, None)


def walk_back(session: Session, entries: Sequence[Any], reverse: Any) -> None:
    """Undoes recorded entries (:func:`finish` gives them as text), last first.

    ``reverse(movement_id)`` posts a counter-movement.
    Raises CannotUndo when a row is no longer as the command left it; the caller's transaction then leaves nothing.
    """
    session.flush()
    for entry in reversed(entries):
        kind = entry[0]
        if kind == "movement":
            reverse(entry[1])
        elif kind == "insert" and entry[1] in _SHARED:
            _shift(session, entry[1], entry[2], -entry[3])
        elif kind == "insert":
            _unmake(session, entry[1], entry[2])
        elif kind == "update" and set(entry[3]) == {_SHARED.get(entry[1])}:
            before, after = entry[3][_SHARED[entry[1]]]
            _shift(session, entry[1], entry[2], before - after)
        elif kind == "update":
            _put_back(session, entry[1], entry[2], entry[3])
        else:
            _make_again(session, entry[1], entry[2])
    session.expire_all()


def _note_flush(session: Session, _context: UOWTransaction) -> None:
    entries = session.info.get(_KEY)
    if entries is None:
        return
    for row in session.new:
        table = _table(row)
        if table.name not in _NOT_RECORDED:
            share = [getattr(row, _SHARED[table.name])] if table.name in _SHARED else []
            entries.append(["insert", table.name, _keys(row), *share])
    for row in session.dirty:
        table = _table(row)
        changed = _changed(row, table)
        if table.name not in _NOT_RECORDED and changed:
            entries.append(["update", table.name, _keys(row), changed])
    for row in session.deleted:
        table = _table(row)
        if table.name not in _NOT_RECORDED:
            values = {c.name: _stored(table, c.name, getattr(row, c.name)) for c in table.columns}
            entries.append(["delete", table.name, values])


def _table(row: object) -> Table:
    table = inspect(type(row)).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{row!r} has no table")
    return table


def _keys(row: object) -> dict[str, Any]:
    table = _table(row)
    return {c.name: getattr(row, c.name) for c in table.primary_key.columns}


def _changed(row: object, table: Table) -> dict[str, list[Any]]:
    changed = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if not history.has_changes() or attribute.key in _DERIVED.get(table.name, ()):
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if isinstance(after, ColumnElement):
            continue
        changed[attribute.key] = [_stored(table, attribute.key, before), _stored(table, attribute.key, after)]
    return changed


def _stored(table: Table, column: str, value: Any) -> Any:
    kind = table.columns[column].type
    return kind.process_bind_param(value, _PLAIN) if _translates(kind) else value


def _loaded(table: Table, column: str, value: Any) -> Any:
    kind = table.columns[column].type
    return kind.process_result_value(value, _PLAIN) if _translates(kind) else value


def _translates(kind: object) -> TypeGuard[TypeDecorator[Any]]:
    """Whether the database keeps values of this type in another form (words and quantities stay as they are)."""
    return isinstance(kind, TypeDecorator) and not isinstance(kind, Word | Units)


def _is(table: Table, keys: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.columns[name] == value for name, value in keys.items()))


def _shift(session: Session, name: str, keys: dict[str, Any], change: int) -> None:
    """Takes back one command's part of a row that several may have changed; at nothing the row goes."""
    table = tables.metadata.tables[name]
    amount = table.columns[_SHARED[name]]
    living = _is(table, keys) & (table.columns["state"] == "held")
    left = session.scalar(select(amount).where(living).with_for_update())
    if left is None or left + change < 0:
        raise CannotUndo(what=name)
    if left + change == 0:
        session.execute(delete(table).where(living))
    else:
        session.execute(update(table).where(living).values({amount.name: amount + change}))


def _unmake(session: Session, name: str, keys: dict[str, Any]) -> None:
    table = tables.metadata.tables[name]
    if session.execute(delete(table).where(_is(table, keys)).returning(*table.primary_key.columns)).first() is None:
        raise CannotUndo(what=name)


def _put_back(session: Session, name: str, keys: dict[str, Any], changed: dict[str, list[Any]]) -> None:
    table = tables.metadata.tables[name]
    columns = [table.columns[c] for c in changed]
    found = session.execute(select(*columns).where(_is(table, keys)).with_for_update()).first()
    after = tuple(_loaded(table, c, values[1]) for c, values in changed.items())
    if found is None or tuple(found) != after:
        raise CannotUndo(what=name)
    before = {c: _loaded(table, c, values[0]) for c, values in changed.items()}
    session.execute(update(table).where(_is(table, keys)).values(before))


def _make_again(session: Session, name: str, values: dict[str, Any]) -> None:
    table = tables.metadata.tables[name]
    session.execute(insert(table).values({c: _loaded(table, c, v) for c, v in values.items()}))
