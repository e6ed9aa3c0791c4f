"""Spoilt files by the thousand: nothing escapes but refusals that name line and rule, and no change goes unseen.

`WMS_FUZZ=50000` plays so many a format; a seed that failed stands in the failure.
"""

from __future__ import annotations

import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.gateways import import_mutations as mutations
from tests.gateways import import_samples as samples
from wms_desktop import phrases
from wms_desktop.domain import written
from wms_desktop.errors import Refusal
from wms_desktop.gateways import imports
from wms_desktop.gateways.imports.looking import look
from wms_desktop.gateways.imports.parsing import parse
from wms_desktop.gateways.imports.text_rows import ENCODINGS
from wms_desktop.views.imports import Ending, Fault, Reading, Record

MANY = int(os.environ.get("WMS_FUZZ", "5000"))
# Notices share the readers of orders: they take a part of those formats' examples, not more time.
SHARES = {"csv": 80, "x12": 80, "edifact": 80, "x12_856": 20, "desadv": 20, "notices": 20}
LONGEST_S = 8.0
PREVIEW = 20
Rows = list[Record | Fault]
# Refusals of a file as a whole, in which there is no line to name.
WHOLE = {"encoding_unknown", "many_lines", "not_a_workbook", "old_excel", "not_a_table", "empty_file", "sheet_missing",
         "xlsx_size"}  # fmt: skip


def _read(data: bytes, reading: Reading) -> tuple[Rows, Ending] | Refusal:
    """What comes of a file; anything but a refusal escapes and fails the test."""
    rows: Rows = []
    try:
        for row in parse(io.BytesIO(data), "spoilt", reading):
            if isinstance(row, Ending):
                return rows, row
            rows.append(row)
    except Refusal as refused:
        return refused
    raise AssertionError("a file without an ending")


def _check_refusal(refused: Refusal) -> str:
    rule = refused.code.removeprefix("import.read.")
    assert refused.args_["file"] == "spoilt"
    assert {"line", "member", "place", "cell"} & set(refused.args_) or rule in WHOLE, refused
    assert phrases.sentence(refused.code, refused.args_)
    return "refused"


def _check_row(row: Record | Fault, *, closely: bool) -> None:
    assert row.line >= 1
    if not closely:
        return
    assert all(text.isprintable() for text in (row.key, *row.fields.values())), row
    if isinstance(row, Fault):
        assert row.rule.startswith("import.read.")
        assert phrases.sentence(row.rule, {"column": row.column, "value": row.value, **row.args})
        return
    for name, value in row.fields.items():
        assert name in written.BARCODES or written.canonical(name, value) == value, (name, value)
    if "qty" in row.fields:
        assert 1 <= abs(int(row.fields["qty"])) <= written.MOST_UNITS


def _seen(ending: Ending, rows: Rows) -> tuple[object, ...]:
    """What a person is shown before anything goes in."""
    return ending.totals, ending.good, ending.faults, ending.columns, ending.declared, ending.notes, rows[:PREVIEW]


def _check(data: bytes, reading: Reading, sound: tuple[Rows, Ending], *, closely: bool) -> str:
    began = time.process_time()
    found = _read(data, reading)
    assert time.process_time() - began < LONGEST_S
    if isinstance(found, Refusal):
        return _check_refusal(found)
    rows, ending = found
    for row in rows:
        _check_row(row, closely=closely)
    assert ending.totals.rows == len(rows)
    assert ending.faults == sum(isinstance(row, Fault) for row in rows)
    if [row.fields for row in rows] == [row.fields for row in sound[0]]:
        return "same"
    assert ending.faults or _seen(ending, rows) != _seen(sound[1], sound[0])
    return "faults" if ending.faults else "shown"


def _spoil_reading(reading: Reading, dice: random.Random) -> Reading:
    """The same file with another thing said of it."""
    how: dict[str, tuple[object, ...]] = {
        "encoding": ENCODINGS, "delimiter": (",", ";", "\t", "|"), "decimal": (".", ","), "dates": ("ymd", "dmy"),
        "header": (0, 1, 2, 3), "restore_zeros": (True, False), "sheet": ("", "One", "Two"),
    }  # fmt: skip
    name = dice.choice(sorted(how))
    changed = {
        **{field: getattr(reading, field) for field in Reading.__dataclass_fields__},
        name: dice.choice(how[name]),
    }
    return Reading(**changed)


def _check_glance(data: bytes) -> None:
    try:
        glance = look(io.BytesIO(data), "spoilt")
    except Refusal as refused:
        _check_refusal(refused)
        return
    assert all(phrases.sentence(note.code, note.args) for note in glance.notes)
    if glance.reading.mapping or not glance.fields:
        _read(data, glance.reading)


def _play(make: Callable[[random.Random], bytes], sample: samples.Sample, seed: str, many: int) -> Counter[str]:
    sound = _read(sample.data, sample.reading)
    assert not isinstance(sound, Refusal)
    counts: Counter[str] = Counter()
    for number in range(many):
        dice = random.Random(f"{seed}-{number}")
        data = make(dice)
        reading = _spoil_reading(sample.reading, dice) if number % 20 == 19 else sample.reading
        try:
            counts[_check(data, reading, sound, closely=not number % 4)] += 1
            if not number % 40:
                _check_glance(data)
        except Exception as fault:
            raise AssertionError(f"seed {seed}-{number}: {data[:3000]!r}") from fault
    print(seed, dict(counts))
    return counts


@pytest.mark.timeout(3600 if MANY > 5000 else 120)
@pytest.mark.parametrize("name", sorted(set(samples.ALL) - {"xlsx"}))
def test_a_spoilt_text_is_refused_by_line_and_rule_or_its_change_is_shown(name: str) -> None:
    sample = samples.ALL[name]()

    many = MANY * SHARES.get(name, 100) // 100

    counts = _play(lambda dice: mutations.spoil(sample.data, dice), sample, name, many)

    assert counts["refused"] + counts["faults"] > many // 4
    assert set(counts) <= {"refused", "faults", "shown", "same"}


@pytest.mark.timeout(3600 if MANY > 5000 else 120)
def test_a_spoilt_workbook_is_refused_by_part_and_rule_or_its_change_is_shown() -> None:
    sample = samples.small_xlsx()
    parts = mutations.unpack(sample.data)

    counts = _play(lambda dice: mutations.spoil_workbook(parts, dice), sample, "xlsx", MANY)

    assert counts["refused"] > MANY // 10


@pytest.mark.parametrize("column", ["qty", "price"])
def test_a_quantity_or_price_that_silently_changed_shows_in_the_totals_of_a_long_file(column: str) -> None:
    place = list(samples.ORDER_MAPPING.values()).index(column)
    dice = random.Random(column)
    rows = [(f"S{n // 3}", f"A-{n}", str(dice.randint(1, 99)), f"{dice.randint(1, 9999)}.{dice.randint(0, 99):02d}")
            for n in range(120)]  # fmt: skip
    sound = _totals_of(rows)
    for _ in range(150):
        at = dice.randrange(len(rows))
        cell = rows[at][place]
        changed = dice.choice((f"{cell}5", f"1{cell}", cell.replace(".", ""), "7", f"{cell[:-1]}"))
        spoilt = [*rows[at][:place], changed, *rows[at][place + 1 :]]
        is_same = bool(changed.strip(".")) and Decimal(changed) == Decimal(cell)

        assert is_same or _totals_of([*rows[:at], spoilt, *rows[at + 1 :]]) != sound


def _totals_of(rows: Sequence[Sequence[str]]) -> tuple[object, ...]:
    sample = samples.orders_csv(*((*row, "2026-11-01", "Ada") for row in rows))
    _, ending = samples.run(sample.data, sample.reading)
    return ending.totals, ending.good, ending.faults


def test_amounts_read_with_the_other_decimal_mark_are_refused_or_show_in_the_totals() -> None:
    point = samples.orders_csv(("S1", "A-1", "1", "1.234", "2026-11-01", "Ada"))
    comma = replace(point.reading, decimal=",")
    wrong = samples.orders_csv(("S1", "A-1", "1", "12.50", "2026-11-01", "Ada"), decimal=",")

    assert samples.run(point.data, point.reading)[1].totals != samples.run(point.data, comma)[1].totals
    assert samples.rules(wrong.data, wrong.reading) == ["amount_style"]


def _parts(sample: samples.Sample) -> tuple[bytes, Reading]:
    return sample.data, sample.reading


@pytest.mark.parametrize("name", sorted(samples.ALL))
def test_spoilt_files_come_to_the_same_through_the_limited_process(name: str, tmp_path: Path) -> None:
    sample = samples.ALL[name]()
    for number in range(4):
        path = tmp_path / "spoilt"
        path.write_bytes(mutations.spoil(sample.data, random.Random(f"child-{name}-{number}")) or b" ")
        here = _read(path.read_bytes(), sample.reading)
        try:
            there: object = list(imports.read(path, sample.reading))
        except Refusal as refused:
            there = (refused.code, refused.args_)

        assert there == ((here.code, here.args_) if isinstance(here, Refusal) else [*here[0], here[1]])
