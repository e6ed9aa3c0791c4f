"""Takes the shift's pictures: the real window at two sizes in two themes, under telling names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.theme import ThemeName

SIZES = ((1280, 720), (1920, 1080))
THEMES = (ThemeName.LIGHT, ThemeName.DARK)


class Camera:
    """``shoot(name)`` leaves NAME-1280x720-light.png and its three sisters; the window looks as before."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._window = window
        self._folder = folder
        self.taken = 0

    def shoot(self, name: str) -> None:
        """Four pictures of what is on the screen; a moment met again after a kill is not taken twice."""
        if (self._folder / self._name(name, SIZES[-1], THEMES[-1])).exists():
            return
        before, worn = self._window.size(), self._window.settings.theme
        for theme in THEMES:
            self._window.act(f"theme.{theme.value}")
            for size in SIZES:
                self._window.resize(*size)
                QApplication.processEvents()
                QApplication.processEvents()
                self._window.grab().save(str(self._folder / self._name(name, size, theme)))
                self.taken += 1
        self._window.act(f"theme.{worn.value}")
        self._window.resize(before)
        QApplication.processEvents()

    @staticmethod
    def _name(name: str, size: tuple[int, int], theme: ThemeName) -> str:
        return f"{name}-{size[0]}x{size[1]}-{theme.value}.png"
