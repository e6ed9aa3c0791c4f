"""Menus, shortcuts and palette of the window: one list of commands, so that none is missing in any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from wms_desktop.ui.command_palette import Command
from wms_desktop.ui.theme import ThemeName
from wms_desktop.ui.wording import say

STATIONS = ("receive", "putaway", "pick", "pack", "dispatch")
DESKS = ("batches", "backlog", "figures", "decisions", "story", "imports", "inbound", "lanes")
RIGHTS = {
    "batches": "batches",
    "backlog": "orders",
    "figures": "orders",
    "decisions": "promises",
    "story": "orders",
    "imports": "imports",
    "inbound": "inbound",
    "lanes": "lanes",
}
"""The kind of work that a person must be allowed to do to open a desk."""
_DESK_KEYS = {
    "batches": "Ctrl+6",
    "backlog": "Ctrl+7",
    "figures": "Ctrl+8",
    "decisions": "Ctrl+9",
    "story": "Ctrl+Shift+O",
    "imports": "Ctrl+Shift+I",
    "inbound": "Ctrl+Shift+D",
    "lanes": "Ctrl+Shift+L",
}
_IMPORT = "Ctrl+I"


def icon_of(place: str) -> str:
    """The icon of a station or desk."""
    return f"desk-{place}" if place in (*DESKS, "scanner", "tray") else f"station-{place}"


class WindowMenus:
    """Builds the menu bar; ``act`` is called with the name of what was chosen.

    No shortcut of a floor screen but Ctrl+K is a plain Ctrl and a letter: a barcode can carry those as control
    characters. Ctrl+I (a scanner's Tab) is in force at the desks only.
    """

    def __init__(self, window: QMainWindow, act: Callable[[str], None]) -> None:
        self._window = window
        self._act = act
        self._actions: dict[str, QAction] = {}
        self._places: tuple[str, ...] = ()
        bar = window.menuBar()
        file = bar.addMenu(say("ui.menu.file"))
        self._add(file, "import", say("ui.menu.import"))
        file.addSeparator()
        self._add(file, "quit", say("ui.menu.quit"), "Ctrl+Shift+Q")
        self._stations = bar.addMenu(say("ui.menu.stations"))
        self._desks = bar.addMenu(say("ui.menu.desks"))
        view = bar.addMenu(say("ui.menu.view"))
        self._help = bar.addMenu(say("ui.menu.help"))
        for number, place in enumerate(STATIONS, start=1):
            self._add(self._stations, place, say(f"ui.place.{place}"), f"Ctrl+{number}")
        self._stations.addSeparator()
        self._add(self._stations, "chooser", say("ui.menu.switch"), "Ctrl+0")
        self._add(self._stations, "lock", say("ui.menu.lock"), "F12")
        for place in DESKS:
            self._add(self._desks, place, say(f"ui.place.{place}"), _DESK_KEYS[place])
        self._desks.addSeparator()
        self._add(self._desks, "tray", say("ui.place.tray"))
        self._fill_view(view)
        for name in ("keys", "watch", "scanner", "logs", "about"):
            text = say("ui.place.scanner") if name == "scanner" else say(f"ui.menu.{name}")
            self._add(self._help, name, text, "F1" if name == "keys" else "")

    def set_places(self, places: Sequence[str]) -> None:
        """Which stations and desks this person may open; nobody signed on: none, and the rest of the bar rests too."""
        self._places = tuple(places)
        for place in (*STATIONS, *DESKS):
            self._actions[place].setEnabled(place in places)
            self._actions[place].setVisible(place in places or not places)
        for name in ("chooser", "lock", "tray"):
            self._actions[name].setEnabled(bool(places))
        self._actions["import"].setEnabled("imports" in places)

    def set_at_desk(self, at_desk: bool) -> None:
        """Whether a desk is up: on a floor screen no key may be taken that a scanner can send."""
        self._actions["import"].setShortcut(QKeySequence(_IMPORT) if at_desk else QKeySequence())

    def check(self, theme: ThemeName, *, has_sound: bool) -> None:
        """Tick what is in force."""
        self._actions[f"theme.{theme.value}"].setChecked(True)
        self._actions["sound"].setChecked(has_sound)

    def commands(self) -> list[Command]:
        """What the palette offers now: screens and looks, nothing that changes data."""
        return [
            (action.text().replace("&", ""), action.trigger)
            for name, action in self._actions.items()
            if action.isEnabled() and name not in ("quit", "palette")
        ]

    def action(self, name: str) -> QAction:
        """One of the actions."""
        return self._actions[name]

    def _fill_view(self, view: QMenu) -> None:
        self._add(view, "palette", say("ui.menu.palette"), "Ctrl+K")
        view.addSeparator()
        group = QActionGroup(self._window)
        for theme in ThemeName:
            action = self._add(view, f"theme.{theme.value}", say(f"ui.menu.theme.{theme.value}"))
            action.setCheckable(True)
            group.addAction(action)
        view.addSeparator()
        self._add(view, "sound", say("ui.menu.sound")).setCheckable(True)
        self._add(view, "full_screen", say("ui.menu.full_screen"), "Ctrl+Shift+F").setCheckable(True)

    def _add(self, menu: QMenu, name: str, text: str, keys: str = "") -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"action-{name}")
        action.triggered.connect(lambda _=False: self._act(name))
        if keys:
            action.setShortcut(QKeySequence(keys))
        menu.addAction(action)
        self._actions[name] = action
        return action
