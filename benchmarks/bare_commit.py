"""The measure a scan is held against: the same number of rows, of the same tables, written by the bare driver."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from threading import current_thread
from typing import Any

from sqlalchemy import Engine, event

from wms_desktop.db.engine import sqlite_module
from wms_desktop.db.triggers import TOTALS

_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:bare\.)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One scan: its wall and CPU milliseconds, the bare commit's, rows and statements."""

    ms: float
    cpu_ms: float
    bare_ms: float
    rows: int
    statements: int
    said: str


class RowCounter:
    """Counts the rows an engine writes, by table, those of the counting triggers with them; and its statements.

    ``thread`` narrows it to what the thread of that name does; without an engine every engine counts.
    """

    def __init__(self, engine: Engine | None = None, thread: str = "") -> None:
        self.rows: Counter[str] = Counter()
        self.statements = 0
        self._thread = thread
        self._target = engine or Engine
        event.listen(self._target, "after_cursor_execute", self._note)

    def close(self) -> None:
        """Counts no more."""
        event.remove(self._target, "after_cursor_execute", self._note)

    def take(self) -> tuple[dict[str, int], int]:
        """Rows by table and statements since the last call."""
        taken = dict(self.rows), self.statements
        self.rows.clear()
        self.statements = 0
        return taken

    def _note(self, *told: Any) -> None:
        _, cursor, statement, parameters, _, many = told
        if self._thread and current_thread().name != self._thread:
            return
        self.statements += 1
        found = _WRITE.match(statement)
        if found is None:
            return
        table = found.group(1)
        count = len(parameters) if many else max(1, cursor.rowcount)
        self.rows[table] += count
        for total in TOTALS:
            if total.child == table:
                self.rows[total.parent] += count


class _Samples:
    """A row of each table to write anew under a key of its own; of a table without any, none is written."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Any, ...] | None] = {}
        self._id = 1 << 40

    def __contains__(self, table: str) -> bool:
        return table in self._rows

    def keep(self, table: str, row: tuple[Any, ...] | None) -> None:
        """The newest row of the house, None where there is none."""
        self._rows[table] = row

    def work(self, rows: dict[str, int]) -> list[tuple[str, tuple[Any, ...]]]:
        """So many rows for each table."""
        return [(table, self._next(row)) for table, count in rows.items() if (row := self._rows[table])
                for _ in range(count)]  # fmt: skip

    def _next(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        self._id += 1
        first, *rest = row
        return (self._id if isinstance(first, int) else f"{self._id:032x}", *rest)


class BareSqlite:
    """Copies of the tables in a file beside the house, with their indexes: no trigger, no constraint, no look-up."""

    def __init__(self, house: Path, folder: Path) -> None:
        module = sqlite_module()
        self._db: Any = module.connect(folder / "bare.db", isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=2", "cell_size_check=1"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("ATTACH ? AS house", (f"{house}",))
        self._samples = _Samples()

    def commit(self, rows: dict[str, int]) -> float:
        """Writes so many rows into each table in one durable transaction; gives milliseconds."""
        for table in rows:
            if table not in self._samples:
                self._copy(table)
        work = self._samples.work(rows)
        begun = time.perf_counter()
        self._db.execute("BEGIN IMMEDIATE")
        for table, row in work:
            self._db.execute(f"INSERT INTO main.{table} VALUES ({','.join('?' * len(row))})", row)
        self._db.execute("COMMIT")
        return (time.perf_counter() - begun) * 1000

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def _copy(self, table: str) -> None:
        self._db.execute(f"CREATE TABLE main.{table} AS SELECT * FROM house.{table} LIMIT 0")
        for number, (_, name, *_) in enumerate(self._db.execute(f"PRAGMA house.index_list({table})").fetchall()):
            columns = [row[2] for row in self._db.execute(f"PRAGMA house.index_info({name})") if row[2]]
            self._db.execute(f"CREATE INDEX main.{table}_{number} ON {table} ({', '.join(columns)})")
        newest = self._db.execute(f"SELECT * FROM house.{table} ORDER BY rowid DESC LIMIT 1").fetchone()
        self._samples.keep(table, newest)


class BarePostgresql:
    """The same on a server, in a schema of its own."""

    def __init__(self, url: str) -> None:
        import psycopg  # late: only with --url

        self._db = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
        self._db.execute("DROP SCHEMA IF EXISTS bare CASCADE")
        self._db.execute("CREATE SCHEMA bare")
        self._db.commit()
        self._samples = _Samples()

    def commit(self, rows: dict[str, int]) -> float:
        """Writes so many rows into each table in one durable transaction; gives milliseconds."""
        for table in rows:
            if table not in self._samples:
                self._copy(table)
        work = self._samples.work(rows)
        begun = time.perf_counter()
        for table, row in work:
            self._db.execute(f"INSERT INTO bare.{table} VALUES ({','.join(['%s'] * len(row))})", row)
        self._db.commit()
        return (time.perf_counter() - begun) * 1000

    def close(self) -> None:
        """Removes the copies."""
        self._db.execute("DROP SCHEMA bare CASCADE")
        self._db.commit()
        self._db.close()

    def _copy(self, table: str) -> None:
        self._db.execute(f"CREATE TABLE bare.{table} (LIKE public.{table})")
        made = self._db.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s", (table,)
        )
        for (definition,) in made.fetchall():
            columns = definition.partition(" USING ")[2]
            self._db.execute(f"CREATE INDEX ON bare.{table} USING {columns}")
        self._samples.keep(table, self._db.execute(f"SELECT * FROM public.{table} LIMIT 1").fetchone())
        self._db.commit()
