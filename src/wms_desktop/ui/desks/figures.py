"""The cockpit: how much waits, since when, for whom, why, and what it takes; every figure opens the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.changes import Changes
from wms_desktop.ui.days import day_in_words, instant_in_words
from wms_desktop.ui.desks import figure_parts as parts
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.backlog_rows import ALL
from wms_desktop.ui.desks.figure_boards import Boards, Headline
from wms_desktop.ui.desks.figure_cards import Card, Columns
from wms_desktop.ui.desks.figure_goal import GoalCard, limits
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say
from wms_desktop.views.backlog import AGE_BANDS, STATES
from wms_desktop.views.figures import Figures, Slice
from wms_desktop.views.promises import Moved

_MOVED_DAYS = 7
_LEAST_CARD = 372
_BARS = ("age_band", "cause", "customer", "product", "paid_week", "channel", "currency")
_ORDERED = {"age_band": AGE_BANDS}


class FiguresDesk(ActingDesk):
    """Asks ``figures`` and ``moved``; acts ``set_limits``. Each figure opens the backlog on its rows."""

    cares_for = Changes.ORDERS | Changes.STOCK | Changes.LANES | Changes.SHIPMENTS | Changes.INBOUND | Changes.BATCHES

    def __init__(self, settings: Settings, zone: tzinfo) -> None:
        super().__init__("figures", settings)
        self._zone = zone
        self._figures: Figures | None = None
        self._by_dimension: dict[str, list[Slice]] = {}
        self._exports: dict[str, Callable[[], tuple[Sequence[Column], Sequence[Any]]]] = {}
        self.measure = QComboBox()
        self.measure.setObjectName("figures-measure")
        self.measure.setAccessibleName(say("ui.figures.measure"))
        self.measure.setMinimumHeight(37)
        self.measure.currentIndexChanged.connect(lambda _: self._show_bars())
        self.as_of = Label("", 11, role="soft")
        self.headline = Headline()
        self.headline.opened.connect(self._open_headline)
        self.boards = Boards(STATES, _BARS)
        self.boards.opened.connect(self.open_rows)
        self.boards.day_opened.connect(self._open_day)
        self.boards.hands_opened.connect(self._open_hands)
        self.goal = GoalCard()
        self.goal.acted.connect(lambda values: self.carry_out(("set_limits", values)))
        self.goal.limits_wanted.connect(self._propose_limits)
        self.goal.opened.connect(lambda: self.go("backlog", dimension=ALL))
        self.tables = self._make_tables()
        self.cards = self._make_cards()
        self._lay_out()
        self.tell(say("ui.figures.reading"))

    def refresh(self) -> None:
        """Read everything anew."""
        self.ask("figures", {}, self.show_figures)
        self.ask("moved", {"days": _MOVED_DAYS}, self.show_moved)

    def take_keyboard(self) -> None:
        """The first headline figure gets the keys."""
        self.headline.tile("units").setFocus()

    def show_figures(self, figures: Figures) -> None:
        """Show a fresh reading."""
        is_first, self._figures = self._figures is None, figures
        self._by_dimension = parts.by_dimension(figures.slices)
        self.as_of.setText(say("ui.backlog.as_of", when=instant_in_words(figures.at, self._zone)))
        self._offer_measures(figures.total)
        self.headline.show_figures(figures)
        self.boards.show_hands(figures.hands, self._zone)
        self.boards.show_flow(figures.flow)
        self.goal.show_goal(figures.burn_down, figures.at.astimezone(self._zone).date())
        self.tables["arrivals"].rows.show_rows(figures.arrivals)
        self.tables["waited"].rows.show_rows(figures.waited)
        self._show_bars()
        if is_first:
            self.tell("")

    def show_moved(self, moved: Sequence[Moved]) -> None:
        """Show the last slips and rescues."""
        self.tables["moved"].rows.show_rows(moved)

    def open_rows(self, dimension: str, key: str) -> None:
        """The backlog's rows behind a bar."""
        slices = self._by_dimension.get(dimension, [])
        one = next((each for each in slices if each.key == key), None)
        if key == parts.REST:
            top = [bar.key for bar in self.boards.bars(dimension) if bar.key != parts.REST]
            label = say("ui.figures.not_top", what=say(f"ui.figures.dimension.{dimension}"))
            self.go("backlog", dimension=dimension, keys=top, label=label, is_rest=True)
        elif one is not None:
            label = f"{say(f'ui.figures.dimension.{dimension}')}: {parts.label_of(one)}"
            self.go("backlog", dimension=dimension, keys=[key], label=label)
        else:  # a state without units
            self.go("backlog", dimension=dimension, keys=[key], label=say(f"ui.figures.dimension.{dimension}"))

    def export_card(self, name: str) -> None:
        """Write the rows of a card, all of them, to a file that is asked for."""
        if name in self.tables:
            self.tables[name].export()
        elif self._figures is not None:
            columns, rows = self._exports[name]()
            title = self.cards[name].accessibleName() if name in self.cards else say("ui.figures.title")
            self.export_rows(title, columns, rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+E exports the card that has the keyboard."""
        if event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            inside: QWidget | None = self.focusWidget()
            name = next(
                (n for n, card in self.cards.items() if inside is not None and card.isAncestorOf(inside)), "all"
            )
            self.export_card(name if name in self._exports or name in self.tables else "all")
        else:
            super().keyPressEvent(event)

    def _make_tables(self) -> dict[str, Table]:
        made = {
            "arrivals": (parts.arrival_columns(), (120, 190, 70, 106, 84, 190, 104, 86, 90)),
            "moved": (parts.moved_columns(), (112, 104, 180, 104, 62, 122, 122, 160, 130)),
            "waited": (parts.waited_columns(), (110, 230, 118, 118, 100, 110, 130, 120)),
        }
        tables = {}
        for name, (columns, widths) in made.items():
            table = Table(RowsModel(columns), say(f"ui.figures.card.{name}"))
            table.setFixedHeight(322)
            self.add_table(table, widths, name=name)
            tables[name] = table
        tables["arrivals"].opened.connect(
            lambda row: self.go("backlog", dimension="purchase", keys=list(row.purchases),
                                label=say("ui.figures.for_purchases", purchases=", ".join(row.purchases)))
        )  # fmt: skip
        tables["moved"].opened.connect(
            lambda row: self.go("backlog", dimension="line", keys=[row.line_id],
                                label=say("ui.backlog.one_line", order=row.order_number, sku=row.sku))
        )  # fmt: skip
        tables["waited"].opened.connect(
            lambda row: self.go("backlog", dimension="product", keys=[row.sku],
                                label=f"{say('ui.figures.dimension.product')}: {row.product}")
        )  # fmt: skip
        return tables

    def _make_cards(self) -> dict[str, Card]:
        cards = dict(self.boards.cards)
        cards["goal"] = self.goal
        for name, table in self.tables.items():
            cards[name] = Card(name, say(f"ui.figures.card.{name}"), table)
        for dimension in ("state", *_BARS):
            self._exports[dimension] = lambda d=dimension: (parts.slice_columns(), self._by_dimension.get(d, []))  # type: ignore[misc]
        self._exports["flow"] = lambda: (parts.flow_columns(), self._figures.flow if self._figures else ())
        self._exports["goal"] = lambda: (parts.burn_columns(), self.goal.rows())
        self._exports["all"] = lambda: (parts.slice_columns(), self._figures.slices if self._figures else ())
        for name, card in cards.items():
            card.export_wanted.connect(lambda name=name: self.export_card(name))
        return cards

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(say("ui.figures.title"), 22, bold=True))
        head.addWidget(self.as_of, 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        head.addWidget(Label(say("ui.figures.measure"), 11))
        head.addWidget(self.measure)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(14)
        column.addWidget(self.headline)
        charts = [card for name, card in self.cards.items() if name not in self.tables]
        self._charts = Columns(charts, _LEAST_CARD)
        column.addWidget(self._charts)
        column.addWidget(Columns([self.cards["arrivals"], self.cards["moved"], self.cards["waited"]], 2 * _LEAST_CARD))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        middle = QHBoxLayout()
        middle.addWidget(area, 1)
        middle.addWidget(self.panel)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 14, 10)
        outer.setSpacing(8)
        outer.addLayout(head)
        outer.addLayout(middle, 1)
        outer.addWidget(self.band)

    def _offer_measures(self, total: Slice) -> None:
        """Units, orders and each currency; what was chosen stays chosen."""
        chosen = self.measure.currentData()
        self.measure.blockSignals(True)
        self.measure.clear()
        for each in parts.measures_of(total):
            self.measure.addItem(say(f"ui.figures.measure.{each.name}", currency=each.currency), each)
        places = [place for place in range(self.measure.count()) if self.measure.itemData(place) == chosen]
        self.measure.setCurrentIndex(places[0] if places else 0)
        self.measure.blockSignals(False)

    def _show_bars(self) -> None:
        measure = self.measure.currentData()
        if not isinstance(measure, parts.Measure):
            return
        for dimension in _BARS:
            slices = self._by_dimension.get(dimension, [])
            if dimension in _ORDERED:
                made = parts.bars(parts.in_order(slices, _ORDERED[dimension]), measure)
            elif dimension == "paid_week":
                made = parts.bars(sorted(slices, key=lambda one: one.key)[: parts.TOP], measure)
            else:
                made = parts.top_bars(slices, measure)
            self.boards.show_bars(dimension, made)
        found = {one.key: one for one in self._by_dimension.get("state", [])}
        self.boards.show_states(
            [(state, say(f"ui.backlog.state.{state}"), found[state].units if state in found else 0) for state in STATES]
        )
        self._charts.rearrange()

    def _open_headline(self, name: str) -> None:
        day = self._today()
        if name == "paid":
            self.go("backlog", dimension="paid", label=say("ui.figures.paid"), mode="orders")
        elif name == "today" and day is not None:
            self.go("backlog", dimension="placed", keys=[day.date()], label=say("ui.figures.placed_today"))
        else:
            self.go("backlog", dimension=ALL, mode="lines" if name in ("units", "clear") else "orders")

    def _open_day(self, number: int) -> None:
        if self._figures is not None:
            day = self._figures.flow[number].day
            label = say("ui.figures.placed_on", day=day_in_words(day))
            self.go("backlog", dimension="placed", keys=[day], label=label)

    def _open_hands(self) -> None:
        if self._figures is not None:
            until = self._figures.hands.until
            label = say("ui.figures.until", when=instant_in_words(until, self._zone))
            self.go("backlog", dimension="leaves_by", keys=[until], label=label)

    def _propose_limits(self) -> None:
        self.propose(limits(self._figures.limits if self._figures else {}))

    def _today(self) -> datetime | None:
        return self._figures.at.astimezone(self._zone) if self._figures else None
