"""Purchase orders, receipts, and the pegs that tie what arrived to who waits."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.places import NO_PLATE
from wms_desktop.db.types import STRICT, Table, Word, one_of

PEG_STATES = ("proposed", "firm", "arrived", "in_lane", "stored", "packed", "released")
PEG_KINDS = ("planned", "opportunistic", "short")
PLANNED = text("state IN ('proposed', 'firm')")
IN_PREPARATION = text("condition IN ('inspect', 'relabel')")
SPARE = text("qty > pegged")
LINE_CONDITIONS = ("good", "damaged", "inspect", "relabel")


class Delivery(Table):
    """What one truck brings: expected in a window at a dock, here once it is checked in, then done.

    Its sharing-out: the ``method`` that found it (stated: the plain order; search; solver), how many orders it
    completes, the ``bound`` that no sharing-out can pass (NULL: not proven since the plan was mended).
    """

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(Word, default="expected")
    carrier: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    dock_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    opens_at: Mapped[datetime | None] = mapped_column(default=None)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    checked_in_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    method: Mapped[str] = mapped_column(default="")
    completes: Mapped[int] = mapped_column(default=0)
    bound: Mapped[int | None] = mapped_column(default=0)
    shared_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("expected", "here", "done", "missed", "cancelled")), name="state"),
        CheckConstraint(one_of("method", ("", "stated", "search", "solver")), name="method"),
        CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)",
                        name="window"),
        CheckConstraint("completes >= 0 AND bound >= completes", name="bound"),
        Index("ix_delivery_open", "state", sqlite_where=text("state IN ('expected', 'here')"),
              postgresql_where=text("state IN ('expected', 'here')")),
        Index("ix_delivery_dock_id", "dock_id", "opens_at"),
        Index("ix_delivery_closes_at", "closes_at"),
        STRICT,
    )  # fmt: skip


class DeliveryPart(Table):
    """One purchase order that a truck brings goods of, as its notice says or (None) all that is still due."""

    __tablename__ = "delivery_part"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), default=None)
    __table_args__ = (
        UniqueConstraint("delivery_id", "purchase_order_id", "notice_id"),
        Index("ix_delivery_part_purchase_order_id", "purchase_order_id"),
        Index("ix_delivery_part_notice_id", "notice_id"),
        STRICT,
    )


class Notice(Table):
    """An advance shipping notice: what a supplier says is on its way, for one purchase order."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))
    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    due: Mapped[date]
    state: Mapped[str] = mapped_column(default="announced")
    shipped_on: Mapped[date | None] = mapped_column(default=None)
    carrier: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("supplier_id", "number", "purchase_order_id"),
        CheckConstraint(one_of("state", ("announced", "here", "closed", "cancelled")), name="state"),
        Index("ix_notice_number", "number"),
        Index("ix_notice_purchase_order_id", "purchase_order_id"),
        STRICT,
    )


class NoticePackage(Table):
    """A pallet or carton of a notice, by its licence plate (an SSCC); a carton may stand on a pallet of the same."""

    __tablename__ = "notice_package"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    code: Mapped[str]
    kind: Mapped[str] = mapped_column(default="pallet")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("notice_package.id"), default=None)
    state: Mapped[str] = mapped_column(default="announced")
    __table_args__ = (
        UniqueConstraint("notice_id", "code"),
        CheckConstraint(one_of("kind", ("pallet", "carton")), name="kind"),
        CheckConstraint(one_of("state", ("announced", "received", "opened")), name="state"),
        Index("ix_notice_package_code", "code"),
        Index("ix_notice_package_parent_id", "parent_id"),
        STRICT,
    )


class NoticeLine(Table):
    """Units of one product, lot and package on a notice; ``received`` is kept by a trigger from the receipt lines."""

    __tablename__ = "notice_line"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    line_no: Mapped[int]
    purchase_line_id: Mapped[int] = mapped_column(ForeignKey("purchase_line.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    qty: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    lot: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None] = mapped_column(default=None)
    package_id: Mapped[int | None] = mapped_column(ForeignKey("notice_package.id"), default=None)
    __table_args__ = (
        UniqueConstraint("notice_id", "line_no"),
        CheckConstraint("qty > 0 AND received >= 0", name="quantities"),
        Index("ix_notice_line_purchase_line_id", "purchase_line_id"),
        Index("ix_notice_line_product_id", "product_id"),
        Index("ix_notice_line_package_id", "package_id"),
        STRICT,
    )


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
    """One product of a purchase order; ``received`` is kept by a trigger from the receipt lines, ``planned`` from the
    pegs that tie waiting orders to what is still to come of it.
    """

    __tablename__ = "purchase_line"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    line_no: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    ordered: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    planned: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "line_no"),
        CheckConstraint("ordered > 0 AND received >= 0", name="quantities"),
        CheckConstraint("planned >= 0 AND planned <= ordered", name="planned_within_ordered"),
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
    state: Mapped[str] = mapped_column(Word, default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), default=None)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "closed")), name="state"),
        Index("ix_receipt_purchase_order_id", "purchase_order_id"),
        Index("ix_receipt_delivery_id", "delivery_id"),
        Index("ix_receipt_open", "state", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        STRICT,
    )


class ReceiptLine(Table):
    """What one receiving scan brought in: units of one product and lot in one condition, on a plate or loose.

    ``pegged`` is the sum of its living pegs, kept by a trigger: no unit can be pegged twice. A countered line was
    given back to the supplier by a later counter-receipt. ``photo`` names a file in the profile's folder.
    ``case_units`` is how many units stand in each of its closed cases (1: loose).
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
    state: Mapped[str] = mapped_column(Word, default="received")
    notice_line_id: Mapped[int | None] = mapped_column(ForeignKey("notice_line.id"), default=None)
    plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"), default=NO_PLATE)
    photo: Mapped[str] = mapped_column(default="")
    case_units: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        CheckConstraint("case_units > 0", name="case_units"),
        CheckConstraint("qty > 0 AND pegged >= 0 AND pegged <= qty", name="pegged_within_received"),
        CheckConstraint(one_of("condition", LINE_CONDITIONS), name="condition"),
        CheckConstraint(one_of("state", ("received", "countered")), name="state"),
        # What came in, day by day.
        Index("ix_receipt_line_at", "at"),
        Index("ix_receipt_line_notice_line_id", "notice_line_id"),
        Index("ix_receipt_line_prep", "product_id", sqlite_where=IN_PREPARATION, postgresql_where=IN_PREPARATION),
        Index("ix_receipt_line_purchase_line_id", "purchase_line_id"),
        # What units in a lane came with, the newest first.
        Index("ix_receipt_line_spare", "product_id", "lot_id", "id", sqlite_where=SPARE, postgresql_where=SPARE),
        STRICT,
    )


class ReceivedSerial(Table):
    """The serial number of one unit that came in."""

    __tablename__ = "received_serial"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt_line_id: Mapped[int] = mapped_column(ForeignKey("receipt_line.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    code: Mapped[str]
    __table_args__ = (UniqueConstraint("product_id", "code", "receipt_line_id"), STRICT)


class Peg(Table):
    """The tie between units that come and an order line that waits, with the reason it was made.

    proposed (a plan for what a truck will bring) -> firm (the truck is here; ``lane_id`` is booked): both name the
    purchase line, and no units yet. arrived (on the dock, to be carried to ``lane_id``) -> in_lane -> packed; stored:
    kept in a bin for a ship-complete order, or fetched by a picker who was short: these name the receipt line whose
    units they are. released: let go, with ``why``.
    """

    __tablename__ = "peg"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt_line_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_line.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty: Mapped[int]
    state: Mapped[str] = mapped_column(Word)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    reason: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="opportunistic")
    purchase_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"), default=None)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), default=None)
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(one_of("state", PEG_STATES), name="state"),
        CheckConstraint(one_of("kind", PEG_KINDS), name="kind"),
        CheckConstraint("(state IN ('arrived', 'in_lane')) <= (lane_id IS NOT NULL)", name="lane"),
        CheckConstraint(
            "(state IN ('proposed', 'firm')) <= (purchase_line_id IS NOT NULL AND receipt_line_id IS NULL)",
            name="planned",
        ),
        CheckConstraint(
            "(state IN ('arrived', 'in_lane', 'stored', 'packed')) <= (receipt_line_id IS NOT NULL)", name="units"
        ),
        Index("ix_peg_receipt_line_id", "receipt_line_id"),
        Index("ix_peg_planned", "purchase_line_id", "order_line_id", sqlite_where=PLANNED, postgresql_where=PLANNED),
        Index("ix_peg_delivery_id", "delivery_id", sqlite_where=PLANNED, postgresql_where=PLANNED),
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
