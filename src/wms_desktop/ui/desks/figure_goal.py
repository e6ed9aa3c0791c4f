"""The goal for the backlog: so many units on a day, how it goes, and the limits beyond which the house warns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from wms_desktop.ui.days import full_day, read_day
from wms_desktop.ui.desks import figure_parts as parts
from wms_desktop.ui.desks.fields import TextField
from wms_desktop.ui.desks.figure_cards import Card
from wms_desktop.ui.desks.line_chart import LineChart
from wms_desktop.ui.desks.panel import Proposal, Step, Values
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.figures import BurnDown

_MOST_DIGITS = 9
LIMITS = ("backlog_limit_units", "clear_limit_days", "inflow_limit_units")


class GoalCard(Card):
    """``acted(values)``: set these rules of the house; ``limits_wanted()``; ``opened()``: the chart was pressed."""

    acted = Signal(object)
    limits_wanted = Signal()
    opened = Signal()

    def __init__(self) -> None:
        self.chart = LineChart(say("ui.figures.card.goal"), 190)
        self.message = Label("", 11, wrap=True)
        self.problem = Label("", 11, wrap=True, role="alarm")
        super().__init__("goal", say("ui.figures.card.goal"), self.message, self.chart, self.problem)
        self._goal: BurnDown | None = None
        self._today = date.min
        self.units = _entry("target-units", say("ui.figures.target_units"))
        self.day = _entry("target-day", say("ui.figures.target_day"))
        self.set = self._button("set-target", say("ui.figures.set_target"))
        self.limits = self._button("limits", say("ui.figures.limits"))
        self.set.clicked.connect(lambda _=False: self.set_target())
        self.limits.clicked.connect(lambda _=False: self.limits_wanted.emit())
        self.day.returnPressed.connect(self.set.setFocus)
        self.units.returnPressed.connect(self.day.setFocus)
        self.chart.opened.connect(lambda _: self.opened.emit())
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.units, 2)
        row.addWidget(self.day, 3)
        row.addWidget(self.set)
        row.addWidget(self.limits)
        self.column.addLayout(row)
        self.problem.hide()

    def rows(self) -> list[tuple[date, int | None, int | None]]:
        """The chart as rows: day, actual, ideal."""
        if self._goal is None:
            return []
        ideal, actual = dict(self._goal.ideal), dict(self._goal.actual)
        return [(day, actual.get(day), ideal.get(day)) for day in sorted({*ideal, *actual})]

    def show_goal(self, goal: BurnDown | None, today: date) -> None:
        """Show how it goes; what somebody is typing stays."""
        self._goal, self._today = goal, today
        self.chart.setVisible(goal is not None)
        self.message.setText(say_message(goal.message) if goal else say("ui.figures.no_goal"))
        self.units.setPlaceholderText(say("ui.figures.target_units"))
        self.day.setPlaceholderText(say("ui.figures.target_day_hint", example=full_day(today)))
        if goal is not None:
            self.chart.show_lines(*parts.burn_lines(goal))
            if not (self.units.isModified() or self.day.isModified()):
                self.units.setText(str(goal.target_units))
                self.day.setText(full_day(goal.target_day))

    def set_target(self) -> None:
        """Set units and day as they are typed; both empty: no target any more."""
        units, day = self.units.text().strip(), self.day.text().strip()
        found = read_day(day, self._today)
        self._tell("")
        if not units and not day:
            self.acted.emit({"backlog_target_units": "", "backlog_target_day": ""})
        elif not _is_number(units):
            self._tell(say("ui.figures.no_number", text=units))
            self.units.setFocus()
        elif found is None:
            self._tell(say("ui.act.no_day", text=day, example=full_day(self._today)))
            self.day.setFocus()
        else:
            self.units.setModified(False)
            self.day.setModified(False)
            self.acted.emit({"backlog_target_units": units, "backlog_target_day": found.isoformat()})

    def _tell(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _button(self, name: str, word: str) -> QPushButton:
        button = QPushButton(word)
        button.setObjectName(f"goal-{name}")
        button.setAccessibleName(word)
        return button


def limits(now: Mapping[str, str]) -> Proposal:
    """Beyond which size, and how many days to clear, the house warns; nothing typed: no warning. ``now``: as it is."""

    def check(values: Values) -> str:
        wrong = [value for value in values.values() if value and not _is_number(value)]
        return say("ui.figures.no_number", text=wrong[0]) if wrong else ""

    def make(values: Values) -> Step:
        return "set_limits", {name: values[name] for name in LIMITS}

    return Proposal(
        title=say("ui.figures.limits_title"), facts=say("ui.figures.limits_facts"), check=check, make=make,
        fields=tuple(
            TextField(name=name, label=say(f"ui.figures.{name}"), value=now.get(name, ""), is_needed=False)
            for name in LIMITS
        ),
        confirm=lambda _: say("ui.figures.set_limits"),
    )  # fmt: skip


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _entry(name: str, label: str) -> QLineEdit:
    entry = QLineEdit()
    entry.setObjectName(f"goal-{name}")
    entry.setAccessibleName(label)
    entry.setMaxLength(20)
    return entry
