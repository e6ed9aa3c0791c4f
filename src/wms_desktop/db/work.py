"""Batches, their totes and picks, and the print outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.places import NO_PLATE
from wms_desktop.db.types import STRICT, STRICT_KEYED, Table, Word, one_of


class Batch(Table):
    """The work one picker walks in one tour. ``epoch`` grows with each hand-over; a scan carries the one it saw.

    ``step`` and ``facts`` say where the dialogue stands, so that a hand-over or a crash finds the same prompt.
    """

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(unique=True)
    mode: Mapped[str] = mapped_column(Word, default="cluster")
    state: Mapped[str] = mapped_column(Word, default="released")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"), default=None)
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    dropped_at_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), default=None)
    epoch: Mapped[int] = mapped_column(default=1)
    step: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(default="{}")
    metres: Mapped[int] = mapped_column(default=0)
    tour: Mapped[str] = mapped_column(default="[]")
    leave_by: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("mode", ("cluster", "paper")), name="mode"),
        CheckConstraint(one_of("state", ("released", "running", "picked", "done", "cancelled")), name="state"),
        CheckConstraint("epoch > 0 AND metres >= 0", name="epoch"),
        Index("ix_batch_state_leave_by", "state", "leave_by"),
        Index(
            "uq_batch_operator_running",
            "operator_id",
            unique=True,
            sqlite_where=text("state IN ('running', 'picked') AND mode = 'cluster'"),
            postgresql_where=text("state IN ('running', 'picked') AND mode = 'cluster'"),
        ),
        Index(
            "uq_batch_cart_running",
            "cart_id",
            unique=True,
            sqlite_where=text("state IN ('running', 'picked')"),
            postgresql_where=text("state IN ('running', 'picked')"),
        ),
        STRICT,
    )


class BatchOrder(Table):
    """An order's place on the cart: its position and its tote (0: not yet scanned)."""

    __tablename__ = "batch_order"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"), primary_key=True, index=True)
    position: Mapped[int]
    plate_id: Mapped[int] = mapped_column(ForeignKey("plate.id"), default=NO_PLATE)
    is_open: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        CheckConstraint("position > 0 AND is_open IN (0, 1)", name="position"),
        Index("ix_batch_order_plate_id", "plate_id"),
        Index(
            "uq_batch_order_tote",
            "plate_id",
            unique=True,
            sqlite_where=text("is_open = 1 AND plate_id <> 0"),
            postgresql_where=text("is_open = 1 AND plate_id <> 0"),
        ),
        STRICT_KEYED,
    )


class Pick(Table):
    """Take so many units of one stock row for one order line, at this place in the walk."""

    __tablename__ = "pick"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    stock_id: Mapped[int] = mapped_column(ForeignKey("stock.id"))
    seq: Mapped[int]
    qty: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(Word, default="todo")
    reason: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint("qty > 0 AND picked >= 0 AND picked <= qty", name="picked_within_qty"),
        CheckConstraint(one_of("state", ("todo", "done", "short", "cancelled")), name="state"),
        Index("ix_pick_batch_id_seq", "batch_id", "seq"),
        Index("ix_pick_stock_id", "stock_id"),
        Index(
            "uq_pick_todo",
            "order_line_id",
            "stock_id",
            unique=True,
            sqlite_where=text("state = 'todo'"),
            postgresql_where=text("state = 'todo'"),
        ),
        STRICT,
    )


class CountTask(Table):
    """A bin that must be counted, because somebody found less there than the book says."""

    __tablename__ = "count_task"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    reason: Mapped[str]
    found: Mapped[int]
    expected: Mapped[int]
    state: Mapped[str] = mapped_column(Word, default="open")
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "done")), name="state"),
        CheckConstraint("found >= 0 AND expected >= 0", name="quantities"),
        Index(
            "uq_count_task_open",
            "location_id",
            "product_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        STRICT,
    )


class PrintJob(Table):
    """One document for one printer: an outbox row that is printed, then marked; a reprint is a job of its own."""

    __tablename__ = "print_job"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    number: Mapped[str]
    payload: Mapped[str]
    content_hash: Mapped[str]
    printer: Mapped[str]
    copies: Mapped[int] = mapped_column(default=1)
    copy_no: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(Word, default="queued")
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str] = mapped_column(default="")
    carton_id: Mapped[int | None] = mapped_column(ForeignKey("carton.id"), default=None, index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), default=None)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    command_id: Mapped[str] = mapped_column(ForeignKey("command.id"), index=True)
    created_at: Mapped[datetime]
    printed_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("state", ("queued", "printed", "failed", "void")), name="state"),
        CheckConstraint("copies > 0 AND copy_no >= 0 AND attempts >= 0", name="copies"),
        Index("ix_print_job_kind_number", "kind", "number"),
        Index(
            "ix_print_job_queued",
            "printer",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        STRICT,
    )
