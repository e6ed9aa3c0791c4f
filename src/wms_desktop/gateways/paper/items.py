"""The item label: one unit's own barcode, with name, sku, lot and expiry day where they are told apart."""

from __future__ import annotations

from wms_desktop.domain.documents import ItemLabel
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import LABEL, Sheet, Style, break_up, capitals, squeeze_for, width_of, wrap_short
from wms_desktop.gateways.paper.shipping import ACROSS, LEFT, draw_marks
from wms_desktop.gateways.paper.symbols import Symbol
from wms_desktop.gateways.paper.terms import Terms

_MIDDLE = LABEL.width / 2
_NAME = Style(fonts.BOLD, 26)
_CAPTION = Style(fonts.BOLD, 9)
_BARS = 42.0
_LEAST = 0.5  # how narrow letters are set before a value takes another line
# Tried in this order until the value fits: style, and the base lines of its lines in mm. The last takes any 60 letters.
_Layouts = tuple[tuple[Style, tuple[float, ...]], ...]
_SKU: _Layouts = (
    (Style(fonts.BOLD, 30), (11.8,)),
    (Style(fonts.BOLD, 18), (7.0, 13.7)),
    (Style(fonts.BOLD, 12), (4.9, 9.7, 14.5)),
)
_PAIR: _Layouts = (
    (Style(fonts.BOLD, 24), (89.0,)),
    (Style(fonts.BOLD, 16), (86.0, 92.6)),
    (Style(fonts.BOLD, 11), (83.4, 88.6, 93.8)),
)


def draw(sheet: Sheet, label: ItemLabel, terms: Terms) -> None:
    """The whole label. Refuses ``symbol_too_wide``, ``text_too_long``, ``not_encodable`` and ``no_glyph``."""
    sheet.box(0, 0, LABEL.width, 16)
    sheet.text(LEFT, 11.8, terms.say(label.kind), Style(fonts.BOLD, 26), grey=1)
    _value(sheet, LABEL.width - LEFT, label.sku, _SKU, ACROSS - 32, align="right", grey=1)
    draw_marks(sheet, terms, LEFT, 17, ACROSS)
    for place, line in enumerate(wrap_short(label.name, _NAME, ACROSS, 4)):
        sheet.text(_MIDDLE, 33 + 11 * place, line, _NAME, align="center")
    half = ACROSS / 2 + 1
    _pair(sheet, LEFT, terms.say("item_lot"), label.lot, half - 3 if label.expiry else ACROSS)
    _pair(sheet, LEFT + half, terms.say("item_expiry"), terms.day(label.expiry), half - 3)
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


def _pair(sheet: Sheet, x: float, caption: str, value: str, width: float) -> None:
    if not value:
        return
    sheet.text(x, 78, caption, _CAPTION)
    _value(sheet, x, value, _PAIR, width)


def _value(sheet: Sheet, x: float, value: str, layouts: _Layouts, width: float, *, align: str = "left",
           grey: float = 0.0) -> None:  # fmt: skip
    """The whole value, in the largest letters that it fits in."""
    for style, base_lines in layouts:
        lines = break_up(value, len(base_lines))
        if all(width_of(line, style) * _LEAST <= width for line in lines):
            break
    else:
        raise BadInput("text_too_long", text=fonts.clean(value)[:80])
    for y, line in zip(base_lines, lines, strict=False):
        sheet.text(x, y, line, style, align=align, squeeze=squeeze_for(line, style, width, _LEAST), grey=grey)
