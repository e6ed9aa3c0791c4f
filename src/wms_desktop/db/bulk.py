"""Many rows straight through the driver: SQLAlchemy makes a statement once, not once for each time or row."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    any_,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
)

_SEQUENCE = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_TAKEN = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
# Rows that one statement takes: fewer statements, and far fewer than the parameters that a database allows.
_TOGETHER = 25
_Processor = Callable[[Any], Any] | None


class _Memo(dict[Any, Any]):
    """What a value is stored as, worked out once for all rows that have it: days, flags and amounts repeat."""

    def __init__(self, process: Callable[[Any], Any]) -> None:
        super().__init__()
        self._process = process

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self._process(value)
        return made


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement in the driver's own form; the columns it takes by place, each with what makes its values storable.

    ``several`` is the same for :data:`_TOGETHER` rows; ``defaults`` are the values of columns that the rows leave out.
    """

    sql: str
    several: str
    columns: tuple[tuple[str, _Processor], ...]
    defaults: Mapping[str, Any]


def insert_numbered(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]],
                    same: Mapping[str, str] | None = None) -> list[int]:  # fmt: skip
    """As :func:`insert_many`, and gives the ids of the rows in their order."""
    ids = next_ids(connection, table.name, len(rows))
    insert_many(connection, table, [{"id": one, **row} for one, row in zip(ids, rows, strict=True)], same)
    return ids


def next_ids(connection: Connection, table: str, count: int) -> list[int]:
    """So many ids that nobody else gets: SQLite has one writer at a time, PostgreSQL gives them out."""
    if connection.dialect.name == "sqlite":
        last = connection.execute(_SEQUENCE, {"name": table}).scalar() or 0
        return list(range(last + 1, last + count + 1))
    return sorted(connection.scalars(_TAKEN, {"name": table, "count": count}))


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]],
                same: Mapping[str, str] | None = None) -> None:  # fmt: skip
    """Inserts rows that all have the same columns, by one executemany or two; values are bound, as everywhere.

    ``same`` are columns that are alike in every row, as SQL constants of ours ("0", "''", "NULL"). Columns that are
    left out get their defaults, which must be plain values.
    """
    if not rows:
        return
    plan = _plan(connection.dialect, table, frozenset(rows[0]), tuple((same or {}).items()))
    columns: list[Iterable[Any]] = []
    for name, process in plan.columns:
        if name in plan.defaults:
            value = plan.defaults[name]
            columns.append(repeat(value if process is None else process(value), len(rows)))
        else:
            values = map(itemgetter(name), rows)
            columns.append(values if process is None else map(_Memo(process).__getitem__, values))
    ready = list(zip(*columns, strict=True))
    whole = len(ready) - len(ready) % _TOGETHER
    if whole:
        groups = (ready[start : start + _TOGETHER] for start in range(0, whole, _TOGETHER))
        connection.exec_driver_sql(plan.several, [tuple(chain.from_iterable(group)) for group in groups])
    if whole < len(ready):
        connection.exec_driver_sql(plan.sql, ready[whole:])


@lru_cache(maxsize=64)
def _plan(dialect: Dialect, table: Table, names: frozenset[str], same: tuple[tuple[str, str], ...]) -> _Plan:
    by_place = _by_place(dialect)
    fixed = dict(same)
    columns_left: list[Any] = [one for one in table.c if one.name not in names and one.name not in fixed]
    defaults = {column.name: column.default.arg for column in columns_left if column.default is not None}
    values: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in (*names, *defaults)}
    constants: dict[str, Any] = {name: literal_column(value) for name, value in fixed.items()}
    compiled: Any = insert(table).values(values | constants).inline().compile(dialect=by_place)
    columns = tuple(
        (name, table.c[name].type.dialect_impl(by_place).bind_processor(by_place)) for name in compiled.positiontup
    )
    sql = str(compiled)
    head, values_follow, one_row = sql.partition(" VALUES ")
    return _Plan(sql, head + values_follow + ", ".join([one_row] * _TOGETHER), columns, defaults)


def look_up(connection: Connection, key: Any, columns: tuple[Any, ...], values: Sequence[str]) -> list[tuple[Any, ...]]:
    """The key and the columns of the rows whose key (a text) is one of the values; one parameter, however many."""
    sql, processors = _question(connection.dialect, key, columns)
    asked = json.dumps(values) if connection.dialect.name == "sqlite" else list(values)
    rows = connection.exec_driver_sql(sql, (asked,)).all()
    if not rows or not any(processors):
        return [tuple(row) for row in rows]
    by_column = zip(zip(*rows, strict=True), processors, strict=True)
    return list(zip(*(column if make is None else map(make, column) for column, make in by_column), strict=True))


@lru_cache(maxsize=64)
def _question(dialect: Dialect, key: Any, columns: tuple[Any, ...]) -> tuple[str, tuple[_Processor, ...]]:
    by_place = _by_place(dialect)
    if dialect.name == "sqlite":
        listed = func.json_each(bindparam("these", type_=Text)).table_valued("value")
        among = key.in_(select(listed.c.value))
    else:
        among = key == any_(bindparam("these", type_=ARRAY(Text)))
    compiled = select(key, *columns).where(among).compile(dialect=by_place)
    made = (one.type.dialect_impl(by_place).result_processor(by_place, None) for one in (key, *columns))
    return str(compiled), tuple(made)


def _by_place(dialect: Dialect) -> Dialect:
    """The dialect with parameters by place, as drivers take many rows fastest."""
    maker: Any = type(dialect)
    made: Dialect = dialect if dialect.positional else maker(paramstyle="format")
    return made


def is_among(connection: Connection, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of these ids, as one parameter, however many they are."""
    ordered = sorted(ids)
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(ordered)).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(listed.c.value))
        return found
    among: ColumnElement[bool] = column == any_(literal(ordered, ARRAY(BigInteger)))
    return among
