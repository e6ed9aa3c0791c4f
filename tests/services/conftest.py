"""A furnished house on SQLite and on PostgreSQL, for every service test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.builders import House
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine
from wms_desktop.prompts import Answer
from wms_desktop.services import receiving
from wms_desktop.services.dialogue import Context, Resolved, Step
from wms_desktop.services.receiving.state import where


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A furnished SQLite file to copy from; in memory-backed storage where there is some, for its cheap syncs."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    engine = open_engine(f"sqlite:///{folder / 'template.db'}")
    schema.upgrade(engine)
    House(engine).furnish()
    engine.dispose()
    yield folder / "template.db"
    shutil.rmtree(folder)


BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BACKENDS)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """The same furnished house on either database."""
    with lend_house(request) as lent:
        yield lent


@contextmanager
def lend_house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A furnished house of its own for whoever has the fixture of `request`: a test, or a module that only reads."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("template")
        with tempfile.TemporaryDirectory(dir=template.parent) as folder:
            copy = Path(folder) / "house.db"
            shutil.copy(template, copy)
            engine = open_engine(f"sqlite:///{copy}")
            yield House(engine)
            engine.dispose()
        return
    databases = request.getfixturevalue("postgres_databases")
    name = databases.lend("furnished_house", _furnish)
    engine = open_engine(databases.url(name))
    yield House(engine)
    engine.dispose()
    databases.give_back(name)


def _furnish(url: str) -> None:
    engine = open_engine(url)
    schema.upgrade(engine)
    House(engine).furnish()
    engine.dispose()


@pytest.fixture(autouse=True)
def only_listed_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test does at a dock station, each event leads to a state that its row of the table names."""
    look_up = receiving.WORKFLOW.step

    def step(state: str, resolved: Resolved) -> Step:
        found = look_up(state, resolved)

        def handler(session: Session, context: Context, event: Resolved) -> Answer:
            answer = found.handler(session, context, event)
            now = where(session, context)[0]
            assert now in found.then, f"{state} + {resolved.kind} leads to {now}, not to {', '.join(found.then)}"
            return answer

        return replace(found, handler=handler)

    monkeypatch.setattr(receiving.WORKFLOW, "step", step)
