"""Tables as CSV text: one fixed form for programs, and a guarded one for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

Cell = str | int | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, is_guarded: bool = False) -> str:
    """The table with its heading: commas, quotes where needed, lines ended by CR LF, days and instants in ISO form.

    Byte for byte what is in the cells. ``is_guarded`` puts an apostrophe before texts that a spreadsheet would
    compute; a program that reads the file would take it for a part of the text.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_text(cell, is_guarded) for cell in row] for row in rows)
    return target.getvalue()


def _text(cell: Cell, is_guarded: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and is_guarded and cell.startswith(_FORMULA):
        return f"'{cell}"
    return str(cell)
