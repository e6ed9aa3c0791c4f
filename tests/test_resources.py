"""What is shipped beside the code, and that the window needs no database to show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wms_desktop.errors import Bug
from wms_desktop.resources import find_resource, get_resource, read_bytes, read_text

ONLY_QT = """
import sys
from datetime import UTC
from pathlib import Path
from PySide6.QtWidgets import QApplication
application = QApplication([])
from wms_desktop.ui.main_window import MainWindow, StationFacts
from wms_desktop.ui.operations import Operations
from wms_desktop.ui.settings import Settings
window = MainWindow(Operations(lambda: 1 / 0, lambda: 1 / 0), Settings(Path(sys.argv[1])),
                    StationFacts(name="P3", zone=UTC, version="0"))
window.show()
application.processEvents()
heavy = {"sqlalchemy", "reportlab", "biip", "barcode", "pypdfium2", "numpy", "PIL"} & set(sys.modules)
assert not heavy, heavy
"""


def test_what_is_shipped_is_found() -> None:
    assert read_text("styles/app.qss").startswith("/*")
    assert read_bytes("sounds/stop.wav").startswith(b"RIFF")
    assert get_resource("fonts/Roboto-Bold.ttf").is_file()
    assert get_resource("fonts/LICENSE-Roboto.txt").is_file()


def test_what_is_not_there_is_a_fault_of_the_installation() -> None:
    assert find_resource("icons/none.svg") is None
    with pytest.raises(Bug):
        get_resource("icons/none.svg")


def test_every_icon_has_one_colour_of_the_place_it_stands_in() -> None:
    for file in get_resource("icons").glob("*.svg"):
        text = file.read_text(encoding="utf-8")

        assert file.name == "app.svg" or "currentColor" in text, file.name
        assert "<script" not in text
        assert "href" not in text


def test_the_window_shows_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ONLY_QT, str(tmp_path / "s.ini")], capture_output=True, text=True, timeout=60
    )

    assert ran.returncode == 0, ran.stderr
