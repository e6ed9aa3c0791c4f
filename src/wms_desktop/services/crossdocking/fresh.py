"""Whether arriving units may leave before older ones that stand in bins, by their expiry days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Lot, ReceiptLine, Stock
from wms_desktop.services import settings
from wms_desktop.services.crossdocking.arrival import Arrival
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.picturing import IN_BIN

_AT_ONCE = 4000


def find_guard(session: Session, today: date, receipt_line_ids: Sequence[int]) -> str:
    """The rule that kept units of receipt lines from all: inspection, lot_expired, older_in_stock; empty: none."""
    lines = session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(receipt_line_ids))).all()
    if any(line.condition == "inspect" for line in lines):
        return "inspection"
    arrivals = [
        Arrival(receipt_line_id=line.id, stock_id=0, product_id=line.product_id, qty=line.qty) for line in lines
    ]
    fresh = Fresh(session, today, arrivals)
    return next((guard for arrival in arrivals if (guard := fresh.guard(arrival))), "")


class Fresh:
    """Judges arrivals by the expiry of their lots: an expired lot serves nobody; and where the house sets a limit of
    days, units that expire so much later than the oldest that stand free in a bin are put away, and those go first.
    """

    def __init__(self, session: Session, today: date, arrivals: Sequence[Arrival]) -> None:
        self._today = today
        self._expiry: dict[int, date] = {}
        for part in in_pieces([arrival.receipt_line_id for arrival in arrivals], at_once=_AT_ONCE):
            rows = session.execute(
                select(ReceiptLine.id, Lot.expiry)
                .join(Lot, Lot.id == ReceiptLine.lot_id)
                .where(ReceiptLine.id.in_(part), Lot.expiry.is_not(None))
            )
            self._expiry |= {row.id: row.expiry for row in rows}
        gap = settings.get(session, "fefo_gap_days")
        self._gap = timedelta(days=int(gap)) if gap else None
        dated = {arrival.product_id for arrival in arrivals if arrival.receipt_line_id in self._expiry}
        self._oldest = self._read_oldest(session, dated) if self._gap is not None and dated else {}

    def guard(self, arrival: Arrival) -> str:
        """The rule that keeps an arrival from all who wait, empty: none."""
        expiry = self._expiry.get(arrival.receipt_line_id)
        if expiry is None:
            return ""
        if expiry < self._today:
            return "lot_expired"
        oldest = self._oldest.get(arrival.product_id)
        if self._gap is not None and oldest is not None and expiry > oldest + self._gap:
            return "older_in_stock"
        return ""

    def _read_oldest(self, session: Session, product_ids: set[int]) -> dict[int, date]:
        rows = session.execute(
            select(Stock.product_id, func.min(Lot.expiry).label("oldest"))
            .join(Location, Location.id == Stock.location_id)
            .join(Lot, Lot.id == Stock.lot_id)
            .where(Stock.product_id.in_(product_ids), Stock.condition == "good", Stock.on_hand > Stock.reserved,
                   IN_BIN, Lot.expiry >= self._today)
            .group_by(Stock.product_id)
        )  # fmt: skip
        return {row.product_id: row.oldest for row in rows}
