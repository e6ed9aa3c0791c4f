"""What a count does to the book: units are held as missing, come back, or are written in by a supervisor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import CountTask, Location, Pick, Reservation, Stock
from wms_desktop.errors import Moved
from wms_desktop.services import inventory
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.putaway import work as works
from wms_desktop.views.refills import Look

REASON = "count"
"""The reason of the movements between good and missing units in a bin that was counted."""


@dataclass(slots=True, kw_only=True)
class Counted:
    """A task and what is booked of its article in its bin, locked: nobody else counts or moves them meanwhile.

    ``in_hand`` are units that colleagues took out already and that are booked there still, by stock row.
    """

    task: CountTask
    rows: Sequence[Stock]
    in_hand: Counter[int]

    @property
    def there(self) -> int:
        """Good units that should lie there, without those in somebody's hands."""
        return sum(row.on_hand - self.in_hand[row.id] for row in self.rows if row.condition == "good")

    @property
    def lots(self) -> set[int]:
        """The lots that lie there, or are missing there."""
        return {row.lot_id for row in self.rows}


def lock(session: Session, context: Context, one: Look) -> Counted:
    """The figures as they are now, whoever settled them since they were shown. Refuses `look_over`."""
    task = session.scalars(
        select(CountTask)
        .where(CountTask.id == one.task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()  # fmt: skip
    if task.state != "open":
        raise Moved("look_over", bin=one.bin)
    return Counted(task=task, rows=_list_rows(session, one), in_hand=works.list_in_hand(session, context))


def turn(session: Session, context: Context, counted: Counted, difference: int, lot: int | None = None) -> int:
    """Free units become missing (a difference below 0) or come back; gives how many did, of one lot if it is said."""
    source, target = ("good", "missing") if difference < 0 else ("missing", "good")
    left = abs(difference)
    for row in counted.rows:
        if row.condition != source or lot not in (None, row.lot_id):
            continue
        part = max(0, min(left, row.on_hand - row.reserved - counted.in_hand[row.id]))
        if part:
            aside = Spot(location_id=row.location_id, plate_id=row.plate_id, condition=target)
            goods = Goods(product_id=row.product_id, qty=part, lot_id=row.lot_id)
            inventory.post(session, context, goods, inventory.spot_of(row), aside, reason=REASON)
            left -= part
    session.flush()
    return abs(difference) - left


def let_go(session: Session, counted: Counted, qty: int, lot: int) -> None:
    """So many units of a lot that are held for orders are free, the last that were held first.

    Those that a picker is on the way to stay held: he says himself that they are not there.
    """
    for row in counted.rows:
        if row.condition != "good" or row.lot_id != lot:
            continue
        walked = exists().where(
            Pick.stock_id == row.id, Pick.order_line_id == Reservation.order_line_id, Pick.state == "todo"
        )
        held = session.scalars(
            select(Reservation)
            .where(Reservation.stock_id == row.id, Reservation.state == "held", ~walked)
            .order_by(Reservation.id.desc())
        ).all()
        for one in held:
            part = min(qty, one.qty)
            if part:
                inventory.free(session, row.id, one.order_line_id, part)
                qty -= part


def write_in(session: Session, context: Context, one: Look, goods: Goods, reason: str) -> None:
    """Units that the book does not know are written in, from the house's place for adjustments."""
    place = session.scalars(select(Location.id).where(Location.kind == "adjustment").order_by(Location.id)).first()
    if place is None:
        raise Moved("input.no_adjustment")
    inventory.post(session, context, goods, Spot(location_id=place), Spot(location_id=one.bin_id), reason=reason)


def _list_rows(session: Session, one: Look) -> Sequence[Stock]:
    """What is booked there of the product, good or missing, locked."""
    session.flush()
    return session.scalars(
        select(Stock)
        .where(Stock.location_id == one.bin_id, Stock.product_id == one.product_id, Stock.on_hand > 0,
               Stock.condition.in_(("good", "missing")))
        .order_by(Stock.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
