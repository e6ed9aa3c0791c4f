"""Takes back the last scan of a station: counter-movements, and every row as it was before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import (
    Command,
    Delivery,
    DeliveryPart,
    Order,
    OrderLine,
    Peg,
    Pick,
    PrintJob,
    PurchaseLine,
    Receipt,
    ReceiptLine,
    Reservation,
    Stock,
)
from wms_desktop.errors import CannotUndo
from wms_desktop.services import inventory, news, undo
from wms_desktop.services.dialogue import Context


def undo_last(session: Session, context: Context, workflow: str) -> None:
    """Takes back the station's last carried-out command of this workflow; again takes back the one before it.

    Labels and lists of that command become void. Raises CannotUndo when there is nothing to take back, when the
    last command was final (goods have left), or when its rows have moved on since.
    """
    last = session.scalars(
        select(Command)
        .where(
            Command.station_id == context.station_id,
            Command.workflow == workflow,
            Command.state == "done",
            Command.undo != undo.NOTHING,
        )
        .order_by(Command.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.undo == undo.FINAL:
        raise CannotUndo("nothing_to_undo")
    entries = json.loads(last.undo)
    made = _ids(entries, "receipt_line", ("insert",))
    closed = select(Receipt.id).join(ReceiptLine).where(ReceiptLine.id.in_(made), Receipt.closed_at >= last.at)
    if made and session.scalar(closed.limit(1)) is not None:
        raise CannotUndo("receipt_closed_since")
    for job in session.scalars(select(PrintJob).where(PrintJob.command_id == last.id)):
        job.state = "void"
        job.carton_id = None  # the carton itself may be taken back next; the number still tells whose paper it was
    last.state = "undone"
    held = _list_held(session, entries)
    _note_news(session, entries, held)
    trucks = _list_checked_in(entries)
    if trucks:
        _check_out(session, context, entries, trucks)
    else:
        _walk_back(session, context, entries)
    _refuse_what_is_walked_for(session, held)
    undo.forget(session)


def _walk_back(session: Session, context: Context, entries: Sequence[Any]) -> None:
    try:
        undo.walk_back(session, entries, lambda movement_id: inventory.reverse(session, context, movement_id))
    except IntegrityError as moved_on:
        # What was there before cannot stand beside what is there now: a tote in use again, a line cancelled.
        raise CannotUndo from moved_on


def _list_checked_in(entries: Sequence[Any]) -> list[int]:
    """The trucks that the command checked in."""
    return [
        entry[2]["id"]
        for entry in entries
        if entry[:2] == ["update", "delivery"] and entry[3].get("state", ("", ""))[1] == "here"
    ]


def _check_out(session: Session, context: Context, entries: Sequence[Any], trucks: Sequence[int]) -> None:
    """Takes a check-in back: row by row, or, where the truck's plan changed since, by planning it anew.

    A better plan that was adopted, or one that was mended, is nobody's carried work: the truck is expected again, and
    its plan is made at the end of this command. Refuses what was received of it since.
    """
    mine = _ids(entries, "receipt", ("insert",))
    others = select(Receipt.id).where(Receipt.delivery_id.in_(trucks), Receipt.id.not_in(mine))
    if session.scalar(others.limit(1)) is not None:
        raise CannotUndo(what="receipt")
    _note_goods(session, trucks)  # what was mended since is no part of the command, and is to be mended again
    try:
        with session.begin_nested():
            _walk_back(session, context, entries)
    except CannotUndo:
        forget_answers(session)
        session.execute(delete(Peg).where(Peg.delivery_id.in_(trucks), Peg.receipt_line_id.is_(None)))
        _walk_back(session, context, _without_plans(session, entries))
        unplanned = {"method": "", "shared_at": None, "completes": 0, "bound": 0}
        session.execute(update(Delivery).where(Delivery.id.in_(trucks)).values(unplanned))
        session.expire_all()


def _note_goods(session: Session, trucks: Sequence[int]) -> None:
    """What the trucks bring is shared out anew."""
    goods = (
        select(PurchaseLine.product_id)
        .join(DeliveryPart, DeliveryPart.purchase_order_id == PurchaseLine.purchase_order_id)
        .where(DeliveryPart.delivery_id.in_(trucks))
    )
    news.note(session, session.scalars(goods))


def _without_plans(session: Session, entries: Sequence[Any]) -> list[Any]:
    """The entries but those of planned pegs, with orders passed over as often as they are without this command."""
    pegs = set(_ids(entries, "peg", ("insert", "update")))
    of_units = set(session.scalars(select(Peg.id).where(Peg.id.in_(pegs), Peg.receipt_line_id.is_not(None))))
    kept: list[Any] = []
    for entry in entries:
        if entry[:2] == ["delete", "peg"] and entry[2]["receipt_line_id"] is None:
            continue
        if entry[0] in ("insert", "update") and entry[1] == "peg" and entry[2]["id"] not in of_units:
            continue
        if entry[:2] == ["update", "sales_order"] and entry[3].keys() == {"passed_over"}:
            before, after = entry[3]["passed_over"]
            _pass_over(session, entry[2]["id"], before - after)
            continue
        kept.append(entry)
    return kept


def _pass_over(session: Session, order_id: int, change: int) -> None:
    order = session.get_one(Order, order_id, with_for_update=True)
    order.passed_over = max(0, order.passed_over + change)
    session.flush()


def _ids(entries: Sequence[Any], table: str, kinds: Sequence[str] = ("insert", "update", "delete")) -> list[int]:
    return [entry[2]["id"] for entry in entries if entry[0] in kinds and entry[1] == table]


def _list_held(session: Session, entries: Sequence[Any]) -> list[tuple[int, int]]:
    """(stock id, order line id) of the reservations that go, or become fewer."""
    ids = _ids(entries, "reservation", ("insert", "update"))
    if not ids:
        return []
    rows = session.execute(select(Reservation.stock_id, Reservation.order_line_id).where(Reservation.id.in_(ids)))
    return [(row.stock_id, row.order_line_id) for row in rows]


def _note_news(session: Session, entries: Sequence[Any], held: Sequence[tuple[int, int]]) -> None:
    """What becomes free, or wanted, by taking the command back is for those who wait."""
    gone = [entry[2]["stock_id"] for entry in entries if entry[:2] == ["delete", "reservation"]]
    stocks = {*gone, *(stock_id for stock_id, _ in held)}
    lines, orders = _ids(entries, "order_line"), _ids(entries, "sales_order")
    if stocks:
        news.note(session, session.scalars(select(Stock.product_id).where(Stock.id.in_(stocks))))
    if lines:
        news.note(session, session.scalars(select(OrderLine.product_id).where(OrderLine.id.in_(lines))))
    if orders:
        news.note(session, session.scalars(select(OrderLine.product_id).where(OrderLine.order_id.in_(orders))))
    pegs = _ids(entries, "peg", ("insert", "update"))
    planned = {entry[2]["order_line_id"] for entry in entries if entry[:2] == ["delete", "peg"]}
    if pegs:
        named = select(Peg.order_line_id).where(Peg.id.in_(pegs), Peg.purchase_line_id.is_not(None))
        planned.update(session.scalars(named))
    if planned:  # what a truck brings is looked at again
        news.note(session, session.scalars(select(OrderLine.product_id).where(OrderLine.id.in_(planned))))
    receipts = _ids(entries, "receipt")
    if receipts:  # the truck is, or is no longer, at the dock
        due = select(PurchaseLine.product_id).join(Receipt, Receipt.purchase_order_id == PurchaseLine.purchase_order_id)
        news.note_moved(session, session.scalars(due.where(Receipt.id.in_(receipts))))


def _refuse_what_is_walked_for(session: Session, held: Sequence[tuple[int, int]]) -> None:
    """Units that were reserved by the command and stand on somebody's list by now stay reserved."""
    if not held:
        return
    stocks, lines = {stock_id for stock_id, _ in held}, {line_id for _, line_id in held}
    left = func.coalesce(func.sum(Reservation.qty), 0)
    rows = session.execute(
        select(Pick.stock_id, Pick.order_line_id, func.sum(Pick.qty - Pick.picked).label("wanted"),
               select(left).where(Reservation.stock_id == Pick.stock_id, Reservation.state == "held",
                                  Reservation.order_line_id == Pick.order_line_id).scalar_subquery().label("held"))
        .where(Pick.stock_id.in_(stocks), Pick.order_line_id.in_(lines), Pick.state == "todo")
        .group_by(Pick.stock_id, Pick.order_line_id)
    )  # fmt: skip
    if any(row.wanted > row.held for row in rows):
        raise CannotUndo("cannot_undo_walked")
