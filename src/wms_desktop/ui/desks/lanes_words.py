"""The lane board's words: how long until a cut-off, how long units stand, whence missing units come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from wms_desktop.prompts import Outcome
from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views import lanes as views
from wms_desktop.views.lanes import Lack, Lane, LaneOrder, Source

SHAPES = {
    views.BLOCKED: "✕", views.COMPLETE: "●", views.FILLING: "◐", views.BOOKED: "◇", views.PACKED: "■", views.LOOSE: "↩",
    views.EMPTY: "○",
}  # fmt: skip
"""Each state has a shape of its own, so that nothing hangs on a colour."""
TONES = {
    views.BLOCKED: Outcome.STOP, views.COMPLETE: Outcome.STEP_DONE, views.FILLING: Outcome.ACCEPTED,
    views.PACKED: Outcome.NOT_UNDERSTOOD, views.LOOSE: Outcome.LOOK_HERE,
}  # fmt: skip
"""Booked and empty lanes ask nothing of anybody, and wear no colour."""
SOON_MINUTES = 30
_HOUR, _DAY = 60, 24 * 60


def state_in_words(state: str) -> str:
    """A lane's or an order's state as one word."""
    return say(f"ui.lanes.state.{state}")


def short_codes(codes: Sequence[str]) -> dict[str, str]:
    """What tells the lanes apart, to be written large: of "LANE-04" among such "04"; unlike ones are written whole."""
    shared = codes[0] if len(codes) > 1 else ""
    while shared and (shared[-1].isalnum() or not all(code.startswith(shared) for code in codes)):
        shared = shared[:-1]
    return {code: code[len(shared) :] or code for code in codes}


def minutes_until(moment: datetime | None, now: datetime) -> int | None:
    """Whole minutes until a moment, below 0 once it is over; None: there is none."""
    return None if moment is None else int((moment - now).total_seconds() // 60)


def span(minutes: int) -> str:
    """So many minutes as a person says it: minutes, hours and minutes, or days."""
    minutes = abs(minutes)
    if minutes < _HOUR:
        return say("ui.lanes.minutes", minutes=minutes)
    if minutes < _DAY:
        return say("ui.lanes.hours", hours=minutes // _HOUR, minutes=f"{minutes % _HOUR:02d}")
    return say("ui.lanes.days", days=minutes // _DAY)


def cut_off_in_words(leave_by: datetime | None, now: datetime, zone: tzinfo) -> str:
    """The cut-off and how long until it; "" where there is none."""
    minutes = minutes_until(leave_by, now)
    if leave_by is None or minutes is None:
        return ""
    local = leave_by.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    at = f"{local:%H:%M}" if is_today else day_in_words(local.date())
    return say("ui.lanes.over" if minutes < 0 else "ui.lanes.until", at=at, span=span(minutes))


def age_in_words(since: datetime | None, now: datetime) -> str:
    """How long the oldest units stand; "" where nothing stands."""
    minutes = minutes_until(now, since) if since is not None else None
    return "" if minutes is None else say("ui.lanes.age", span=span(minutes))


def service_in_words(lane: Lane) -> str:
    """Whose lane it is: a cubby of a wall, a carrier's service, or anybody's."""
    by = " ".join(dict.fromkeys(part for part in (plain(lane.carrier, 40), plain(lane.service, 40)) if part))
    if lane.wall:
        return say("ui.lanes.cubby", wall=plain(lane.wall, 30), service=by or say("ui.lanes.any"))
    return by or say("ui.lanes.any")


def orders_in_words(lane: Lane) -> str:
    """How many orders collect in it, of how many it holds."""
    count = len(lane.orders)
    return say("ui.lanes.orders_of", count=count, room=lane.capacity) if lane.capacity else say(
        "ui.lanes.orders", count=count
    )  # fmt: skip


def collected_in_words(lane: Lane) -> str:
    """How many orders collect in it, and how many of them could be packed now."""
    complete = lane.counts[views.COMPLETE]
    said = say("ui.lanes.count", count=complete, state=state_in_words(views.COMPLETE).lower()) if complete else ""
    return ", ".join(part for part in (orders_in_words(lane), said) if part)


def counts_in_words(lane: Lane) -> str:
    """Its orders by state, those that are any."""
    return ", ".join(
        say("ui.lanes.count", count=count, state=state_in_words(state).lower())
        for state, count in lane.counts.items()
        if count
    )


def alarm_in_words(lane: Lane, now: datetime) -> str:
    """What somebody should look at: late orders, units to walk back, units that stand too long; "" for nothing."""
    late = sum(order.is_late and order.state != views.PACKED for order in lane.orders)
    said = [say("ui.lanes.late", count=late)] if late > 1 else []  # of one the cut-off tells enough
    said += [say("ui.lanes.loose", units=lane.loose)] if lane.loose else []
    said += [age_in_words(lane.since, now)] if lane.is_stale else []
    return ", ".join(said)


def order_in_words(order: LaneOrder, now: datetime, zone: tzinfo) -> str:
    """Where an order stands: units in, units to come, its cut-off, and what keeps it."""
    parts = [
        say("ui.lanes.units_in", units=order.units_in, coming=order.units_coming),
        cut_off_in_words(order.leave_by, now, zone),
        say("ui.lanes.whole") if order.is_ship_complete else "",
        say("ui.lanes.held") if order.is_held else "",
    ]
    return " · ".join(part for part in parts if part)


def lack_in_words(lack: Lack) -> str:
    """A line that is not all there, and whence each part of it comes."""
    sources = "; ".join(source_in_words(source) for source in lack.sources)
    return say("ui.lanes.lack", units=lack.units, product=plain(lack.product, 60), sku=plain(lack.sku, 30),
               sources=sources)  # fmt: skip


def source_in_words(source: Source) -> str:
    """Whence units come: place, truck or purchase order, with the day where one is known."""
    code = f"ui.lanes.source.{source.kind}"
    if source.kind == views.BIN and source.number:
        code = "ui.lanes.source.batch"
    elif source.kind == views.BACKORDER and not source.number:
        code = "ui.lanes.source.nothing"
    return say(
        code, units=source.units, place=plain(source.place, 30) or "–", number=plain(source.number, 30),
        day=day_in_words(source.day) or say("ui.no_day"),
    )  # fmt: skip
