"""The small charts: they say what they show, and every part of them opens by mouse and by key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.desks.charts import SHAPES, Bar, BarChart, StateBar, tone
from wms_desktop.ui.desks.line_chart import LineChart, Series, nice_top
from wms_desktop.ui.theme import ThemeName
from wms_desktop.views.backlog import STATES

KEY = Qt.Key
BARS = [
    Bar(key="a", label="Harbour", value=9, words="9"),
    Bar(key="b", label="<b>Casa</b>\x1b", value=3, words="3"),
    Bar(key="c", label="Rest", value=0, words="120"),
]


@pytest.fixture
def bars(qtbot: QtBot) -> BarChart:
    chart = BarChart("Customers")
    qtbot.addWidget(chart)
    chart.show_bars(BARS)
    chart.resize(380, 120)
    chart.show()
    qtbot.waitActive(chart).__enter__()
    return chart


@pytest.fixture
def lines(qtbot: QtBot) -> LineChart:
    chart = LineChart("Flow")
    qtbot.addWidget(chart)
    series = [
        Series(word="came", values=(4, 8, 2), outcome=Outcome.ACCEPTED),
        Series(word="left", values=(4, 8, None), outcome=Outcome.STEP_DONE, is_dashed=True),
    ]
    chart.show_lines(["1 Nov", "2 Nov", "3 Nov"], series, ["first", "second", "third"])
    chart.resize(400, 220)
    chart.show()
    qtbot.waitActive(chart).__enter__()
    return chart


def test_a_bar_opens_by_enter_by_space_and_by_mouse(qtbot: QtBot, bars: BarChart) -> None:
    opened: list[str] = []
    bars.opened.connect(opened.append)
    bars.row("a").setFocus()
    qtbot.keyClick(bars.row("a"), KEY.Key_Return)
    qtbot.keyClick(bars.row("a"), KEY.Key_Space)
    qtbot.mouseClick(bars.row("c"), Qt.MouseButton.LeftButton)

    assert opened == ["a", "a", "c"]


def test_the_arrows_walk_round_the_bars(qtbot: QtBot, bars: BarChart) -> None:
    bars.row("a").setFocus()
    qtbot.keyClick(bars.row("a"), KEY.Key_Up)
    at_the_end = bars.row("c").hasFocus()
    qtbot.keyClick(bars.row("c"), KEY.Key_Down)

    assert at_the_end
    assert bars.row("a").hasFocus()


def test_a_bar_says_its_words_to_a_screen_reader(bars: BarChart) -> None:
    assert bars.row("a").accessibleName() == "Harbour: 9"
    assert bars.row("b").accessibleName() == "<b>Casa</b><1B>: 3"


def test_fewer_bars_leave_none_behind(bars: BarChart) -> None:
    bars.show_bars(BARS[:1])
    few = [bar.key for bar in bars.bars()]
    bars.show_bars([])

    assert (few, bars.bars()) == (["a"], ())


def test_a_longer_value_has_a_longer_bar(bars: BarChart) -> None:
    def inked(key: str) -> int:
        picture = bars.row(key).grab().toImage()
        accent = theme.current().accent.lower()
        return sum(picture.pixelColor(x, picture.height() // 2).name() == accent for x in range(picture.width()))

    assert inked("a") > 2.5 * inked("b") > 0
    assert inked("c") == 0


@pytest.mark.parametrize("name", ThemeName)
def test_each_state_has_a_shape_and_a_colour_of_its_own(monkeypatch: pytest.MonkeyPatch, name: ThemeName) -> None:
    monkeypatch.setattr(theme, "current", lambda: theme.THEMES[name])

    assert len({tone(state) for state in STATES}) == len({SHAPES[state] for state in STATES}) == len(STATES)


def test_the_bar_of_states_says_units_and_shares_and_opens_each(qtbot: QtBot) -> None:
    chart = StateBar("By state", STATES)
    qtbot.addWidget(chart)
    chart.show_parts([(state, state, 30 if state == "ready" else 0) for state in STATES])
    chart.resize(380, 240)
    chart.show()
    opened: list[str] = []
    chart.opened.connect(opened.append)
    qtbot.mouseClick(chart.mark("on_hold"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(chart._strip, Qt.MouseButton.LeftButton, pos=QPoint(40, 15))

    assert chart.mark("ready").accessibleName() == "ready: 30, 100 %"
    assert opened == ["on_hold", "ready"]


def test_the_keyboard_reads_day_after_day_and_opens_one(qtbot: QtBot, lines: LineChart) -> None:
    opened: list[int] = []
    lines.opened.connect(opened.append)
    last = lines.reading()
    qtbot.keyClick(lines, KEY.Key_Left)
    qtbot.keyClick(lines, KEY.Key_Return)
    qtbot.keyClick(lines, KEY.Key_Home)
    qtbot.keyClick(lines, KEY.Key_Left)

    assert (last, opened, lines.reading()) == ("third", [1], "first")
    assert lines.accessibleName() == "Flow. first"


def test_a_press_opens_the_nearest_day(qtbot: QtBot, lines: LineChart) -> None:
    opened: list[int] = []
    lines.opened.connect(opened.append)
    for x in (1, 399):
        qtbot.mouseClick(lines, Qt.MouseButton.LeftButton, pos=QPoint(x, 100))

    assert opened == [0, 2]


@pytest.mark.parametrize("values", [(), (None,), (0,), (0, 0), (10**9, 1)])
def test_any_values_can_be_drawn(qtbot: QtBot, lines: LineChart, values: tuple[int | None, ...]) -> None:
    days = [f"{n}" for n in range(len(values))]
    lines.show_lines(days, [Series(word="w" * 30, values=values, outcome=Outcome.STOP)] * 4, days)
    qtbot.keyClick(lines, KEY.Key_Return)

    assert not lines.grab().isNull()


@given(st.integers(0, 10**12))
def test_an_axis_ends_at_a_round_number_not_far_above(value: int) -> None:
    top = nice_top(value)

    assert top >= value
    assert top == 5 or (top <= 2.5 * value and str(top).rstrip("0") in ("1", "2", "5"))
