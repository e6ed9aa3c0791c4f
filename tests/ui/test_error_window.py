"""The last net under everything."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from wms_desktop.ui.error_window import ErrorWindow
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.widgets import Label

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def errors(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> Iterator[ErrorWindow]:
    caplog.set_level(logging.CRITICAL + 1, "wms_desktop.ui.error_window")
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    hooks = sys.excepthook, threading.excepthook
    yield ErrorWindow(parent, "0.1.0")
    sys.excepthook, threading.excepthook = hooks


def boom(errors: ErrorWindow, error: Exception) -> None:
    errors.catch(type(error), error, error.__traceback__)


def test_an_uncaught_error_is_told_with_a_report_to_copy(qtbot: QtBot, errors: ErrorWindow) -> None:
    boom(errors, ValueError("<b>seven</b>"))
    qtbot.waitUntil(lambda: len(errors.windows()) == 1)
    notice = errors.windows()[0]
    said = " ".join(label.text() for label in notice.findChildren(Label))
    notice.findChild(QPushButton, "copy-report").click()

    assert "Your scans are saved" in said
    assert "<b>seven</b>" in notice.findChild(QPlainTextEdit).toPlainText()
    assert "WMS Desktop 0.1.0" in QGuiApplication.clipboard().text()
    assert not notice.isModal()


def test_an_error_of_another_thread_is_told_too(qtbot: QtBot, errors: ErrorWindow) -> None:
    errors.install()
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(errors.windows()) == 1)

    assert "ZeroDivisionError" in errors.windows()[0].findChild(QPlainTextEdit).toPlainText()


def test_a_flood_of_errors_opens_three_windows(qtbot: QtBot, errors: ErrorWindow) -> None:
    for number in range(50):
        boom(errors, ValueError(str(number)))
    qtbot.waitUntil(lambda: len(errors.windows()) == 3)

    assert len(errors.windows()) == 3


def test_an_error_window_never_takes_the_keys_from_the_scan_field(qtbot: QtBot, picking: MainWindow) -> None:
    boom(picking.errors, ValueError("x"))
    qtbot.waitUntil(lambda: len(picking.errors.windows()) == 1)
    notice = picking.errors.windows()[0]

    assert notice.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert picking.floor.screen("pick").field.hasFocus()


def test_ctrl_c_at_the_terminal_goes_its_usual_way(errors: ErrorWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    usual: list[object] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda *told: usual.append(told))
    errors.catch(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert len(usual) == 1
    assert errors.windows() == ()
