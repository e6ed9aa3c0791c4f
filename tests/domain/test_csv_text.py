"""Tables as CSV: read back they are what was written; guarded, nothing in them computes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.csv_text import write

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", '"', "a,b", "ünï", "'", ""]


def reread(text: str) -> list[list[str]]:
    """The cells as a program reads them."""
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_a_program_reads_back_byte_for_byte_what_was_written(rows: list[list[str]]) -> None:
    assert reread(write(("a", "b"), rows)) == [["a", "b"], *rows]


@pytest.mark.parametrize("text", HOSTILE)
def test_guarded_nothing_begins_like_a_formula(text: str) -> None:
    cell = reread(write(("a", "b"), [(text, 5)], is_guarded=True))[1]

    assert not cell[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell[0] in (text, f"'{text}")
    assert cell[1] == "5"


def test_days_instants_numbers_and_nothing_have_one_form() -> None:
    at = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)

    assert write(("a", "b", "c", "d"), [(date(2026, 3, 2), at, -7, None)]) == (
        "a,b,c,d\r\n2026-03-02,2026-03-02T12:00:01Z,-7,\r\n"
    )
