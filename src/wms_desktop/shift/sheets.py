"""The demo's printable sheets: badges, labels, keys, and the barcodes to work it by hand, as PDFs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from wms_desktop.domain.documents import (
    Badge,
    BadgeSheet,
    BarcodeSheet,
    BinLabel,
    CartLabel,
    DeskSheet,
    Document,
    Entry,
    Mark,
    Section,
    ToteLabel,
)
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.shift import world
from wms_desktop.shift.world import World
from wms_desktop.shift.world_facts import SheetCode

_FLOOR_KINDS = ("dock", "hold", "lane", "bench", "truck")
_CAPTIONS: Mapping[str, str] = {
    "badges": "sheet.badges",
    "keys": "sheet.commands",
    "deliveries": "sheet.deliveries",
    "places": "sheet.lanes",
    "totes": "sheet.totes",
    "goods on the truck": "sheet.items",
    "bins": "sheet.bins",
}
_DPI = 300


def write(folder: Path, seed: int) -> list[Path]:
    """Writes every sheet of the demo of that seed into the folder, which is made; gives the files in reading order.

    ``1-your-turn.pdf`` holds the five barcodes that receive the first case into its lanes.
    """
    made = world.build(seed, datetime.now(UTC))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, document in _documents(made):
        path = folder / f"{name}.pdf"
        path.write_bytes(render(document, dpi=_DPI, page="A4", zone=made.site.timezone))
        written.append(path)
    return written


def _documents(made: World) -> list[tuple[str, Document]]:
    bins = [Mark(place.code, f"{place.zone}, level {place.level}") for place in made.locations if place.kind == "bin"]
    places = [Mark(p.code, p.service or p.carrier) for p in made.locations if p.kind in _FLOOR_KINDS]
    carts = [Mark(place.code) for place in made.locations if place.kind == "cart"]
    badges = tuple(Badge(p.badge, p.name, f"role.{p.role}") for p in made.operators)
    return [
        ("1-your-turn", _sheet(_your_turn(made))),
        ("2-by-hand", _sheet(made.barcode_sheet())),
        ("3-badges", BadgeSheet(house=made.site.address.name, badges=badges)),
        ("4-desk-sheet", DeskSheet(keys=tuple(key.lower() for key, _ in world.DESK_KEYS))),
        ("5-places", BinLabel(marks=tuple(places))),
        ("6-carts", CartLabel(marks=tuple(carts))),
        ("7-totes", ToteLabel(marks=tuple(Mark(tote) for tote in made.totes))),
        ("8-bins", BinLabel(marks=tuple(bins))),
    ]


def _your_turn(made: World) -> list[SheetCode]:
    """A badge, a delivery's paper, the first case on the truck, and the two lanes it goes to."""
    clerk = next(person for person in made.operators if person.role == "receiver")
    delivery = made.physical.deliveries[0]
    case = delivery.packs[0]
    name = next(product.name for product in made.products if product.sku == case.sku)
    services = {order.service for order in made.orders if any(line.sku == case.sku for line in order.lines)}
    lanes = [place for place in made.locations if place.kind == "lane" and place.service in services]
    return [
        SheetCode(section="badges", code=clerk.badge, text=f"{clerk.name}, {clerk.role}"),
        SheetCode(section="deliveries", code=delivery.po_number, text=f"Purchase order {delivery.po_number}"),
        SheetCode(section="goods on the truck", code=case.barcode, text=f"{name}, {case.kind} of {case.units}"),
        *(SheetCode(section="places", code=lane.code, text=f"{lane.kind} {lane.service}") for lane in lanes),
    ]


def _sheet(codes: Iterable[SheetCode]) -> BarcodeSheet:
    sections: dict[str, list[Entry]] = {}
    for code in codes:
        sections.setdefault(_CAPTIONS[code.section], []).append(_entry(code))
    parts = tuple(Section(caption, tuple(entries)) for caption, entries in sections.items())
    return BarcodeSheet(title="sheet.by_hand", sections=parts)


def _entry(row: SheetCode) -> Entry:
    """A product's code as the symbol that a product bears; GS1 element strings with their brackets."""
    text = row.text or row.code
    if row.code.startswith("]C1"):
        from biip.gs1_messages import GS1Message  # late: start-up

        return Entry(GS1Message.parse(row.code.removeprefix("]C1")).as_hri(), text, "gs1")
    if row.code.isdigit():
        return Entry(row.code, text, "gtin")
    return Entry(row.code, text)
