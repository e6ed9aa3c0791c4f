"""What cross-docking has come to: shares and minutes as tiles, kinds and declines as bars, the days below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.desks.charts import Bar, BarChart
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.desks.figure_cards import Card, Columns, Tile
from wms_desktop.ui.desks.inbound_rows import RowsPage, reason_in_words
from wms_desktop.ui.tables import Column
from wms_desktop.ui.widgets import Label, set_tip
from wms_desktop.ui.wording import say
from wms_desktop.views.dock import Count, DockFigures, DockRows, Minutes

_TILES = {
    "share": "crossed", "orders": "orders", "minutes": "minutes", "saved": "saved", "walked": "walked",
    "trucks": "trucks",
}  # fmt: skip
"""Each tile, and the figure whose rows it opens."""
_CHARTS = {"kinds": "crossed", "declines": "declined", "days": "received"}
_LEAST_CARD = 360
_kinds = ColumnKinds("ui.inbound")


class FiguresPage(QStackedWidget):
    """Shows the figures of the dock; each opens its rows. ``rows_wanted(what, key)`` asks for them;
    ``export_wanted(title, columns, rows)``: a card, or the whole page, is wanted as a file.
    """

    rows_wanted = Signal(str, str)
    export_wanted = Signal(str, object, object)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._figures: DockFigures | None = None
        self._opened_by: QWidget | None = None
        self.tiles = {name: Tile(f"dock-{name}", say(f"ui.inbound.tile.{name}")) for name in _TILES}
        self.charts = {name: BarChart(say(f"ui.inbound.chart.{name}")) for name in _CHARTS}
        self.empty = {name: Label(say(f"ui.inbound.chart.{name}.none"), 11, wrap=True) for name in _CHARTS}
        self.cards = {
            name: Card(name, say(f"ui.inbound.chart.{name}"), self.charts[name], self.empty[name]) for name in _CHARTS
        }
        self.period = Label("", 11, role="soft", wrap=True)
        self.export_all = QPushButton(say("ui.inbound.export_all"))
        self.rows = RowsPage(zone)
        self.rows.left.connect(self.close_rows)
        self._connect()
        self._cards = Columns(list(self.cards.values()), _LEAST_CARD)
        self.addWidget(self._lay_out())
        self.addWidget(self.rows)
        self.setFocusProxy(self.tiles["share"])

    def show_figures(self, figures: DockFigures) -> None:
        """Show a fresh reading."""
        self._figures = figures
        share, saved = figures.share, figures.saved_minutes
        self._tile(
            "share",
            "–" if share is None else say("ui.inbound.percent", percent=round(100 * share)),
            say("ui.inbound.of_units", units=f"{figures.crossed:,}", received=f"{figures.received:,}"),
        )
        self._tile("orders", f"{figures.crossed_orders:,}",
                   say("ui.inbound.of_lines", lines=f"{figures.crossed_lines:,}"))  # fmt: skip
        self._tile("minutes", _median(figures.crossed_minutes),
                   say("ui.inbound.stored_minutes", minutes=_median(figures.stored_minutes)))  # fmt: skip
        self._tile("saved", "–" if saved is None else words.span(saved),
                   say("ui.inbound.per_unit") if saved is not None else say("ui.inbound.not_measured"))  # fmt: skip
        self._tile("walked", f"{figures.walked_back:,}", say("ui.inbound.from_lanes"))
        self._tile("trucks", f"{figures.on_time:,}",
                   say("ui.inbound.late_missed", late=figures.late, missed=figures.missed))  # fmt: skip
        self.period.setText(say("ui.inbound.period", days=figures.days, first=day_in_words(figures.first)))
        self._chart("kinds", [_bar(one, _kind(one)) for one in figures.kinds if one.units])
        self._chart("declines", [_bar(one, reason_in_words(one.key)) for one in figures.declines if one.units])
        self._chart("days", [
            Bar(key=day.day.isoformat(), label=day_in_words(day.day), value=day.crossed,
                words=say("ui.inbound.day_units", crossed=f"{day.crossed:,}", received=f"{day.received:,}"))
            for day in figures.by_day if day.received or day.crossed
        ])  # fmt: skip
        self._cards.rearrange()

    def show_rows(self, found: DockRows) -> None:
        """Show the rows behind a figure."""
        self.rows.show_rows(found)

    def opened(self) -> tuple[str, str]:
        """The figure whose rows are open, and its key; ("", ""): none."""
        return self.rows.what if self.currentWidget() is self.rows else ("", "")

    def want_again(self) -> None:
        """Ask anew for the rows that are open."""
        if self.opened() != ("", ""):
            self.rows_wanted.emit(*self.opened())

    def close_rows(self) -> None:
        """Back to the figures, to the one that was opened."""
        self.rows.what = ("", "")
        self.setCurrentIndex(0)
        self.setFocusProxy(self.tiles["share"])
        (self._opened_by or self.tiles["share"]).setFocus()

    def export_here(self) -> None:
        """Ask for the file of what is looked at: the rows that are open, the card with the keyboard, else all."""
        inside: QWidget | None = self.focusWidget()
        name = next((n for n, card in self.cards.items() if inside is not None and card.isAncestorOf(inside)), "all")
        if self.opened() != ("", ""):
            self.rows.table.export()
        else:
            self._export(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+E exports what is looked at."""
        if event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.export_here()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        for name, tile in self.tiles.items():
            tile.walked.connect(lambda step, tile=tile: self._walk(tile, step))
            tile.clicked.connect(
                lambda _=False, name=name: self._open(_TILES[name], "", say(f"ui.inbound.behind.{name}"))
            )
        for name, chart in self.charts.items():
            chart.opened.connect(lambda key, name=name: self._open_bar(name, key))
            self.cards[name].export_wanted.connect(lambda name=name: self._export(name))
        self.export_all.setObjectName("dock-export-all")
        self.export_all.setAccessibleName(self.export_all.text())
        self.export_all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_tip(self.export_all, say("ui.inbound.tip.export_all"))
        self.export_all.clicked.connect(lambda _=False: self._export("all"))

    def _lay_out(self) -> QWidget:
        row = QHBoxLayout()
        row.setSpacing(12)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        over = QHBoxLayout()
        over.addWidget(self.period, 1)
        over.addWidget(self.export_all)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        inside.addLayout(row)
        inside.addLayout(over)
        inside.addWidget(self._cards)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    def _tile(self, name: str, figure: str, more: str) -> None:
        self.tiles[name].show_figure((figure,), more)

    def _chart(self, name: str, bars: Sequence[Bar]) -> None:
        self.charts[name].show_bars(bars)
        self.charts[name].setVisible(bool(bars))
        self.empty[name].setVisible(not bars)

    def _open_bar(self, name: str, key: str) -> None:
        bar = self.charts[name].row(key).bar
        self._open(_CHARTS[name], key, f"{say(f'ui.inbound.chart.{name}')}: {bar.label}")

    def _open(self, what: str, key: str, title: str) -> None:
        self._opened_by = self.focusWidget()
        self.rows.wait_for(what, key, title)
        self.setFocusProxy(self.rows.table)
        self.setCurrentWidget(self.rows)
        self.rows.table.setFocus()
        self.rows_wanted.emit(what, key)

    def _export(self, name: str) -> None:
        if self._figures is None:
            return
        title = say("ui.inbound.sheet") if name == "all" else say(f"ui.inbound.chart.{name}")
        self.export_wanted.emit(title, *_sheet(name, self._figures))

    def _walk(self, tile: Tile, step: int) -> None:
        tiles = list(self.tiles.values())
        tiles[(tiles.index(tile) + step) % len(tiles)].setFocus()


def _sheet(name: str, figures: DockFigures) -> tuple[tuple[Column, ...], tuple[Any, ...]]:
    """The columns and rows of a card, or of the whole page, for a file."""
    if name == "days":
        day = (_kinds.day("day", lambda one: one.day), _kinds.number("came_in", lambda one: one.received),
               _kinds.number("crossed", lambda one: one.crossed))  # fmt: skip
        return day, figures.by_day
    if name == "all":
        figure = (
            _kinds.words("figure", lambda row: say(f"ui.inbound.sheet.{row[0]}")),
            _kinds.words("what", _of_what),
            Column(title=_kinds.title("value"), text=lambda row: str(row[2]), value=lambda row: row[2]),
        )
        return figure, figures.rows()
    label = _kind if name == "kinds" else lambda one: reason_in_words(one.key)
    split = (_kinds.words("found" if name == "kinds" else "why", label), _kinds.number("units", lambda one: one.units),
             _kinds.number("scans", lambda one: one.pegs))  # fmt: skip
    return split, figures.kinds if name == "kinds" else figures.declines


def _of_what(row: tuple[str, str, Any]) -> str:
    name, key, _ = row
    if name == "kind":
        return say(f"ui.inbound.kind.{key}")
    if name == "decline":
        return reason_in_words(key)
    return say(f"ui.inbound.sheet.{key}") if name.endswith("_minutes") else key


def _kind(one: Count) -> str:
    return say(f"ui.inbound.kind.{one.key}")


def _bar(one: Count, label: str) -> Bar:
    return Bar(key=one.key, label=label, value=one.units, words=say("ui.inbound.units", units=f"{one.units:,}"))


def _median(minutes: Minutes) -> str:
    return "–" if minutes.median is None else words.span(minutes.median)
