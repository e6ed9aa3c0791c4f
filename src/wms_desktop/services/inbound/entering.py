"""Purchase orders and shipping notices that a buyer types, and notices that are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Notice,
    NoticeLine,
    NoticePackage,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from wms_desktop.domain import barcodes, sscc
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.services import news, planning, purchasing, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inbound import announcing, booking
from wms_desktop.services.inbound.announcing import NewNotice, NewNoticeLine
from wms_desktop.services.inbound.arriving import get_notice, get_purchase, list_parts
from wms_desktop.services.inbound.finding import list_products
from wms_desktop.services.intake import Entry
from wms_desktop.services.purchasing import NewPurchase

MOST_UNITS = 1_000_000
_MOST_LOT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """Units of a purchase line (its id) on their way; lot, expiry and the package's SSCC where they are known."""

    line: int
    qty: int
    lot: str = ""
    expiry: date | None = None
    package: str = ""


def enter_purchase(session: Session, context: Context, purchase: NewPurchase) -> int:
    """Takes a purchase order in, and gives its id; what waits for its goods gets its day at once.

    Raises what `purchasing.add_purchases` raises, `inbound.past_day` for a day that is over and `inbound.too_many` for
    a quantity that nobody orders.
    """
    _refuse_past(session, context, purchase.due)
    for line_no, line in enumerate(purchase.lines, 1):
        if line.qty > MOST_UNITS:
            raise BadInput("inbound.too_many", line=line_no, qty=line.qty, most=MOST_UNITS)
    return purchasing.add_purchases(session, [purchase])[purchase.number]


def enter_notice(session: Session, context: Context, purchase_id: int, number: str, due: date,
                 lines: Sequence[TypedLine]) -> Notice:  # fmt: skip
    """Writes down what a supplier says is on its way for a purchase order; without a number it gets one.

    Refuses `inbound.no_purchase`, `po_closed`, `inbound.past_day`, `inbound.notice_empty`, `inbound.no_line` (of
    another order), `inbound.too_few`, `inbound.notice_over_line` (more than the order has left, the tolerance counted
    in), `inbound.not_sscc`, `inbound.package_taken` (by another supplier), `inbound.notice_taken`.
    """
    purchase = get_purchase(session, purchase_id)
    _refuse_past(session, context, due)
    number = number.strip() or announcing.next_number(session)
    Entry("notices", 1).code("number", number)
    if not lines:
        raise Refusal("inbound.notice_empty", number=purchase.number)
    products = _products(session, purchase_id)
    notice = NewNotice(
        number=number, supplier_id=purchase.supplier_id, purchase_order_id=purchase_id, due=due,
        lines=tuple(_line(place, line, products) for place, line in enumerate(lines, 1)),
    )  # fmt: skip
    if announcing.find_notices(session, [notice.key]):
        raise Refusal("inbound.notice_taken", notice=number, number=purchase.number)
    _refuse_taken(session, notice)
    rooms = announcing.list_room(session, [purchase_id])[purchase_id]
    for over in announcing.list_over(session, notice, rooms):
        sku = session.get_one(Product, over.product_id).sku
        place = next(n for n, line in enumerate(notice.lines, 1) if line.product_id == over.product_id)
        raise Refusal("inbound.notice_over_line", line=place, sku=sku, asked=over.asked, most=over.most)
    return session.get_one(Notice, announcing.put_notices(session, context, [notice])[0])


def inspect_supplier(session: Session, context: Context, code: str, is_inspected: bool) -> Supplier:
    """Says whether all that a supplier sends is inspected before it is free; plans for his goods follow.

    Refuses `inbound.no_supplier`, `inbound.inspected_already` where nothing would change.
    """
    supplier = session.scalars(select(Supplier).where(Supplier.code == code)).one_or_none()
    if supplier is None:
        raise Refusal("inbound.no_supplier", supplier=code)
    if supplier.is_inspected == is_inspected:
        raise Refusal("inbound.inspected_already", supplier=supplier.name)
    supplier.is_inspected = is_inspected
    session.flush()
    open_ = select(PurchaseOrder.id).where(PurchaseOrder.supplier_id == supplier.id, PurchaseOrder.state == "open")
    orders = session.scalars(open_).all()
    news.note_moved(session, list_products(session, orders))
    planning.replan(session, context, orders)
    return supplier


def cancel_notice(session: Session, context: Context, notice_id: int) -> Notice:
    """Takes a notice back: its units are due on their order's day again, and no truck brings them.

    A truck that brought nothing else is cancelled. Refuses `inbound.no_notice`, `inbound.notice_over`,
    `inbound.notice_here`.
    """
    notice = get_notice(session, notice_id)
    came = session.scalar(select(NoticeLine.id).where(NoticeLine.notice_id == notice_id, NoticeLine.received > 0))
    if notice.state == "here" or came is not None:
        raise Refusal("inbound.notice_here", notice=notice.number)
    notice.state = "cancelled"
    booked = session.scalars(
        select(DeliveryPart)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(DeliveryPart.notice_id == notice_id, Delivery.state.in_(("expected", "missed")))
        .order_by(DeliveryPart.id)
    ).all()
    news.note_moved(session, list_products(session, [notice.purchase_order_id]))
    for part in booked:
        if len(list_parts(session, part.delivery_id)) == 1:
            booking.cancel(session, context, part.delivery_id, f"notice {notice.number}")
            continue
        session.delete(part)
        session.flush()
        planning.plan(session, context, part.delivery_id)
    session.flush()
    planning.replan(session, context, [notice.purchase_order_id])
    return notice


def _refuse_past(session: Session, context: Context, due: date) -> None:
    if due < site_time.today(session, context.at):
        raise BadInput("inbound.past_day", day=due.isoformat())


def _refuse_taken(session: Session, notice: NewNotice) -> None:
    """A package that another supplier's living notice bears is somewhere else, or one of the two was misread."""
    places = {line.pallet: place for place, line in reversed(list(enumerate(notice.lines, 1))) if line.pallet}
    taken = session.execute(
        select(NoticePackage.code, Notice.number)
        .join(Notice, Notice.id == NoticePackage.notice_id)
        .where(NoticePackage.code.in_(places), Notice.supplier_id != notice.supplier_id,
               Notice.state.in_(announcing.LIVING))
    ).all()  # fmt: skip
    if taken:
        place, first = min((places[row.code], row) for row in taken)
        raise Refusal("inbound.package_taken", line=place, sscc=first.code, notice=first.number)


def _products(session: Session, purchase_id: int) -> dict[int, int]:
    """The product of each line of a purchase order."""
    query = select(PurchaseLine.id, PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == purchase_id)
    return {row.id: row.product_id for row in session.execute(query)}


def _line(place: int, line: TypedLine, products: dict[int, int]) -> NewNoticeLine:
    if line.line not in products:
        raise Refusal("inbound.no_line", line=place)
    if not 1 <= line.qty <= MOST_UNITS:
        raise BadInput("inbound.too_few", line=place, qty=line.qty)
    Entry("notice lines", place).maybe_text("lot", line.lot, most=_MOST_LOT)
    package = line.package.strip()
    if package:
        package = barcodes.parse(package).sscc or package
        if not sscc.is_sscc(package):
            raise BadInput("inbound.not_sscc", line=place, sscc=package)
    return NewNoticeLine(
        product_id=products[line.line], qty=line.qty, lot=line.lot.strip(), expiry=line.expiry, pallet=package,
        purchase_line_id=line.line,
    )  # fmt: skip
