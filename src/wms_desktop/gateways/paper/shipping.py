"""The 4x6 inch shipping label: receiver largest, SSCC lowest (GS1 Logistic Label Guideline)."""

from __future__ import annotations

from wms_desktop.domain.documents import Address, ShippingLabel
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import LABEL, Sheet, Style, capitals, squeeze_for, wrap, wrap_short
from wms_desktop.gateways.paper.terms import Terms

LEFT = LABEL.margin
RIGHT = LABEL.width - LABEL.margin
ACROSS = RIGHT - LEFT
SSCC_BARS = 31.75
MARKS_TOP = 5.5  # above sheets that are cut up, within what office printers reach
POSTCODE_BARS = 12.7  # the least that GS1 allows beside the SSCC on a small label

_CAPTION = Style(fonts.BOLD, 6.5)
_SMALL = Style(fonts.SANS, 8.5)
_SMALL_BOLD = Style(fonts.BOLD, 8.5)
_NAME = Style(fonts.BOLD, 20)  # 7 mm
_CITY = capitals(fonts.BOLD, 7)
# Tried in this order until the address fits: street in this style, name on this many lines of 7 mm.
_LAYOUTS = (
    (Style(fonts.SANS, 16), 2),
    (Style(fonts.SANS, 13), 2),
    (Style(fonts.SANS, 10.5), 2),
    (Style(fonts.SANS, 13), 1),
    (Style(fonts.SANS, 10.5), 1),
    (Style(fonts.SANS, 8.5), 1),
)
_NARROWEST = 0.6  # how narrow letters may be set before a line is broken
_READABLE = capitals(fonts.MONO, 3.05)
_ROUTE = capitals(fonts.BOLD, 9)

_HEAD_BOTTOM = 21.5
_FACTS = 17.0  # height of the row with route, parcel, weight and order
_SSCC_TOP = LABEL.height - 2.6 - 3.1 - 1.4 - SSCC_BARS

Placed = tuple[str, Style, float, float]  # text, style, squeeze, height of its line in mm


def draw(sheet: Sheet, label: ShippingLabel, terms: Terms) -> None:
    """The whole label. Refuses ``text_too_long``, ``address_too_long``, ``symbol_too_wide``, ``no_glyph``."""
    ship_to = label.find_ship_to()
    bottom = _SSCC_TOP - 1.8
    facts_top = bottom - _FACTS - (POSTCODE_BARS + 7.2 if ship_to else 0.0)
    _draw_head(sheet, label, terms)
    _rule(sheet, _HEAD_BOTTOM)
    _draw_receiver(sheet, label, terms, facts_top)
    _rule(sheet, facts_top)
    _draw_facts(sheet, label, terms, facts_top)
    if ship_to:
        _rule(sheet, facts_top + _FACTS)
        _draw_symbol(sheet, symbols.gs1_128([ship_to]), facts_top + _FACTS + 1.6, POSTCODE_BARS)
    _rule(sheet, bottom)
    _draw_symbol(sheet, symbols.gs1_128([("00", label.sscc)]), _SSCC_TOP, SSCC_BARS)


def _rule(sheet: Sheet, y: float) -> None:
    sheet.box(LEFT, y, ACROSS, 0.35)


def _draw_symbol(sheet: Sheet, symbol: symbols.Symbol, top: float, bars: float) -> None:
    width = sheet.symbol_width(symbol)
    room = LABEL.width  # the quiet zone may run to the label's edge: nothing is printed there
    x = max(0.0, (LABEL.width - width) / 2)
    sheet.symbol(x, top, bars, symbol, room=room)
    sheet.fit(LABEL.width / 2, top + bars + 1.4 + 3.1, symbol.caption, _READABLE, ACROSS, align="center")


def _draw_head(sheet: Sheet, label: ShippingLabel, terms: Terms) -> None:
    middle = LEFT + 54
    sheet.text(LEFT, 5.4, terms.say("from"), _CAPTION)
    y = 8.8
    lines = [label.sender.name, *label.sender.lines, _town(label.sender, label.sender.country)]
    for place, line in enumerate([line for line in lines if line][:4]):
        style = _SMALL_BOLD if place == 0 else _SMALL
        sheet.text(LEFT, y, *_short_line(line, style, 51.5))
        y += 3.6
    sheet.box(middle - 1.5, 2.6, 0.35, _HEAD_BOTTOM - 2.6)
    sheet.fit(middle, 8.2, label.carrier, Style(fonts.BOLD, 15), RIGHT - middle, least=0.45)
    sheet.fit(middle, 13.0, label.service, Style(fonts.BOLD, 11), RIGHT - middle, least=0.45)
    draw_marks(sheet, terms, middle, 14.8, RIGHT - middle)


def draw_marks(sheet: Sheet, terms: Terms, x: float, top: float, width: float) -> None:
    """COPY, attempt and training, white on black, so that nobody takes a second print for another thing."""
    marks = " · ".join(terms.list_marks())
    if marks:
        sheet.box(x, top, width, 5.2)
        sheet.fit(
            x + width / 2, top + 3.9, marks, Style(fonts.BOLD, 11), width - 1.5, align="center", least=0.3, grey=1
        )


def _short_line(text: str, style: Style, width: float) -> tuple[str, Style]:
    return (wrap_short(text, style, width, 1) or [""])[0], style


def _town(address: Address, country: str) -> str:
    return " ".join(part for part in (address.postcode, address.city, country) if part)


def _draw_receiver(sheet: Sheet, label: ShippingLabel, terms: Terms, bottom: float) -> None:
    top = _HEAD_BOTTOM + 4.2
    sheet.text(LEFT, top - 0.6, terms.say("to"), _CAPTION)
    room = bottom - top - 1.2
    for street, name_lines in _LAYOUTS:
        placed = _place_receiver(label, street, name_lines)
        height = sum(line[3] for line in placed)
        if height <= room:
            break
    else:
        raise BadInput("address_too_long", text=fonts.clean(label.receiver.name)[:80], order=label.order)
    y = top
    gap = min(1.6, (room - height) / max(1, len(placed)))
    for text, style, squeeze, line_height in placed:
        y += line_height
        sheet.text(LEFT, y - 0.24 * line_height, text, style, squeeze=squeeze)
        y += gap


def _place_receiver(label: ShippingLabel, street: Style, name_lines: int) -> list[Placed]:
    receiver = label.receiver
    # The name may lose its end; where the parcel must go may not.
    width = ACROSS if name_lines > 1 else ACROSS / _NARROWEST
    names = wrap_short(receiver.name, _NAME, width, name_lines)
    placed = [(line, _NAME, squeeze_for(line, _NAME, ACROSS, 0.0), 8.0) for line in names]
    for text in receiver.lines:
        placed += [(line, street, 1.0, street.size * 0.43) for line in wrap(text, street, ACROSS)]
    town = _town(receiver, "")
    try:
        placed.append((town, _CITY, squeeze_for(town, _CITY, ACROSS, _NARROWEST), 10.0))
    except BadInput:
        lines = wrap(town, _CITY, ACROSS / 0.8)  # broken where a word ends
        placed += [(line, _CITY, squeeze_for(line, _CITY, ACROSS), 10.0) for line in lines]
    if receiver.country.upper() != label.sender.country.upper():
        placed.append((receiver.country.upper(), _NAME, 1.0, 8.0))
    return placed


def _draw_facts(sheet: Sheet, label: ShippingLabel, terms: Terms, top: float) -> None:
    middle = LEFT + 46
    sheet.box(LEFT, top, 45, _FACTS)
    sheet.text(LEFT + 1.5, top + 3.4, terms.say("route"), _CAPTION, grey=1)
    sheet.fit(LEFT + 22.5, top + 14.2, label.route, _ROUTE, 43, align="center", least=0.4, grey=1)
    parcel = terms.parcel(label.parcel, label.parcels)
    pairs = (
        (middle, top + 3.4, "parcel", parcel, 24.0),
        (middle + 26, top + 3.4, "weight", terms.kilograms(label.weight_g), 24.5),
        (middle, top + 11.2, "order", label.order, RIGHT - middle),
    )
    for x, y, caption, value, width in pairs:
        sheet.text(x, y, terms.say(caption), _CAPTION)
        sheet.fit(x, y + 4.8, value, Style(fonts.BOLD, 13), width, least=0.35)
