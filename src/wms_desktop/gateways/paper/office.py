"""Lists on office paper: a head with a number that scans, a table that breaks over pages, page n of m."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import Sheet, Style, wrap_short
from wms_desktop.gateways.paper.shipping import draw_marks
from wms_desktop.gateways.paper.terms import Terms

CAPTION = Style(fonts.SANS, 7.5)
VALUE = Style(fonts.BOLD, 12)
TEXT = Style(fonts.SANS, 9.5)
STRONG = Style(fonts.BOLD, 9.5)

Draw = Callable[[float], None]
"""Draws something that begins so many millimetres from the top."""
_PAD = 1.6  # mm around what stands in a cell
_LINE = 0.47  # mm of line height for each point of size
_HEADING = 9.0
_CAPTIONS = 7.0
_FACTS_A_ROW = 4
_FACT_HEIGHT = 11.0
_FIRST_HEAD = 22.0
_NEXT_HEAD = 19.0
_FOOT = 7.0


@dataclass(frozen=True, slots=True)
class Part:
    """One text in a cell, over at most ``most`` lines; ``whole``: a code, never cut."""

    text: str
    style: Style = TEXT
    most: int = 1
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column ``width`` mm wide (0: what the others leave); ``tick``: an empty box to write in."""

    caption: str
    width: float = 0.0
    align: str = "left"
    tick: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of parts, one cell a column; or a heading across the table."""

    cells: tuple[tuple[Part, ...], ...] = ()
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A whole document of one table: what stands above, in and below it."""

    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Row]
    above: tuple[float, Draw] = (0.0, lambda y: None)
    below: tuple[float, Draw] = (0.0, lambda y: None)


def draw(sheet: Sheet, listing: Listing, terms: Terms) -> None:
    """Every page of the listing; rows are never parted, what stands below is never alone with a cut line."""
    left = sheet.shape.margin
    across = sheet.shape.width - 2 * left
    columns, heights = _measure(sheet, listing)
    first_top, first, later = _rooms(sheet, listing)
    pages = _break(heights, first, later, listing)
    for page, places in enumerate(pages, start=1):
        if page > 1:
            sheet.next_page()
        _draw_head(sheet, listing, terms, page == 1)
        y = first_top if page == 1 else left + _NEXT_HEAD
        if page == 1:
            _draw_facts(sheet, listing.facts, across)
            listing.above[1](first_top - listing.above[0])
        if places:
            y = _draw_captions(sheet, columns, y)
        for place in places:
            _draw_row(sheet, listing.rows[place], columns, y, heights[place])
            y += heights[place]
        if page == len(pages):
            listing.below[1](y)
        _draw_foot(sheet, listing, terms, (page, len(pages)))


def room_below(sheet: Sheet, listing: Listing) -> float:
    """Millimetres left under the rows on their last page, for what may stand below."""
    heights = _measure(sheet, listing)[1]
    _, first, later = _rooms(sheet, listing)
    pages = _break(heights, first, later, listing)
    return (first if len(pages) == 1 else later) - sum(heights[place] for place in pages[-1])


def _measure(sheet: Sheet, listing: Listing) -> tuple[list[Column], list[float]]:
    """The columns with their widths, and how high each row is."""
    columns = _settle(listing.columns, sheet.shape.width - 2 * sheet.shape.margin)
    return columns, [_height(row, columns) for row in listing.rows]


def _rooms(sheet: Sheet, listing: Listing) -> tuple[float, float, float]:
    """Where the table begins on the first page, and the room for its rows there and on later pages."""
    left = sheet.shape.margin
    fact_rows = -(-len(listing.facts) // _FACTS_A_ROW)
    top = left + _FIRST_HEAD + fact_rows * _FACT_HEIGHT + listing.above[0]
    floor = sheet.shape.height - left - _FOOT
    return top, floor - top - _CAPTIONS, floor - left - _NEXT_HEAD - _CAPTIONS


def _settle(columns: Sequence[Column], across: float) -> list[Column]:
    rest = across - sum(column.width for column in columns)
    share = rest / max(1, sum(1 for column in columns if not column.width))
    return [Column(c.caption, c.width or share, c.align, c.tick) for c in columns]


def _lines(part: Part, width: float) -> list[str]:
    if part.whole:
        return [part.text] if part.text else []
    return wrap_short(part.text, part.style, width, part.most)


def _height(row: Row, columns: Sequence[Column]) -> float:
    if row.heading:
        return _HEADING
    tallest = 0.0
    for cell, column in zip(row.cells, columns, strict=True):
        room = column.width - 2 * _PAD
        tall = sum(len(_lines(part, room)) * part.style.size * _LINE for part in cell)
        tallest = max(tallest, tall)
    return tallest + 2 * _PAD


def _break(heights: Sequence[float], first: float, later: float, listing: Listing) -> list[list[int]]:
    pages: list[list[int]] = [[]]
    room = first
    for place, height in enumerate(heights):
        # A heading never stands last on a page, without a row below it.
        needed = height + (heights[place + 1] if listing.rows[place].heading and place + 1 < len(heights) else 0.0)
        if needed > room and pages[-1]:
            pages.append([])
            room = later
        pages[-1].append(place)
        room -= height
    if listing.below[0] > room:
        pages.append([])
    return pages


def _draw_head(sheet: Sheet, listing: Listing, terms: Terms, is_first: bool) -> None:
    left = sheet.shape.margin
    right = sheet.shape.width - left
    symbol = symbols.code128(listing.number)
    width = sheet.symbol_width(symbol)
    bars = 12.0 if is_first else 9.0
    at = right - width + symbol.quiet * symbol.module_dots(sheet.dpi) * 25.4 / sheet.dpi
    sheet.symbol(at, left - 2, bars, symbol, room=right - left)
    sheet.text(at + width / 2, left + bars + 2, listing.number, Style(fonts.MONO, 10), align="center")
    room = at - left - 4
    sheet.name(left, left + 6.5, listing.title, Style(fonts.BOLD, 24 if is_first else 16), room)
    draw_marks(sheet, terms, left, left + 10.0, room)


def _draw_facts(sheet: Sheet, facts: Sequence[tuple[str, str]], across: float) -> None:
    each = across / _FACTS_A_ROW
    for place, (caption, value) in enumerate(facts):
        x = sheet.shape.margin + place % _FACTS_A_ROW * each
        y = sheet.shape.margin + _FIRST_HEAD + place // _FACTS_A_ROW * _FACT_HEIGHT
        sheet.text(x, y, caption, CAPTION)
        sheet.name(x, y + 5.2, value or "-", VALUE, each - 3)


def _draw_captions(sheet: Sheet, columns: Sequence[Column], y: float) -> float:
    x = sheet.shape.margin
    for column in columns:
        _aligned(sheet, Part(column.caption, CAPTION), column, (x, y + 4.8))
        x += column.width
    sheet.box(sheet.shape.margin, y + _CAPTIONS - 0.5, x - sheet.shape.margin, 0.5)
    return y + _CAPTIONS


def _draw_row(sheet: Sheet, row: Row, columns: Sequence[Column], y: float, height: float) -> None:
    left = sheet.shape.margin
    if row.heading:
        sheet.text(left, y + 6.6, row.heading, Style(fonts.BOLD, 12))
        sheet.box(left, y + height, sheet.shape.width - 2 * left, 0.25)
        return
    x = left
    for cell, column in zip(row.cells, columns, strict=True):
        if column.tick:
            size = min(height - 3.2, column.width - 3)
            sheet.frame(x + 1.5, y + (height - size) / 2, column.width - 3, size, thick=0.35)
        base = y + _PAD
        for part in cell:
            for line in _lines(part, column.width - 2 * _PAD):
                step = part.style.size * _LINE
                _aligned(sheet, Part(line, part.style, 1, part.whole), column, (x, base + 0.78 * step))
                base += step
        x += column.width
    sheet.box(left, y + height, x - left, 0.15)


def _aligned(sheet: Sheet, part: Part, column: Column, at: tuple[float, float]) -> None:
    x, y = at
    room = column.width - 2 * _PAD
    x += {"left": _PAD, "right": column.width - _PAD, "center": column.width / 2}[column.align]
    if part.whole:
        sheet.fit(x, y, part.text, part.style, room, align=column.align, least=0.4)
    else:
        sheet.name(x, y, part.text, part.style, room, align=column.align)


def _draw_foot(sheet: Sheet, listing: Listing, terms: Terms, pages: tuple[int, int]) -> None:
    left = sheet.shape.margin
    right = sheet.shape.width - left
    y = sheet.shape.height - left
    sheet.box(left, y - 4.6, right - left, 0.15)
    words = " · ".join([listing.title, listing.number, *terms.list_marks()])
    sheet.name(left, y, words, CAPTION, (right - left) * 0.8)
    sheet.text(right, y, terms.say("page_of", page=pages[0], pages=pages[1]), Style(fonts.BOLD, 9), align="right")
