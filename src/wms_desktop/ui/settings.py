"""What this station remembers between runs: window, theme, sound, scanner, columns; in one small file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from wms_desktop.ui.theme import ThemeName

_TRUE = ("true", "1")


class Settings:
    """The ini file at ``path``; unreadable values count as the default, for a spoilt file must not stop the floor."""

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeName:
        """The station's theme."""
        name = self._text("look/theme", ThemeName.LIGHT)
        return ThemeName(name) if name in set(ThemeName) else ThemeName.LIGHT

    @theme.setter
    def theme(self, name: ThemeName) -> None:
        self._store.setValue("look/theme", name.value)

    @property
    def has_sound(self) -> bool:
        """Whether outcomes are heard."""
        return self._text("sound/on", "true") in _TRUE

    @has_sound.setter
    def has_sound(self, on: bool) -> None:
        self._store.setValue("sound/on", "true" if on else "false")

    @property
    def lock_minutes(self) -> int:
        """Minutes without a key or a touch after which the station locks; 0: never."""
        return self._number("people/lock_minutes", 5)

    @property
    def gs_key(self) -> int:
        """The Qt key code this scanner sends for GS, 0 for the usual Ctrl+]."""
        return self._number("scanner/gs_key", 0)

    @property
    def gs_stand_in(self) -> str:
        """The printable character this scanner sends for GS, usually none."""
        return self._text("scanner/gs_stand_in", "")[:1]

    @gs_stand_in.setter
    def gs_stand_in(self, character: str) -> None:
        self._store.setValue("scanner/gs_stand_in", character)

    @property
    def export_folder(self) -> str:
        """Where the last export went; empty: nowhere yet."""
        return self._text("files/export_folder", "")

    @export_folder.setter
    def export_folder(self, folder: str) -> None:
        self._store.setValue("files/export_folder", folder)

    @property
    def import_folder(self) -> str:
        """Where the last file came from; empty: nowhere yet."""
        return self._text("files/import_folder", "")

    @import_folder.setter
    def import_folder(self, folder: str) -> None:
        self._store.setValue("files/import_folder", folder)

    def bytes_of(self, name: str) -> QByteArray:
        """A saved shape (window geometry, table columns); empty where none was saved."""
        value = self._store.value(f"shape/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_bytes(self, name: str, value: QByteArray) -> None:
        """Save a shape."""
        self._store.setValue(f"shape/{name}", value)

    def save(self) -> None:
        """Write what has changed to the file."""
        self._store.sync()

    def _text(self, name: str, default: str) -> str:
        value = self._store.value(name, default)
        return value if isinstance(value, str) else default

    def _number(self, name: str, default: int) -> int:
        text = self._text(name, str(default))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else default
