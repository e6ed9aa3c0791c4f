"""What cross-docking has come to: shares and minutes as tiles, kinds and declines as bars, the days below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks.charts import Bar, BarChart
from wms_desktop.ui.desks.figure_cards import Card, Columns, Tile
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import find_sentence, say
from wms_desktop.views.dock import Count, DockFigures, Minutes

_TILES = ("share", "orders", "minutes", "saved", "walked", "trucks")
_CHARTS = ("kinds", "declines", "days")
_LEAST_CARD = 360


class FiguresPage(QWidget):
    """Shows the figures of the dock; nothing here asks or acts. ``sheet`` holds all of them as rows, for a file."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles = {name: Tile(f"dock-{name}", say(f"ui.inbound.tile.{name}")) for name in _TILES}
        self.charts = {name: BarChart(say(f"ui.inbound.chart.{name}")) for name in _CHARTS}
        self.empty = {name: Label(say(f"ui.inbound.chart.{name}.none"), 11, wrap=True) for name in _CHARTS}
        self.sheet = Table(RowsModel(_sheet_columns()), say("ui.inbound.tab.figures"))
        self.sheet.setParent(self)
        self.sheet.hide()
        self.period = Label("", 11, role="soft", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
            tile.walked.connect(lambda step, tile=tile: self._walk(tile, step))
        self._cards = Columns(
            [
                Card(name, say(f"ui.inbound.chart.{name}"), self.charts[name], self.empty[name], has_export=False)
                for name in _CHARTS
            ],
            _LEAST_CARD,
        )
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(12)
        inside.addLayout(row)
        inside.addWidget(self.period)
        inside.addWidget(self._cards)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.setFocusProxy(self.tiles["share"])

    def show_figures(self, figures: DockFigures) -> None:
        """Show a fresh reading."""
        share = figures.share
        self._tile(
            "share",
            "–" if share is None else say("ui.inbound.percent", percent=round(100 * share)),
            say("ui.inbound.of_units", units=f"{figures.crossed:,}", received=f"{figures.received:,}"),
        )
        self._tile(
            "orders", f"{figures.crossed_orders:,}", say("ui.inbound.of_lines", lines=f"{figures.crossed_lines:,}")
        )
        self._tile(
            "minutes",
            _median(figures.crossed_minutes),
            say("ui.inbound.stored_minutes", minutes=_median(figures.stored_minutes)),
        )
        saved = figures.saved_minutes
        self._tile(
            "saved",
            "–" if saved is None else say("ui.inbound.minutes", minutes=saved),
            say("ui.inbound.per_unit") if saved is not None else say("ui.inbound.not_measured"),
        )
        self._tile("walked", f"{figures.walked_back:,}", say("ui.inbound.from_lanes"))
        self._tile("trucks", f"{figures.on_time:,}",
                   say("ui.inbound.late_missed", late=figures.late, missed=figures.missed))  # fmt: skip
        self.period.setText(say("ui.inbound.period", days=figures.days, first=day_in_words(figures.first)))
        self._chart("kinds", [_bar(one, "ui.inbound.kind.") for one in figures.kinds if one.units])
        self._chart("declines", [_bar(one, "reason.") for one in figures.declines if one.units])
        self._chart("days", [
            Bar(key=day.day.isoformat(), label=day_in_words(day.day), value=day.crossed,
                words=say("ui.inbound.day_units", crossed=f"{day.crossed:,}", received=f"{day.received:,}"))
            for day in figures.by_day if day.received
        ])  # fmt: skip
        self.sheet.rows.show_rows(figures.rows())
        self._cards.rearrange()

    def _tile(self, name: str, figure: str, more: str) -> None:
        self.tiles[name].show_figure((figure,), more)

    def _chart(self, name: str, bars: Sequence[Bar]) -> None:
        self.charts[name].show_bars(bars)
        self.charts[name].setVisible(bool(bars))
        self.empty[name].setVisible(not bars)

    def _walk(self, tile: Tile, step: int) -> None:
        tiles = list(self.tiles.values())
        tiles[(tiles.index(tile) + step) % len(tiles)].setFocus()


def _sheet_columns() -> tuple[Column, ...]:
    return (
        Column(title=say("ui.inbound.column.figure"), text=lambda row: row[0]),
        Column(title=say("ui.inbound.column.what"), text=lambda row: row[1]),
        Column(title=say("ui.inbound.column.value"), text=lambda row: str(row[2]), value=lambda row: row[2]),
    )


def _bar(one: Count, area: str) -> Bar:
    label = find_sentence(f"{area}{one.key}", {}) or plain(one.key, 60)
    return Bar(key=one.key, label=label, value=one.units, words=say("ui.inbound.units", units=f"{one.units:,}"))


def _median(minutes: Minutes) -> str:
    if minutes.median is None:
        return "–"
    return say("ui.inbound.minutes", minutes=minutes.median)
