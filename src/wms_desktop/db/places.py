"""Warehouses, locations, licence plates, operators and stations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, STRICT_KEYED, Table, one_of

NO_PLATE = 0
HOUSE = 0
VIRTUAL_KINDS = ("supplier", "customer", "scrap", "adjustment")
KINDS = (*VIRTUAL_KINDS, "dock", "hold", "bin", "lane", "cart", "bench", "truck")
MIXING = ("any", "one_product", "one_lot")
ROLES = ("picker", "packer", "receiver", "supervisor", "buyer", "admin")


class Warehouse(Table):
    """A site; every location belongs to one."""

    __tablename__ = "warehouse"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(default="UTC")
    __table_args__ = (STRICT,)


class Location(Table):
    """A place goods can be: a bin, dock, lane, cart, bench or truck, or a virtual one (supplier, customer, ...).

    ``aisle`` counts from 0 on the floor plan; ``x_mm``/``y_mm`` are its point on the walk; capacity in cubic
    millimetres and grams (0: no limit). A lane serves one carrier's service (or all of a ``carrier``, or any) and holds
    up to ``capacity_orders`` orders: with 1 it is a place for one order, and with a ``wall`` a cubby of that put wall.
    ``mixing`` says what may share a bin: any, one_product, one_lot. Nothing is sent to a blocked place;
    ``blocked_why`` is what the person who blocked it said.
    """

    __tablename__ = "location"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    is_virtual: Mapped[bool] = mapped_column(default=False)
    aisle: Mapped[int | None] = mapped_column(default=None)
    level: Mapped[int] = mapped_column(default=0)
    x_mm: Mapped[int] = mapped_column(default=0)
    y_mm: Mapped[int] = mapped_column(default=0)
    walk_seq: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(default="")
    capacity_mm3: Mapped[int] = mapped_column(default=0)
    max_weight_g: Mapped[int] = mapped_column(default=0)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("carrier_service.id"), default=None)
    capacity_orders: Mapped[int] = mapped_column(default=0)
    carrier: Mapped[str] = mapped_column(default="")
    wall: Mapped[str] = mapped_column(default="")
    mixing: Mapped[str] = mapped_column(default="any")
    is_blocked: Mapped[bool] = mapped_column(default=False)
    blocked_why: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint(one_of("mixing", MIXING), name="mixing"),
        CheckConstraint("is_blocked IN (0, 1)", name="is_blocked"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"(is_virtual = 1) = ({one_of('kind', VIRTUAL_KINDS)})", name="virtual"),
        UniqueConstraint("id", "is_virtual"),
        Index("ix_location_kind_walk_seq", "kind", "walk_seq"),
        Index("ix_location_zone", "kind", "zone", "walk_seq"),  # a bin of a product's zone, the nearest first
        Index("ix_location_floor", "kind", "aisle", "x_mm", "y_mm"),  # the floor plan is read from it alone
        STRICT,
    )


class Plate(Table):
    """A licence plate: tote, pallet or carton; where it stands follows from the stock on it. Row 0: *no plate*."""

    __tablename__ = "plate"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    __table_args__ = (
        CheckConstraint(one_of("kind", ("none", "tote", "pallet", "carton")), name="kind"),
        CheckConstraint("(id = 0) = (kind = 'none')", name="sentinel"),
        STRICT,
    )


class Operator(Table):
    """A person with a badge and a role."""

    __tablename__ = "operator"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    badge: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    pin_hash: Mapped[str] = mapped_column(default="")
    failed_pins: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="en")
    is_active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("is_active IN (0, 1) AND failed_pins >= 0", name="is_active"),
        STRICT,
    )


class Station(Table):
    """A workplace: its kind, its printers, the place its goods stand on, and who is signed on."""

    __tablename__ = "station"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    label_printer: Mapped[str] = mapped_column(default="labels")
    paper_printer: Mapped[str] = mapped_column(default="paper")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"), default=None)
    signed_on_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("kind", ("dock", "pick", "pack", "ship", "desk")), name="kind"),
        STRICT,
    )


class Dialogue(Table):
    """Where one station's dialogue stands: the state's name and the few facts that no other row holds."""

    __tablename__ = "dialogue"
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True)
    workflow: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    facts: Mapped[str] = mapped_column(default="{}")
    __table_args__ = (STRICT_KEYED,)
