"""What a supplier's past says of when his goods come: half of them by one day, nine in ten by another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ENOUGH = 5
"""So many past deliveries make a record; with fewer the stated default holds."""
HALF, NINE_IN_TEN = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Record:
    """How late a supplier's past purchase orders were complete, in days after the day promised first, in order.

    Negative: early. ``default_late_days`` stands for the lateness of nine in ten while there are too few.
    """

    lateness: tuple[int, ...]
    default_late_days: int

    @property
    def is_measured(self) -> bool:
        """Whether it is the supplier's own record; else it is the default."""
        return len(self.lateness) >= ENOUGH

    @property
    def on_time_share(self) -> float | None:
        """The share of deliveries that were complete in time, 0 to 1; None: too few to say."""
        if not self.is_measured:
            return None
        return sum(days <= 0 for days in self.lateness) / len(self.lateness)


def percentile(ordered: Sequence[int], share: float) -> int:
    """The value that a share of the values does not pass (nearest rank); ``ordered`` is not empty."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def expect(record: Record, due: date, first_due: date, today: date) -> tuple[date, date]:
    """By when half, and nine in ten, of such purchase orders are in the house; never before today.

    The due day plus the supplier's usual lateness. A delay that he has told of, by moving the day, counts towards it.
    What is overdue is judged by those deliveries alone that were later still; when none was (or there are too few to
    go by), it is expected at the end of the next full stretch of the default days after its due day.
    """
    days = record.lateness if record.is_measured else (0,) * (ENOUGH - 1) + (record.default_late_days,)
    told = [_told(due, first_due, late) for late in days]
    if percentile(_ordinals(told), HALF) < today.toordinal():
        told = [day for day in told if day >= today] if record.is_measured else []
    if not told:
        stretch = max(1, record.default_late_days)
        likely = due + timedelta(days=stretch * math.ceil(max(0, (today - due).days) / stretch))
        return max(likely, today), max(likely, today) + timedelta(days=stretch)
    ordinals = _ordinals(told)
    return date.fromordinal(percentile(ordinals, HALF)), date.fromordinal(percentile(ordinals, NINE_IN_TEN))


def _told(due: date, first_due: date, late: int) -> date:
    """The day that a lateness of so many days leads to."""
    if due <= first_due or late <= 0:
        return due + timedelta(days=late)
    return max(due, first_due + timedelta(days=late))


def _ordinals(days: Sequence[date]) -> list[int]:
    return sorted(day.toordinal() for day in days)
