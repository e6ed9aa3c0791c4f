"""The ledger: commands, movements, the stock balances they add up to, and reservations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, STRICT_KEYED, Table, Units, Word, one_of

CONDITIONS = ("good", "damaged", "missing", "inspect", "relabel")
SHIPPED = text("reason = 'ship'")


class Command(Table):
    """One thing somebody asked for, carried out once: its key, what was asked, what was answered, how to undo."""

    __tablename__ = "command"
    id: Mapped[str] = mapped_column(primary_key=True)
    workflow: Mapped[str]
    content: Mapped[str]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="running")
    answer: Mapped[str] = mapped_column(default="")
    undo: Mapped[str] = mapped_column(default="")
    seq: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint(one_of("state", ("running", "done", "refused", "undone")), name="state"),
        Index("ix_command_station_id_workflow_seq", "station_id", "workflow", "seq"),
        Index("ix_command_at", "at"),
        STRICT_KEYED,
    )


class Movement(Table):
    """One row of the ledger: so many units of a product and lot from one place to another. Never changed."""

    __tablename__ = "movement"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    qty: Mapped[int]
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    from_plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"))
    from_condition: Mapped[str]
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    to_plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"))
    to_condition: Mapped[str]
    reason: Mapped[str] = mapped_column(Word)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"), default=None)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("movement.id"), default=None, unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    command_id: Mapped[str] = mapped_column(ForeignKey("command.id"), index=True)
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(one_of("from_condition", CONDITIONS), name="from_condition"),
        CheckConstraint(one_of("to_condition", CONDITIONS), name="to_condition"),
        CheckConstraint(
            "from_location_id <> to_location_id OR from_plate_id <> to_plate_id OR from_condition <> to_condition",
            name="moves",
        ),
        Index("ix_movement_product_id_id", "product_id", "id"),
        # What left the house, day by day.
        Index("ix_movement_shipped", "at", sqlite_where=SHIPPED, postgresql_where=SHIPPED),
        STRICT,
    )


class Stock(Table):
    """The balance of one product, lot, plate, place and condition: a cache that the movements can prove.

    ``since`` is when units came to the empty row (the age that first-in-first-out goes by).

    ``reserved`` is the sum of the held reservations, kept by a trigger. Only `services.inventory` writes here;
    a trigger refuses any change of ``on_hand`` that names no fresh movement.
    """

    __tablename__ = "stock"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    is_virtual: Mapped[bool] = mapped_column(default=False)
    condition: Mapped[str] = mapped_column(default="good")
    on_hand: Mapped[int] = mapped_column(Units, default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    last_movement_id: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        ForeignKeyConstraint(["location_id", "is_virtual"], ["location.id", "location.is_virtual"]),
        UniqueConstraint("product_id", "location_id", "lot_id", "plate_id", "condition"),
        CheckConstraint(one_of("condition", CONDITIONS), name="condition"),
        CheckConstraint("is_virtual IN (0, 1)", name="is_virtual"),
        CheckConstraint(
            "(is_virtual = 1 AND reserved = 0) OR (is_virtual = 0 AND reserved >= 0 AND reserved <= on_hand)",
            name="reserved_within_on_hand",
        ),
        Index("ix_stock_location_id", "location_id", "product_id"),
        # What stands somewhere now: docks, benches and trucks keep a row that came to zero for all they ever saw.
        Index(
            "ix_stock_standing",
            "location_id",
            "product_id",
            sqlite_where=text("on_hand > 0"),
            postgresql_where=text("on_hand > 0"),
        ),
        Index("ix_stock_plate_id", "plate_id", "location_id"),
        STRICT,
    )


class Reservation(Table):
    """Units of one stock row held for one order line; it travels with the goods and resolves once."""

    __tablename__ = "reservation"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    stock_id: Mapped[int] = mapped_column(ForeignKey("stock.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    qty: Mapped[int]
    state: Mapped[str] = mapped_column(Word, default="held")
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(one_of("state", ("held", "consumed", "released")), name="state"),
        Index(
            "uq_reservation_held",
            "stock_id",
            "order_line_id",
            unique=True,
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index("ix_reservation_order_line_id", "order_line_id"),
        Index("ix_reservation_stock_id", "stock_id"),
        STRICT,
    )
