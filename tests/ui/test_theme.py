"""Colours that can be read, sizes that fit hand and eye."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from wms_desktop.prompts import Outcome
from wms_desktop.resources import find_resource
from wms_desktop.ui import theme
from wms_desktop.ui.theme import THEMES, ThemeName, contrast

READABLE = 7.0
SEEN = 3.0


@pytest.mark.parametrize("name", list(ThemeName))
def test_every_pair_of_a_floor_screen_has_a_contrast_of_seven(name: ThemeName) -> None:
    t = THEMES[name]
    pairs = {(ink, on) for ink in (t.ink, t.soft, t.accent, t.alarm) for on in (t.ground, t.surface)}
    pairs |= {(t.ink, t.raised), (t.soft, t.raised), (t.on_accent, t.accent), (t.on_strip, t.strip)}
    pairs |= {(t.strip_soft, t.strip), (t.training, t.strip), ("#000000", t.training)}
    pairs |= {(t.on_selection, t.selection)} | {(band.ink, band.fill) for band in t.bands.values()}

    assert {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < READABLE} == {}


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_live_palette_is_readable(qapp: QApplication, name: ThemeName) -> None:
    theme.wear(qapp, name)
    live = qapp.palette()
    roles = QPalette.ColorRole
    pairs = [
        (roles.WindowText, roles.Window),
        (roles.Text, roles.Base),
        (roles.Text, roles.AlternateBase),
        (roles.ButtonText, roles.Button),
        (roles.HighlightedText, roles.Highlight),
        (roles.PlaceholderText, roles.Base),
        (roles.ToolTipText, roles.ToolTipBase),
    ]

    for ink, ground in pairs:
        assert contrast(live.color(ink).name(), live.color(ground).name()) >= READABLE, ink


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_frame_at_the_edge_is_seen_against_the_screen(name: ThemeName) -> None:
    for outcome, band in THEMES[name].bands.items():
        assert contrast(band.edge, THEMES[name].ground) >= SEEN or outcome is Outcome.LOOK_HERE, outcome


@pytest.mark.parametrize("name", list(ThemeName))
def test_six_outcomes_have_six_colours_and_six_shapes(name: ThemeName) -> None:
    bands = THEMES[name].bands

    assert len({band.fill for band in bands.values()}) == len(Outcome) == 6
    for outcome in Outcome:
        assert find_resource(f"icons/outcome-{outcome.value}.svg")
        assert find_resource(f"sounds/{outcome.value}.wav")


def test_the_contrast_of_black_and_white_is_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("metres", "points"), [(0.6, 14), (1.0, 24), (2.0, 48), (5.0, 118)])
def test_letters_grow_with_the_reading_distance(metres: float, points: float) -> None:
    assert theme.points_for(metres) == pytest.approx(points, abs=0.9)


class Screen:
    """A screen that says how fine it is."""

    def __init__(self, dpi: float, ratio: float = 1.0) -> None:
        self._dpi, self._ratio = dpi, ratio

    def physicalDotsPerInch(self) -> float:
        return self._dpi

    def devicePixelRatio(self) -> float:
        return self._ratio


@pytest.mark.parametrize(
    ("screen", "pixels"), [(Screen(96), 68), (Screen(192, 2.0), 68), (Screen(160), 113), (Screen(9_000), 68)]
)
def test_a_touch_target_is_eighteen_millimetres_on_any_screen(screen: Screen, pixels: int) -> None:
    assert theme.touch_pixels(theme.MAIN_TOUCH_MM, screen) == pixels  # type: ignore[arg-type]
