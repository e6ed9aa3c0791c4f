"""Writes many lines' days and the moves of their promises at once; on a server in one statement for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, TableValuedAlias, Text, bindparam, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from wms_desktop.db.tables import OrderLine, PromiseChange
from wms_desktop.services.intake import in_pieces

_FRESH = {"eta": "new_eta", "eta_late": "new_late", "eta_from_id": "new_from", "first_promise": "first",
          "promise": "current", "promise_rule": "rule"}  # fmt: skip
"""The columns that are written, and the names under which their new values come."""


def write_days(session: Session, updates: Sequence[Mapping[str, Any]]) -> set[int]:
    """Writes the days and promises of lines; gives the ids of those that got them.

    Each comes as line, new_eta, new_late, new_from, first, current and rule. A line that another command is working
    on right now is left out: that command computes its days at its own end, and to wait for it here could make both
    wait for each other. Nothing of it is in the undo record.
    """
    if not updates:
        return set()
    ids = {int(one["line"]) for one in updates}
    if session.get_bind().dialect.name != "sqlite":
        free = select(OrderLine.id).order_by(OrderLine.id).with_for_update(skip_locked=True)
        ids = {line_id for part in in_pieces(ids) for line_id in session.scalars(free.where(OrderLine.id.in_(part)))}
    rows = sorted((one for one in updates if one["line"] in ids), key=lambda one: int(one["line"]))
    if rows:
        _update(session, rows)
    for known in list(session.identity_map.values()):
        if isinstance(known, OrderLine) and known.id in ids:
            session.expire(known, list(_FRESH))
    return ids


def add_moves(session: Session, at: datetime, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds promises that moved at an instant: order_line_id, kind, was, became, cause, purchase_line_id."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(insert(PromiseChange), [{**row, "at": at, "is_told": False} for row in rows])
        return
    kept = PromiseChange.__table__.c
    told = _as_table({name: [_plain(row[name]) for row in rows] for name in rows[0]})
    cells = [cast(told.c[name], kept[name].type) for name in rows[0]]
    same = [literal(at, kept.at.type), literal(False, kept.is_told.type)]
    connection.execute(insert(PromiseChange).from_select([*rows[0], "at", "is_told"], select(*cells, *same)))


def _update(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    connection, lines = session.connection(), OrderLine.__table__
    if connection.dialect.name == "sqlite":
        fresh: dict[str, Any] = {name: bindparam(one) for name, one in _FRESH.items()}
        connection.execute(update(OrderLine).where(lines.c.id == bindparam("line")).values(**fresh), rows)
        return
    told = _as_table({name: [_plain(row[name]) for row in rows] for name in ("line", *_FRESH.values())})
    cells = {name: cast(told.c[one], lines.c[name].type) for name, one in _FRESH.items()}
    connection.execute(update(OrderLine).where(lines.c.id == told.c.line).values(**cells))


def _as_table(columns: Mapping[str, Sequence[int | str | None]]) -> TableValuedAlias:
    """Rows as a table inside a statement (PostgreSQL), from an array for each column."""
    arrays = [
        bindparam(f"all_{name}", list(cells), type_=ARRAY(_kind(cells))) for name, cells in columns.items()
    ]  # fmt: skip
    return func.unnest(*arrays).table_valued(*columns, name="told").render_derived()


def _kind(cells: Sequence[int | str | None]) -> type[BigInteger] | type[Text]:
    return BigInteger if any(isinstance(cell, int) for cell in cells) else Text


def _plain(value: date | int | str | None) -> int | str | None:
    return value.isoformat() if isinstance(value, date) else value
