"""How units went from the receiving scan to the truck: through a lane, or through a bin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Location, Movement, Peg, ReceiptLine, Stock
from wms_desktop.services.dock_figures.window import CROSSED, Window

_LOOK_BACK = timedelta(days=90)
"""How far back receipts are looked at for what was stored and then shipped."""
_BEFORE = timedelta(days=30)
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """Units of a product from the receiving scan to the truck; ``order_line_id`` None: they went through a bin."""

    product_id: int
    units: int
    came: datetime
    left: datetime
    order_line_id: int | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes on the way."""
        return int((self.left - self.came).total_seconds()) // _MINUTE


def list_crossed(session: Session, window: Window) -> Sequence[Passage]:
    """Each cross-docked tie that left on these days, with when its line first left after it came.

    A line that was sent twice is told by its first sending, so the days before the window are looked at as well.
    """
    left = func.min(Movement.at)
    rows = session.execute(
        select(ReceiptLine.product_id, Peg.qty, ReceiptLine.at.label("came"), left.label("left"), Peg.order_line_id)
        .select_from(Movement)
        .join(Peg, Peg.order_line_id == Movement.order_line_id)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(Movement.reason == "ship", Movement.at >= window.since - _BEFORE, Peg.state == "packed",
               ReceiptLine.at <= Movement.at)
        .group_by(Peg.id, ReceiptLine.product_id, Peg.qty, ReceiptLine.at, Peg.order_line_id)
        .having(left >= window.since)
    )  # fmt: skip
    return [Passage(row.product_id, row.qty, row.came, row.left, row.order_line_id) for row in rows]


def list_through_bins(session: Session, window: Window, crossed: Iterable[Passage]) -> list[Passage]:
    """What was stored before it left on these days, first in first out by product; ``crossed`` left through lanes.

    Told backwards: of all that was received, what came last still stands here, and what came before that left, the
    last to come with the last to leave. So no more has to be read than these days shipped.
    """
    left = _list_shipped(session, window, crossed)
    if not left:
        return []
    here = _count_here(session, left.keys())
    found: list[Passage] = []
    for product_id, came in _list_stored(session, window, left.keys()).items():
        rest, stands = left[product_id], here.get(product_id, 0)
        for at, units in came:
            kept = min(stands, units)
            stands -= kept
            found += [Passage(product_id, paired, at, gone) for gone, paired in pair(at, units - kept, rest)]
    return found


def pair(came: datetime, units: int, left: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    """(when they left, units) of units that came then, paired with the latest that left and are not paired yet.

    ``left`` is in the order of its instants; what is paired is taken off its end.
    """
    paired: list[tuple[datetime, int]] = []
    while units and left:
        at, gone = left.pop()
        taken = min(units, gone)
        if gone > taken:
            left.append((at, gone - taken))
        if at >= came:
            paired.append((at, taken))
        units -= taken
    return paired


def _list_shipped(
    session: Session, window: Window, crossed: Iterable[Passage]
) -> dict[int, list[tuple[datetime, int]]]:
    """By product: when units left that did not go through a lane, the earliest first."""
    less: dict[tuple[int, datetime], int] = defaultdict(int)
    for one in crossed:
        less[one.product_id, one.left] += one.units
    rows = session.execute(
        select(Movement.product_id, Movement.at, func.sum(Movement.qty).label("units"))
        .where(Movement.reason == "ship", Movement.at >= window.since)
        .group_by(Movement.product_id, Movement.at)
        .order_by(Movement.at)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        units = int(row.units) - less[row.product_id, row.at]
        if units > 0:
            found[row.product_id].append((row.at, units))
    return found


def _count_here(session: Session, product_ids: Iterable[int]) -> dict[int, int]:
    """Good units in the house, but for those in lanes, by product."""
    rows = session.execute(
        select(Stock.product_id, func.sum(Stock.on_hand))
        .join(Location, Location.id == Stock.location_id)
        .where(is_among(session.connection(), Stock.product_id, list(product_ids)), Stock.on_hand > 0,
               Stock.condition == "good", Location.is_virtual == False, Location.kind != "lane")
        .group_by(Stock.product_id)
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in rows}


def _list_stored(session: Session, window: Window,
                 product_ids: Iterable[int]) -> dict[int, list[tuple[datetime, int]]]:  # fmt: skip
    """By product: what came in and went to a bin, the latest first."""
    since = min(window.since, window.now - _LOOK_BACK)
    laned = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .where(Peg.receipt_line_id == ReceiptLine.id, Peg.state.in_(("arrived", *CROSSED)))
        .correlate(ReceiptLine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ReceiptLine.product_id, ReceiptLine.at, (ReceiptLine.qty - laned).label("units"))
        .where(ReceiptLine.at >= since, ReceiptLine.condition == "good", ReceiptLine.state == "received",
               is_among(session.connection(), ReceiptLine.product_id, list(product_ids)))
        .order_by(ReceiptLine.at.desc(), ReceiptLine.id.desc())
    )  # fmt: skip
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        if row.units > 0:
            found[row.product_id].append((row.at, int(row.units)))
    return found
