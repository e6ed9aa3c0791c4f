"""The cross-dock tag: the lane from across the floor, and why these units must not be put away."""

from __future__ import annotations

from wms_desktop.domain.documents import CrossDockTag
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import LABEL, Sheet, Style, squeeze_for, wrap_short
from wms_desktop.gateways.paper.shipping import ACROSS, LEFT, draw_marks
from wms_desktop.gateways.paper.terms import Terms

LANE_SIZE = 71.0  # points, the least: read at three metres
_LANE_SIZES = (118.0, 96.0, LANE_SIZE)
_CAPTION = Style(fonts.BOLD, 7)
_VALUE = Style(fonts.BOLD, 15)


def draw(sheet: Sheet, tag: CrossDockTag, terms: Terms) -> None:
    """The whole tag. Refuses ``text_too_long`` where the lane's name does not fit at 71 points."""
    sheet.box(0, 0, LABEL.width, 19)
    sheet.fit(LABEL.width / 2, 14.2, terms.say("cross_dock"), Style(fonts.BOLD, 38), ACROSS, align="center", grey=1)
    draw_marks(sheet, terms, LEFT, 20.5, ACROSS)
    if not tag.lane.upper().startswith(terms.say("lane").upper()):
        sheet.text(LABEL.width / 2, 31.5, terms.say("lane"), Style(fonts.BOLD, 16), align="center")
    style, squeeze = choose_lane_style(tag.lane)
    sheet.text(LABEL.width / 2, 49 + style.cap / 2, tag.lane, style, align="center", squeeze=squeeze)
    _draw_facts(sheet, tag, terms)
    sheet.box(0, 118, LABEL.width, 9)
    words = terms.say("do_not_put_away")
    sheet.fit(LABEL.width / 2, 124.8, words, Style(fonts.BOLD, 19), ACROSS, align="center", grey=1)
    symbol = symbols.code128(tag.number)
    x = max(0.0, (LABEL.width - sheet.symbol_width(symbol)) / 2)
    sheet.symbol(x, 129.5, 16, symbol, room=LABEL.width)
    sheet.fit(LABEL.width / 2, 149.8, symbol.caption, Style(fonts.MONO, 12), ACROSS, align="center")


def choose_lane_style(lane: str) -> tuple[Style, float]:
    """The largest size the lane's name fits at, and how much narrower its letters are set; never below 71 pt."""
    for size in _LANE_SIZES:
        style = Style(fonts.BOLD, size)
        try:
            return style, squeeze_for(lane, style, ACROSS, 0.55 if size == LANE_SIZE else 0.8)
        except BadInput:
            if size == LANE_SIZE:
                raise
    raise BadInput("text_too_long", text=lane[:80])


def _draw_facts(sheet: Sheet, tag: CrossDockTag, terms: Terms) -> None:
    half = LEFT + ACROSS / 2 + 1
    sheet.box(LEFT, 67.5, ACROSS, 0.35)
    _pair(sheet, (LEFT, 71), terms.say("order"), tag.order, ACROSS / 2 - 2)
    _pair(sheet, (half, 71), terms.say("quantity"), f"{tag.quantity} {terms.unit(tag.unit)}", ACROSS / 2 - 1)
    sheet.text(LEFT, 81.5, terms.say("customer"), _CAPTION)
    for line in wrap_short(tag.customer, _VALUE, ACROSS, 1):
        sheet.text(LEFT, 87.5, line, _VALUE)
    sheet.text(LEFT, 92, terms.say("item").upper(), _CAPTION)
    for place, line in enumerate(wrap_short(f"{tag.sku} · {tag.item}", Style(fonts.SANS, 12), ACROSS, 2)):
        sheet.text(LEFT, 97 + 5 * place, line, Style(fonts.SANS, 12))
    _pair(sheet, (LEFT, 107), terms.say("must_leave_by"), terms.instant(tag.must_leave_by) or "-", ACROSS / 2 - 2)
    _pair(sheet, (half, 107), terms.say("receipt"), tag.receipt, ACROSS / 2 - 1)


def _pair(sheet: Sheet, at: tuple[float, float], caption: str, value: str, width: float) -> None:
    x, y = at
    sheet.text(x, y, caption, _CAPTION)
    sheet.fit(x, y + 6.3, value, _VALUE, width, least=0.4)
