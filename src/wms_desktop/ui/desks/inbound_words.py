"""The inbound desk's words: trucks, their windows and loads, and times as people type them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import NoticeRow, OpenPurchase, Share, TruckLine, TruckRow, TruckView

SHAPES = {"here": "▶", "expected": "◇", "late": "!", "missed": "✕", "done": "■", "cancelled": "–"}
"""Each state of a truck has a shape of its own, so that nothing hangs on a colour."""
_SURE = frozenset({"none", "proven", "searching"})
"""What is said without the most that any sharing-out could complete."""
_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.h]?([0-5]\d))?\Z")
_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What can be put on a truck: all that is due of a purchase order, or one notice of it."""

    purchase: OpenPurchase
    notice: NoticeRow | None = None

    @property
    def key(self) -> tuple[int, int]:
        """What tells it apart."""
        return self.purchase.purchase_id, self.notice.notice_id if self.notice else 0

    @property
    def number(self) -> str:
        """The notice's number, else the purchase order's."""
        return self.notice.number if self.notice else self.purchase.number

    @property
    def units(self) -> int:
        """Units that it brings."""
        return self.notice.units if self.notice else self.purchase.units

    @property
    def due(self) -> date:
        """The day it is due."""
        return self.notice.due if self.notice else self.purchase.due

    @property
    def truck(self) -> str:
        """The truck that brings it, "" where none is booked."""
        return self.notice.truck if self.notice else self.purchase.truck


def all_due(purchases: Sequence[OpenPurchase]) -> tuple[Due, ...]:
    """Every open purchase order, each followed by its notices."""
    return tuple(
        due
        for purchase in purchases
        for due in (Due(purchase=purchase), *(Due(purchase=purchase, notice=notice) for notice in purchase.notices))
    )


def parts_of(chosen: Sequence[Due]) -> list[dict[str, int | None]]:
    """What to book for the chosen rows: a whole purchase order takes the place of its notices."""
    whole = {due.purchase.purchase_id for due in chosen if due.notice is None}
    return [
        {"purchase": due.purchase.purchase_id, "notice": due.notice.notice_id if due.notice else None}
        for due in chosen
        if due.notice is None or due.purchase.purchase_id not in whole
    ]


def state_of(truck: TruckRow) -> str:
    """The truck's state as it is shown: an expected one that should be here is late."""
    return "late" if truck.state == "expected" and truck.late_minutes else truck.state


def state_in_words(truck: TruckRow) -> str:
    """Shape and word, with how late it is."""
    state = state_of(truck)
    word = say(f"ui.inbound.state.{state}")
    late = say("ui.inbound.by", span=span(truck.late_minutes)) if truck.late_minutes and state != "missed" else ""
    return " ".join(part for part in (SHAPES[state], word, late) if part)


def span(minutes: int) -> str:
    """So many minutes in words."""
    return say("ui.inbound.minutes", minutes=minutes) if minutes < _HOUR else say(
        "ui.inbound.hours", hours=minutes // _HOUR, minutes=f"{minutes % _HOUR:02d}"
    )  # fmt: skip


def window_in_words(truck: TruckRow, zone: tzinfo) -> str:
    """Day and hours at the dock."""
    if truck.opens_at is None or truck.closes_at is None:
        return say("ui.inbound.no_window")
    opens, closes = truck.opens_at.astimezone(zone), truck.closes_at.astimezone(zone)
    return f"{day_in_words(opens.date())} {opens:%H:%M}–{closes:%H:%M}"


def hours_in_words(truck: TruckRow, zone: tzinfo) -> str:
    """The hours at the dock alone; "" where there are none."""
    if truck.opens_at is None or truck.closes_at is None:
        return ""
    return f"{truck.opens_at.astimezone(zone):%H:%M}–{truck.closes_at.astimezone(zone):%H:%M}"


def completes_in_words(truck: TruckRow) -> str:
    """How many orders its goods complete, and how the sharing-out stands, in few words for a list.

    The whole sentence is the answer to the question ``sharing``; both go by the same word.
    """
    said = say(f"ui.inbound.sharing.{truck.sharing}", count=truck.completes)
    if truck.bound is None or truck.sharing in _SURE:
        return said
    return say("ui.inbound.sharing.at_most", said=said, bound=truck.bound)


def method_in_words(truck: TruckRow) -> str:
    """How the sharing-out was found; "" where there is none yet."""
    return say(f"ui.inbound.method.{truck.method}") if truck.method else ""


def load_in_words(truck: TruckRow) -> str:
    """Units received of those it brings."""
    if truck.received:
        return say("ui.inbound.received", received=f"{truck.received:,}", units=f"{truck.units:,}")
    return f"{truck.units:,}"


def names(values: Sequence[str]) -> str:
    """Several names in a row."""
    return ", ".join(plain(value, 40) for value in values)


def truck_facts(view: TruckView, zone: tzinfo) -> str:
    """What a truck is, in a few lines."""
    truck = view.truck
    lines = [
        " · ".join((state_in_words(truck), window_in_words(truck, zone),
                    plain(truck.dock, 30) or say("ui.inbound.no_dock"))),
        " · ".join(part for part in (names(truck.suppliers), names(truck.purchases), names(truck.notices),
                                     plain(truck.carrier, 40)) if part),
        say("ui.inbound.load", units=load_in_words(truck), planned=f"{truck.planned:,}"),
        plain(truck.note, 200),
    ]  # fmt: skip
    return "\n".join(line for line in lines if line)


def line_in_words(line: TruckLine) -> str:
    """One line of a truck."""
    return say(
        "ui.inbound.line", units=line.units, product=plain(line.product, 60), sku=plain(line.sku, 30),
        received=line.received, rest=line.rest, purchase=plain(line.purchase, 30),
    )  # fmt: skip


def share_in_words(share: Share) -> str:
    """Whom some of a line is for."""
    return say(
        f"ui.inbound.share.{share.state}", units=share.units, order=plain(share.order, 40),
        customer=plain(share.customer, 40), lane=plain(share.lane, 30) or "–",
    )  # fmt: skip


def read_time(text: str) -> time | None:
    """A time of day as people type it: 8, 8:30, 0830, 8.30; None: none."""
    found = _TIME.match(text.strip().lower())
    return time(int(found[1]), int(found[2] or 0)) if found else None


def at(day: date, text: str, zone: tzinfo) -> datetime | None:
    """The instant of a typed time on a day in the house's zone."""
    found = read_time(text)
    return None if found is None else datetime.combine(day, found, tzinfo=zone)
