"""Files on their way in: how they were read, what they would change, what is wrong, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from wms_desktop.prompts import Message

KINDS = ("orders", "products", "stock", "purchases", "notices")
OF_DOCUMENTS = ("orders", "purchases", "notices")
"""Kinds of which several rows make one document, which goes in whole or not at all."""
FORMATS = ("shopify", "amazon", "woocommerce", "x12", "edifact", "csv", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is read. ``encoding``, ``delimiter``, ``decimal`` ("." or ",") and ``dates`` (ymd, dmy, mdy) are
    detected and shown, and may be set. ``mapping`` says which column (its title) is which field of ours; ``constants``
    fill fields that the file does not have. ``header`` is the row of the titles, from 1 (0: there are none; the
    columns are then called "1", "2", ...). ``restore_zeros`` puts back the leading zeros of barcodes that seem to
    have lost them; without it they are refused, each with the offer.
    """

    kind: str
    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    dates: str = "ymd"
    sheet: str = ""
    header: int = 1
    restore_zeros: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The first look at a file: the proposed reading, its columns with sample values, and the fields that may be
    mapped: (name, whether it must be there). ``sheets`` names the sheets of a workbook, in its order.
    """

    file_name: str
    reading: Reading
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    fields: tuple[tuple[str, bool], ...]
    notes: tuple[Message, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Control totals of what was read or would go in: documents, rows, units, money by currency."""

    documents: int
    rows: int
    units: int
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refused row: where it stands in the file, what is wrong, and (in ``cure``) what to do."""

    row_id: int
    line: int
    key: str
    column: str
    value: str
    rule: str
    cure: Message
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What publishing a run would do; nothing of it is in the house yet.

    ``total`` is the whole file, ``good`` what would go in, ``bad`` what is refused; ``sample`` are the first good
    rows; ``fresh``, ``updated`` and ``untouched`` count documents; ``notes`` warn (already imported, odd values).
    ``declared`` are the file's own control counts, ``field_totals`` sum up each field as it was read.
    """

    run_id: int
    file_name: str
    reading: Reading
    state: str
    total: Totals
    good: Totals
    bad: Totals
    fresh: int
    updated: int
    untouched: int
    problem_count: int
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    notes: tuple[Message, ...]
    declared: tuple[Declared, ...] = ()
    field_totals: tuple[FieldTotals, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run in the list of imports."""

    run_id: int
    at: datetime
    kind: str
    format: str
    file_name: str
    by: str
    state: str
    good: int
    bad: int


FIELDS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "orders": (
        ("number", True), ("sku", True), ("qty", True), ("barcode", False), ("name", False), ("unit", False),
        ("price", False), ("line_no", False), ("cancelled", False), ("made_to_order", False),
        ("line_release_on", False), ("customer_code", False), ("customer_name", False), ("placed_at", False),
        ("promise", False), ("leave_by", False), ("release_on", False), ("service", False), ("currency", False),
        ("is_paid", False), ("is_cancelled", False), ("priority_class", False), ("ship_rule", False),
        ("channel", False), ("note", False),
        ("ship_name", False), ("street", False), ("postcode", False), ("city", False), ("country", False),
    ),
    "products": (
        ("sku", True), ("name", True), ("barcode", False), ("case_barcode", False), ("units_per_case", False),
        ("brand", False), ("category", False), ("price", False), ("weight_g", False), ("length_mm", False),
        ("width_mm", False), ("height_mm", False), ("velocity", False), ("lot_tracked", False),
        ("expiry_tracked", False), ("backorders", False), ("backorder_limit", False), ("safety_stock", False),
        ("release_on", False), ("removal", False), ("kit", False), ("substitutes", False),
        ("serial_tracked", False), ("is_inspected", False), ("is_relabelled", False), ("opens_cases", False),
        ("face", False), ("face_min", False), ("face_max", False), ("mixing", False),
    ),
    "stock": (
        ("location", True), ("sku", False), ("barcode", False), ("qty", True), ("lot", False), ("expiry", False),
        ("condition", False),
    ),
    "purchases": (
        ("number", True), ("sku", True), ("qty", True), ("barcode", False), ("name", False), ("unit", False),
        ("price", False), ("supplier_code", False), ("supplier_name", False), ("due", False), ("placed_at", False),
        ("is_cancelled", False),
    ),
    "notices": (
        ("number", True), ("sku", True), ("qty", True), ("barcode", False), ("name", False), ("unit", False),
        ("purchase", False), ("supplier_code", False), ("supplier_name", False), ("due", False), ("shipped_on", False),
        ("carrier", False), ("lot", False), ("expiry", False), ("pallet", False), ("carton", False),
        ("is_cancelled", False),
    ),
}  # fmt: skip
"""The fields of ours, by kind, and whether each must be there. One record per line of an
order, purchase order or notice, per product or stock row.

A reader gives canonical text: whole numbers as digits, amounts with a point, days and instants in ISO form (an
instant without a zone is the site's own clock), flags as "1" or "0", "" where nothing was said. ``kit`` and
``substitutes`` are lists: "SKU*2;SKU*1" and "SKU;SKU".
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row as it was read: the line (segment, sheet row) it began at, its document's key, its fields by name."""

    line: int
    key: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row that cannot be read: where, which column, its value, the rule it breaks (a code) and what fills it."""

    line: int
    key: str
    column: str
    value: str
    rule: str
    args: Mapping[str, str | int]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A control count that the file itself carries (lines, segments, units, money), and what was counted.

    ``what`` is a code of the phrases; ``said`` and ``counted`` are texts. They differ only where the difference does
    not refuse the rows, and a note of the ending tells it.
    """

    what: str
    said: str
    counted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTotals:
    """What one field holds over all rows: in how many it is filled, how many different values, the least and the most.

    Quantities and amounts are compared as numbers, days and instants by time, anything else as text.
    """

    name: str
    filled: int
    different: int
    least: str
    most: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a file that was read: control totals, so that a value which changed its meaning shows.

    ``totals`` are of all rows, the refused ones too as far as they can be read; ``good`` of the records alone;
    ``faults`` counts the refused rows. ``declared`` are the file's own control counts, ``columns`` sums up each field
    of the records, ``notes`` say what was tolerated.
    """

    totals: Totals
    good: Totals
    faults: int
    declared: tuple[Declared, ...] = ()
    columns: tuple[FieldTotals, ...] = ()
    notes: tuple[Message, ...] = ()
