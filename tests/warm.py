"""PostgreSQL databases that are washed after a test and lent to the next, with connections that stay open.

A new database and a new connection cost a test more than its own work: the server reads its catalogue, compiles every
trigger and plans every statement anew. What is lent here has its rows, numbers and files as on the first day.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import psycopg

LARGEST = 16_000_000
"""Bytes of tables beyond which a new database is cheaper than washing."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_NUMBERS = (
    "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
    " WHERE schemaname = 'public'"
)
_SPOILT = (
    "SELECT EXISTS (SELECT FROM pristine.changed) OR EXISTS (SELECT FROM pg_statistic WHERE starelid >= 16384)"
    f" OR (SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid >= 16384) > {LARGEST}"
)
_GUARD = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.changed (command text);
CREATE FUNCTION pristine.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO pristine.changed VALUES (tg_tag); END $$;
"""
_WATCH = "CREATE EVENT TRIGGER whatever_is_built ON ddl_command_end EXECUTE FUNCTION pristine.note()"


class Stock:
    """Open connections that nobody uses; a closed one of a lent database comes here instead."""

    close_returns = True  # what psycopg asks of a pool

    def __init__(self) -> None:
        self._free: dict[object, list[Any]] = defaultdict(list)
        self._lent: set[str] = set()

    def connect(self, cargs: Any, cparams: dict[str, Any]) -> Any:
        """An open connection; to a lent database one that was used before, if there is one."""
        kind = self._kind(cparams.get("dbname"), cparams.get("host"), cparams.get("options"))
        if self._free[kind]:
            found = self._free[kind].pop()
            found._closed = False
            return found
        made = psycopg.connect(*cargs, **cparams)
        if cparams.get("dbname") in self._lent:
            made._wms_kind = kind
            made._pool = self
        return made

    def putconn(self, connection: Any) -> None:
        """Takes a connection that was closed, unless there is something wrong with it."""
        idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if idle and connection.info.dbname in self._lent and not connection.autocommit:
            self._free[connection._wms_kind].append(connection)
        else:
            self._end(connection)

    def lend(self, name: str) -> None:
        """Connections to this database are kept from now on."""
        self._lent.add(name)

    def forget(self, name: str) -> None:
        """The database goes; so do its connections."""
        self._lent.discard(name)
        for connection in self._of(name):
            self._end(connection)
        self._free = defaultdict(list, {kind: kept for kind, kept in self._free.items() if kind[0] != name})

    def pids(self, name: str) -> list[int]:
        """The server's numbers of the free connections to a database."""
        return [connection.info.backend_pid for connection in self._of(name)]

    def _of(self, name: str) -> list[Any]:
        return [one for kept in self._free.values() for one in kept if one.info.dbname == name]

    @staticmethod
    def _kind(*facts: object) -> object:
        return facts

    @staticmethod
    def _end(connection: Any) -> None:
        del connection._pool
        connection.close()


STOCK = Stock()


class Washer:
    """One database that is lent again and again: as it was when the washer came to it."""

    def __init__(self, host: str, name: str) -> None:
        self.name = name
        self._admin = psycopg.connect(host=host, user="wms", dbname=name, autocommit=True)
        self._admin.execute(_GUARD)
        self._numbers = self._admin.execute(_NUMBERS).fetchall()
        tables = [row[0] for row in self._admin.execute(_TABLES)]
        self._look = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM \"{t}\")" for t in tables)
        self._furnished = [row[0] for row in self._admin.execute(self._look)]
        for table in self._furnished:
            self._admin.execute(f'CREATE TABLE pristine."{table}" AS TABLE "{table}"')
        self._admin.execute(_WATCH)
        self._admin.execute("SET session_replication_role = replica")  # no trigger, no foreign key: it all goes

    def wash(self) -> bool:
        """Puts every row, number and file back; False when it is not worth it, or something else was changed."""
        try:
            self._send_away_others()
            if self._admin.execute(_SPOILT).fetchone()[0]:
                return False
            self._restore()
        except psycopg.Error:
            return False
        return True

    def _send_away_others(self) -> None:
        kept = STOCK.pids(self.name)
        self._admin.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND pid <> ALL(%s)", [kept],
        )  # fmt: skip

    def _restore(self) -> None:
        used = [row[0] for row in self._admin.execute(self._look)]
        self._admin.execute(";".join(f'DELETE FROM "{table}"' for table in used))
        self._admin.execute("VACUUM " + ", ".join(f'"{table}"' for table in used))  # rows stand in order again
        back = [f'INSERT INTO "{t}" OVERRIDING SYSTEM VALUE TABLE pristine."{t}"' for t in self._furnished]
        back += [f"SELECT setval('\"{name}\"', {value}, {taken})" for name, value, taken in self._numbers]
        self._admin.execute(";".join(back))

    def close(self) -> None:
        """Lets go of the database."""
        self._admin.close()
