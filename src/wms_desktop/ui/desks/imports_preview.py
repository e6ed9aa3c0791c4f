"""What publishing would do: documents, rows, units and money of the file beside what goes in and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from wms_desktop.ui import theme
from wms_desktop.ui.desks.imports_mapping import field_word
from wms_desktop.ui.desks.imports_steps import foot_of
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label, largest_fitting, plain
from wms_desktop.ui.wording import say, say_message, say_or_code
from wms_desktop.views.imports import Declared, Preview, Totals

_CARDS = ("fresh", "updated", "untouched", "problems")
_WIDEST = 260
_PARTS = ("total", "good", "bad")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CountCard(QAbstractButton):
    """A figure in large with its word; the one of the refused rows opens them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.count = 0
        self._about = say(f"ui.imports.count.{name}")
        self.setObjectName(f"count-{name}")
        self.setFixedHeight(86)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Show another figure."""
        self.count = count
        self.setText(f"{count:,}")
        self.setAccessibleName(f"{self.text()} {self._about}")
        opens = self.name == "problems" and count > 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if opens else Qt.FocusPolicy.NoFocus)
        self.setEnabled(opens or self.name != "problems")
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a seven-digit figure."""
        return QSize(130, 86)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        alarms = self.name == "problems" and self.count > 0
        lit = alarms and (self.hasFocus() or self.underMouse())
        painter.setPen(QPen(QColor(wears.alarm if alarms else wears.line), 3 if lit else 1.2))
        painter.setBrush(QColor(wears.surface))
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(QColor(wears.alarm if alarms else wears.ink))
        painter.setFont(self._font(self.text(), 26, QFont.Weight.Bold, box.width() - 24))
        painter.drawText(box.adjusted(12, 8, -12, -34), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        painter.setPen(QColor(wears.soft))
        painter.setFont(self._font(self._about, 12, QFont.Weight.Normal, box.width() - 24))
        painter.drawText(box.adjusted(12, 50, -12, -6), int(Qt.AlignmentFlag.AlignVCenter), self._about)

    def _font(self, text: str, points: float, weight: QFont.Weight, wide: float) -> QFont:
        made = theme.font(points, weight)
        sizes = (theme.pixels(self, points), 9)
        made.setPixelSize(largest_fitting(text, made, QSize(int(wide), 60), sizes, 0) or 9)
        return made


class TotalsBoard(QWidget):
    """The control totals: one line each for documents, rows, units and every currency, in three columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("control-totals")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(6)
        for column in range(1, 4):
            self._grid.setColumnStretch(column, 1)

    def show_preview(self, preview: Preview) -> None:
        """Show another file's totals."""
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        parts: tuple[Totals, ...] = (preview.total, preview.good, preview.bad)
        for column, part in enumerate(_PARTS, start=1):
            self._put(Label(say(f"ui.imports.part.{part}"), 12, bold=True, role="soft"), 0, column)
        for row, (word, figures) in enumerate(_lines(preview.reading.kind, parts), start=1):
            self._grid.addWidget(Label(word, 13), row, 0)
            for column, figure in enumerate(figures, start=1):
                bad = column == 3 and figure.strip("0.,") != ""
                self._put(Label(figure, 19, bold=True, role="alarm" if bad else "ink"), row, column)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def figures(self) -> tuple[tuple[str, ...], ...]:
        """What is shown, line by line."""
        return tuple(
            tuple(self._text(row, column) for column in range(4))
            for row in range(self._grid.rowCount())
            if self._text(row, 1)
        )

    def _put(self, label: Label, row: int, column: int) -> None:
        label.setAlignment(_RIGHT)
        self._grid.addWidget(label, row, column)

    def _text(self, row: int, column: int) -> str:
        item = self._grid.itemAtPosition(row, column)
        label = item.widget() if item is not None else None
        return label.text() if isinstance(label, Label) else ""


class PreviewPage(QWidget):
    """``published(good_only)``, ``dropped()``, ``listed()``, ``left()`` (to the backlog): the buttons at its foot; the
    desk carries them out.
    """

    published = Signal(bool)
    dropped = Signal()
    listed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("imports-preview")
        self.preview: Preview | None = None
        self._is_armed = False
        self._is_mended = False
        self.file = Label("", 15, bold=True)
        self.state = Label("", 12, role="soft")
        self.cards = {name: CountCard(name) for name in _CARDS}
        self.cards["problems"].clicked.connect(self.listed)
        self.totals = TotalsBoard()
        self.notes = Label("", 12, wrap=True)
        self.rows = RowsModel(())
        self.sample = Table(self.rows, say("ui.imports.goes_in"))
        self.fields = RowsModel(_field_columns(), key=lambda totals: totals.name)
        self.field_table = Table(self.fields, say("ui.imports.each_field"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(say("ui.imports.goes_in"))
        self.tabs.addTab(self.sample, "")
        self.tabs.addTab(self.field_table, say("ui.imports.each_field"))
        self.declared = Label("", 12, wrap=True, role="soft")
        self.publish = self._button("publish", self.accept)
        self.publish_all = self._button("publish-all", lambda: self.published.emit(False))
        self.list = self._button("list", self.listed.emit)
        self.backlog = self._button("backlog", self.left.emit)
        self.backlog.setText(say("ui.imports.open_backlog"))
        self.drop = self._button("drop", self._drop)
        self.foot = foot_of([self.publish, self.publish_all, self.list, self.backlog], [self.drop])
        self._lay_out()

    def show_preview(self, preview: Preview) -> None:
        """Show what a run would do, or has done."""
        if self.preview is None or self.preview.run_id != preview.run_id:
            self._is_mended = False
        self.preview = preview
        self.file.setText(say("ui.imports.file", file=plain(preview.file_name, 80)))
        kind, form = preview.reading.kind, preview.reading.format
        what = {"kind": say(f"ui.imports.kind.{kind}"), "format": say(f"ui.imports.format.{form}")}
        self.state.setText(say(f"ui.imports.stands.{preview.state}", **what))
        counts = (preview.fresh, preview.updated, preview.untouched, preview.problem_count)
        for name, count in zip(_CARDS, counts, strict=True):
            self.cards[name].show_count(count)
        self.totals.show_preview(preview)
        self.notes.setText("\n".join(say_message(note) for note in preview.notes))
        self.notes.setVisible(bool(preview.notes))
        self.declared.setText("\n".join(_declared(one) for one in preview.declared))
        self.declared.setVisible(bool(preview.declared))
        self.fields.show_rows(preview.field_totals)
        self.field_table.fit_columns(_WIDEST // 2)
        columns = [_sample_column(place, name) for place, name in enumerate(preview.columns)]
        self.rows.show_columns(columns, preview.sample)
        self.sample.fit_columns(_WIDEST)
        first = say("ui.imports.first_rows", rows=len(preview.sample)) if preview.sample else say("ui.imports.no_first")
        self.tabs.setTabText(0, first)
        self._show_buttons(preview)

    def accept(self) -> None:
        """Publish what is good."""
        if self.publish.isEnabled() and self.publish.isVisibleTo(self):
            shown = self.preview
            self.published.emit(shown is not None and (shown.state != "staged" or shown.problem_count > 0))

    def note_mended(self) -> None:
        """A row was mended: also of a run that is in the house there may be something to publish now."""
        self._is_mended = True

    def wait(self) -> None:
        """An act is under way: no second one."""
        for button in (self.publish, self.publish_all, self.drop):
            button.setEnabled(False)

    def _show_buttons(self, preview: Preview) -> None:
        self._is_armed = False
        waits = preview.state == "staged"
        may_go_on = waits or (preview.state == "published" and (bool(preview.problem_count) or self._is_mended))
        good, bad = preview.good.documents, preview.problem_count
        code = "ui.imports.publish_good" if bad else "ui.imports.publish"
        code = code if good else "ui.imports.publish_none"
        self.publish.setText(say(code, count=f"{good:,}") if waits else say("ui.imports.publish_rest"))
        self.publish.setDefault(waits or self._is_mended)
        self.publish_all.setText(say("ui.imports.publish_all"))
        self.list.setText(say("ui.imports.fix_list", count=f"{bad:,}"))
        self.drop.setText(say("ui.imports.drop"))
        self.publish.setVisible(may_go_on)
        self.publish.setEnabled(good > 0)
        self.publish_all.setVisible(waits and bad > 0)
        self.publish_all.setEnabled(True)
        self.drop.setVisible(waits)
        self.drop.setEnabled(True)
        self.list.setVisible(bad > 0)
        self.backlog.setVisible(preview.state == "published" and preview.reading.kind == "orders")

    def _drop(self) -> None:
        if self._is_armed:
            self.dropped.emit()
        else:
            self._is_armed = True
            self.drop.setText(say("ui.imports.drop_really"))

    def _button(self, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"preview-{name}")
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        cards = QHBoxLayout()
        cards.setSpacing(10)
        for card in self.cards.values():
            cards.addWidget(card)
        board = QScrollArea()
        board.setWidgetResizable(True)
        board.setWidget(self.totals)
        board.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(cards)
        left.addWidget(self.notes)
        left.addWidget(board, 1)
        left.addWidget(self.declared)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left, 11)
        middle.addWidget(self.tabs, 10)
        head = QHBoxLayout()
        head.addWidget(self.file)
        head.addSpacing(12)
        head.addWidget(self.state)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(middle, 1)


def _lines(kind: str, parts: Sequence[Totals]) -> list[tuple[str, tuple[str, ...]]]:
    lines = [
        (say(f"ui.imports.documents.{kind}"), tuple(f"{part.documents:,}" for part in parts)),
        (say("ui.imports.rows"), tuple(f"{part.rows:,}" for part in parts)),
    ]
    if any(part.units for part in parts):
        lines.append((say("ui.imports.units"), tuple(f"{part.units:,}" for part in parts)))
    for currency in sorted({name for part in parts for name in part.amounts}):
        money = tuple(f"{part.amounts.get(currency, Decimal(0)):,.2f}" for part in parts)
        lines.append((plain(currency, 12) or say("ui.imports.no_currency"), money))
    return lines


def _declared(one: Declared) -> str:
    """A control count of the file's own, and what came."""
    return say("ui.imports.declared", what=say_or_code(one.what, {}), said=one.said, counted=one.counted)


def _field_columns() -> tuple[Column, ...]:
    name = "ui.imports.fields.{}".format
    return (
        Column(title=say(name("field")), text=lambda f: field_word(f.name)),
        Column(title=say(name("filled")), text=lambda f: f"{f.filled:,}", sort=lambda f: f.filled, is_number=True),
        Column(
            title=say(name("different")), text=lambda f: f"{f.different:,}", sort=lambda f: f.different, is_number=True
        ),
        Column(title=say(name("least")), text=lambda f: f.least),
        Column(title=say(name("most")), text=lambda f: f.most),
    )


def _sample_column(place: int, name: str) -> Column:
    def text(row: Sequence[str]) -> str:
        return row[place] if place < len(row) else ""

    return Column(title=field_word(name), text=text, sort=text)
