"""How a backlog shrinks or grows: days to clear it, hands to clear it by a cut-off, and the way to a goal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

WORKING_DAYS = 7
"""So many of the last days on which anything left the house are looked at."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Units that came into the backlog on a site-local day, left the house, and were cancelled."""

    day: date
    came: int
    left: int
    cancelled: int


def count_back(flow: Sequence[Flow], open_now: int) -> list[int]:
    """The open units at the end of each day, from those there are now at the end of the last one."""
    sizes = []
    for one in reversed(flow):
        sizes.append(open_now)
        open_now += one.left + one.cancelled - one.came
    return sizes[::-1]


def days_to_clear(flow: Sequence[Flow], open_units: int, today: date) -> float | None:
    """Working days until nothing is open, as the last working days went; None when it does not shrink.

    The net out-flow is counted over every day since the first of the last seven days on which anything left (today,
    which is not over, left out), and shared out among those working days: what comes in on a Sunday counts too.
    Nothing known is no shrinking.
    """
    if open_units == 0:
        return 0.0
    past = [one for one in flow if one.day < today]
    worked = [one.day for one in past if one.left][-WORKING_DAYS:]
    if not worked:
        return None
    net = sum(one.left + one.cancelled - one.came for one in past if one.day >= worked[0])
    return open_units * len(worked) / net if net > 0 else None


def inflow_a_day(flow: Sequence[Flow], today: date) -> float | None:
    """Units that came in on an average of the last seven days before today; None where fewer are known."""
    past = [one.came for one in flow if one.day < today][-WORKING_DAYS:]
    return sum(past) / WORKING_DAYS if len(past) == WORKING_DAYS else None


def people_for(work: Iterable[tuple[datetime, int]], units_per_hour: float, now: datetime, until: datetime) -> int:
    """People needed so that no cut-off up to ``until`` is missed.

    ``work`` are (cut-off, units): units whose cut-off has passed must be done by ``until`` all the same. At each
    cut-off what is due by then must be done; the tightest one decides.
    """
    by_cut_off: dict[datetime, int] = {}
    for cut_off, units in work:
        at = cut_off if now < cut_off < until else until
        by_cut_off[at] = by_cut_off.get(at, 0) + units
    most, due = 0, 0
    for cut_off, units in sorted(by_cut_off.items()):
        due += units
        hours = (cut_off - now).total_seconds() / 3600
        most = max(most, ceil(due / (hours * units_per_hour) - 1e-9) if due else 0)
    return most


def people_for_a_day(units: int, units_per_hour: float, hours: float) -> int:
    """People who do so many units in a day of so many hours."""
    return ceil(units / (units_per_hour * hours) - 1e-9) if units else 0


def ideal_line(start: tuple[date, int], goal: tuple[date, int]) -> tuple[tuple[date, int], ...]:
    """The straight way from (day, units) to (day, units), in whole units; the goal alone where it is no later."""
    days = (goal[0] - start[0]).days
    if days <= 0:
        return (goal,)
    return tuple(
        (start[0] + timedelta(days=n), round(start[1] + (goal[1] - start[1]) * n / days)) for n in range(days + 1)
    )
