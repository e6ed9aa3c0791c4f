"""The scanner test says which setting is wrong."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.ui.fakes import GS, type_into
from wms_desktop.prompts import Outcome
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.pages.scanner_test import CONTENT, EXPECTED, ScannerTestPage, diagnose

BARE = CONTENT.replace(GS, "")


@pytest.fixture
def page(qtbot: QtBot) -> ScannerTestPage:
    made = ScannerTestPage()
    qtbot.addWidget(made)
    made.resize(1280, 690)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (EXPECTED, "ok"),
        (CONTENT, "no_prefix"),
        ("]C1" + BARE, "no_gs"),
        (BARE, "no_gs"),
        ("]C1" + CONTENT.replace(GS, "~"), "gs_stand_in"),
        (CONTENT.replace(GS, "|"), "gs_stand_in"),
        ("+c1" + BARE.replace("z", "#").replace("y", "z").replace("#", "y"), "layout"),
        ("+C1" + CONTENT.replace("z", "#").replace("y", "z").replace("#", "y"), "layout"),
        ("]c1" + CONTENT.swapcase(), "caps"),
        ("5012345678900", "other"),
        ("", "other"),
    ],
)
def test_each_fault_has_its_own_diagnosis(text: str, code: str) -> None:
    assert diagnose(text) == f"ui.scanner.{code}"


def test_the_symbol_on_the_screen_reads_as_expected(page: ScannerTestPage) -> None:
    shown = page.symbol.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    data, stride = bytes(shown.constBits()), shown.bytesPerLine()
    picture = Image.frombuffer("L", (shown.width(), shown.height()), data, "raw", "L", stride, 1)
    codes = zxingcpp.read_barcodes(picture)

    assert [(code.symbology_identifier + code.bytes.decode()) for code in codes] == [EXPECTED]


def test_a_good_scan_is_praised(page: ScannerTestPage) -> None:
    type_into(page.field, EXPECTED + "\r")

    assert page.band.outcome is Outcome.STEP_DONE


def test_a_code_without_its_enter_is_noticed(qtbot: QtBot, page: ScannerTestPage) -> None:
    type_into(page.field, EXPECTED)
    qtbot.waitUntil(lambda: page.band.outcome is Outcome.LOOK_HERE, timeout=4_000)

    assert "does not end with Enter" in page.band.sentence.text()
    assert page.field.code() == ""


def test_a_stand_in_is_used_from_then_on_at_every_station(qtbot: QtBot, window: MainWindow) -> None:
    window.show_place("scanner")
    window.scanner.take("]C1" + CONTENT.replace(GS, "~"))
    screen = window.floor.screen("pick")
    with qtbot.waitSignal(screen.submitted) as told:
        type_into(screen.field, "10AB~21X\r")

    assert told.args[0] == f"10AB{GS}21X"
    assert window.settings.gs_stand_in == "~"
