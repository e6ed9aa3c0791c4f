"""The usual kinds of columns, under the titles of one desk: words, figures, shares, days, instants."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from wms_desktop.ui.days import day_in_words, instant_in_words
from wms_desktop.ui.tables import Column
from wms_desktop.ui.wording import say

_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ColumnKinds:
    """Makes columns whose titles are the phrases ``area``.column.NAME; ``none`` is the phrase for what a row lacks."""

    area: str
    none: str = ""

    def title(self, name: str) -> str:
        """The title of a column."""
        return say(f"{self.area}.column.{name}")

    def words(
        self, name: str, text: Callable[[Any], str], *, by: Callable[[Any], Hashable] | None = None,
        is_hidden: bool = False,
    ) -> Column:  # fmt: skip
        """A text."""
        return Column(title=self.title(name), text=text, by=by, is_hidden=is_hidden)

    def number(self, name: str, number: Callable[[Any], float], *, places: int = 0, is_hidden: bool = False) -> Column:
        """A figure with so many decimal places."""
        return Column(title=self.title(name), text=lambda row: f"{number(row):,.{places}f}", sort=number,
                      is_number=True, is_hidden=is_hidden)  # fmt: skip

    def share(self, name: str, share: Callable[[Any], float | None], *, is_hidden: bool = False) -> Column:
        """A share of 0 to 1 in per cent."""

        def text(row: Any) -> str:
            found = share(row)
            return self._nothing() if found is None else say("ui.figures.share", percent=round(100 * found))

        def order(row: Any) -> float:
            found = share(row)
            return -1.0 if found is None else found

        return Column(title=self.title(name), text=text, sort=order, is_number=True, value=share, is_hidden=is_hidden)

    def day(self, name: str, day: Callable[[Any], date | None], *, is_hidden: bool = False) -> Column:
        """A day; rows without one come last."""
        return Column(title=self.title(name), text=lambda row: day_in_words(day(row)) or self._nothing(),
                      sort=lambda row: day(row) or date.max, value=day, by=day, is_hidden=is_hidden)  # fmt: skip

    def instant(
        self, name: str, instant: Callable[[Any], datetime | None], zone: tzinfo, *, is_hidden: bool = False
    ) -> Column:
        """Day and time in ``zone``; rows without come last."""

        def local(row: Any) -> datetime | None:
            found = instant(row)
            return found.astimezone(zone) if found else None

        return Column(title=self.title(name), text=lambda row: instant_in_words(instant(row), zone) or self._nothing(),
                      sort=lambda row: instant(row) or _FAR, value=local, by=instant, is_hidden=is_hidden)  # fmt: skip

    def money(self, name: str, value: Callable[[Any], Any], currency: Callable[[Any], str]) -> Column:
        """A sum in a currency."""
        return Column(title=self.title(name), text=lambda row: f"{value(row):,.2f} {currency(row)}",
                      sort=lambda row: (currency(row), value(row)), is_number=True, value=value)  # fmt: skip

    def _nothing(self) -> str:
        return say(self.none) if self.none else ""
