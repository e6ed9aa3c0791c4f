"""An order's story on office paper: the answer, where each unit is, and what happened; one page as a rule."""

from __future__ import annotations

from dataclasses import replace

from wms_desktop.domain.documents import OrderPage, PageLine
from wms_desktop.gateways.paper import fonts, office
from wms_desktop.gateways.paper.office import STRONG, TEXT, Column, Listing, Part, Row
from wms_desktop.gateways.paper.sheets import Sheet, Style, wrap_short
from wms_desktop.gateways.paper.terms import Terms

_ANSWER = Style(fonts.BOLD, 15)
_ANSWER_LINES = 4
_ANSWER_STEP = 7.2
_HEADING = Style(fonts.BOLD, 12)
_CODE = Style(fonts.MONO, 9)
_HEADING_ROOM = 11.6
_STEP = 4.9
_WHEN = 33.0
_SSCC = 44.0
_WHO = 42.0
_MOST_LINES = 2
# However little room is left, so many of the newest steps are shown, on a page of their own if need be.
_LEAST_STEPS = 6
_MOST_PARCELS = 12


def draw(sheet: Sheet, page: OrderPage, terms: Terms) -> None:
    """The order's number as a barcode, the answer in large letters, whose it is, then lines, parcels and steps."""
    say = terms.say
    facts = [
        (say("story_placed"), terms.instant(page.placed)),
        (say("story_leaves"), terms.instant(page.leave_by)),
        (say("story_promised"), terms.day(page.promise)),
        (say("story_made"), terms.instant(page.made)),
    ]
    listing = Listing(
        title=say("order_story"),
        number=page.number,
        facts=facts,
        columns=(
            Column(say("item")),
            Column(say("ordered"), 18, "center"),
            Column(say("story_sent"), 14, "center"),
            Column(say("story_where"), 74),
            Column(say("expected"), 25),
        ),
        rows=[_line(line, terms) for line in page.lines],
    )
    listing = replace(listing, above=_answer(sheet, page, terms))
    below = _Below(sheet, page, terms)
    office.draw(sheet, replace(listing, below=below.fit(office.room_below(sheet, listing))), terms)


def _answer(sheet: Sheet, page: OrderPage, terms: Terms) -> tuple[float, office.Draw]:
    """The answer, and under it the customer, the address and the carrier."""
    left, across = sheet.shape.margin, sheet.shape.width - 2 * sheet.shape.margin
    lines = wrap_short(page.answer, _ANSWER, across, _ANSWER_LINES)
    about = [(page.customer, STRONG), (", ".join(page.address), TEXT)]
    about.append((f"{terms.say('story_service')} {page.service}", TEXT))

    def draw_it(y: float) -> None:
        for place, text in enumerate(lines):
            sheet.text(left, y + 5 + place * _ANSWER_STEP, text, _ANSWER)
        y += 7 + len(lines) * _ANSWER_STEP
        for place, (text, style) in enumerate(about):
            sheet.name(left, y + place * _STEP, text, style, across)

    return 10 + len(lines) * _ANSWER_STEP + len(about) * _STEP, draw_it


def _line(line: PageLine, terms: Terms) -> Row:
    item = [Part(line.name, STRONG, 2), Part(line.sku, TEXT)]
    if line.instead_of:
        item.append(Part(terms.say("instead_of", item=line.instead_of), TEXT, 2))
    return Row(
        (
            tuple(item),
            (Part(str(line.ordered), TEXT),),
            (Part(str(line.shipped or "-"), TEXT),),
            tuple(Part(where, TEXT, 3) for where in line.where),
            (Part(terms.day(line.expected), STRONG),),
        )
    )


class _Below:
    """Parcels and steps under the table, as many steps as there is room for, the newest ones."""

    def __init__(self, sheet: Sheet, page: OrderPage, terms: Terms) -> None:
        self._sheet, self._page, self._terms = sheet, page, terms
        self._left = sheet.shape.margin
        self._right = sheet.shape.width - self._left
        room = self._right - self._left - _WHEN - _WHO - 2
        self._steps = [(step, wrap_short(step.text, TEXT, room, _MOST_LINES)) for step in page.steps]
        self._hidden = 0

    def fit(self, room: float) -> tuple[float, office.Draw]:
        """How high it is, and what draws it, for so many millimetres."""
        while self._height() > room and len(self._steps) > _LEAST_STEPS:
            self._steps.pop(0)
            self._hidden += 1
        return self._height(), self._draw

    def _height(self) -> float:
        count = len(self._page.parcels)
        parcels = _HEADING_ROOM + min(count, _MOST_PARCELS + 1) * _STEP if count else 0.0
        return parcels + _HEADING_ROOM + _STEP * (bool(self._hidden) + sum(len(lines) for _, lines in self._steps))

    def _draw(self, y: float) -> None:
        if self._page.parcels:
            y = self._head(y, "story_parcels")
            for parcel in self._page.parcels[:_MOST_PARCELS]:
                self._sheet.text(self._left, y, parcel.sscc, _CODE)
                self._sheet.name(self._left + _SSCC, y, parcel.state, TEXT, self._right - self._left - _SSCC)
                y += _STEP
            if more := len(self._page.parcels[_MOST_PARCELS:]):
                self._sheet.text(self._left, y, self._terms.say("story_more_parcels", count=more), TEXT)
                y += _STEP
        y = self._head(y, "story_happened")
        if self._hidden:
            self._sheet.text(self._left, y, self._terms.say("story_earlier", count=self._hidden), TEXT)
            y += _STEP
        for step, lines in self._steps:
            self._sheet.text(self._left, y, self._terms.instant(step.at), TEXT)
            self._sheet.name(self._right - _WHO, y, step.who, TEXT, _WHO)
            for line in lines:
                self._sheet.text(self._left + _WHEN, y, line, TEXT)
                y += _STEP

    def _head(self, y: float, caption: str) -> float:
        self._sheet.text(self._left, y + 6.4, self._terms.say(caption), _HEADING)
        return y + _HEADING_ROOM
