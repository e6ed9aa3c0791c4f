"""The item label: one unit's own barcode, with name, sku, lot and expiry day where they are told apart."""

from __future__ import annotations

from wms_desktop.domain.documents import ItemLabel
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import LABEL, Sheet, Style, capitals, wrap_short
from wms_desktop.gateways.paper.shipping import ACROSS, LEFT, draw_marks
from wms_desktop.gateways.paper.symbols import Symbol
from wms_desktop.gateways.paper.terms import Terms

_MIDDLE = LABEL.width / 2
_NAME = Style(fonts.BOLD, 26)
_CAPTION = Style(fonts.BOLD, 9)
_VALUE = Style(fonts.BOLD, 24)
_BARS = 42.0


def draw(sheet: Sheet, label: ItemLabel, terms: Terms) -> None:
    """The whole label. Refuses ``symbol_too_wide``, ``text_too_long``, ``not_encodable`` and ``no_glyph``."""
    sheet.box(0, 0, LABEL.width, 16)
    sheet.text(LEFT, 11.8, terms.say(label.kind), Style(fonts.BOLD, 26), grey=1)
    sheet.fit(LABEL.width - LEFT, 11.8, label.sku, Style(fonts.BOLD, 30), ACROSS - 32, align="right", least=0.3, grey=1)
    draw_marks(sheet, terms, LEFT, 17, ACROSS)
    for place, line in enumerate(wrap_short(label.name, _NAME, ACROSS, 4)):
        sheet.text(_MIDDLE, 33 + 11 * place, line, _NAME, align="center")
    half = LEFT + ACROSS / 2 + 1
    _pair(sheet, LEFT, terms.say("item_lot"), label.lot)
    _pair(sheet, half, terms.say("item_expiry"), terms.day(label.expiry))
    symbol = _choose(sheet, label)
    x = max(0.0, (LABEL.width - sheet.symbol_width(symbol)) / 2)
    sheet.symbol(x, 97, _BARS, symbol, room=LABEL.width)
    sheet.fit(_MIDDLE, 146, symbol.caption, capitals(fonts.MONO, 3.6), ACROSS, align="center", least=0.3)


def _choose(sheet: Sheet, label: ItemLabel) -> Symbol:
    """The symbol that says most of those that fit the label whole."""
    widest = None
    for symbol in symbols.list_item_symbols(label.code, label.lot, label.expiry, is_gtin=label.is_gtin):
        if sheet.symbol_width(symbol) <= LABEL.width:
            return symbol
        widest = symbol
    raise BadInput("symbol_too_wide", text=label.code[:80], room_mm=int(LABEL.width),
                   width_mm=round(sheet.symbol_width(widest) + 0.5) if widest is not None else 0)  # fmt: skip


def _pair(sheet: Sheet, x: float, caption: str, value: str) -> None:
    if not value:
        return
    sheet.text(x, 78, caption, _CAPTION)
    sheet.fit(x, 89, value, _VALUE, ACROSS / 2 - 2, least=0.3)
