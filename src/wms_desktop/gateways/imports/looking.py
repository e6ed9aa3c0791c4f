"""The first look at a file: what it seems to be, how it is written, which column is which field; nothing is decided."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from wms_desktop.domain import barcode_cleaning
from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import guessing, parsing, titles
from wms_desktop.gateways.imports.columns import needed
from wms_desktop.gateways.imports.sheets import Workbook
from wms_desktop.gateways.imports.shops import recognise
from wms_desktop.gateways.imports.tables import find_titles, make_titles
from wms_desktop.gateways.imports.text_rows import DELIMITERS, Broken, Row, decode, survey, text_rows
from wms_desktop.prompts import Message
from wms_desktop.views.imports import FIELDS, OF_DOCUMENTS, Glance, Reading, Record

_HEAD = 1 << 16
_LOOKED_AT = 1 << 20
_ROWS = 400
_SAMPLE = 20
_CELL = 80
_HEADER_ROWS = 10
_MOST_FIT = 0.9
_KIND_OF = {"shopify": "orders", "amazon": "orders", "x12": "orders", "edifact": "orders", "woocommerce": "products"}
_DAYS = {"placed_at", "promise", "leave_by", "release_on", "line_release_on", "expiry", "due", "shipped_on"}
_AMOUNTS = {"price", "weight_g", "length_mm", "width_mm", "height_mm"}
_TELLS = {"purchases": {"supplier_code", "supplier_name"}, "notices": {"purchase", "pallet", "carton", "lot", "expiry"}}
"""What no file of another kind would have: without one of them it is none of these."""
Rows = list[tuple[int, list[str]]]


@dataclass(slots=True)
class _Found:
    """What was found out so far: the container, its rows, and what is to be told (doubts before certainties)."""

    format: str
    rows: Rows
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    doubts: list[Message] = field(default_factory=list)
    facts: list[Message] = field(default_factory=list)


def look(stream: BinaryIO, name: str, kind: str = "") -> Glance:
    """Looks at a file that can be sought in. Refuses ``import.read.*``, each naming the ``file``."""
    try:
        if kind and kind not in FIELDS:
            raise BadInput("import.read.kind_unknown", kind=kind)
        stream.seek(0)
        found = guessing.sniff(stream.read(_HEAD))
        if found in ("x12", "edifact"):
            return _look_at_segments(stream, name, found)
        return _look_at_table(_open_sheet(stream) if found == "xlsx" else _open_text(stream), name, kind)
    except BadInput as fault:
        raise parsing.named(fault, name) from fault


def look_as(stream: BinaryIO, name: str, reading: Reading) -> Glance:
    """What a reading that a person chose makes of a file; only columns that its mapping does not name are guessed."""
    try:
        if reading.format in ("x12", "edifact"):
            return _look_at_segments(stream, name, reading.format, reading.encoding)
        rows, sheets = _rows_as(stream, reading)
        columns, _, _, behind = find_titles(rows, reading.header)
        body = [cells for _, cells in islice(behind, _ROWS) if not isinstance(cells, str)]
    except BadInput as fault:
        raise parsing.named(fault, name) from fault
    mapping = {title: field for title, field in reading.mapping.items() if title in columns}
    if not mapping:
        is_shop = reading.format in _KIND_OF
        mapping = titles.shop_mapping(reading.format, columns) if is_shop else titles.propose(reading.kind, columns)
    found = _Found(reading.format, [])
    reading = replace(reading, mapping=mapping)
    _tell_columns(reading, columns, body, found)
    sample = tuple(tuple(cell[:_CELL] for cell in _fitted(row, len(columns))) for row in body[:_SAMPLE])
    return Glance(
        file_name=name, reading=reading, columns=tuple(columns), sample=sample,
        fields=needed(reading.kind, set(mapping.values())), notes=tuple(found.doubts), sheets=sheets,
    )  # fmt: skip


def _rows_as(stream: BinaryIO, reading: Reading) -> tuple[Iterator[Row | Broken], tuple[str, ...]]:
    if reading.format == "xlsx":
        book = Workbook(stream)
        return iter(book.rows(book.choose(reading.sheet), reading.decimal)), tuple(book.sheets)
    if reading.delimiter not in DELIMITERS:
        raise BadInput("import.read.delimiter_unknown", delimiter=reading.delimiter)
    text = decode(stream, reading.encoding)
    survey(stream, reading.encoding)
    return text_rows(text, reading.delimiter), ()


def _look_at_segments(stream: BinaryIO, name: str, format_: str, encoding: str = "") -> Glance:
    encoding = encoding or guessing.encoding_of(stream)[0]
    stream.seek(0)
    reading = Reading(kind=guessing.kind_of_segments(stream.read(_HEAD)), format=format_, encoding=encoding)
    stream.seek(0)
    rows = [row for row in islice(parsing.parse(stream, name, reading), _SAMPLE) if hasattr(row, "fields")]
    names = [field for field, _ in FIELDS[reading.kind] if any(row.fields.get(field) for row in rows)]
    sample = tuple(tuple(row.fields.get(field, "")[:_CELL] for field in names) for row in rows)
    notes: tuple[Message, ...] = (Message("import.read.saw_format", {"format": format_}),)
    if any(not isinstance(row, Record) for row in rows):
        notes = (Message("import.read.saw_faults"), *notes)
    return Glance(file_name=name, reading=reading, columns=tuple(names), sample=sample, fields=(), notes=notes)


def _open_text(stream: BinaryIO) -> _Found:
    encoding, is_sure = guessing.encoding_of(stream)
    survey(stream, encoding)
    head = stream.read(_LOOKED_AT)
    if len(head) == _LOOKED_AT:
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
        if encoding.startswith("utf-16"):
            head = head[: len(head) // 2 * 2]
    best: tuple[tuple[int, float, int], str, Rows] | None = None
    for place, delimiter in enumerate(DELIMITERS):
        text = decode(io.BytesIO(head), encoding)
        rows = [(n, cells) for n, cells in islice(text_rows(text, delimiter), _ROWS) if not isinstance(cells, str)]
        width, share = guessing.width_of([cells for _, cells in rows])
        known = max((titles.hits(cells) for _, cells in rows[:_HEADER_ROWS] if len(cells) > 1), default=0)
        score = (known, share if width > 1 else 0.0, -place)
        if rows and width > 1 and (best is None or score > best[0]):
            best = (score, delimiter, rows)
    if best is None:
        raise BadInput("import.read.one_column", line=1)
    _, delimiter, rows = best
    found = _Found("csv", rows, encoding, delimiter)
    shown = Message("import.read.saw_encoding", {"encoding": encoding})
    (found.facts if is_sure else found.doubts).append(
        shown if is_sure else Message("import.read.doubt_encoding", {"encoding": encoding})
    )
    return found


def _open_sheet(stream: BinaryIO) -> _Found:
    book = Workbook(stream)
    chosen = book.choose("")
    rows: Rows = []
    for sheet in (chosen, *(name for name in book.sheets if name != chosen and name not in book.hidden)):
        rows = list(islice(book.rows(sheet, "."), _ROWS))
        if rows:
            chosen = sheet
            break
    if not rows:
        raise BadInput("import.read.no_rows", line=1)
    width = max(len(cells) for _, cells in rows)
    padded = [(line, cells + [""] * (width - len(cells))) for line, cells in rows]
    found = _Found("xlsx", padded, sheet=chosen, sheets=tuple(book.sheets))
    if len(book.sheets) > 1:
        found.doubts.append(Message("import.read.doubt_sheet", {"sheet": chosen, "count": len(book.sheets)}))
    return found


def _look_at_table(found: _Found, name: str, kind: str) -> Glance:
    place = _find_header(found)
    line, cells = found.rows[place] if place >= 0 else (0, [])
    width = len(cells) or max(len(row) for _, row in found.rows)
    columns = make_titles(cells, line) if line else [str(number) for number in range(1, width + 1)]
    body = [row for _, row in found.rows[place + 1 :]]
    fitting = sum(len(row) == len(columns) for row in body) / max(len(body), 1)
    if found.format == "csv" and fitting < _MOST_FIT:
        found.doubts.append(Message("import.read.doubt_delimiter", {"percent": round(fitting * 100)}))
    shop = recognise(columns) if line else ""
    if shop and kind and _KIND_OF[shop] != kind:
        shop = ""
    kind = kind or _KIND_OF.get(shop, "") or _guess_kind(columns, found)
    mapping = titles.shop_mapping(shop, columns) if shop else titles.propose(kind, columns)
    reading = Reading(
        kind=kind, format="xlsx" if found.format == "xlsx" else shop or "csv", encoding=found.encoding,
        delimiter=found.delimiter, sheet=found.sheet, header=line, mapping=mapping,
    )  # fmt: skip
    if shop:
        found.facts.append(Message("import.read.saw_format", {"format": shop}))
    reading = _with_styles(reading, columns, body, found)
    _tell_columns(reading, columns, body, found)
    sample = tuple(tuple(cell[:_CELL] for cell in _fitted(row, len(columns))) for row in body[:_SAMPLE])
    return Glance(
        file_name=name, reading=reading, columns=tuple(columns), sample=sample,
        fields=needed(kind, set(mapping.values())), notes=(*found.doubts, *found.facts), sheets=found.sheets,
    )  # fmt: skip


def _fitted(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *([""] * (width - len(row)))]


def _find_header(found: _Found) -> int:
    """The place of the row of titles: the one with most known ones; else the first without a number; -1: none."""
    head = found.rows[:_HEADER_ROWS]
    width, _ = guessing.width_of([cells for _, cells in found.rows])
    scores = [titles.hits(cells) for _, cells in head]
    best = scores.index(max(scores))
    if scores[best] >= 2 or recognise(head[best][1]):
        if best:
            found.doubts.append(Message("import.read.doubt_header", {"line": head[best][0]}))
        return best
    for place, (line, cells) in enumerate(head):
        if len(cells) == width and all(cell.strip() and not cell.strip()[0].isdigit() for cell in cells):
            found.doubts.append(Message("import.read.doubt_header", {"line": line}))
            return place
    found.doubts.append(Message("import.read.doubt_no_header"))
    return -1


def _guess_kind(columns: Sequence[str], found: _Found) -> str:
    """Orders have a number and a quantity, stock a place and a quantity, purchase orders a supplier too, notices what
    came with the goods; anything else is products.
    """
    counts = {}
    for kind, fields in FIELDS.items():
        mapped = set(titles.propose(kind, columns).values())
        if kind in _TELLS and not mapped & _TELLS[kind]:
            continue
        must = [name for name, is_must in fields if is_must and name != "sku"]
        counts[kind] = (sum(name in mapped for name in must) / len(must), len(mapped))
    kind = max(counts, key=lambda name: counts[name])
    found.doubts.append(Message("import.read.doubt_kind", {"kind": kind}))
    return kind


def _with_styles(reading: Reading, columns: Sequence[str], body: Sequence[Sequence[str]], found: _Found) -> Reading:
    def cells_of(fields: set[str]) -> list[str]:
        places = [columns.index(title) for title, name in reading.mapping.items() if name in fields]
        return [row[place] for row in body for place in places if place < len(row)]

    amounts = cells_of(_AMOUNTS)
    decimal, is_sure = guessing.decimal_of(amounts, reading.delimiter)
    if found.format != "xlsx" and any(cell.strip() for cell in amounts):
        code = "import.read.saw_decimal" if is_sure else "import.read.doubt_decimal"
        (found.facts if is_sure else found.doubts).append(Message(code, {"decimal": decimal}))
    days = cells_of(_DAYS)
    dates, is_sure = guessing.dates_of(days)
    if any(cell.strip() for cell in days):
        code = "import.read.saw_dates" if is_sure else "import.read.doubt_dates"
        (found.facts if is_sure else found.doubts).append(Message(code, {"dates": dates}))
    return replace(reading, decimal=decimal, dates=dates)


def _tell_columns(reading: Reading, columns: Sequence[str], body: Sequence[Sequence[str]], found: _Found) -> None:
    """What stands in the way: titles that are twice, fields without a column, barcodes that lost their zeros."""
    doubled = sorted({title.rpartition(" (")[0] for title in columns if title.endswith(" (2)")})
    if doubled:
        found.doubts.insert(0, Message("import.read.doubt_twice", {"titles": ", ".join(doubled)[:200]}))
    mapped = set(reading.mapping.values())
    missing = [name for name, must in needed(reading.kind, mapped) if must and name not in mapped]
    if missing:
        found.doubts.insert(0, Message("import.read.doubt_missing", {"fields": ", ".join(missing)}))
    if reading.kind in OF_DOCUMENTS and "sku" not in mapped and mapped & {"barcode", "name"}:
        by = "barcode" if "barcode" in mapped else "name"
        found.doubts.insert(0, Message(f"import.read.doubt_goods_by_{by}"))
    states = _barcode_states(reading.mapping, columns, body)
    if states[barcode_cleaning.OFFERED]:
        count, all_ = states[barcode_cleaning.OFFERED], sum(states.values())
        found.doubts.insert(0, Message("import.read.doubt_zeros", {"count": count, "all": all_}))


def _barcode_states(mapping: Mapping[str, str], columns: Sequence[str], body: Sequence[Sequence[str]]) -> Counter[str]:
    place = next((columns.index(title) for title, name in mapping.items() if name == "barcode"), -1)
    cells = [row[place] for row in body if 0 <= place < len(row)]
    return Counter(barcode_cleaning.clean(cell).state for cell in cells if cell.strip())
