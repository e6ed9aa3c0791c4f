"""The cockpit's headline and its cards of charts; they know what is drawn where, and say what was pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui.days import instant_in_words
from wms_desktop.ui.desks import figure_parts as parts
from wms_desktop.ui.desks.charts import Bar, BarChart, StateBar
from wms_desktop.ui.desks.figure_cards import Card, Sentence, Tile
from wms_desktop.ui.desks.line_chart import LineChart
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.figures import Figures, FlowDay, Hands, Rate

_TILES = ("units", "orders", "money", "paid", "clear", "today")
_MOST_ALERTS = 4


class Headline(QWidget):
    """The few figures that everybody asks for, and what wants to be read; ``opened(name)`` when one is pressed."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._tiles = {name: Tile(name, say(f"ui.figures.tile.{name}")) for name in _TILES}
        self._alerts = [Sentence(Outcome.LOOK_HERE) for _ in range(_MOST_ALERTS)]
        row = QHBoxLayout()
        row.setSpacing(12)
        for name, tile in self._tiles.items():
            tile.clicked.connect(lambda _=False, name=name: self.opened.emit(name))
            tile.walked.connect(lambda step, name=name: self._walk(name, step))
            row.addWidget(tile, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        for alert in self._alerts:
            alert.clicked.connect(lambda _=False: self.opened.emit("alert"))
            alert.hide()
            column.addWidget(alert)

    def tile(self, name: str) -> Tile:
        """One of the figures."""
        return self._tiles[name]

    def alerts(self) -> list[str]:
        """What wants to be read."""
        return [alert.text() for alert in self._alerts if not alert.isHidden()]

    def show_figures(self, figures: Figures) -> None:
        """Show a reading."""
        total, today = figures.total, figures.flow[-1] if figures.flow else None
        self._tiles["units"].show_figure([f"{total.units:,}"], say("ui.figures.lines", lines=f"{total.lines:,}"))
        self._tiles["orders"].show_figure([f"{total.orders:,}"])
        self._tiles["money"].show_figure(parts.names_of(total.amounts) or [say("ui.figures.none")])
        self._tiles["paid"].show_figure(parts.names_of(figures.paid_unshipped) or [say("ui.figures.none")])
        clear = figures.days_to_clear
        self._tiles["clear"].show_figure(
            [say("ui.figures.never") if clear is None else say("ui.figures.days", days=f"{clear:,.1f}")],
            say("ui.figures.at_this_pace") if clear is not None else say("ui.figures.no_pace"),
        )
        self._tiles["today"].show_figure(
            [say("ui.figures.in_out", came=f"{today.came:,}", left=f"{today.left:,}") if today else "–"],
            say("ui.figures.cancelled", count=f"{today.cancelled:,}") if today else "",
        )
        for number, alert in enumerate(self._alerts):
            alert.setVisible(number < len(figures.alerts))
            if number < len(figures.alerts):
                alert.show_sentence(say_message(figures.alerts[number]))

    def _walk(self, name: str, step: int) -> None:
        self._tiles[_TILES[(_TILES.index(name) + step) % len(_TILES)]].setFocus()


class Boards(QObject):
    """The charts in their cards: ``cards`` by name. ``opened(dimension, key)``: a bar; ``day_opened(number)``: a day of
    the flow; ``hands_opened()``: the work until the cut-off.
    """

    opened = Signal(str, str)
    day_opened = Signal(int)
    hands_opened = Signal()

    def __init__(self, states: Sequence[str], dimensions: Sequence[str]) -> None:
        super().__init__()
        self._states = StateBar(say("ui.figures.card.state"), states)
        self._states.opened.connect(lambda state: self.opened.emit("state", state))
        self._bars = {dimension: BarChart(say(f"ui.figures.card.{dimension}")) for dimension in dimensions}
        self._empty = {dimension: Label(say("ui.figures.nothing"), 11, role="soft") for dimension in dimensions}
        self.cards = {"state": Card("state", say("ui.figures.card.state"), self._states)}
        for dimension, chart in self._bars.items():
            chart.opened.connect(lambda key, dimension=dimension: self.opened.emit(dimension, key))
            title = say(f"ui.figures.card.{dimension}")
            self.cards[dimension] = Card(dimension, title, chart, self._empty[dimension])
        self.flow = LineChart(say("ui.figures.card.flow"), 190)
        self.size = LineChart(say("ui.figures.card.size"), 170)
        for lines in (self.flow, self.size):
            lines.opened.connect(self.day_opened)
        self.cards["flow"] = Card("flow", say("ui.figures.card.flow"), self.flow, self.size)
        self.hands = Sentence(Outcome.ACCEPTED)
        self.hands.clicked.connect(lambda _=False: self.hands_opened.emit())
        self.hours = Label("", 11, wrap=True)
        self.rates = Label("", 11, wrap=True, role="soft")
        self.cards["hands"] = Card(
            "hands", say("ui.figures.card.hands"), self.hands, self.hours, self.rates, has_export=False
        )

    def bars(self, dimension: str) -> tuple[Bar, ...]:
        """The bars that are shown for a dimension."""
        return self._bars[dimension].bars()

    def chart(self, dimension: str) -> BarChart:
        """The bars of a dimension as a widget."""
        return self._bars[dimension]

    def states(self) -> StateBar:
        """The bar of states."""
        return self._states

    def show_bars(self, dimension: str, bars: Sequence[Bar]) -> None:
        """Show a dimension's bars, or that there are none."""
        self._bars[dimension].show_bars(bars)
        self._bars[dimension].setVisible(bool(bars))
        self._empty[dimension].setVisible(not bars)

    def show_states(self, states: Sequence[tuple[str, str, int]]) -> None:
        """Show the states: (state, word, units)."""
        self._states.show_parts(states)

    def show_flow(self, flow: Sequence[FlowDay]) -> None:
        """Show what came and went, and how large the backlog was."""
        self.flow.show_lines(*parts.flow_lines(flow))
        self.size.show_lines(*parts.size_lines(flow))

    def show_hands(self, hands: Hands, zone: tzinfo) -> None:
        """Show who is needed until the cut-off, and from which rates that is reckoned."""
        self.hands.show_sentence(say_message(hands.message))
        self.hours.setText(
            say(
                "ui.figures.hands", when=instant_in_words(hands.until, zone), pick=f"{hands.units_to_pick:,}",
                pick_hours=f"{hands.pick_hours:,.1f}", pickers=hands.pickers, pack=f"{hands.units_to_pack:,}",
                pack_hours=f"{hands.pack_hours:,.1f}", packers=hands.packers,
            )
        )  # fmt: skip
        self.rates.setText("\n".join(_rate(rate) for rate in hands.rates))


def _rate(rate: Rate) -> str:
    code = "ui.figures.rate.measured" if rate.is_measured else "ui.figures.rate.default"
    per_hour = f"{rate.units_per_hour:,.0f}"
    return say(code, what=say(f"ui.figures.work.{rate.work}"), units=per_hour, count=f"{rate.measured_from:,}")
