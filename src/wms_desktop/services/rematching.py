"""Matches what became free, or newly wanted, with what waits for it: at the end of each command, in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from wms_desktop.db.tables import KitPart, Location, OrderLine, Product, Stock
from wms_desktop.services import allocation, crossdocking, news, planning, promising
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.picturing import IN_BIN, WAITS

_AT_ONCE = 2000
_ROUNDS = 4
"""So often what a round of serving freed is served again; a second round is rare, a third has not been seen."""


def settle(session: Session, context: Context) -> None:
    """Serves waiting lines from stock that this command made free, and lines that it opened from what is free.

    The whole need of a ship-complete order is judged over all its lines. What is reserved goes again when the command
    is taken back, unless it is bulk work, which makes the command final. The plans of trucks are mended for these
    products, lane units that their order cannot leave with are let go, and what that frees is served in turn. Then the
    days of what still waits for these products are computed anew. A few indexed questions where nothing waits; none
    where nothing was noted.
    """
    serve, days = news.take(session)
    for _ in range(_ROUNDS):
        if not serve and not days:
            return
        waiting = _list_waiting(session, serve) if serve else set()
        served = _list_servable(session, waiting)
        if served:
            allocation.allocate(session, context, product_ids=served, final=False, brief=True)
        planning.settle(session, context, serve, moved=days)
        crossdocking.settle(session, context, waiting)
        more, moved = news.take(session)
        days = days.union(served, moved, more)
        serve = more - serve
        if not serve:
            if moved:
                planning.settle(session, context, set(), moved=moved)
            break
    if days:
        promising.refresh(session, context, days)


def _list_waiting(session: Session, noted: Collection[int]) -> set[int]:
    """Those of the products, and of the kits made of them, that somebody waits for."""
    session.flush()
    waiting: set[int] = set()
    for part in in_pieces(noted, at_once=_AT_ONCE):
        made_of = select(KitPart.kit_id).where(KitPart.part_id.in_(part))
        named = union(select(Product.id).where(Product.id.in_(part)), made_of)
        waiting.update(session.scalars(select(OrderLine.product_id).where(WAITS, OrderLine.product_id.in_(named))))
    return waiting


def _list_servable(session: Session, waiting: Collection[int]) -> set[int]:
    """Those of the products that the house could serve."""
    return {product_id for part in in_pieces(waiting, at_once=_AT_ONCE) for product_id in _list_there(session, part)}


def _list_there(session: Session, product_ids: list[int]) -> Iterator[int]:
    """Those with free units in a bin, and kits, which may be made of their parts."""
    yield from session.scalars(
        select(Stock.product_id)
        .join(Location, Location.id == Stock.location_id)
        .where(
            Stock.product_id.in_(product_ids),
            Stock.condition == "good",
            Stock.on_hand > Stock.reserved,
            IN_BIN,
        )
    )
    yield from session.scalars(select(KitPart.kit_id).where(KitPart.kit_id.in_(product_ids)))
