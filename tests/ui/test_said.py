"""What the screens say: each sentence that is named in their code exists, and gets exactly what it asks for."""

from __future__ import annotations

import ast
import importlib
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from wms_desktop import phrases, ui
from wms_desktop.ui.main_window import MainWindow

SCREENS = sorted(Path(ui.__file__).parent.rglob("*.py"))


def said(file: Path) -> Iterator[tuple[str, set[str], bool]]:
    """Each code that is said by name, the names it is given, and whether more may come from a mapping."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            code = node.args[0]
            if isinstance(code, ast.Constant):
                yield code.value, {k.arg for k in node.keywords if k.arg}, any(k.arg is None for k in node.keywords)


def asked(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("file", SCREENS, ids=lambda file: file.stem)
def test_every_sentence_of_a_screen_gets_what_it_asks_for(file: Path, said_by_all: dict[str, str]) -> None:
    wrong = [
        (code, given)
        for code, given, has_more in said(file)
        if code not in said_by_all or (asked(said_by_all[code]) != given and not has_more)
    ]

    assert wrong == []


@pytest.fixture(scope="module")
def said_by_all() -> dict[str, str]:
    """Every sentence of the program."""
    texts: dict[str, str] = {}
    for part in phrases.PARTS:
        texts |= importlib.import_module(f"wms_desktop.phrases.{part}").TEXTS
    return texts


@pytest.mark.parametrize("place", ["backlog", "figures", "decisions", "story"])
def test_every_control_of_a_desk_has_a_name(qtbot: QtBot, picking: MainWindow, place: str) -> None:
    picking.show_place(place)
    page: Any = picking.page()
    qtbot.waitUntil(lambda: page.note.text() == "")
    controls = [w for w in page.findChildren(QWidget) if isinstance(w, QAbstractButton | QLineEdit | QComboBox)]
    own = [w for w in controls if w.isVisible() and not isinstance(w.parent(), QLineEdit)]

    assert [w for w in own if not (w.accessibleName() or (isinstance(w, QAbstractButton) and w.text()))] == []
