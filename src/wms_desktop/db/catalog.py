"""Products, their barcodes and lots, customers, suppliers, carriers' services, and the house's settings."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, STRICT_KEYED, Table, one_of

NO_LOT = 0
BACKORDERS = ("allow", "deny", "units", "days")
REMOVALS = ("", "fefo", "fifo", "closest", "empty_bin")
SHIP_RULES = ("available", "complete", "ask")
OPEN_MODE = text("until IS NULL")


class Product(Table):
    """An article, counted in whole stock-keeping units; lengths in millimetres, weight in grams (0: unknown).

    ``backorders`` says whether more may be sold than there is: allow, deny, at most ``backorder_limit`` units or
    days. ``safety_stock`` units are left alone by allocation. ``release_on``: not sold from stock before that
    site-local day. ``removal``: which units are taken first ("": the house's rule).

    What comes in of it is inspected, or gets a new label, before it is free; its cases are opened for an order that
    wants less, or not. ``face_id`` is its fixed pick face, refilled below ``face_min`` up to ``face_max`` units. Goods
    of the ``mixing`` class "alone" share a bin with nothing, others only with their own class ("": with any).
    """

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    brand: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    weight_g: Mapped[int] = mapped_column(default=0)
    length_mm: Mapped[int] = mapped_column(default=0)
    width_mm: Mapped[int] = mapped_column(default=0)
    height_mm: Mapped[int] = mapped_column(default=0)
    velocity: Mapped[str] = mapped_column(default="C")
    lot_tracked: Mapped[bool] = mapped_column(default=False)
    expiry_tracked: Mapped[bool] = mapped_column(default=False)
    price: Mapped[Decimal] = mapped_column(default=Decimal(0))
    backorders: Mapped[str] = mapped_column(default="allow")
    backorder_limit: Mapped[int] = mapped_column(default=0)
    safety_stock: Mapped[int] = mapped_column(default=0)
    release_on: Mapped[date | None] = mapped_column(default=None)
    removal: Mapped[str] = mapped_column(default="")
    serial_tracked: Mapped[bool] = mapped_column(default=False)
    is_inspected: Mapped[bool] = mapped_column(default=False)
    is_relabelled: Mapped[bool] = mapped_column(default=False)
    opens_cases: Mapped[bool] = mapped_column(default=True)
    face_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    face_min: Mapped[int] = mapped_column(default=0)
    face_max: Mapped[int] = mapped_column(default=0)
    mixing: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint(one_of("backorders", BACKORDERS), name="backorders"),
        CheckConstraint("backorder_limit >= 0 AND safety_stock >= 0", name="limits"),
        CheckConstraint(one_of("removal", REMOVALS), name="removal"),
        CheckConstraint("weight_g >= 0 AND length_mm >= 0 AND width_mm >= 0 AND height_mm >= 0", name="sizes"),
        CheckConstraint("velocity IN ('A', 'B', 'C')", name="velocity"),
        CheckConstraint("lot_tracked IN (0, 1) AND expiry_tracked IN (0, 1)", name="tracking"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("serial_tracked IN (0, 1) AND is_inspected IN (0, 1) AND is_relabelled IN (0, 1)"
                        " AND opens_cases IN (0, 1)", name="steps"),
        CheckConstraint("face_min >= 0 AND face_max >= face_min", name="face"),
        Index("ix_product_face_id", "face_id"),
        STRICT,
    )  # fmt: skip

    @property
    def volume_mm3(self) -> int:
        """Volume of one unit in cubic millimetres (0: unknown)."""
        return self.length_mm * self.width_mm * self.height_mm


class Barcode(Table):
    """A code that names a product and how many units one scan of it stands for."""

    __tablename__ = "barcode"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    units: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("units > 0", name="units"), STRICT)


class Lot(Table):
    """A production lot of a product, with its expiry day where there is one; row 0 means *no lot*."""

    __tablename__ = "lot"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), default=None)
    code: Mapped[str] = mapped_column(default="")
    expiry: Mapped[date | None] = mapped_column(default=None)
    __table_args__ = (
        UniqueConstraint("product_id", "code"),
        CheckConstraint("(id = 0) = (product_id IS NULL)", name="sentinel"),
        STRICT,
    )


class Customer(Table):
    """Who orders; the class orders the demand (1 first). Backorders and the shipping rule are as for products."""

    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    priority_class: Mapped[int] = mapped_column(default=2)
    backorders: Mapped[str] = mapped_column(default="allow")
    backorder_limit: Mapped[int] = mapped_column(default=0)
    ship_rule: Mapped[str] = mapped_column(default="available")
    __table_args__ = (
        CheckConstraint("priority_class BETWEEN 1 AND 9", name="priority_class"),
        CheckConstraint(one_of("backorders", BACKORDERS), name="backorders"),
        CheckConstraint("backorder_limit >= 0", name="limits"),
        CheckConstraint(one_of("ship_rule", SHIP_RULES), name="ship_rule"),
        STRICT,
    )


class Substitute(Table):
    """An article that may be sent instead of another; rank 1 is offered first among equals."""

    __tablename__ = "substitute"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    alternative_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    rank: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("product_id", "alternative_id"),
        CheckConstraint("product_id <> alternative_id AND rank > 0", name="another"),
        STRICT,
    )


class KitPart(Table):
    """So many units of a part that one unit of a kit is made of; a kit is no part of a kit."""

    __tablename__ = "kit_part"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kit_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    qty: Mapped[int]
    __table_args__ = (
        UniqueConstraint("kit_id", "part_id"),
        CheckConstraint("kit_id <> part_id AND qty > 0", name="parts"),
        # Which kits a part that has come can complete.
        Index("ix_kit_part_part_id", "part_id"),
        STRICT,
    )


class BackorderMode(Table):
    """A time in which hands or goods are short, for a product or (None) the house: new promises are longer then."""

    __tablename__ = "backorder_mode"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    extra_days: Mapped[int]
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    __table_args__ = (
        CheckConstraint("extra_days > 0", name="extra_days"),
        Index("ix_backorder_mode_open", "product_id", sqlite_where=OPEN_MODE, postgresql_where=OPEN_MODE),
        STRICT,
    )


class Supplier(Table):
    """Who delivers; what an inspected supplier sends is inspected before it is free."""

    __tablename__ = "supplier"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_inspected: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (CheckConstraint("is_inspected IN (0, 1)", name="is_inspected"), STRICT)


class CarrierService(Table):
    """One service of a carrier, with its sort code; the carrier's trucks leave from a door of the same name."""

    __tablename__ = "carrier_service"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    carrier: Mapped[str]
    name: Mapped[str]
    sort_code: Mapped[str] = mapped_column(default="")
    __table_args__ = (STRICT,)


class Setting(Table):
    """A rule of the house (tolerances, what must be scanned, sender's address), as text by name."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    __table_args__ = (STRICT_KEYED,)


class Counter(Table):
    """The last number given out in a series (SSCC, batches, receipts, ...)."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    __table_args__ = (CheckConstraint("value >= 0", name="value"), STRICT_KEYED)


Index("ix_product_name", Product.name)
