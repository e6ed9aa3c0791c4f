"""Writes what a desk table shows to a file: CSV or XLSX, whole or not at all, and nothing in it computes."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from wms_desktop.ui.jobs import Progress
from wms_desktop.ui.widgets import plain

SUFFIXES = (".csv", ".xlsx")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STEP = 250
_CELL = 32_000
_WIDEST = 60

Rows = Iterable[Sequence[Any]]


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_table(
    target: Path, titles: Sequence[str], rows: Rows, *, total: int, progress: Progress, is_cancelled: Callable[[], bool]
) -> int:
    """Write rows under their titles; the kind of file goes by the name. Gives how many rows.

    Numbers and days are written as such, texts so that they never compute. An old file of the name is replaced only
    when the new one is whole; cancelled or failed, it stays, and nothing else is left.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    write = _write_xlsx if target.suffix.casefold() == ".xlsx" else _write_csv
    try:
        count = write(part, titles, _counted(rows, total, progress, is_cancelled))
        if is_cancelled():
            return 0
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    progress(total, total)
    return count


def _counted(rows: Rows, total: int, progress: Progress, is_cancelled: Callable[[], bool]) -> Rows:
    for number, row in enumerate(rows):
        if number % _STEP == 0:
            if is_cancelled():
                return
            progress(number, total)
        yield row


def _write_csv(target: Path, titles: Sequence[str], rows: Rows) -> int:
    count = 0
    with target.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells a spreadsheet that it is UTF-8
        writer = csv.writer(file)
        writer.writerow([harmless(title) for title in titles])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return harmless("" if value is None else plain(str(value), _CELL))


def _write_xlsx(target: Path, titles: Sequence[str], rows: Rows) -> int:
    from openpyxl import Workbook  # late: only when a spreadsheet is written
    from openpyxl.cell import WriteOnlyCell  # late: only when a spreadsheet is written
    from openpyxl.styles import Font  # late: only when a spreadsheet is written
    from openpyxl.utils import get_column_letter  # late: only when a spreadsheet is written

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, value=None if isinstance(value, str) else _xlsx_value(value))
        if isinstance(value, str):
            made._value, made.data_type = plain(value, _CELL), "s"  # past its guess that "=" begins a formula
        return made

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, title in enumerate(titles, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, max(12, len(title) + 4))
    head = [cell(title) for title in titles]
    for each in head:
        each.font = Font(bold=True)
    sheet.append(head)
    count = 0
    for row in rows:
        sheet.append([cell(value) for value in row])
        count += 1
    book.save(target)
    return count


def _xlsx_value(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
