"""Days and instants in words, and days as people type them: in the house's own format, ISO, or as so many days on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from PySide6.QtCore import QDate, QLocale

_AHEAD = re.compile(r"\+(\d{1,3})\Z")
_MOST_YEARS = 5


def day_in_words(day: date | None) -> str:
    """A day as the house writes it, short, with its weekday; "" for none."""
    return _words(day, QLocale().name()) if day else ""


def full_day(day: date | None) -> str:
    """A day with its year, as it may be typed; "" for none."""
    return QLocale().toString(_qt(day), _format()) if day else ""


def instant_in_words(instant: datetime | None, zone: tzinfo) -> str:
    """Day and time of an instant in the house's zone; "" for none."""
    if instant is None:
        return ""
    local = instant.astimezone(zone)
    return f"{day_in_words(local.date())} {local:%H:%M}"


def read_day(text: str, today: date) -> date | None:
    """The day that somebody typed: as the house writes it, as 2026-11-24, or "+3" for three days on; None: no day.

    A day more than five years away is taken for a slip of the finger.
    """
    text = text.strip()
    ahead = _AHEAD.match(text)
    if ahead:
        return today + timedelta(days=int(ahead[1]))
    for shape in (_format(), _format().replace("yyyy", "yy"), "yyyy-MM-dd"):
        found = QLocale().toDate(text, shape)
        if not found.isValid():
            continue
        year = found.year() + (100 if found.year() < 1950 else 0)  # two figures of a year are of this century
        try:
            day = date(year, found.month(), found.day())
        except ValueError:
            continue
        return day if abs((day - today).days) <= 366 * _MOST_YEARS else None
    return None


@lru_cache(maxsize=4_096)
def _words(day: date, _house: str) -> str:  # remembered: a backlog of 20,000 lines says the same days again and again
    return QLocale().toString(_qt(day), "ddd d MMM")


def _format() -> str:
    """The house's short format, with the year in full."""
    shape = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    return shape if "yyyy" in shape else shape.replace("yy", "yyyy")


def _qt(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
