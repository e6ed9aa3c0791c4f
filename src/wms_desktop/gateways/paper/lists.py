"""Pick list, packing slip, manifest and goods-received note, each as a listing on office paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wms_desktop.domain.documents import (
    Address,
    Damage,
    Manifest,
    PackingSlip,
    PickList,
    PickRow,
    ReceivedNote,
    ReceivedRow,
    SlipLine,
)
from wms_desktop.gateways.paper import fonts, office
from wms_desktop.gateways.paper.office import STRONG, TEXT, Column, Listing, Part, Row
from wms_desktop.gateways.paper.sheets import Sheet, Style
from wms_desktop.gateways.paper.terms import Terms

_BIN = Style(fonts.BOLD, 21)
_BIG = Style(fonts.BOLD, 21)
_SMALL = Style(fonts.SANS, 8.5)
_WHOLE_LOT = 30
_WHOLE_PHOTO = 40
_NOTE_LINES = 6
_CODE = Style(fonts.MONO, 9.5)


def draw_pick_list(sheet: Sheet, pick: PickList, terms: Terms) -> None:
    """Rows in walking order, bin and quantity in letters for the arm's length, boxes for done and short."""
    say = terms.say
    units = sum(row.quantity for row in pick.rows)
    totes = len({row.tote for row in pick.rows if row.tote})
    facts = [
        (say("batch"), pick.batch),
        (say("picker"), pick.picker),
        (say("cart"), pick.cart),
        (say("due"), terms.instant(pick.due)),
        (say("lines"), str(len(pick.rows))),
        (say("units"), str(units)),
        (say("totes"), str(totes)),
        (say("walk"), say("metres", metres=pick.metres) if pick.metres else ""),
    ]
    columns = (
        Column("#", 9, "center"),
        Column(say("bin"), 53),
        Column(say("item")),
        Column(say("take"), 19, "center"),
        Column(say("tote"), 22, "center"),
        Column(say("done"), 11, "center", tick=True),
        Column(say("short"), 16, "center", tick=True),
    )
    rows = [_pick_row(place, row, terms) for place, row in enumerate(pick.rows, start=1)]

    def below(y: float) -> None:
        _draw_pick_end(sheet, pick, terms, (y, units, totes))

    listing = Listing(
        title=say("pick_list"),
        number=pick.number,
        facts=facts,
        columns=columns,
        rows=rows,
        below=(36.0, below),
    )
    office.draw(sheet, listing, terms)


def _pick_row(place: int, row: PickRow, terms: Terms) -> Row:
    item = [Part(row.name, STRONG, 3)]
    item.append(Part(" · ".join(part for part in (row.sku, row.attribute) if part), TEXT, 2))
    item += _origin(row, terms)
    if row.lot:
        item.append(Part(f"{terms.say('lot')} {row.lot}", STRONG, 1, whole=True))
    return Row(
        (
            (Part(str(place), TEXT),),
            (Part(row.bin, _BIN, whole=True),),
            tuple(item),
            (Part(str(row.quantity), _BIG, whole=True), Part(terms.unit(row.unit), _SMALL)),
            (Part(row.tote, Style(fonts.BOLD, 15), whole=True),),
            (),
            (),
        )
    )


def _draw_pick_end(sheet: Sheet, pick: PickList, terms: Terms, sums: tuple[float, int, int]) -> None:
    y, units, totes = sums
    left = sheet.shape.margin
    right = sheet.shape.width - left
    if not pick.rows:
        sheet.text(left, y + 8, terms.say("nothing"), office.VALUE)
    say = terms.say
    total = f"{say('lines')} {len(pick.rows)} · {say('units')} {units} · {say('totes')} {totes}"
    sheet.text(right, y + 8, total, office.VALUE, align="right")
    if pick.drop_off:
        sheet.text(left, y + 18, say("drop_off"), office.CAPTION)
        sheet.fit(left, y + 26, pick.drop_off, _BIN, 80, least=0.4)
    _draw_signature(sheet, say("picked_by"), y + 26, left + 90)
    sheet.name(left, y + 33, say("scan_list"), office.STRONG, right - left)


def _draw_signature(sheet: Sheet, caption: str, y: float, x: float) -> None:
    right = sheet.shape.width - sheet.shape.margin
    sheet.text(x, y - 8, caption, office.CAPTION)
    sheet.box(x, y, right - x, 0.25)


def draw_packing_slip(sheet: Sheet, slip: PackingSlip, terms: Terms) -> None:
    """What was ordered, what lies in this parcel, what is still to come and when."""
    say = terms.say
    facts = [
        (say("slip_order"), slip.order),
        (say("reference"), slip.reference),
        (say("slip_parcel"), terms.parcel(slip.parcel, slip.parcels)),
        (say("packed_on"), terms.day(slip.packed_on)),
    ]
    if slip.ordered_on or slip.carton:
        facts += [(say("ordered_on"), terms.day(slip.ordered_on)), (say("carton"), slip.carton)]
    columns = (
        Column(say("item")),
        Column(say("ordered"), 18, "center"),
        Column(say("sent"), 20, "center"),
        Column(say("here"), 26, "center"),
        Column(say("to_come"), 18, "center"),
        Column(say("expected"), 26),
    )

    def above(y: float) -> None:
        _draw_address(sheet, slip.sender, "", sheet.shape.margin, y)
        _draw_address(sheet, slip.receiver, say("deliver_to"), sheet.shape.width / 2, y)

    open_units = sum(line.to_come for line in slip.lines)

    def below(y: float) -> None:
        words = say("more_to_come", units=open_units) if open_units else say("all_here")
        sheet.name(sheet.shape.margin, y + 9, words, office.VALUE, sheet.shape.width - 2 * sheet.shape.margin)

    lines = max(len(slip.sender.lines), len(slip.receiver.lines))
    listing = Listing(
        title=say("packing_slip"),
        number=slip.number,
        facts=facts,
        columns=columns,
        rows=[_slip_row(line, terms) for line in slip.lines],
        above=(24.0 + 4.6 * min(lines, 5), above),
        below=(14.0, below),
    )
    office.draw(sheet, listing, terms)


def _slip_row(line: SlipLine, terms: Terms) -> Row:
    item = [Part(line.name, STRONG, 2), Part(" · ".join(x for x in (line.sku, line.attribute) if x), TEXT, 2)]
    item += _origin(line, terms)
    if line.cancelled:
        item.append(Part(terms.say("cancelled", count=line.cancelled), TEXT))
    when = terms.day(line.expected) or (terms.say("no_date") if line.to_come else "")
    return Row(
        (
            tuple(item),
            (Part(str(line.ordered), TEXT),),
            (Part(str(line.sent or "-"), TEXT),),
            (Part(str(line.here or "-"), Style(fonts.BOLD, 14)),),
            (Part(str(line.to_come or "-"), STRONG if line.to_come else TEXT),),
            (Part(when, TEXT, 2),),
        )
    )


def _origin(row: SlipLine | PickRow, terms: Terms) -> list[Part]:
    """What was ordered where this item stands for it, and the kit it belongs to."""
    told = (("instead_of", row.instead_of), ("part_of", row.part_of))
    return [Part(terms.say(caption, item=item), TEXT, 2) for caption, item in told if item]


def _draw_address(sheet: Sheet, address: Address, caption: str, x: float, y: float) -> None:
    width = sheet.shape.width / 2 - sheet.shape.margin - 3
    sheet.text(x, y + 3, caption, office.CAPTION)
    town = " ".join(part for part in (address.postcode, address.city) if part)
    lines = [address.name, *address.lines[:5], town, address.country.upper()]
    for place, line in enumerate([line for line in lines if line]):
        sheet.name(x, y + 8 + 4.6 * place, line, office.STRONG if place == 0 else TEXT, width)


def draw_manifest(sheet: Sheet, manifest: Manifest, terms: Terms) -> None:
    """The carrier's list, as it was when it was closed."""
    say = terms.say
    total = terms.kilograms(sum(row.weight_g for row in manifest.rows))
    facts = [
        (say("carrier").capitalize(), manifest.carrier),
        (say("closed"), terms.instant(manifest.closed)),
        (say("parcels"), str(len(manifest.rows))),
        (say("total_weight"), total),
    ]
    columns = (
        Column("#", 11, "center"),
        Column(say("sscc"), 43),
        Column(say("slip_order"), 30),
        Column(say("receiver")),
        Column(say("place"), 36),
        Column(say("weight").capitalize(), 20, "right"),
    )
    rows = [
        Row(
            (
                (Part(str(place), _SMALL),),
                (Part(row.sscc, _CODE, whole=True),),
                (Part(row.order, TEXT, whole=True),),
                (Part(row.receiver, TEXT),),
                (Part(row.place, TEXT),),
                (Part(terms.kilograms(row.weight_g), TEXT),),
            )
        )
        for place, row in enumerate(manifest.rows, start=1)
    ]

    def above(y: float) -> None:
        _draw_address(sheet, manifest.sender, "", sheet.shape.margin, y)

    def below(y: float) -> None:
        _draw_signature(sheet, say("handed_over"), y + 22, sheet.shape.margin)

    listing = Listing(
        title=say("manifest"),
        number=manifest.number,
        facts=facts,
        columns=columns,
        rows=rows,
        above=(24.0 + 4.6 * min(len(manifest.sender.lines), 5), above),
        below=(26.0, below),
    )
    office.draw(sheet, listing, terms)


def draw_received_note(sheet: Sheet, note: ReceivedNote, terms: Terms) -> None:
    """What came against what was expected, the differences first."""
    say = terms.say
    facts = [
        (say("purchase"), note.purchase),
        (say("supplier"), note.supplier),
        (say("received"), terms.instant(note.received)),
        (say("clerk"), note.clerk),
    ]
    columns = (
        Column(say("item")),
        Column(say("expected_units"), 22, "center"),
        Column(say("good"), 20, "center"),
        Column(say("damaged"), 20, "center"),
        Column(say("difference"), 32, "center"),
    )
    differing = [row for row in note.rows if row.difference or row.damaged or row.checking or row.not_ordered]
    others = [row for row in note.rows if row not in differing]
    rows = [Row(heading=say("differences") if differing else say("no_differences"))]
    rows += _received_rows(differing, terms)
    if others:
        rows += [Row(heading=say("as_expected")), *_received_rows(others, terms)]
    listing = Listing(title=say("received_note"), number=note.number, facts=facts, columns=columns, rows=rows)
    office.draw(sheet, listing, terms)


def _what_is_odd(row: ReceivedRow, terms: Terms) -> list[Part]:
    """What became of units that are not simply good: each a few words, damage with the clerk's note and its picture."""
    said = [part for one in row.damages for part in _what_is_damaged(one, terms)]
    said += [Part(terms.say("not_ordered", qty=row.not_ordered), _SMALL)] if row.not_ordered else []
    return said + ([Part(terms.say("to_check", qty=row.checking), _SMALL)] if row.checking else [])


def _what_is_damaged(damage: Damage, terms: Terms) -> Iterator[Part]:
    said = f"{damage.qty} {terms.say(f'damage.{damage.reason}').removeprefix('damage.')}"
    yield Part(f"{said}: {damage.note}" if damage.note else said, _SMALL, _NOTE_LINES)
    if damage.photo:
        yield Part(terms.say("damage_photo", photo=damage.photo), _SMALL, whole=len(damage.photo) <= _WHOLE_PHOTO)


def _received_rows(rows: Iterable[ReceivedRow], terms: Terms) -> list[Row]:
    shown = []
    for row in rows:
        item = [Part(row.name, STRONG, 2), Part(row.sku, TEXT)]
        if row.lot:
            item.append(Part(f"{terms.say('lot')} {row.lot}", TEXT, whole=len(row.lot) <= _WHOLE_LOT))
        item += _what_is_odd(row, terms)
        difference = [Part(f"{row.difference:+d}" if row.difference else "", Style(fonts.BOLD, 13))]
        if row.due:
            day = terms.day(row.due)
            said = terms.say("still_due_units", qty=row.still_due, day=day) if row.still_due else ""
            difference.append(Part(said or terms.say("still_due", day=day), _SMALL))
        shown.append(
            Row(
                (
                    tuple(item),
                    (Part(str(row.expected), TEXT),),
                    (Part(str(row.good), STRONG),),
                    (Part(str(row.damaged) if row.damaged else "", STRONG),),
                    tuple(difference),
                )
            )
        )
    return shown
