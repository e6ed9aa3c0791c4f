"""Purchase orders, receipts, and the pegs that tie what arrived to who waits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, Table, Word, one_of

PEG_STATES = ("arrived", "in_lane", "stored", "packed", "released")


class PurchaseOrder(Table):
    """Goods ordered from a supplier, due on a day; ``first_due`` is the day that was promised first."""

    __tablename__ = "purchase_order"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    due: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    placed_on: Mapped[date | None] = mapped_column(default=None)
    first_due: Mapped[date | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "closed", "cancelled")), name="state"),
        Index("ix_purchase_order_supplier_id", "supplier_id", "due"),
        STRICT,
    )


class PurchaseLine(Table):
    """One product of a purchase order; ``received`` is kept by a trigger from the receipt lines."""

    __tablename__ = "purchase_line"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    line_no: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    ordered: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "line_no"),
        CheckConstraint("ordered > 0 AND received >= 0", name="quantities"),
        Index("ix_purchase_line_product_id", "product_id"),
        Index(
            "ix_purchase_line_due",
            "product_id",
            sqlite_where=text("received < ordered"),
            postgresql_where=text("received < ordered"),
        ),
        STRICT,
    )


class Receipt(Table):
    """Goods arriving: against a purchase order, or blind."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    purchase_order_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order.id"), default=None)
    dock_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "closed")), name="state"),
        Index("ix_receipt_purchase_order_id", "purchase_order_id"),
        STRICT,
    )


class ReceiptLine(Table):
    """What one receiving scan brought in: units of one product and lot in one condition.

    ``pegged`` is the sum of its living pegs, kept by a trigger: no unit can be pegged twice.
    """

    __tablename__ = "receipt_line"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), index=True)
    purchase_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"), default=None)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    condition: Mapped[str] = mapped_column(default="good")
    qty: Mapped[int]
    pegged: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("qty > 0 AND pegged >= 0 AND pegged <= qty", name="pegged_within_received"),
        CheckConstraint(one_of("condition", ("good", "damaged")), name="condition"),
        Index("ix_receipt_line_purchase_line_id", "purchase_line_id"),
        STRICT,
    )


class Peg(Table):
    """The tie between units that arrived and an order line that waits, with the reason it was made.

    arrived (on the dock, to be carried to ``lane_id``) -> in_lane -> packed; stored: kept in a bin for a
    ship-complete order; released: let go, with ``why``.
    """

    __tablename__ = "peg"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt_line_id: Mapped[int] = mapped_column(ForeignKey("receipt_line.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty: Mapped[int]
    state: Mapped[str] = mapped_column(Word)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    reason: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(one_of("state", PEG_STATES), name="state"),
        CheckConstraint("(state IN ('arrived', 'in_lane')) <= (lane_id IS NOT NULL)", name="lane"),
        Index("ix_peg_receipt_line_id", "receipt_line_id"),
        Index(
            "ix_peg_open",
            "lane_id",
            "state",
            sqlite_where=text("state IN ('arrived', 'in_lane')"),
            postgresql_where=text("state IN ('arrived', 'in_lane')"),
        ),
        Index(
            "ix_peg_arrived",
            "receipt_line_id",
            sqlite_where=text("state = 'arrived'"),
            postgresql_where=text("state = 'arrived'"),
        ),
        STRICT,
    )
