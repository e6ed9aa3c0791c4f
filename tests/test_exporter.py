"""The shop's files: whole or not at all, on a timer, and nothing that goes wrong with them stops anything else."""

from __future__ import annotations

import csv
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.builders import NOON, House
from tests.services.inbound_desk import book, delivery
from wms_desktop import cli, exporter
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import OrderLine, PromiseChange
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.services import settings


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A furnished house with one product on hand and one order for another."""
    engine = open_engine(f"sqlite:///{tmp_path / 'house.db'}")
    schema.upgrade(engine)
    made = House(engine).furnish()
    made.bin("A-1")
    made.put(made.product("=MUG"), "A-1", 3)
    made.order("O1", (made.product("CUP"), 2), promise=NOON.date())
    yield made
    engine.dispose()


def rule(house: House, **values: str) -> None:
    """Sets rules of the house."""
    with writing(house.engine) as session:
        for name, value in values.items():
            settings.put(session, name, value)


def reread(path: Path) -> list[dict[str, str]]:
    """A file as the shop's program reads it."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_both_files_are_read_back_as_documented_byte_for_byte(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    written = exporter.export(house.engine, house.now, folder)
    documented = (Path(__file__).parents[1] / "docs" / "shop-exports.md").read_text(encoding="utf-8")

    assert sorted(path.name for path in folder.iterdir()) == ["availability.csv", "order-status.csv"]
    assert [one.rows for one in written] == [2, 1]
    assert [(row["sku"], row["sellable"]) for row in reread(folder / "availability.csv")] == [
        ("=MUG", "3"),
        ("CUP", "0"),
    ]
    assert [(row["order"], row["state"], row["units"]) for row in reread(folder / "order-status.csv")] == [
        ("O1", "backordered", "2")]  # fmt: skip
    for name in ("availability.csv", "order-status.csv"):
        assert all(f"`{column}`" in documented for column in reread(folder / name)[0])


def test_guarded_for_spreadsheets_nothing_computes(house: House, tmp_path: Path) -> None:
    exporter.export(house.engine, house.now, tmp_path, is_guarded=True)

    assert [row["sku"] for row in reread(tmp_path / "availability.csv")] == ["'=MUG", "CUP"]


def test_a_file_is_replaced_only_when_the_new_one_is_whole(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "availability.csv").write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporter.os, "fsync", full)
    with pytest.raises(BadInput) as refused:
        exporter.export(house.engine, house.now, tmp_path)

    assert (refused.value.code, refused.value.args_["reason"]) == ("export.disk", "No space left on device")
    assert (tmp_path / "availability.csv").read_text() == "old"
    assert list(tmp_path.glob(".*")) == []


def test_a_folder_that_is_gone_is_a_sentence_in_the_log_and_tried_again(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, ticks = tmp_path / "shop", iter([0.0, 60.0, 900.0])
    rule(house, export_folder=str(folder))
    told = exporter.Exporter(str(house.engine.url), lambda: house.now, ticks=lambda: next(ticks))
    with caplog.at_level(logging.WARNING):
        assert told.turn(house.engine) == []
    folder.mkdir()

    assert [record.getMessage() for record in caplog.records] == [
        f"The folder {folder} is not there. Bring it back, or choose another in the settings."]  # fmt: skip
    assert told.turn(house.engine) == []
    assert [one.path.name for one in told.turn(house.engine)] == ["availability.csv", "order-status.csv"]


def test_without_a_folder_nothing_is_written_and_with_one_every_so_many_minutes(house: House, tmp_path: Path) -> None:
    ticks = iter([0.0, 100.0, 121.0, 122.0])
    told = exporter.Exporter(str(house.engine.url), lambda: house.now, ticks=lambda: next(ticks))
    before = told.turn(house.engine)
    rule(house, export_folder=str(tmp_path), export_minutes="2")

    assert before == []
    assert [len(told.turn(house.engine)) for _ in range(4)] == [2, 0, 2, 0]


def test_a_lost_database_is_said_and_does_not_end_the_turns(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    told = exporter.Exporter("", lambda: house.now)
    with caplog.at_level(logging.WARNING):
        assert told.turn(empty) == []
    empty.dispose()

    assert "no such table" in caplog.text
    assert told.turn(house.engine) == []


def test_a_day_that_passed_moves_what_is_overdue_without_anybody_asking(house: House) -> None:
    house.purchase("P1", (2, 2), due=NOON.date())
    told = exporter.Exporter("", lambda: house.now)
    etas = []
    for _ in range(3):
        told.turn(house.engine)
        told.turn(house.engine)
        etas.append(house.read(lambda session: session.scalars(select(OrderLine.eta)).one()))
        house.now += timedelta(days=1)
    moved = house.read(lambda session: session.scalars(select(PromiseChange.became)).all())

    assert [(eta - NOON.date()).days for eta in etas] == [0, 7, 7]
    assert [(day - NOON.date()).days for day in moved] == [7]


def test_a_truck_that_did_not_come_is_given_up_when_its_day_has_passed(house: House) -> None:
    order = house.purchase("P1", (2, 2), due=NOON.date())
    told = exporter.Exporter("", lambda: house.now)
    book(house, order)
    told.turn(house.engine)
    before = delivery(house).state
    house.now += timedelta(days=1)
    told.turn(house.engine)

    assert (before, delivery(house).state) == ("expected", "missed")


def test_the_thread_begins_and_ends(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(house, export_folder=str(tmp_path))
    monkeypatch.setattr(exporter, "_LOOK_S", 0.01)
    done = threading.Event()
    told = exporter.Exporter(str(house.engine.url), lambda: house.now)
    turn = told.turn
    monkeypatch.setattr(told, "turn", lambda engine: (turn(engine), done.set())[0])
    told.start()

    assert done.wait(20)
    told.stop()
    assert not any(thread.name == "exporter" for thread in threading.enumerate())
    assert (tmp_path / "order-status.csv").exists()


def test_the_command_writes_into_the_folder_named_or_set(house: House, tmp_path: Path) -> None:
    url = str(house.engine.url)
    runner = CliRunner()
    without = runner.invoke(cli.commands, ["export", "--home", str(tmp_path), "--url", url])
    named = runner.invoke(cli.commands, ["export", "--home", str(tmp_path), "--url", url, "--folder", str(tmp_path)])
    (tmp_path / "set").mkdir()
    rule(house, export_folder=str(tmp_path / "set"))
    chosen = runner.invoke(cli.commands, ["export", "--home", str(tmp_path), "--url", url, "--for-spreadsheets"])

    assert isinstance(without.exception, Refusal)
    assert (named.exit_code, chosen.exit_code) == (0, 0)
    assert f"Written: 2 rows to {tmp_path / 'availability.csv'}" in named.output
    assert (tmp_path / "set" / "availability.csv").read_bytes().splitlines()[1].startswith(b"'=MUG,3,3,1,")
