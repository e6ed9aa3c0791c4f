"""Which units that wait on the dock have their item label already: none gets one twice, however they pass."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.inbound import IN_PREPARATION
from wms_desktop.db.tables import Receipt, ReceiptLine
from wms_desktop.services import receipts
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receiving.state import Facts

MOST_LABELS = 9999


def count(session: Session, facts: Facts, dock_id: int, goods: Goods) -> int:
    """How many of the units that wait were given a label by this station; at most ``goods.qty``.

    Labels belong to what had come when they were printed: a later receipt's units have none, even where a colleague
    passed the others meanwhile.
    """
    had = facts.get("labels", {}).get(_key(goods))
    if not had:
        return 0
    waiting = _ask_waiting(session, dock_id, goods)
    labelled: int = had["qty"]
    return min(goods.qty, labelled, sum(waiting.get(receipt_id, 0) for receipt_id in had["receipts"]))


def note(session: Session, facts: Facts, dock_id: int, goods: Goods, printed: int) -> Facts:
    """The facts after labels were printed for units shown; more labels than units replace spoilt ones.

    Labels of what does not wait any more are forgotten.
    """
    here = {f"{one.product_id}:{one.lot_id}" for one in receipts.list_waiting(session, dock_id)}
    facts = facts | {"labels": {key: one for key, one in facts.get("labels", {}).items() if key in here}}
    waiting = _ask_waiting(session, dock_id, goods)
    had = count(session, facts, dock_id, replace(goods, qty=sum(waiting.values())))
    qty = max(had, min(had + printed, goods.qty))
    return _with(facts, goods, {"qty": qty, "receipts": sorted(waiting)})


def use_up(facts: Facts, goods: Goods) -> Facts:
    """The facts after units went with their labels: they are good now, or on the hold."""
    had = facts.get("labels", {}).get(_key(goods))
    if not had:
        return facts
    return _with(facts, goods, had | {"qty": had["qty"] - goods.qty} if had["qty"] > goods.qty else None)


def _with(facts: Facts, goods: Goods, entry: Facts | None) -> Facts:
    others = {key: one for key, one in facts.get("labels", {}).items() if key != _key(goods)}
    return facts | {"labels": others | ({_key(goods): entry} if entry else {})}


def _key(goods: Goods) -> str:
    return f"{goods.product_id}:{goods.lot_id}"


def _ask_waiting(session: Session, dock_id: int, goods: Goods) -> dict[int, int]:
    """Units of a product and lot that wait on a dock, by the receipt they came with."""
    rows = session.execute(
        select(ReceiptLine.receipt_id, func.sum(ReceiptLine.qty).label("qty"))
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.dock_id == dock_id, ReceiptLine.product_id == goods.product_id,
               ReceiptLine.lot_id == goods.lot_id, IN_PREPARATION, ReceiptLine.state == "received")
        .group_by(ReceiptLine.receipt_id)
    )  # fmt: skip
    return {row.receipt_id: int(row.qty) for row in rows}
