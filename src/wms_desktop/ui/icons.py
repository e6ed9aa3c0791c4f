"""Our own icons: one-colour SVG drawings, inked in the colour of the place they stand in."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wms_desktop.resources import find_resource, read_text


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    file = f"icons/{name}.svg"
    drawing = read_text(file if find_resource(file) else "icons/key-why.svg")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Draw the icon ``name`` into ``rect``, inked in ``colour``; sharp at any scale."""
    _renderer(name, colour).render(painter, rect)


@cache
def icon(name: str, colour: str) -> QIcon:
    """The icon as Qt wants it for menus and windows, at the usual sizes."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_icon(painter, name, QRectF(0, 0, size, size), colour)
        painter.end()
        made.addPixmap(pixmap)
    return made
