"""What happened to orders: cancellations, promises that moved, decisions, and the log of each order's story."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, Table, one_of

CHOICES = ("wait", "substitute", "part_ship", "cancel")
UNTOLD = text("is_told = 0")


class OrderEvent(Table):
    """One thing that was done to an order: a code with what fills its sentence (JSON), who and when."""

    __tablename__ = "order_event"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"), index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    code: Mapped[str]
    args: Mapped[str]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    at: Mapped[datetime]
    __table_args__ = (STRICT,)


class Cancellation(Table):
    """Units of a line that were cancelled: why, and how many days the customer had waited."""

    __tablename__ = "cancellation"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    qty: Mapped[int]
    reason: Mapped[str]
    waited_days: Mapped[int]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("qty > 0 AND waited_days >= 0", name="qty"),
        Index("ix_cancellation_at", "at"),
        STRICT,
    )


class PromiseChange(Table):
    """A line's promise that moved: from which day to which (None: none in sight), and the cause.

    ``is_told``: a message about it was written, so that there is never a second one for the same move.
    """

    __tablename__ = "promise_change"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    kind: Mapped[str]
    was: Mapped[date | None]
    became: Mapped[date | None]
    cause: Mapped[str]
    purchase_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"))
    at: Mapped[datetime]
    is_told: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint(one_of("kind", ("slipped", "rescued")), name="kind"),
        CheckConstraint("is_told IN (0, 1)", name="is_told"),
        Index("ix_promise_change_untold", "id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
        STRICT,
    )


class Decision(Table):
    """What somebody decided about a line that is late beyond the limit, at the ETA of that moment.

    ``days`` are the further waiting days the customer accepted (for *wait*).
    """

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    choice: Mapped[str]
    eta: Mapped[date | None]
    days: Mapped[int]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(one_of("choice", CHOICES), name="choice"),
        CheckConstraint("days >= 0", name="days"),
        STRICT,
    )
