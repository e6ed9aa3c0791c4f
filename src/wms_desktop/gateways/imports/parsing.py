"""Reads a whole file from a stream: the one function that the limited process runs, and tests run in their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from wms_desktop.domain import written
from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import edifact, x12
from wms_desktop.gateways.imports.columns import Columns
from wms_desktop.gateways.imports.sheets import SheetRows
from wms_desktop.gateways.imports.shops import AmazonHand, ShopifyHand, WooHand, recognise
from wms_desktop.gateways.imports.tables import Hand, PlainHand, Reader, Rows, columns_of, find_titles, take_rows
from wms_desktop.gateways.imports.tally import Tally
from wms_desktop.gateways.imports.text_rows import DELIMITERS, decode, survey, text_rows
from wms_desktop.views.imports import FIELDS, Ending, Fault, Reading, Record

_HANDS: Mapping[str, Callable[[Columns], Hand]] = {
    "shopify": ShopifyHand,
    "amazon": AmazonHand,
    "woocommerce": WooHand,
}
_ORDERS_ONLY = ("shopify", "amazon")
_SEGMENTS = ("x12", "edifact")


def parse(stream: BinaryIO, name: str, reading: Reading) -> Iterator[Record | Fault | Ending]:
    """The rows of a file that can be sought in, then its ending.

    Refuses ``import.read.*``, each naming the ``file`` and, where there is one, the ``line`` (row, segment).
    """
    tally = Tally()
    try:
        reader = _reader(stream, reading)
        while True:
            try:
                row = next(reader)
            except StopIteration as end:
                declared, notes = end.value
                break
            if isinstance(row, Record):
                tally.add(row)
            else:
                row = visible(row)
                tally.add_fault(row)
            yield row
        if not tally.rows:
            raise BadInput("import.read.no_rows", line=reading.header)
    except BadInput as fault:
        raise named(fault, name) from fault
    yield tally.ending(declared, notes)


def named(fault: BadInput, name: str) -> BadInput:
    """The refusal with the file's name in it."""
    return BadInput(fault.code, **{"file": name, **fault.args_})


def visible(fault: Fault) -> Fault:
    """The fault with its broken bytes and control characters written out: <E9>, <00>."""
    texts = (fault.key, fault.column, fault.value, *fault.fields.values())
    if all(text.isprintable() for text in texts):
        return fault
    shown = {name: _shown(value) for name, value in fault.fields.items()}
    return replace(fault, key=_shown(fault.key), column=_shown(fault.column), value=_shown(fault.value), fields=shown)


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else f"<{ord(sign) & 0xFF:02X}>" for sign in text)


def _reader(stream: BinaryIO, reading: Reading) -> Reader:
    _check(reading)
    if reading.format == "x12":
        return x12.read_x12(stream, reading)
    if reading.format == "edifact":
        return edifact.read_edifact(stream, reading)
    return _read_table(stream, reading)


def _check(reading: Reading) -> None:
    if reading.kind not in FIELDS:
        raise BadInput("import.read.kind_unknown", kind=reading.kind)
    if reading.decimal not in written.DECIMALS or reading.dates not in written.DATES:
        raise BadInput("import.read.style_unknown", decimal=reading.decimal, dates=reading.dates)
    if (
        (reading.format in _ORDERS_ONLY and reading.kind != "orders")
        or (reading.format in _SEGMENTS and reading.kind not in ("orders", "notices"))
        or (reading.format == "woocommerce" and reading.kind != "products")
    ):
        raise BadInput("import.read.format_kind", format=reading.format, kind=reading.kind)


def _read_table(stream: BinaryIO, reading: Reading) -> Reader:
    format_ = reading.format
    sheet: SheetRows | None = None
    rows: Rows
    if format_ == "xlsx":
        sheet = SheetRows(stream, reading)
        rows = iter(sheet)
    elif format_ in ("csv", *_HANDS):
        if reading.delimiter not in DELIMITERS:
            raise BadInput("import.read.delimiter_unknown", delimiter=reading.delimiter)
        text = decode(stream, reading.encoding)
        survey(stream, reading.encoding)
        rows = text_rows(text, reading.delimiter)
    else:
        raise BadInput("import.read.format_unknown", format=format_)
    titles, line, header, behind = find_titles(rows, reading.header)
    columns = columns_of(titles, reading, line)
    shop = recognise(titles) if format_ == "xlsx" else format_
    hand = _HANDS.get(shop, PlainHand)
    if shop == "woocommerce" and reading.kind != "products":
        hand = PlainHand
    if shop in ("shopify", "amazon") and reading.kind != "orders":
        hand = PlainHand
    declared, notes = yield from take_rows(behind, hand(columns), columns, header)
    return declared, (*notes, *(sheet.notes() if sheet else ()))
