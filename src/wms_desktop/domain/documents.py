"""What each document says, as frozen values: codes, numbers and texts only; captions and drawing are made above.

Every document has a ``kind``, a ``number`` that a scan resolves back to the screen, a stable text for the print
outbox and a content hash (a change of address, weight or content makes a printed label void).
Instants are aware and UTC, lengths metres, weights grams, quantities in stock-keeping units.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar

from wms_desktop.domain import countries, payloads, sscc
from wms_desktop.errors import BadInput

KEY_PREFIX = "WMS-KEY-"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a parcel comes from or goes to; ``country`` is two letters (ISO 3166-1)."""

    name: str
    lines: tuple[str, ...]
    postcode: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingLabel:
    """The GS1 logistic label of one carton; its number is its SSCC. ``parcels`` 0: not known yet how many follow."""

    kind: ClassVar[str] = "shipping_label"
    sender: Address
    receiver: Address
    carrier: str
    service: str
    route: str
    parcel: int
    parcels: int
    weight_g: int
    order: str
    sscc: str
    language: str = "en"

    def __post_init__(self) -> None:
        if not sscc.is_sscc(self.sscc):
            raise BadInput("sscc_wrong", text=self.sscc)
        if self.parcel < 1 or 0 < self.parcels < self.parcel or self.parcels < 0:
            raise BadInput("parcel_wrong", parcel=self.parcel, parcels=self.parcels)

    @property
    def number(self) -> str:
        """The SSCC, as its symbol says it."""
        return self.sscc

    def find_ship_to(self) -> tuple[str, str] | None:
        """The ship-to postcode as (AI, value): 420 within the sender's country, 421 with the country outside it.

        Blanks and hyphens are left out. None where there is no postcode, or none that a GS1 symbol can say:
        the carrier then sorts by the printed address (GS1 General Specifications, 3.6).
        """
        postcode = "".join(c for c in self.receiver.postcode.upper() if c not in " -")
        country = countries.find_number(self.receiver.country)
        if country is None or not (postcode.isascii() and postcode.isalnum()):
            return None
        if country == countries.find_number(self.sender.country):
            return ("420", postcode) if len(postcode) <= 20 else None
        return ("421", country + postcode) if len(postcode) <= 9 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """One stop of a pick list; ``attribute`` tells the item from its look-alikes (size, colour, pack).

    ``instead_of`` and ``part_of`` as on the packing slip.
    """

    bin: str
    sku: str
    name: str
    quantity: int
    attribute: str = ""
    lot: str = ""
    tote: str = ""
    unit: str = "each"
    instead_of: str = ""
    part_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """A batch on paper, its rows in walking order; ``metres`` is the length of the tour, ``drop_off`` its end."""

    kind: ClassVar[str] = "pick_list"
    number: str
    batch: str
    rows: tuple[PickRow, ...]
    picker: str = ""
    cart: str = ""
    due: datetime | None = None
    metres: int = 0
    drop_off: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossDockTag:
    """The tag of a tote or pallet that goes from the dock to a lane; its number is scanned at the lane."""

    kind: ClassVar[str] = "crossdock_tag"
    number: str
    lane: str
    order: str
    customer: str
    quantity: int
    sku: str
    item: str
    receipt: str
    must_leave_by: datetime | None = None
    unit: str = "each"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """One ordered line on a packing slip.

    ``sent`` went in earlier parcels, ``here`` lies in this one, ``to_come`` follows (``expected``: the day it is
    likely to). ``instead_of`` names the ordered item where this one is its substitute, ``part_of`` the kit that it
    belongs to.
    """

    sku: str
    name: str
    ordered: int
    here: int
    sent: int = 0
    to_come: int = 0
    expected: date | None = None
    attribute: str = ""
    instead_of: str = ""
    cancelled: int = 0
    part_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingSlip:
    """What the customer finds in the parcel: ordered, in this parcel, still to come and when.

    ``parcels`` 0: not known yet how many follow.
    """

    kind: ClassVar[str] = "packing_slip"
    number: str
    order: str
    sender: Address
    receiver: Address
    parcel: int
    parcels: int
    lines: tuple[SlipLine, ...]
    reference: str = ""
    carton: str = ""
    ordered_on: date | None = None
    packed_on: date | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Mark:
    """One code to stick on something, and the words beside it."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLabel:
    """Labels of bins, one a sticker."""

    kind: ClassVar[str] = "bin_label"
    marks: tuple[Mark, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteLabel:
    """Labels of totes, one a sticker."""

    kind: ClassVar[str] = "tote_label"
    marks: tuple[Mark, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLabel:
    """Labels of carts, one a sticker."""

    kind: ClassVar[str] = "cart_label"
    marks: tuple[Mark, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLabel:
    """The label of one unit of an item, in the house's own code; of several units so many copies are printed.

    ``code`` is the item's shortest GTIN where ``is_gtin``, else what its plain symbol says, up to ``most_letters``.
    ``lot`` and ``expiry`` as far as the item is told apart by them.
    """

    kind: ClassVar[str] = "item_label"
    most_letters: ClassVar[int] = 31
    """Letters of a plain code that the narrowest bars which every scanner reads can say on a label."""
    code: str
    is_gtin: bool
    sku: str
    name: str
    lot: str = ""
    expiry: date | None = None
    language: str = "en"

    @property
    def number(self) -> str:
        """The sku: a scan or a typed search finds the item by it."""
        return self.sku


@dataclass(frozen=True, slots=True)
class Badge:
    """A person's badge; ``role`` is a caption code (``role.picker``) or empty."""

    code: str
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeSheet:
    """Badges to cut out."""

    kind: ClassVar[str] = "badge_sheet"
    house: str
    badges: tuple[Badge, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSheet:
    """The keys of the floor screens as barcodes, to lay on the bench; ``keys`` are names such as ``yes``."""

    kind: ClassVar[str] = "desk_sheet"
    keys: tuple[str, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Entry:
    """One barcode to scan by hand.

    ``symbology`` is ``code128``, ``gtin`` (EAN-8, UPC-A, EAN-13, or (01) for 14 digits) or ``gs1`` (``code`` in
    brackets: ``(01)09521234543213(10)AB1``).
    """

    code: str
    text: str
    symbology: str = "code128"


@dataclass(frozen=True, slots=True)
class Section:
    """Barcodes under one heading; ``caption`` is a caption code (``sheet.items``)."""

    caption: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeSheet:
    """Barcodes to work the demo warehouse by hand; ``title`` is a caption code."""

    kind: ClassVar[str] = "barcode_sheet"
    title: str
    sections: tuple[Section, ...]
    number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One carton on a carrier's list."""

    sscc: str
    order: str
    receiver: str
    place: str
    weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The list handed to a carrier, frozen when it was closed."""

    kind: ClassVar[str] = "manifest"
    number: str
    carrier: str
    sender: Address
    rows: tuple[ManifestRow, ...]
    closed: datetime | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Units that came damaged for one reason: a word of the house, what the clerk wrote, the picture's file."""

    reason: str
    qty: int
    note: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRow:
    """One item of a receipt, in units: expected when it began, come good, damaged and still to be checked.

    ``lot``: the lots it came in. ``not_ordered`` of what came nobody ordered; ``still_due`` are due on ``due``.
    """

    sku: str
    name: str
    expected: int
    good: int
    damaged: int = 0
    lot: str = ""
    due: date | None = None
    still_due: int = 0
    checking: int = 0
    not_ordered: int = 0
    damages: tuple[Damage, ...] = ()

    @property
    def difference(self) -> int:
        """Units that came beyond (or, negative, short of) those expected, whatever their condition."""
        return self.good + self.damaged + self.checking - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNote:
    """The goods-received note: differences first."""

    kind: ClassVar[str] = "received_note"
    number: str
    purchase: str
    supplier: str
    rows: tuple[ReceivedRow, ...]
    received: datetime | None = None
    clerk: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One line of an order's page: what was ordered, what has left, and ``where`` the units are, in sentences."""

    sku: str
    name: str
    ordered: int
    shipped: int
    where: tuple[str, ...]
    expected: date | None = None
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class PageParcel:
    """One parcel of an order's page, and where it stands in words."""

    sscc: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStep:
    """Something that happened to an order, and who did it ("": the house itself)."""

    at: datetime
    text: str
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """An order's story for its customer; its number is the order's. ``answer`` says where it is, in a sentence."""

    kind: ClassVar[str] = "order_story"
    number: str
    customer: str
    address: tuple[str, ...]
    service: str
    placed: datetime
    leave_by: datetime
    promise: date
    answer: str
    lines: tuple[PageLine, ...]
    parcels: tuple[PageParcel, ...]
    steps: tuple[PageStep, ...]
    made: datetime
    language: str = "en"


Stickers = BinLabel | ToteLabel | CartLabel
Document = (
    ShippingLabel
    | PickList
    | CrossDockTag
    | PackingSlip
    | Stickers
    | ItemLabel
    | BadgeSheet
    | DeskSheet
    | BarcodeSheet
    | Manifest
    | ReceivedNote
    | OrderPage
)
_KINDS: dict[str, type[Document]] = {
    shape.kind: shape
    for shape in (
        ShippingLabel,
        PickList,
        CrossDockTag,
        PackingSlip,
        BinLabel,
        ToteLabel,
        CartLabel,
        ItemLabel,
        BadgeSheet,
        DeskSheet,
        BarcodeSheet,
        Manifest,
        ReceivedNote,
        OrderPage,
    )
}
KINDS = tuple(_KINDS)


def as_payload(document: Document) -> str:
    """The document as text for the print outbox: the same text for the same content, plain ASCII JSON."""
    facts = {field.name: payloads.as_plain(getattr(document, field.name)) for field in fields(document)}
    body = {"kind": document.kind, "version": _VERSION, "facts": facts}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_payload(kind: str, text: str) -> Document:
    """The document again. Refuses ``bad_document``: another kind, another version, or not as it was written."""
    shape = _KINDS.get(kind)
    try:
        body = json.loads(text)
        if shape is None or body["kind"] != kind or body["version"] != _VERSION:
            raise BadInput("bad_document", kind=kind)
        return payloads.from_plain(shape, body["facts"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise BadInput("bad_document", kind=kind) from fault


def content_hash(document: Document) -> str:
    """SHA-256 of what the document says, 64 hex digits; equal content gives an equal hash, on any machine."""
    return hashlib.sha256(as_payload(document).encode("ascii")).hexdigest()


def key_code(name: str) -> str:
    """What the barcode of a key says: ``WMS-KEY-YES`` for ``yes``."""
    return KEY_PREFIX + name.upper()
