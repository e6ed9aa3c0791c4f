"""Orders, shipments, cartons, manifests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, Table, Word, one_of

OPEN_LINE = text("ordered > cancelled + shipped + reserved")
OWED_LINE = text("ordered > cancelled + shipped")
REPLACES = text("replaces_id IS NOT NULL")
MADE = text("made_by_id IS NOT NULL")


class Order(Table):
    """What a customer wants sent: to whom, by which service, until when, and how much of it at once.

    ``promise`` is the day the customer was given or has accepted: the demand order goes by it. ``must_ask``: a part
    may only leave when somebody has said so; until then the order counts as ship-complete.
    """

    __tablename__ = "sales_order"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("carrier_service.id"))
    placed_at: Mapped[datetime]
    leave_by: Mapped[datetime]
    promise: Mapped[date]
    priority_class: Mapped[int] = mapped_column(default=2)
    ship_complete: Mapped[bool] = mapped_column(default=False)
    must_ask: Mapped[bool] = mapped_column(default=False)
    is_paid: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_held: Mapped[bool] = mapped_column(default=False)
    hold_reason: Mapped[str] = mapped_column(default="")
    release_on: Mapped[date | None] = mapped_column(default=None)
    passed_over: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(default="GBP")
    channel: Mapped[str] = mapped_column(default="")
    ship_name: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="GB")
    __table_args__ = (
        CheckConstraint("priority_class BETWEEN 1 AND 9 AND passed_over >= 0", name="priority_class"),
        CheckConstraint(
            "ship_complete IN (0, 1) AND must_ask IN (0, 1) AND is_paid IN (0, 1) AND is_pinned IN (0, 1)"
            " AND is_held IN (0, 1)",
            name="flags",
        ),
        CheckConstraint("must_ask <= ship_complete", name="asks_before_a_part"),
        Index("ix_sales_order_placed_at", "placed_at"),
        Index("ix_sales_order_customer_id", "customer_id"),
        STRICT,
    )


class OrderLine(Table):
    """One product of an order. ``reserved`` is kept by a trigger: held units never exceed what is still owed.

    ``first_promise`` and ``promise`` (the current one) are site-local days with the rule that made the current one;
    ``eta`` and ``eta_late`` are the days computed last, half and nine in ten of the supplier's deliveries being in
    time, ``eta_from_id`` the purchase line behind them (None: stock, or nothing in sight).
    ``replaced`` of the cancelled units live on in other lines that name this one in ``replaces_id``: a substitute, or
    the parts of a kit (then ``kit_qty`` is how many of this part one kit takes).
    A made-to-order line is served by its own purchase line ``made_by_id`` alone. ``cause`` is a cause of delay that
    somebody set; "" leaves it to the proposal.
    """

    __tablename__ = "order_line"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    line_no: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    ordered: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    replaced: Mapped[int] = mapped_column(default=0)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"), default=None)
    kit_qty: Mapped[int] = mapped_column(default=0)
    made_to_order: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"), default=None)
    release_on: Mapped[date | None] = mapped_column(default=None)
    first_promise: Mapped[date | None] = mapped_column(default=None)
    promise: Mapped[date | None] = mapped_column(default=None)
    promise_rule: Mapped[str] = mapped_column(default="")
    eta: Mapped[date | None] = mapped_column(default=None)
    eta_late: Mapped[date | None] = mapped_column(default=None)
    eta_from_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"), default=None)
    cause: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("order_id", "line_no"),
        CheckConstraint("replaced >= 0 AND replaced <= cancelled AND kit_qty >= 0", name="replaced"),
        CheckConstraint("made_to_order IN (0, 1)", name="made_to_order"),
        CheckConstraint("kit_qty = 0 OR replaces_id IS NOT NULL", name="kit_part"),
        Index("ix_order_line_replaces_id", "replaces_id", sqlite_where=REPLACES, postgresql_where=REPLACES),
        Index("ix_order_line_made_by_id", "made_by_id", sqlite_where=MADE, postgresql_where=MADE),
        CheckConstraint(
            "ordered > 0 AND cancelled >= 0 AND shipped >= 0 AND reserved >= 0"
            " AND cancelled + shipped + reserved <= ordered",
            name="never_promised_twice",
        ),
        Index("ix_order_line_waiting", "product_id", "order_id", sqlite_where=OPEN_LINE, postgresql_where=OPEN_LINE),
        # The backlog, whatever has left the house before.
        Index("ix_order_line_owed", "order_id", "line_no", sqlite_where=OWED_LINE, postgresql_where=OWED_LINE),
        # Whose day may change when goods of the product come, go or are late.
        Index("ix_order_line_promised", "product_id", "order_id", sqlite_where=OWED_LINE, postgresql_where=OWED_LINE),
        STRICT,
    )


class Shipment(Table):
    """What one order sends at once."""

    __tablename__ = "shipment"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    packed_at: Mapped[datetime | None] = mapped_column(default=None)
    shipped_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (CheckConstraint(one_of("state", ("open", "packed", "shipped")), name="state"), STRICT)


class Carton(Table):
    """One parcel of a shipment: its licence plate, its SSCC, its weight in grams."""

    __tablename__ = "carton"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), index=True)
    seq: Mapped[int]
    plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"), unique=True)
    sscc: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(Word, default="open")
    weight_g: Mapped[int] = mapped_column(default=0)
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        UniqueConstraint("shipment_id", "seq"),
        CheckConstraint(one_of("state", ("open", "closed", "loaded", "shipped")), name="state"),
        CheckConstraint("weight_g >= 0 AND seq > 0", name="weight"),
        CheckConstraint("(manifest_id IS NOT NULL) = (state IN ('loaded', 'shipped'))", name="manifest"),
        Index("ix_carton_manifest_id", "manifest_id"),
        Index(
            "ix_carton_closed",
            "plate_id",
            sqlite_where=text("state = 'closed'"),
            postgresql_where=text("state = 'closed'"),
        ),
        STRICT,
    )


class Manifest(Table):
    """The list handed to a carrier: open while cartons are scanned onto the truck, frozen when closed."""

    __tablename__ = "manifest"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    carrier: Mapped[str]
    truck_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(Word, default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "closed")), name="state"),
        Index(
            "uq_manifest_open",
            "truck_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        STRICT,
    )


Index("ix_order_line_open", OrderLine.order_id)
