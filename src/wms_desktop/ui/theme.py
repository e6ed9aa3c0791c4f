"""Colours, fonts and sizes: what can be read at which distance, and pressed with which glove."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.resources import get_resource, read_text

MM_PER_INCH = 25.4
MAIN_TOUCH_MM = 18.0
OTHER_TOUCH_MM = 12.0
TOUCH_GAP_MM = 4.0

DESK_POINTS = 12.0
"""Text of desk tables and forms, read at arm's length."""

_FAMILY = "Roboto"
_FONT_FILES = ("Roboto-Regular.ttf", "Roboto-Medium.ttf", "Roboto-Bold.ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_BELIEVABLE_DPI = (72.0, 260.0)


class ThemeName(StrEnum):
    """The three themes a station may be set to."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Band:
    """How one outcome looks: the fill of its band, the ink on it, and the frame at the screen's edge."""

    fill: str
    ink: str
    edge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme; ``ink``, ``soft``, ``accent`` and ``alarm`` are readable (7:1) on ``ground`` and on ``surface``."""

    ground: str
    surface: str
    raised: str
    ink: str
    soft: str
    accent: str
    on_accent: str
    line: str
    strip: str
    on_strip: str
    strip_soft: str
    selection: str
    on_selection: str
    training: str
    alarm: str
    bands: dict[Outcome, Band]


_FLOOR = {
    Outcome.ACCEPTED: ("#0C4A8A", "#FFFFFF"),
    Outcome.STEP_DONE: ("#0B5D1E", "#FFFFFF"),
    Outcome.JOB_COMPLETE: ("#4A1A7F", "#FFFFFF"),
    Outcome.LOOK_HERE: ("#FFC20A", "#000000"),
    Outcome.STOP: ("#9B1C1C", "#FFFFFF"),
    Outcome.NOT_UNDERSTOOD: ("#263238", "#FFFFFF"),
}
_BRIGHT_EDGES = {
    Outcome.ACCEPTED: "#5AA9F5",
    Outcome.STEP_DONE: "#43C463",
    Outcome.JOB_COMPLETE: "#B78AF5",
    Outcome.LOOK_HERE: "#FFC20A",
    Outcome.STOP: "#FF5A52",
    Outcome.NOT_UNDERSTOOD: "#A9BAC3",
}


def _bands(edges: dict[Outcome, str] | None = None) -> dict[Outcome, Band]:
    return {outcome: Band(fill, ink, (edges or {}).get(outcome, fill)) for outcome, (fill, ink) in _FLOOR.items()}


THEMES = {
    ThemeName.LIGHT: Theme(
        ground="#EEF1F3",
        surface="#FFFFFF",
        raised="#E3E8EB",
        ink="#10171B",
        soft="#37454D",
        accent="#0C4A8A",
        on_accent="#FFFFFF",
        line="#B4C0C7",
        strip="#1B262C",
        on_strip="#FFFFFF",
        strip_soft="#C6D2D9",
        selection="#0C4A8A",
        on_selection="#FFFFFF",
        training="#FF9E2C",
        alarm="#9B1C1C",
        bands=_bands(),
    ),
    ThemeName.DARK: Theme(
        ground="#12191D",
        surface="#1B252B",
        raised="#26333A",
        ink="#F4F7F8",
        soft="#C3D0D7",
        accent="#8CC8FF",
        on_accent="#000000",
        line="#46575F",
        strip="#080C0E",
        on_strip="#FFFFFF",
        strip_soft="#B9C7CE",
        selection="#8CC8FF",
        on_selection="#000000",
        training="#FF9E2C",
        alarm="#FFB3AC",
        bands=_bands(_BRIGHT_EDGES),
    ),
    ThemeName.CONTRAST: Theme(
        ground="#000000",
        surface="#000000",
        raised="#000000",
        ink="#FFFFFF",
        soft="#FFFFFF",
        accent="#FFE14D",
        on_accent="#000000",
        line="#FFFFFF",
        strip="#000000",
        on_strip="#FFFFFF",
        strip_soft="#FFFFFF",
        selection="#FFE14D",
        on_selection="#000000",
        training="#FFA640",
        alarm="#FFB3AC",
        bands=_bands(_BRIGHT_EDGES),
    ),
}

_current: dict[str, Theme] = {"theme": THEMES[ThemeName.LIGHT]}


def current() -> Theme:
    """The theme that the application wears now."""
    return _current["theme"]


def wear(app: QApplication, name: ThemeName) -> None:
    """Dress the whole application: Fusion, the palette, the font and the one style sheet."""
    load_fonts()
    theme = THEMES[name]
    _current["theme"] = theme
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(font(DESK_POINTS))
    for control in ("QMenuBar", "QMenu", "QToolTip", "QHeaderView"):
        app.setFont(font(DESK_POINTS), control)  # type: ignore[arg-type]  # the stub asks for bytes, Qt for str
    app.setPalette(palette(theme))
    app.setStyleSheet(_style_sheet(theme))


def palette(theme: Theme) -> QPalette:
    """The live Qt palette of a theme."""
    roles = {
        QPalette.ColorRole.Window: theme.ground,
        QPalette.ColorRole.WindowText: theme.ink,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.ground,
        QPalette.ColorRole.Text: theme.ink,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.ink,
        QPalette.ColorRole.BrightText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.surface,
        QPalette.ColorRole.ToolTipText: theme.ink,
        QPalette.ColorRole.PlaceholderText: theme.soft,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.on_selection,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Accent: theme.accent,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.soft))
    return made


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (W3C, WCAG 2.1, relative luminance)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def points_for(metres: float) -> float:
    """The smallest text size in points that is read with ease at a distance in metres.

    14 pt at 0.6 m, 24 at 1 m, 48 at 2 m, 118 at 5 m: about 23.6 pt a metre, which is an x-height of a good 13
    minutes of arc.
    """
    return max(9.0, 23.6 * metres)


def touch_pixels(millimetres: float, screen: QScreen | None = None) -> int:
    """Logical pixels that are so many millimetres on this screen; one that lies about its size counts as 96 dpi."""
    screen = screen or QGuiApplication.primaryScreen()
    dpi = screen.physicalDotsPerInch() / screen.devicePixelRatio()
    if not _BELIEVABLE_DPI[0] <= dpi <= _BELIEVABLE_DPI[1]:
        dpi = 96.0
    return round(millimetres / MM_PER_INCH * dpi)


def load_fonts() -> None:
    """Register the shipped fonts, once; the machine's own stay behind them for other scripts."""
    if _FAMILY in QFontDatabase.families():
        return
    for file in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(get_resource(f"fonts/{file}")))


def font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The application's font at a size in points, figures all of one width."""
    made = QFont(_FAMILY)
    made.setFamilies([_FAMILY, "DejaVu Sans"])
    made.setPointSizeF(points)
    made.setWeight(weight)
    return made


def pixels(widget: QWidget, points: float) -> int:
    """Points as logical pixels of the screen the widget is on."""
    return max(1, round(points * widget.logicalDpiY() / 72.0))


def _luminance(colour: str) -> float:
    parts = []
    for value in QColor(colour).getRgbF()[:3]:  # type: ignore[index]
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return float(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])


def _style_sheet(theme: Theme) -> str:
    colours = {f.name: getattr(theme, f.name) for f in fields(theme) if f.name != "bands"}
    return Template(read_text("styles/app.qss")).substitute(colours)
