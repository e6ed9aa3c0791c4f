"""Where an import begins: a place to drop a file on, and the list of the files that came before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.days import instant_in_words
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say
from wms_desktop.views.imports import RunRow

_WIDTHS = (150, 300, 100, 175, 140, 120, 105)
_HIGH = 156
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class DropZone(QAbstractButton):
    """A large dashed place: a file dropped anywhere on the window comes here; a click asks for one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drop-zone")
        self.setText(say("ui.imports.drop_here"))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(say("ui.imports.takes"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(_HIGH)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(600, _HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, the icon and the two sentences."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        lit = self.hasFocus() or self.underMouse() or self.isDown()
        pen = QPen(QColor(wears.accent if lit else wears.line), 3 if lit else 2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(wears.surface))
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(box, 12, 12)
        paint_icon(painter, "desk-imports", QRectF(box.center().x() - 22, box.top() + 14, 40, 40), wears.accent)
        painter.setPen(QColor(wears.ink))
        painter.setFont(theme.font(16, QFont.Weight.Bold))
        painter.drawText(QRectF(box.left() + 12, box.top() + 57, box.width() - 24, 32), _CENTRE, self.text())
        painter.setPen(QColor(wears.soft))
        painter.setFont(theme.font(12))
        below = QRectF(box.left() + 24, box.top() + 90, box.width() - 48, 52)
        painter.drawText(below, _CENTRE | int(Qt.TextFlag.TextWordWrap), self.accessibleDescription())


class StartPage(QWidget):
    """``wanted()``: ask for a file. A run opened by double click or Enter comes by ``table.opened``."""

    wanted = Signal()

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.setObjectName("imports-start")
        self.foot = QWidget()
        self.zone = DropZone()
        self.zone.clicked.connect(self.wanted)
        self.rows = RowsModel(_columns(zone), key=lambda run: run.run_id)
        self.table = Table(self.rows, say("ui.imports.runs"))
        self.empty = Label(say("ui.imports.no_runs"), 12, role="soft")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.zone)
        column.addWidget(Label(say("ui.imports.runs"), 15, bold=True))
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)

    def show_runs(self, runs: Sequence[RunRow]) -> None:
        """Show the files that came before, the newest first."""
        self.rows.show_rows(runs)
        self.empty.setVisible(not runs)
        self.table.setVisible(bool(runs))

    @staticmethod
    def widths() -> tuple[int, ...]:
        """The first widths of the columns."""
        return _WIDTHS


def _columns(zone: tzinfo) -> tuple[Column, ...]:
    def when(run: RunRow) -> str:
        return instant_in_words(run.at, zone)

    def tone(run: RunRow) -> str:
        return "soft" if run.state == "dropped" else ""

    def state(run: RunRow) -> str:
        return say(f"ui.imports.state.{run.state}")

    name = "ui.imports.run.{}".format
    return (
        Column(title=say(name("at")), text=when, sort=lambda r: r.at, value=lambda r: r.at.astimezone(zone), tone=tone),
        Column(title=say(name("file")), text=lambda r: r.file_name, sort=lambda r: r.file_name.casefold(), tone=tone),
        Column(title=say(name("kind")), text=lambda r: say(f"ui.imports.kind.{r.kind}"), sort=lambda r: r.kind),
        Column(title=say(name("format")), text=lambda r: say(f"ui.imports.format.{r.format}"), sort=lambda r: r.format),
        Column(title=say(name("by")), text=lambda r: r.by, sort=lambda r: r.by.casefold()),
        Column(title=say(name("state")), text=state, sort=state, tone=tone),
        Column(title=say(name("good")), text=lambda r: f"{r.good:,}", sort=lambda r: r.good, is_number=True),
        Column(
            title=say(name("bad")),
            text=lambda r: f"{r.bad:,}",
            sort=lambda r: r.bad,
            is_number=True,
            tone=lambda r: "alarm" if r.bad and r.state != "dropped" else "",
        ),
    )
