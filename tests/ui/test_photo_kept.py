"""A picture dropped on the real window at the dock ends in the profile's folder and on the damaged line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, select

from tests.builders import House
from wms_desktop import app
from wms_desktop.config import read_profile
from wms_desktop.db.tables import ReceiptLine
from wms_desktop.prompts import Key, Scan


def test_a_dropped_picture_is_kept_and_named_on_the_damaged_line(tmp_path: Path, qtbot: QtBot) -> None:
    def furnish(engine: Engine) -> None:
        house = House(engine).furnish()
        house.purchase("PO-1", (house.product("MUG"), 5))

    def damage(runner: Any) -> None:
        runner.send("sign_on", Scan("OP-receiver"), 0)
        for event in (Scan("PO-1"), Key("damaged"), Key("choose", "1"), Scan("EAN-MUG")):
            runner.send("receive", event, 0)

    picture = tmp_path / "crushed.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    station = app.Workstation(read_profile(tmp_path), furnish)
    with qtbot.waitSignal(station.operations.opened, timeout=20_000):
        station.open()
    station.operations.command(damage, lambda _: None)

    station.window.photo_dropped.emit(str(picture))
    photo = select(ReceiptLine.photo).where(ReceiptLine.photo != "")
    qtbot.waitUntil(lambda: station.ask(lambda session: session.scalar(photo)) is not None, timeout=10_000)

    name = station.ask(lambda session: session.scalar(photo))
    station.close()
    assert [file.name for file in (tmp_path / "photos").iterdir()] == [name]
