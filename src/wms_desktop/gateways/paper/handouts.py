"""Sheets of barcodes for people: badges, the desk sheet of keys, and the codes to work the demo by hand."""

from __future__ import annotations

from collections.abc import Callable

from wms_desktop.domain.documents import BadgeSheet, BarcodeSheet, DeskSheet, Entry, key_code
from wms_desktop.gateways.paper import fonts, office, symbols
from wms_desktop.gateways.paper.sheets import Sheet, Style, wrap_short
from wms_desktop.gateways.paper.shipping import MARKS_TOP, draw_marks
from wms_desktop.gateways.paper.terms import KEY_NAMES, Terms

_BADGE = (86.0, 54.0)  # mm, the size of a bank card
_TITLE = Style(fonts.BOLD, 22)
_HEAD = 14.0
_FOOT = 7.0


def draw_badges(sheet: Sheet, document: BadgeSheet, terms: Terms) -> None:
    """Badges in two columns, each as large as a bank card, to cut out."""
    shape = sheet.shape
    rows = int((shape.height - 2 * shape.margin) // _BADGE[1])
    left = (shape.width - 2 * _BADGE[0]) / 2
    for place, badge in enumerate(document.badges):
        slot = place % (2 * rows)
        if place and slot == 0:
            sheet.next_page()
        if slot == 0:
            draw_marks(sheet, terms, left, MARKS_TOP, _BADGE[0])
        x = left + slot % 2 * _BADGE[0]
        y = shape.margin + slot // 2 * _BADGE[1]
        sheet.frame(x, y, *_BADGE, thick=0.15)
        sheet.box(x, y, _BADGE[0], 9)
        sheet.text(x + 4, y + 6.3, terms.say("badge"), Style(fonts.BOLD, 10), grey=1)
        house = (wrap_short(document.house, Style(fonts.SANS, 9), 52, 1) or [""])[0]
        sheet.text(x + _BADGE[0] - 4, y + 6.3, house, Style(fonts.SANS, 9), align="right", grey=1)
        sheet.name(x + 4, y + 18.5, badge.name, Style(fonts.BOLD, 20), _BADGE[0] - 8)
        sheet.name(x + 4, y + 25, terms.say(badge.role) if badge.role else "", Style(fonts.SANS, 12), _BADGE[0] - 8)
        symbol = symbols.code128(badge.code, module_mm=symbols.SHEET_MODULE)
        width = sheet.symbol_width(symbol)
        sheet.symbol(x + max(0.0, (_BADGE[0] - width) / 2), y + 28.5, 17, symbol, room=_BADGE[0])
        sheet.fit(x + _BADGE[0] / 2, y + 50, badge.code, Style(fonts.MONO, 9), _BADGE[0] - 8, align="center", least=0.4)


def draw_desk_sheet(sheet: Sheet, document: DeskSheet, terms: Terms) -> None:
    """Each key as a large field: the word, the key's name, its barcode."""

    def fill(grid: _Grid) -> None:
        grid.begin()
        for key in document.keys:
            words = [terms.say(f"key.{key}"), KEY_NAMES.get(key, "")]
            entry = Entry(key_code(key), " · ".join(word for word in words if word))
            grid.put(entry, symbols.code128(entry.code, module_mm=symbols.SHEET_MODULE))

    _draw_twice(fill, sheet, terms, (terms.say("desk_sheet"), terms.say("desk_sheet.sub")))


def draw_barcode_sheet(sheet: Sheet, document: BarcodeSheet, terms: Terms) -> None:
    """The barcodes under their headings, two a row; a symbol that needs the whole width gets it."""

    def fill(grid: _Grid) -> None:
        grid.begin()
        for section in document.sections:
            grid.heading(terms.say(section.caption))
            for entry in section.entries:
                grid.put(entry, symbols.entry(entry.code, entry.symbology))

    _draw_twice(fill, sheet, terms, (terms.say(document.title), ""))


def _draw_twice(fill: Callable[[_Grid], None], sheet: Sheet, terms: Terms, titles: tuple[str, str]) -> None:
    """Fills a sheet that is thrown away, to know how many pages there are, then the real one."""
    trial = _Grid(Sheet(sheet.shape, sheet.dpi, ""), terms, titles, 0)
    fill(trial)
    fill(_Grid(sheet, terms, titles, trial.page))


class _Grid:
    """Fields of barcodes in columns, over as many pages as they need."""

    height = 32.0
    columns = 2

    def __init__(self, sheet: Sheet, terms: Terms, titles: tuple[str, str], pages: int) -> None:
        self.sheet = sheet
        self.terms = terms
        self.title, self.sub = titles
        self.pages = pages
        self.across = sheet.shape.width - 2 * sheet.shape.margin
        self.floor = sheet.shape.height - sheet.shape.margin - _FOOT
        self.y = 0.0
        self.column = 0
        self.page = 0

    def begin(self) -> None:
        """A page with its head and foot."""
        if self.page:
            self.sheet.next_page()
        self.page += 1
        left = self.sheet.shape.margin
        room = self.across * (0.62 if self.terms.list_marks() else 1.0)
        self.sheet.name(left, left + 6, self.title, _TITLE, room)
        self.sheet.name(left, left + 11.5, self.sub, office.TEXT, room)
        draw_marks(self.sheet, self.terms, left + self.across * 0.65, left, self.across * 0.35)
        foot = self.sheet.shape.height - left
        count = self.terms.say("page_of", page=self.page, pages=self.pages)
        self.sheet.text(left + self.across, foot, count, Style(fonts.BOLD, 9), align="right")
        self.y = left + _HEAD
        self.column = 0

    def heading(self, text: str) -> None:
        """A heading across the page, never without a field below it."""
        if self.column:
            self._next_row()
        if self.y + 10 + self.height > self.floor:
            self.begin()
        self.sheet.text(self.sheet.shape.margin, self.y + 7, text, Style(fonts.BOLD, 14))
        self.sheet.box(self.sheet.shape.margin, self.y + 9, self.across, 0.3)
        self.y += 11

    def put(self, entry: Entry, symbol: symbols.Symbol) -> None:
        """One field; refuses ``symbol_too_wide`` only where even the whole width is too narrow."""
        width = self.across / self.columns
        if self.sheet.symbol_width(symbol) > width:
            if self.column:
                self._next_row()
            width = self.across
        if self.y + self.height > self.floor:
            self.begin()
        x = self.sheet.shape.margin + self.column * (self.across / self.columns)
        self.sheet.frame(x + 1, self.y + 0.5, width - 2, self.height - 1.5, thick=0.15)
        self.sheet.name(x + width / 2, self.y + 5.6, entry.text, Style(fonts.BOLD, 12), width - 6, align="center")
        needed = self.sheet.symbol_width(symbol)
        bars = self.height - 15
        self.sheet.symbol(x + max(0.0, (width - needed) / 2), self.y + 8, bars, symbol, room=width)
        at = self.y + 8 + bars + 3.6
        self.sheet.fit(x + width / 2, at, symbol.caption, Style(fonts.MONO, 9), width - 4, align="center", least=0.4)
        self.column += 1
        if width == self.across or self.column == self.columns:
            self._next_row()

    def _next_row(self) -> None:
        self.y += self.height
        self.column = 0
