"""What the firm plans of trucks that are here hold for the orders that wait, and how much of it has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, OrderLine, Peg, Receipt, ReceiptLine
from wms_desktop.services.crossdocking.arrival import Arrival
from wms_desktop.services.intake import in_pieces

_AT_ONCE = 4000


@dataclass(slots=True)
class Firm:
    """A firm peg: so many units that are still to come for an order line, and why."""

    id: int
    line_id: int
    order_id: int
    product_id: int
    qty: int
    reason: str


class FirmPlan:
    """Looks the firm pegs of some orders up once and counts what is served; ``cover`` are units by order line that
    are still to come, ``served`` units by peg that came."""

    def __init__(self, session: Session, order_ids: Collection[int], arrivals: Sequence[Arrival]) -> None:
        self.cover: dict[int, int] = defaultdict(int)
        self.served: dict[int, int] = defaultdict(int)
        self._by_order: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._pegs: dict[tuple[int, int], list[Firm]] = defaultdict(list)
        here = session.scalar(select(Delivery.id).where(Delivery.state.in_(("expected", "here")),
                                                        Delivery.state == "here").limit(1))  # fmt: skip
        if here is None:
            self._delivery: dict[int, int] = {}
            return
        self._read(session, order_ids)
        self._delivery = _list_deliveries(session, [arrival.receipt_line_id for arrival in arrivals])

    def of(self, arrival: Arrival) -> Sequence[Firm]:
        """The pegs of the arrival's purchase line in the plan of its truck."""
        key = (self._delivery.get(arrival.receipt_line_id, 0), arrival.purchase_line_id or 0)
        return self._pegs.get(key, ())

    def coming(self, order_id: int) -> Mapping[int, int]:
        """What is still to come for an order, by product."""
        return self._by_order.get(order_id, {})

    def take(self, peg: Firm, units: int) -> None:
        """Counts units of a peg as come."""
        peg.qty -= units
        self.served[peg.id] += units
        self.cover[peg.line_id] -= units
        self._by_order[peg.order_id][peg.product_id] -= units

    def _read(self, session: Session, order_ids: Collection[int]) -> None:
        for part in in_pieces(sorted(order_ids), at_once=_AT_ONCE):
            rows = session.execute(
                select(Peg.id, Peg.order_line_id, OrderLine.order_id, OrderLine.product_id, Peg.qty, Peg.reason,
                       Peg.delivery_id, Peg.purchase_line_id)
                .join(OrderLine, OrderLine.id == Peg.order_line_id)
                .where(OrderLine.order_id.in_(part), Peg.state == "firm")
                .order_by(Peg.id)
            )  # fmt: skip
            for row in rows:
                peg = Firm(row.id, row.order_line_id, row.order_id, row.product_id, row.qty, row.reason)
                self.cover[peg.line_id] += peg.qty
                self._by_order[peg.order_id][peg.product_id] += peg.qty
                self._pegs[row.delivery_id or 0, row.purchase_line_id].append(peg)


def _list_deliveries(session: Session, receipt_line_ids: Sequence[int]) -> dict[int, int]:
    """The truck that each receipt line came with."""
    found: dict[int, int] = {}
    for part in in_pieces(receipt_line_ids, at_once=_AT_ONCE):
        rows = session.execute(
            select(ReceiptLine.id, Receipt.delivery_id)
            .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
            .where(ReceiptLine.id.in_(part), Receipt.delivery_id.is_not(None))
        )
        found |= {row.id: row.delivery_id for row in rows}
    return found
