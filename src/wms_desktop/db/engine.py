"""Opens the database on a safe footing, and gives the two kinds of transaction: to write, to read."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from wms_desktop.errors import Refusal

TRIES = 5
SAFE_SQLITE = (3, 51, 3)
APPLICATION_ID = 0x574D5344
_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
}
_ROW_MS = 3_000
_TURN_MS = 30_000
_PATIENCE_S = 4.0
_LOOKS_S = (0.0005, 0.003)
"""Between two looks at a lock that is taken; at random, so that two who wait do not keep step."""
_READS = "wms_reads"
_KEPT = "kept"
_ANSWERS = "answers"
_READ_ONCE = frozenset(
    {
        "carrier_service", "customer", "dialogue", "location", "lot", "manifest", "operator", "plate", "product",
        "purchase_order", "receipt", "sales_order", "shipment", "station", "supplier", "warehouse",
    }
)  # fmt: skip
Answered = TypeVar("Answered")
_PASSING = ("40001", "40P01", "55P03")
_TWICE = "23505"
_SAFE_SERVER = ("fsync", "full_page_writes", "synchronous_commit")


class BadFooting(Refusal):
    """The database would not keep what it acknowledges; the sentence says which setting and the cure."""

    code = "bad_footing"


def sqlite_module() -> ModuleType:
    """The SQLite driver without the WAL-reset bug: the bundled one, else the standard one if new enough.

    Source: SQLite release notes 3.51.3.
    """
    try:
        from pysqlite3 import dbapi2  # late: not on every platform
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql+psycopg://...``; refuses a footing that loses scans."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, read_only)
    return _open_postgresql(url, read_only)


def is_sqlite_safe() -> bool:
    """Whether the SQLite in use is free of the WAL-reset bug; if not, one connection only may be open."""
    module = sqlite_module()
    version: tuple[int, ...] = module.sqlite_version_info
    return version >= SAFE_SQLITE


def _open_sqlite(url: str, read_only: bool) -> Engine:
    options: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if not is_sqlite_safe() else {}
    engine = create_engine(url, module=sqlite_module(), connect_args={"isolation_level": None}, **options)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: object) -> None:
        for name, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        if read_only:
            connection.execute("PRAGMA query_only=1")
        for name, value in _PRAGMAS.items():
            found = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if found != value:
                raise BadFooting(setting=name, found=str(found), wanted=str(value))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = read_only or connection.get_execution_options().get(_READS, False)
        if not reads and _take_lock(connection):
            return
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _take_lock(connection: Connection) -> bool:
    """Begins a write transaction as soon as nobody else has one; False when that takes too long.

    SQLite's own waiting sleeps up to a tenth of a second between two looks: beside a program that writes one
    transaction after the other it would find the lock taken every time.
    """
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + _PATIENCE_S
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except driver.OperationalError as busy:
                if "locked" not in str(busy):
                    raise
                time.sleep(random.uniform(*_LOOKS_S))
            else:
                return True
        return False
    finally:
        driver.execute(f"PRAGMA busy_timeout={_PRAGMAS['busy_timeout']}")


def _open_postgresql(url: str, read_only: bool) -> Engine:
    options = f"-c lock_timeout={_ROW_MS} -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
    if read_only:
        options += " -c default_transaction_read_only=on"
    engine = create_engine(url, connect_args={"options": options}, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _check(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for name in _SAFE_SERVER:
                found = cursor.execute(f"SHOW {name}").fetchone()[0]
                if found != "on":
                    raise BadFooting(setting=name, found=str(found), wanted="on")
        connection.commit()

    return engine


class _Transaction(Session):
    """A session for one transaction: rows that no trigger changes are read once, however often they are asked for."""


@event.listens_for(_Transaction, "loaded_as_persistent")
def _keep(session: Session, row: Any) -> None:
    """The identity map lets go of a row when nobody holds it; this holds it until the transaction ends."""
    if row.__tablename__ in _READ_ONCE:
        session.info.setdefault(_KEPT, []).append(row)


@event.listens_for(_Transaction, "after_flush")
def _forget_answers(session: Session, _context: Any) -> None:
    forget_answers(session)


def forget_answers(session: Session) -> None:
    """Whoever writes rows past the session says so: what was asked once before must be asked again."""
    session.info.pop(_ANSWERS, None)


def ask_once(session: Session, question: Hashable, ask: Callable[[], Answered]) -> Answered:
    """The answer to a question, asked of the database once as long as the transaction writes nothing."""
    answers: dict[Hashable, Any] = session.info.setdefault(_ANSWERS, {})
    if question not in answers:
        answers[question] = ask()
    found: Answered = answers[question]
    return found


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One write transaction: the lock is taken at its start (SQLite), it commits at the end or leaves nothing."""
    with _Transaction(engine, expire_on_commit=False, autoflush=True) as session, session.begin():
        yield session


def take_turn(session: Session) -> None:
    """Waits until no other transaction that took its turn is open; SQLite's write lock is such a turn already.

    To be asked for before the first row is locked: who holds rows while waiting here may be waited for.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.set_config("lock_timeout", str(_TURN_MS), True)))
        session.execute(select(func.pg_advisory_xact_lock(APPLICATION_ID)))
        session.execute(select(func.set_config("lock_timeout", str(_ROW_MS), True)))


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One consistent snapshot to read from."""
    with _Transaction(engine.execution_options(**{_READS: True}), expire_on_commit=False) as session, session.begin():
        yield session


def persist(act: Callable[[], Answered]) -> Answered:
    """Does a whole transaction, again when what stopped it may well be gone in a moment; at most five tries.

    Two may also make the same new row at once, a lot or a plate that neither of them found: the later one is done
    again, finds the row, and answers as if it had come a moment later. That holds for every table and for all that
    hangs on the question whether the row is there (its expiry day, what stands on it, what a scan of it means), which
    writing the row only where it is missing would not do. Whoever makes a row a second time that was there before the
    second try has a bug: that is raised.

    ``act`` must leave nothing when it fails. Raises what the database raised last.
    """
    met: set[str] = set()
    for attempt in range(1, TRIES):
        try:
            return act()
        except DBAPIError as error:
            twice = _made_twice(error)
            if (twice in met) if twice else not _is_passing(error):
                raise
            met.add(twice)
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
    return act()


def _made_twice(error: DBAPIError) -> str:
    """Which row somebody else made at the same moment, with its key; "" for any other fault.

    Who writes into SQLite is alone from the start: there a row that is made twice is no chance.
    """
    if getattr(error.orig, "sqlstate", None) != _TWICE:
        return ""
    told: Any = getattr(error.orig, "diag", None)
    return f"{told.constraint_name} {told.message_detail}" if told is not None else str(error.orig)


def _is_passing(error: DBAPIError) -> bool:
    """Whether the same transaction may well go through in a moment (lock, deadlock, serialisation, lost connection)."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _PASSING or error.connection_invalidated:
        return True
    # Two people made the first movement between the same two places at once; the later one has the older number.
    if isinstance(error, IntegrityError) and "stock needs a movement" in str(error.orig):
        return True
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
