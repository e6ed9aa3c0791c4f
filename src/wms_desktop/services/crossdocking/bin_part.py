"""Reserves what an order is to have from bins, when the rest of it stands in a lane or is still on a truck here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Delivery, OrderLine, Peg
from wms_desktop.domain.allocation import Demand, decide
from wms_desktop.services import allocation, inventory, news
from wms_desktop.services.dialogue import Context


def reserve(session: Session, context: Context, order_ids: Collection[int]) -> None:
    """Reserves free units of bins for these orders, whose firm units on trucks that are here count as theirs already.

    By the rules of every allocation: whole orders only where they ship complete, safety stock left alone.
    """
    if not order_ids:
        return
    session.flush()
    picture = allocation.read(session, context.at, order_ids=order_ids, asked=order_ids, lock=True)
    cover = _list_cover(session, order_ids)
    mine = tuple(_covered(one, cover) for one in picture.demands if one.order_id in order_ids)
    decision = decide(replace(picture, demands=mine))
    rows = [(one.stock_id, one.line_id, one.qty, allocation.reason_text(one.why)) for one in decision.shares]
    inventory.hold_many(session, rows, recorded=True)
    products = {line.line_id: line.product_id for one in mine for line in one.lines}
    news.note_moved(session, {products[one.line_id] for one in decision.shares})


def _covered(demand: Demand, cover: dict[int, int]) -> Demand:
    lines = []
    for line in demand.lines:
        units = min(line.open, cover.get(line.line_id, 0))
        if line.open > units:
            lines.append(replace(line, open=line.open - units, secured=line.secured + units))
    return replace(demand, lines=tuple(lines))


def _list_cover(session: Session, order_ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Peg.order_line_id, func.sum(Peg.qty))
        .select_from(OrderLine)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .join(Delivery, Delivery.id == Peg.delivery_id)
        .where(is_among(session.connection(), OrderLine.order_id, order_ids), Peg.state == "firm",
               Delivery.state == "here")
        .group_by(Peg.order_line_id)
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in rows}
