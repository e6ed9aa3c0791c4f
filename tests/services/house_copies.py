"""Many fresh copies of one furnished house, for machines that begin anew with every example."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.builders import House
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine

OpenHouse = Callable[[], tuple[House, Callable[[], None]]]
Furnish = Callable[[House], object]


@contextmanager
def sqlite_copies(furnish: Furnish) -> Iterator[OpenHouse]:
    """Copies of one furnished file; each is given with what lets go of it."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    _fill(f"sqlite:///{folder / 'furnished.db'}", furnish)

    def open_house() -> tuple[House, Callable[[], None]]:
        copy = Path(tempfile.mkdtemp(dir=folder)) / "x.db"
        shutil.copy(folder / "furnished.db", copy)
        house = House(open_engine(f"sqlite:///{copy}"))

        def leave() -> None:
            house.engine.dispose()
            shutil.rmtree(copy.parent)

        return house, leave

    yield open_house
    shutil.rmtree(folder)


def postgres_copies(databases: Any, name: str, furnish: Furnish) -> OpenHouse:
    """Copies of one furnished database, furnished once under this name."""

    def open_house() -> tuple[House, Callable[[], None]]:
        copy = databases.lend(name, lambda url: _fill(url, furnish))
        house = House(open_engine(databases.url(copy)))

        def leave() -> None:
            house.engine.dispose()
            databases.give_back(copy)

        return house, leave

    return open_house


def _fill(url: str, furnish: Furnish) -> None:
    engine = open_engine(url)
    schema.upgrade(engine)
    furnish(House(engine))
    engine.dispose()
