"""The migrations make exactly the declared tables, on both databases, and leave newer ones alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from wms_desktop.db import schema, tables, triggers
from wms_desktop.db.engine import is_sqlite_safe, open_engine, reading, sqlite_module, writing


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = open_engine(url)
    yield made
    made.dispose()


def test_the_migrations_make_the_declared_tables(engine: Engine) -> None:
    schema.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.upgrade(engine)

    assert schema.version(engine) == schema.HEAD


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    schema.upgrade(engine)
    with writing(engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.WrongVersion):
        schema.upgrade(engine)


def test_every_sqlite_table_is_strict_and_every_declared_constraint_is_there(tmp_path: Path) -> None:
    migrated, declared = open_engine(f"sqlite:///{tmp_path / 'a.db'}"), open_engine(f"sqlite:///{tmp_path / 'b.db'}")
    schema.upgrade(migrated)
    tables.metadata.create_all(declared)
    with declared.begin() as connection:
        for statement in triggers.statements("sqlite"):
            connection.exec_driver_sql(statement)

    made, wanted = (_objects(e) for e in (migrated, declared))

    assert {name: made.get(name) for name in wanted} == wanted
    loose = [name for name in tables.metadata.tables if "STRICT" not in made[name]]
    assert loose == []
    migrated.dispose()
    declared.dispose()


def _objects(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    return {row.name: "\n".join(sorted(line.strip(" ,\t") for line in row.sql.splitlines())) for row in rows}


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    writer = open_engine(url)
    schema.upgrade(writer)
    reader = open_engine(url, read_only=True)

    with pytest.raises(DBAPIError), reading(reader) as session:
        session.execute(text("DELETE FROM setting"))

    writer.dispose()
    reader.dispose()


def test_a_writer_holds_the_lock_before_it_reads(tmp_path: Path) -> None:
    """BEGIN IMMEDIATE: a second writer may not even begin, so it can never read what is about to change."""
    path = tmp_path / "x.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    other = sqlite_module().connect(str(path), timeout=0, isolation_level=None)
    with writing(engine) as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(sqlite_module().OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    engine.dispose()


def test_the_sqlite_in_use_has_no_known_wal_bug() -> None:
    assert is_sqlite_safe()
