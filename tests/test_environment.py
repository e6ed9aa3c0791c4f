"""The machine and the locked versions are ones that the application can live with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sqlite3
import sys

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import doctor
from set_up import LOCKS, find_broken_pyside
from wms_desktop.db.engine import sqlite_module


def test_qt_gives_back_no_reference_to_none_that_it_did_not_take(qtbot: QtBot) -> None:
    held = [None] * 100_000  # so that even a broken PySide6 cannot kill the process here
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)

    for _ in range(300):
        label.setText("y")

    drift = (sys.getrefcount(None) - before) / 300
    assert drift > -0.5, f"{drift:+.2f} references to None a call: this PySide6 crashes on this Python"
    assert len(held) == 100_000


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_the_locks_pin_a_pyside_that_lives_on_every_supported_python(lock) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "pyside6-essentials==6.11.3" in text
    assert "shiboken6==6.11.3" in text
    assert find_broken_pyside(text, (3, 11, 0)) is None


@pytest.mark.parametrize(
    ("version", "python", "broken"),
    [
        ("6.12.0", (3, 11, 7), "6.12.0"),
        ("6.13.1", (3, 10, 13), "6.13.1"),
        ("6.12.0", (3, 12, 1), None),
        ("6.11.3", (3, 11, 7), None),
    ],
)
def test_the_set_up_refuses_a_pyside_that_crashes_below_python_3_12(version, python, broken) -> None:
    lock = f"pycparser==3.12 \\\n    --hash=sha256:00\npyside6-essentials=={version} \\\n    --hash=sha256:01\n"

    assert find_broken_pyside(lock, python) == broken


def test_the_installed_qt_is_the_locked_one() -> None:
    assert importlib.metadata.version("PySide6-Essentials") == "6.11.3"
    assert importlib.metadata.version("shiboken6") == "6.11.3"


def test_sqlite_is_new_enough_for_a_write_ahead_log_that_does_not_corrupt() -> None:
    driver = sqlite_module()
    if platform.machine() not in {"x86_64", "AMD64", "arm64"} and driver is sqlite3:
        pytest.skip(f"no wheel of pysqlite3 for {platform.machine()}: the application opens one connection only")

    assert driver.sqlite_version_info >= (3, 51, 3)


def test_the_test_screen_is_a_full_hd_one(qapp) -> None:
    if not os.environ["QT_QPA_PLATFORM"].startswith("offscreen"):
        pytest.skip("a real screen was asked for by QT_QPA_PLATFORM")

    size = qapp.primaryScreen().size()
    assert (size.width(), size.height()) == (1920, 1080)


def test_the_doctor_names_the_package_of_a_library_that_cannot_be_loaded(monkeypatch) -> None:
    monkeypatch.setattr(doctor, "can_load", lambda soname: soname != "libEGL.so.1")
    monkeypatch.setattr(sys, "platform", "linux")

    assert doctor.list_missing_packages({}) == ["libegl1"]


def test_the_doctor_asks_for_screen_libraries_only_where_there_is_a_screen(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")

    assert "libxcb-cursor.so.0" not in doctor.needed_libraries({})
    assert "libxcb-cursor.so.0" in doctor.needed_libraries({"DISPLAY": ":0"})


def test_the_doctor_stops_with_the_one_line_to_type_where_it_may_not_install(monkeypatch, capsys) -> None:
    monkeypatch.setattr(doctor, "can_load", lambda soname: soname != "libGL.so.1")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(doctor, "find_privilege", lambda: None)

    assert doctor.check_libraries(may_install=True) == doctor.MISSING
    assert "apt-get install -y libgl1\n" in capsys.readouterr().err


@pytest.mark.postgres
def test_the_private_postgres_keeps_what_it_acknowledged(postgres_url: str) -> None:
    import psycopg  # late: most tests need no PostgreSQL

    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        settings = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }

    assert set(settings.values()) == {"on"}


@pytest.mark.postgres
def test_copies_of_a_furnished_postgres_are_apart(postgres_copy) -> None:
    import psycopg  # late: most tests need no PostgreSQL

    def furnish(url: str) -> None:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE shelf (bin text)")

    def count(url: str) -> int:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            return connection.execute("SELECT count(*) FROM shelf").fetchone()[0]

    first, second = postgres_copy("shelves", furnish), postgres_copy("shelves", furnish)
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("INSERT INTO shelf VALUES ('A-1')")

    assert (count(first), count(second)) == (1, 0)


@pytest.mark.postgres
def test_a_washed_postgres_is_as_on_its_first_day(postgres_databases) -> None:
    name = _lend(postgres_databases, "washed")
    first = _shelves(postgres_databases, name)
    _shelves(postgres_databases, name)
    postgres_databases.give_back(name)

    again = _lend(postgres_databases, "washed")
    assert again == name
    assert _shelves(postgres_databases, again) == first == [(1, "A-1"), (2, "B-1")]
    postgres_databases.give_back(again)


@pytest.mark.postgres
@pytest.mark.parametrize("spoil", ["ALTER TABLE shelf ADD more text", "ANALYZE shelf", "DROP TABLE shelf"])
def test_a_postgres_that_was_rebuilt_is_not_lent_again(postgres_databases, spoil: str) -> None:
    name = _lend(postgres_databases, "rebuilt")
    _tell(postgres_databases.url(name), spoil)
    postgres_databases.give_back(name)

    again = _lend(postgres_databases, "rebuilt")
    assert again != name
    assert _shelves(postgres_databases, again) == [(1, "A-1"), (2, "B-1")]
    postgres_databases.give_back(again)


def _lend(databases, template: str) -> str:
    build = "CREATE TABLE shelf (id serial, bin text); INSERT INTO shelf (bin) VALUES ('A-1')"
    return databases.lend(template, lambda url: _tell(url, build))


def _tell(url: str, statements: str) -> None:
    import psycopg  # late: most tests need no PostgreSQL

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statements)


def _shelves(databases, name: str) -> list[tuple[int, str]]:
    """Puts up one shelf more, and says which there are."""
    import psycopg  # late: most tests need no PostgreSQL

    with psycopg.connect(databases.url(name).replace("+psycopg", "")) as connection:
        connection.execute("INSERT INTO shelf (bin) VALUES ('B-1')")
        return connection.execute("SELECT id, bin FROM shelf").fetchall()
