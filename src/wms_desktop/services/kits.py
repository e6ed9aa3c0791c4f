"""Kits on order: assembled ones are taken first; what is missing is made of parts, which become lines of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import KitPart, OrderLine, Product, PurchaseLine, PurchaseOrder
from wms_desktop.domain.allocation import Picture
from wms_desktop.domain.kits import Build, Part, Piece, plan_builds, split_price
from wms_desktop.errors import Value
from wms_desktop.services import news, order_log
from wms_desktop.services.dialogue import Context
from wms_desktop.services.picturing import free_in_bins

_AT_ONCE = 4000


def explode(session: Session, context: Context, picture: Picture) -> set[int]:
    """Turns the kits that no assembled stock covers into lines for their parts; gives the parts' products.

    In the demand order: assembled stock first; of what is missing, all is made of parts, except where assembled kits
    are on order: then only what the parts that are free now make up, and the rest waits. The line of the kit counts
    the units as cancelled and replaced; the parts' lines name it, take over its promise, and cost the same together.
    Lines that may not be served yet (held, not released, beyond the horizon) are left as they are. Taken back with
    the command.
    """
    parts = list_parts(session, _waiting_products(picture))
    if not parts:
        return set()
    on_order = list_on_order(session, parts)
    free = free_in_bins(session, context.at, {part.product_id for kit in on_order for part in parts[kit]})
    wanted = plan_builds(picture, parts, on_order, free)
    if wanted:
        _write(session, context, wanted, parts)
    products = {part.product_id for one in wanted for part in parts[one.kit_id]}
    news.note_moved(session, products)
    return products


def list_parts(session: Session, product_ids: Collection[int]) -> dict[int, list[Part]]:
    """The parts of those products that are kits, by product."""
    found: dict[int, list[Part]] = defaultdict(list)
    ids = sorted(product_ids)
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.execute(
            select(KitPart.kit_id, KitPart.part_id, KitPart.qty, Product.price)
            .join(Product, Product.id == KitPart.part_id)
            .where(KitPart.kit_id.in_(ids[start : start + _AT_ONCE]))
            .order_by(KitPart.kit_id, KitPart.id)
        )
        for row in rows:
            found[row.kit_id].append(Part(row.part_id, row.qty, row.price))
    return dict(found)


def _waiting_products(picture: Picture) -> set[int]:
    return {line.product_id for demand in picture.demands for line in demand.lines if line.open and not line.kit_qty}


def list_on_order(session: Session, kit_ids: Collection[int]) -> set[int]:
    """Kits that come assembled: units of them are on open purchase orders."""
    found: set[int] = set()
    ids = sorted(kit_ids)
    for start in range(0, len(ids), _AT_ONCE):
        found.update(
            session.scalars(
                select(PurchaseLine.product_id)
                .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
                .where(
                    PurchaseLine.product_id.in_(ids[start : start + _AT_ONCE]),
                    PurchaseLine.received < PurchaseLine.ordered,
                    PurchaseOrder.state == "open",
                )
            )
        )
    return found


def _write(session: Session, context: Context, wanted: Sequence[Build], parts: Mapping[int, Sequence[Part]]) -> None:
    ids = sorted(one.line_id for one in wanted)
    lines: dict[int, OrderLine] = {}
    known: dict[int, list[OrderLine]] = defaultdict(list)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        fresh = select(OrderLine).execution_options(populate_existing=True)
        lines.update((line.id, line) for line in session.scalars(fresh.where(OrderLine.id.in_(some))))
        for line in session.scalars(fresh.where(OrderLine.replaces_id.in_(some), OrderLine.kit_qty > 0)):
            known[line.replaces_id or 0].append(line)
    numbers = _last_numbers(session, {line.order_id for line in lines.values()})
    names = _names(session, {one.kit_id for one in wanted})
    for one in wanted:
        line = lines[one.line_id]
        line.cancelled += one.kits
        line.replaced += one.kits
        if known[line.id]:
            for part in known[line.id]:
                part.ordered += one.kits * part.kit_qty
        else:
            for piece in split_price(line.price, parts[one.kit_id]):
                numbers[line.order_id] += 1
                session.add(_part_line(line, piece, one.kits, numbers[line.order_id]))
        args: dict[str, Value] = {"sku": names[one.kit_id], "units": one.kits}
        order_log.note(session, context, line.order_id, "event.kit_exploded", args, line.id)
    session.flush()


def _part_line(kit: OrderLine, piece: Piece, kits: int, line_no: int) -> OrderLine:
    return OrderLine(
        order_id=kit.order_id,
        line_no=line_no,
        product_id=piece.product_id,
        ordered=kits * piece.qty,
        price=piece.price,
        replaces_id=kit.id,
        kit_qty=piece.qty,
        release_on=kit.release_on,
        first_promise=kit.first_promise,
        promise=kit.promise,
        promise_rule=kit.promise_rule,
        cause=kit.cause,
    )


def _last_numbers(session: Session, order_ids: Collection[int]) -> dict[int, int]:
    last: dict[int, int] = {}
    ids = sorted(order_ids)
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.execute(
            select(OrderLine.order_id, func.max(OrderLine.line_no))
            .where(OrderLine.order_id.in_(ids[start : start + _AT_ONCE]))
            .group_by(OrderLine.order_id)
        )
        last |= {row[0]: row[1] for row in rows}
    return last


def _names(session: Session, product_ids: Collection[int]) -> dict[int, str]:
    ids = sorted(product_ids)
    found: dict[int, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.execute(select(Product.id, Product.sku).where(Product.id.in_(ids[start : start + _AT_ONCE])))
        found |= {row.id: row.sku for row in rows}
    return found
