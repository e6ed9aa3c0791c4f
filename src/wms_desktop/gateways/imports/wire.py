"""What goes through the pipe between the limited process and ours: lines of JSON, rows some hundred at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from wms_desktop.prompts import Message
from wms_desktop.views.imports import Declared, Ending, Fault, FieldTotals, Glance, Reading, Record, Totals

MOST_LINE = 32 << 20
ROWS_AT_ONCE = 250
_Names = tuple[str, ...]


def line_of(message: Mapping[str, Any]) -> bytes:
    """One message as a line."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def pack_rows(rows: Sequence[Record | Fault]) -> dict[str, Any]:
    """Rows as lists; the names of their fields once for all rows that have the same."""
    names: dict[_Names, int] = {}
    packed: list[list[Any]] = []
    for row in rows:
        place = names.setdefault(tuple(row.fields), len(names))
        values = list(row.fields.values())
        if isinstance(row, Record):
            packed.append([place, row.line, row.key, values])
        else:
            packed.append([place, row.line, row.key, values, row.column, row.value, row.rule, dict(row.args)])
    return {"names": [list(each) for each in names], "rows": packed}


def unpack_rows(message: Mapping[str, Any]) -> Iterator[Record | Fault]:
    """The rows again."""
    names = message["names"]
    for row in message["rows"]:
        fields = dict(zip(names[row[0]], row[3], strict=True))
        if len(row) == 4:
            yield Record(line=row[1], key=row[2], fields=fields)
        else:
            yield Fault(line=row[1], key=row[2], column=row[4], value=row[5], rule=row[6], args=row[7], fields=fields)


def pack_ending(ending: Ending) -> dict[str, Any]:
    """The ending; amounts as texts, so that they stay exact."""
    packed = asdict(ending)
    for name in ("totals", "good"):
        packed[name]["amounts"] = {currency: str(sum_) for currency, sum_ in packed[name]["amounts"].items()}
    return packed


def unpack_ending(packed: Mapping[str, Any]) -> Ending:
    """The ending again."""
    return Ending(
        totals=_totals(packed["totals"]),
        good=_totals(packed["good"]),
        faults=packed["faults"],
        declared=tuple(Declared(**each) for each in packed["declared"]),
        columns=tuple(FieldTotals(**each) for each in packed["columns"]),
        notes=_notes(packed["notes"]),
    )


def _totals(packed: Mapping[str, Any]) -> Totals:
    amounts = {currency: Decimal(text) for currency, text in packed["amounts"].items()}
    return Totals(documents=packed["documents"], rows=packed["rows"], units=packed["units"], amounts=amounts)


def _notes(packed: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    return tuple(Message(each["code"], each["args"]) for each in packed)


def pack_reading(reading: Reading) -> dict[str, Any]:
    """A reading as it goes to the process."""
    packed = {name: getattr(reading, name) for name in Reading.__dataclass_fields__}
    return {**packed, "mapping": dict(reading.mapping), "constants": dict(reading.constants)}


def unpack_glance(packed: Mapping[str, Any]) -> Glance:
    """A first look again."""
    return Glance(
        file_name=packed["file_name"],
        reading=Reading(**packed["reading"]),
        columns=tuple(packed["columns"]),
        sample=tuple(tuple(row) for row in packed["sample"]),
        fields=tuple((name, must) for name, must in packed["fields"]),
        notes=_notes(packed["notes"]),
        sheets=tuple(packed["sheets"]),
    )


def pack_glance(glance: Glance) -> dict[str, Any]:
    """A first look as it comes from the process."""
    return {**asdict(glance), "reading": pack_reading(glance.reading)}
