"""Ties what arrives to who waits, in one go: pegs, reservations on the dock, and what the plan gave up for them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.tables import Location, Order, OrderLine, Peg, Receipt, ReceiptLine, Stock
from wms_desktop.domain.crossdock import Portion
from wms_desktop.services import inventory, news, undo
from wms_desktop.services.crossdocking import bin_part
from wms_desktop.services.crossdocking.arrival import Arrival
from wms_desktop.services.crossdocking.carrying import dock_stock
from wms_desktop.services.crossdocking.deciding import Tie, Verdict
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.picturing import free_in_bins
from wms_desktop.services.planning.reading import MADE_FOR_IT

_AT_ONCE = 4000
LET_GO = "let_go"


def serve(session: Session, context: Context, arrivals: Sequence[Arrival], *, leave_out: Sequence[int] = ()) -> int:
    """Ties arrived units to the orders that wait for them, reserved on the dock so that nobody else sees them.

    Product by product, as if they had been scanned in turn: what is made to order goes to its own line, then to whom
    the firm plan of the truck gives it, and what exceeds the plan is shared out among all who wait. A ship-complete
    order whose rest stands free in bins gets that reserved at once. Gives how many units were tied. What an order
    still lacks beside them is news for the stock in the bins.
    """
    by_product: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_product[arrival.product_id].append(arrival)
    news.note_served(session, by_product)
    verdict = Verdict(session, context, arrivals, leave_out)
    ties: list[Tie] = []
    for product_id, alike in by_product.items():
        ties += verdict.tie(product_id, alike)
    _peg(session, context, verdict.completed(ties))
    _shrink(session, verdict.served)
    _count_passed_over(session, verdict, ties)
    bin_part.reserve(session, context, verdict.from_bins)
    beside = free_in_bins(session, context.at, verdict.wanted_beside) if verdict.wanted_beside else {}
    news.note(session, verdict.bins.overtaken.union(product_id for product_id, units in beside.items() if units))
    return sum(tie.portion.qty for tie in ties)


def offer_again(session: Session, context: Context, declined: Peg) -> None:
    """Shares out a declined peg's units anew, leaving every order out that was declined for this line.

    What was made for the line stays its own, in a bin: only the lane was declined.
    """
    line = session.get_one(ReceiptLine, declined.receipt_line_id)
    receipt = session.get_one(Receipt, line.receipt_id)
    arrival = Arrival(
        receipt_line_id=line.id,
        stock_id=dock_stock(session, line, receipt.dock_id).id,
        product_id=line.product_id,
        qty=declined.qty,
        purchase_line_id=line.purchase_line_id,
        case=line.case_units,
    )
    wanted = session.get_one(OrderLine, declined.order_line_id)
    if wanted.made_to_order:
        portion = Portion(wanted.order_id, wanted.id, declined.qty, "bin", MADE_FOR_IT)
        _peg(session, context, [Tie(arrival, portion, None)])
        return
    serve(session, context, [arrival], leave_out=list_declined(session, [line.id]))


def list_declined(session: Session, receipt_line_ids: Sequence[int]) -> tuple[int, ...]:
    """The orders that units of these receipt lines were declined for, or that a person let go of them."""
    return tuple(
        session.scalars(
            select(OrderLine.order_id)
            .join(Peg, Peg.order_line_id == OrderLine.id)
            .where(
                Peg.receipt_line_id.in_(receipt_line_ids),
                Peg.state == "released",
                Peg.why.startswith("declined") | (Peg.why == LET_GO),
            )
            .distinct()
        )
    )


def list_on_dock(session: Session, product_ids: Collection[int]) -> list[int]:
    """Lines of open receipts of which units of these products stand free on the dock, and go to nobody yet."""
    open_ = session.scalars(select(Receipt.id).where(Receipt.state == "open")).all()
    rows = session.execute(
        select(ReceiptLine.id, ReceiptLine.product_id)
        .where(ReceiptLine.receipt_id.in_(open_), ReceiptLine.state == "received", ReceiptLine.condition == "good",
               ReceiptLine.qty > ReceiptLine.pegged)
    )  # fmt: skip
    return [row.id for row in rows if row.product_id in product_ids]


def serve_free(session: Session, context: Context, receipt_line_ids: Sequence[int], *,
               leave_out: Sequence[int] = ()) -> int:  # fmt: skip
    """Shares out anew what stands free on the dock of these lines of open receipts; gives how many units were tied."""
    rows = session.execute(
        select(ReceiptLine.id, ReceiptLine.product_id, ReceiptLine.purchase_line_id, ReceiptLine.case_units,
               Stock.id.label("stock_id"),
               (ReceiptLine.qty - ReceiptLine.pegged).label("spare"), (Stock.on_hand - Stock.reserved).label("free"))
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(Stock, (Stock.location_id == Receipt.dock_id) & (Stock.product_id == ReceiptLine.product_id)
              & (Stock.lot_id == ReceiptLine.lot_id) & (Stock.plate_id == ReceiptLine.plate_id)
              & (Stock.condition == "good"))
        .join(Location, Location.id == Stock.location_id)
        .where(ReceiptLine.id.in_(receipt_line_ids), ReceiptLine.state == "received", ReceiptLine.condition == "good",
               Receipt.state == "open",
               ReceiptLine.qty > ReceiptLine.pegged, Stock.on_hand > Stock.reserved)
        .order_by(ReceiptLine.id)
    ).all()  # fmt: skip
    left: dict[int, int] = {row.stock_id: row.free for row in rows}
    arrivals = []
    for row in rows:
        units = min(row.spare, left[row.stock_id])
        left[row.stock_id] -= units
        if units:
            arrivals.append(
                Arrival(receipt_line_id=row.id, stock_id=row.stock_id, product_id=row.product_id, qty=units,
                        purchase_line_id=row.purchase_line_id, case=row.case_units)
            )  # fmt: skip
    news.note_moved(session, {arrival.product_id for arrival in arrivals})
    declined = list_declined(session, [arrival.receipt_line_id for arrival in arrivals])
    return serve(session, context, arrivals, leave_out=(*leave_out, *declined)) if arrivals else 0


def _peg(session: Session, context: Context, ties: Sequence[Tie]) -> None:
    if not ties:
        return
    session.flush()
    pegs = [
        {
            "receipt_line_id": tie.arrival.receipt_line_id,
            "order_line_id": tie.portion.line_id,
            "qty": tie.portion.qty,
            "state": "stored" if tie.lane_id is None else "arrived",
            "lane_id": tie.lane_id,
            "reason": tie.portion.reason,
            "why": "",
            "at": context.at,
            "kind": "planned" if tie.is_planned else "opportunistic",
        }
        for tie in ties
    ]
    for peg_id in insert_numbered(session.connection(), Peg.metadata.tables["peg"], pegs):
        undo.note_insert(session, "peg", peg_id)
    holds = [(tie.arrival.stock_id, tie.portion.line_id, tie.portion.qty, _reason(tie.portion)) for tie in ties]
    inventory.hold_many(session, holds, recorded=True)


def _shrink(session: Session, served: Mapping[int, int]) -> None:
    """The plan's pegs, smaller by what came of them; one that came wholly goes: the units' own peg is its trace."""
    for part in in_pieces(sorted(served), at_once=_AT_ONCE):
        for peg in session.scalars(select(Peg).where(Peg.id.in_(part)).execution_options(populate_existing=True)):
            if served[peg.id] >= peg.qty:
                session.delete(peg)
            else:
                peg.qty -= served[peg.id]
    session.flush()


def _count_passed_over(session: Session, verdict: Verdict, ties: Sequence[Tie]) -> None:
    """Orders that somebody else was completed before; those that have all now, and not one unit less, begin anew."""
    done = {tie.portion.order_id for tie in ties if tie.portion.reason == "completes"}
    reset = {order_id for order_id in done & verdict.starved if verdict.has_all(order_id)}
    ids = verdict.passed_over | reset
    if not ids:
        return
    for order in session.scalars(select(Order).where(Order.id.in_(ids))):
        order.passed_over = 0 if order.id in reset else order.passed_over + 1
    session.flush()


def _reason(portion: Portion) -> str:
    return json.dumps({"rule": portion.reason, "by": "crossdock"})
