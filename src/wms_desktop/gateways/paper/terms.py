"""The words around the facts: captions in the document's language, dates, and the marks of copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from wms_desktop.errors import Value

ENGLISH: Mapping[str, str] = {
    "page_of": "{page} / {pages}",
    "copy": "COPY {copy}",
    "attempt": "ATTEMPT {attempt}",
    "training": "TRAINING - NOT REAL GOODS",
    "from": "FROM",
    "to": "SHIP TO",
    "carrier": "CARRIER",
    "route": "ROUTE",
    "parcel": "PARCEL",
    "parcel_of": "{parcel} of {parcels}",
    "weight": "WEIGHT",
    "kg": "{kg} kg",
    "order": "ORDER",
    "postcode": "SHIP-TO POSTCODE",
    "sscc": "SSCC",
    "pick_list": "Pick list",
    "batch": "Batch",
    "picker": "Picker",
    "cart": "Cart",
    "due": "Due",
    "walk": "Walk",
    "metres": "{metres} m",
    "bin": "Bin",
    "item": "Item",
    "lot": "Lot",
    "take": "Take",
    "tote": "Tote",
    "done": "Done",
    "short": "Short",
    "lines": "Lines",
    "units": "Units",
    "totes": "Totes",
    "drop_off": "Drop off at",
    "picked_by": "Picked by",
    "scan_list": "When done: scan this list, then the drop-off place",
    "nothing": "Nothing to pick.",
    "unit.each": "each",
    "unit.case": "case",
    "unit.pallet": "pallet",
    "cross_dock": "CROSS-DOCK",
    "lane": "LANE",
    "customer": "CUSTOMER",
    "quantity": "QUANTITY",
    "must_leave_by": "MUST LEAVE BY",
    "receipt": "FROM RECEIPT",
    "do_not_put_away": "DO NOT PUT AWAY",
    "packing_slip": "Packing slip",
    "slip_order": "Order",
    "reference": "Your reference",
    "ordered_on": "Ordered",
    "packed_on": "Packed",
    "slip_parcel": "Parcel",
    "carton": "Carton",
    "ordered": "Ordered",
    "sent": "Sent before",
    "here": "In this parcel",
    "to_come": "To come",
    "expected": "Expected",
    "cancelled": "{count} cancelled",
    "instead_of": "Instead of {item}",
    "part_of": "Part of {item}",
    "deliver_to": "Deliver to",
    "all_here": "With this parcel your order is complete.",
    "more_to_come": "{units} more will follow; the list says when.",
    "no_date": "date not known yet",
    "bin_label": "BIN",
    "tote_label": "TOTE",
    "cart_label": "CART",
    "item_label": "ITEM",
    "item_lot": "LOT",
    "item_expiry": "EXPIRES",
    "role.picker": "Picker",
    "role.packer": "Packer",
    "role.receiver": "Receiver",
    "role.supervisor": "Supervisor",
    "role.buyer": "Buyer",
    "role.admin": "Administrator",
    "badge": "BADGE",
    "badges": "Badges",
    "desk_sheet": "Desk sheet",
    "desk_sheet.sub": "Scan a command instead of pressing its key.",
    "key.yes": "Yes",
    "key.short": "Short",
    "key.decline": "Decline",
    "key.full": "Full",
    "key.find": "Find",
    "key.undo": "Undo",
    "key.reprint": "Print again",
    "key.next_parcel": "Next parcel",
    "key.why": "Why?",
    "key.lock": "Lock",
    "key.skip": "Skip",
    "key.done": "Done",
    "key.damaged": "Damaged",
    "key.back": "Back",
    "key.blind": "No paper",
    "sheet.by_hand": "Work the demo warehouse by hand",
    "sheet.badges": "Badges",
    "sheet.deliveries": "Deliveries",
    "sheet.items": "Items",
    "sheet.lanes": "Lanes",
    "sheet.bins": "Bins",
    "sheet.totes": "Totes and carts",
    "sheet.lists": "Pick lists",
    "sheet.commands": "Commands",
    "sheet.pallets": "Pallets",
    "order_story": "Order",
    "story_customer": "Customer",
    "story_placed": "Placed",
    "story_leaves": "Must leave",
    "story_promised": "Promised",
    "story_service": "Sent by",
    "story_made": "As of",
    "story_sent": "Sent",
    "story_where": "Where it is",
    "story_parcels": "Parcels",
    "story_more_parcels": "{count} more parcels are on the screen.",
    "story_happened": "What happened",
    "story_earlier": "{count} earlier entries are on the screen.",
    "manifest": "Manifest",
    "closed": "Closed",
    "parcels": "Parcels",
    "receiver": "Receiver",
    "place": "Place",
    "total_weight": "Total weight",
    "handed_over": "Handed over (name, signature, time)",
    "received_note": "Goods-received note",
    "purchase": "Purchase order",
    "supplier": "Supplier",
    "received": "Received",
    "clerk": "Received by",
    "differences": "Differences",
    "as_expected": "As expected",
    "no_differences": "No differences.",
    "expected_units": "Expected",
    "good": "Good",
    "damaged": "Damaged",
    "difference": "Difference",
    "still_due": "due {day}",
    "still_due_units": "{qty} due {day}",
    "not_ordered": "{qty} not ordered",
    "to_check": "{qty} to be checked",
    "damage_photo": "picture {photo}",
    "damage.crushed": "crushed",
    "damage.wet": "wet",
    "damage.broken": "broken",
    "damage.other": "other damage",
    "damage.expired": "past its expiry day",
    "damage.failed": "failed the inspection",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}
# The keyboard's key beside the barcode; the same in every language.
KEY_NAMES: Mapping[str, str] = {
    "yes": "F8",
    "short": "F2",
    "decline": "F2",
    "full": "F2",
    "find": "F3",
    "undo": "F4",
    "reprint": "F5",
    "next_parcel": "F6",
    "why": "F9",
    "lock": "F12",
    "skip": "F7",
    "done": "F10",
    "damaged": "F11",
    "back": "Esc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How one print is worded: its captions, the site's time zone, and which print of the document it is."""

    captions: Mapping[str, str]
    zone: tzinfo
    copy: int = 0
    attempt: int = 1
    training: bool = False

    def say(self, code: str, **facts: Value) -> str:
        """The caption, filled in; a code that the language lacks is said in English, an unknown one as it is."""
        template = self.captions.get(code) or ENGLISH.get(code) or code
        return template.format_map(facts) if facts else template

    def unit(self, name: str) -> str:
        """The word for a unit of quantity; a unit nobody translated stays as it is."""
        return self.captions.get(f"unit.{name}") or ENGLISH.get(f"unit.{name}") or name

    def instant(self, at: datetime | None) -> str:
        """Site time to the minute, unmistakable in every language; empty if there is none."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at else ""

    def day(self, on: date | None) -> str:
        """The day, year first; empty if there is none."""
        return on.isoformat() if on else ""

    def kilograms(self, grams: int) -> str:
        """Grams as kilograms with two decimals, a part of 10 g rounded up: a label never says too little."""
        hundredths = -(-grams // 10)
        return self.say("kg", kg=f"{hundredths // 100}.{hundredths % 100:02d}")

    def parcel(self, parcel: int, parcels: int) -> str:
        """Which parcel of how many; the number alone while nobody knows how many follow (``parcels`` 0)."""
        return self.say("parcel_of", parcel=parcel, parcels=parcels) if parcels else str(parcel)

    def list_marks(self) -> list[str]:
        """What tells this print from the first one: COPY, attempt, training."""
        marks = []
        if self.training:
            marks.append(self.say("training"))
        if self.copy:
            marks.append(self.say("copy", copy=self.copy))
        if self.attempt > 1:
            marks.append(self.say("attempt", attempt=self.attempt))
        return marks
