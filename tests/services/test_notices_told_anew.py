"""Whatever a supplier says again and again: what came stays, the rest is as he said last, and no unit counts twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.inbound_desk import OTHER_SSCC, SSCC
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import NoticeLine, NoticePackage, Receipt, ReceiptLine
from wms_desktop.services.inbound import announcing
from wms_desktop.services.inbound.announcing import NewNotice, NewNoticeLine

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize("seed", range(6))
def test_a_notice_told_anew_says_what_came_and_what_it_said_last(house: House, seed: int) -> None:
    dice = random.Random(seed)
    products = [house.product("A"), house.product("B")]
    po = house.purchase("PO-1", *[(product, 5) for product in (*products, *products, *products)])
    last: tuple[NewNoticeLine, ...] = ()
    for _ in range(8):
        if dice.random() < 0.6 or not last:
            last = tuple(_line(dice, products) for _ in range(dice.randint(1, 4)))
            _tell(house, po, last)
        else:
            _receive(house, po, dice)
        _check(house, last)


def _line(dice: random.Random, products: list[int]) -> NewNoticeLine:
    pallet, carton = dice.choice([("", ""), (SSCC, ""), (SSCC, OTHER_SSCC)])
    return NewNoticeLine(product_id=dice.choice(products), qty=dice.randint(1, 9), lot=dice.choice(["", "L1"]),
                         pallet=pallet, carton=carton)  # fmt: skip


def _tell(house: House, po: int, lines: tuple[NewNoticeLine, ...]) -> None:
    with writing(house.engine) as session:
        told = NewNotice(number="ASN-1", supplier_id=1, purchase_order_id=po, due=MONDAY, lines=lines)
        announcing.put_notices(session, house.context(station="DESK-1", badge="OP-buyer"), [told])


def _receive(house: House, po: int, dice: random.Random) -> None:
    """Units of one line of the notice come in."""
    with writing(house.engine) as session:
        line = dice.choice(
            session.scalars(select(NoticeLine).where(NoticeLine.received < NoticeLine.qty)).all() or [None]
        )
        if line is None:
            return
        receipt = session.scalars(select(Receipt)).first()
        if receipt is None:
            receipt = Receipt(number="R1", purchase_order_id=po, dock_id=house.place("DOCK-1"), opened_at=house.now)
            session.add(receipt)
            session.flush()
        facts = {"product_id": line.product_id, "lot_id": 0, "operator_id": 1, "station_id": 1, "at": house.now}
        session.add(ReceiptLine(receipt_id=receipt.id, purchase_line_id=line.purchase_line_id, notice_line_id=line.id,
                                qty=dice.randint(1, line.qty - line.received), **facts))  # fmt: skip


def _check(house: House, last: tuple[NewNoticeLine, ...]) -> None:
    """By article, lot and package: never less than what came, and never less than what was said last."""
    said: Counter[tuple[object, ...]] = Counter()
    for line in last:
        said[line.product_id, line.lot, line.carton or line.pallet] += line.qty
    found: Counter[tuple[object, ...]] = Counter()
    came: Counter[tuple[object, ...]] = Counter()
    query = select(NoticeLine, NoticePackage.code).outerjoin(NoticePackage, NoticePackage.id == NoticeLine.package_id)
    for line, code in house.read(lambda s: s.execute(query).all()):
        key = (line.product_id, line.lot, code or "")
        assert line.qty >= max(1, line.received)
        found[key] += line.qty
        came[key] += line.received

    assert {key: max(said[key], came[key]) for key in said | came if said[key] or came[key]} == found
