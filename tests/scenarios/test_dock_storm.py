"""Two hundred random receipts against five hundred backorders: whatever happens, no unit is promised twice."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from benchmarks.dock_work import DockDay, Paper
from tests.builders import House
from wms_desktop.db.tables import Barcode, Location, OrderLine, Peg, ReceiptLine, Stock
from wms_desktop.prompts import Answer
from wms_desktop.services import commands, order_acts, orders, receiving, selfcheck

pytestmark = pytest.mark.timeout(300)

PRODUCTS, ORDERS, PURCHASES = 40, 500, 6


def furnish(house: House, seed: int) -> list[Paper]:
    """Lanes for many, bins, five hundred orders that wait, and more and less on the way than they want."""
    chance = random.Random(seed)
    goods = [
        house.product(f"G{n:02d}", f"EAN-G{n:02d}", case=(f"CASE-G{n:02d}", chance.choice((6, 12))))
        for n in range(PRODUCTS)
    ]
    for n in range(60):
        house.bin(f"A-{n:02d}", aisle=n % 6, y_mm=1000 + 500 * (n // 6))
    for n in range(ORDERS):
        wanted = chance.sample(goods, chance.choice((1, 1, 1, 2, 3)))
        lines = [(product, chance.randint(1, 6)) for product in wanted]
        house.order(f"O{n:03d}", *lines, complete=n % 3 == 0, hours=chance.randint(1, 30),
                    service=chance.choice(("PARCEL", "FREIGHT")))  # fmt: skip
    for product in goods[:10]:
        house.put(product, f"A-{goods.index(product):02d}", 5)
    papers = []
    for n in range(PURCHASES):
        brought = chance.sample(goods, 10)
        house.purchase(f"PO-{n:02d}", *((product, chance.randint(6, 60)) for product in brought))
        with_codes = house.read(
            lambda s, brought=brought: s.scalars(
                select(Barcode.code).where(Barcode.product_id.in_(brought)).order_by(Barcode.id)
            ).all()
        )
        papers.append(Paper(f"PO-{n:02d}", tuple(with_codes)))
    return papers


def test_random_receipts_peg_no_unit_twice_and_leave_a_clean_ledger(house: House) -> None:
    did = play(house, 30, 2)

    assert min(did[what] for what in ("carried", "declined", "undone", "recounted")) > 0


@pytest.mark.reliability
def test_two_hundred_random_receipts_against_five_hundred_backorders(house: House) -> None:
    did = play(house, 200, 1)

    assert min(did[what] for what in ("carried", "declined", "undone", "recounted", "cancelled")) > 0


def play(house: House, verdicts: int, seed: int) -> Counter[str]:
    """So many receipts, whatever comes between; the ledger and the pegs are proved. Gives what was done how often."""
    papers = furnish(house, seed)
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")

    def cancel(number: str) -> Answer:
        args: dict[str, Any] = {"order": house.read(lambda s: orders_by_number(s, number)), "lines": None,
                                "reason": "customer"}  # fmt: skip
        context = house.context(station="DESK-1", badge="OP-buyer")
        return commands.run(
            house.engine, "orders", f"cancel {number}", context,
            lambda s, c: order_acts.ACTS["cancel"].do(s, c, args), orders.prompt,
        )  # fmt: skip

    day = DockDay(send=clerk._send, cancel=cancel, papers=papers, seed=seed)
    day.play(verdicts)

    assert len(day.verdicts) == verdicts
    assert house.read(selfcheck.find_differences) == []
    assert house.read(pegged_beyond_received) == 0
    assert house.read(held_beyond_owed) == 0
    assert house.read(dead_pegs) == []
    return day.did


def orders_by_number(session: Any, number: str) -> int:
    from wms_desktop.db.tables import Order  # late: a name that the builders use too

    return int(session.scalars(select(Order.id).where(Order.number == number)).one())


def pegged_beyond_received(session: Any) -> int:
    """Receipt lines with more living pegs than units."""
    pegged = select(func.sum(Peg.qty)).where(
        Peg.receipt_line_id == ReceiptLine.id, Peg.state.in_(("arrived", "in_lane", "stored", "packed"))
    )
    return len(session.execute(select(ReceiptLine.id).where(pegged.scalar_subquery() > ReceiptLine.qty)).all())


def held_beyond_owed(session: Any) -> int:
    """Order lines that hold more than they are owed, and stock that holds more than it has."""
    owed = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
    lines = session.execute(select(OrderLine.id).where(OrderLine.reserved > owed)).all()
    stock = session.execute(
        select(Stock.id).join(Location, Location.id == Stock.location_id)
        .where(Stock.reserved > Stock.on_hand, Location.is_virtual == False)
    ).all()  # fmt: skip
    return len(lines) + len(stock)


def dead_pegs(session: Any) -> list[int]:
    """Units on the dock or in a lane for an order line that is no longer owed them."""
    living = select(func.sum(Peg.qty)).where(
        Peg.order_line_id == OrderLine.id, Peg.state.in_(("arrived", "in_lane", "stored"))
    )
    return list(session.scalars(select(OrderLine.id).where(living.scalar_subquery() > OrderLine.reserved)))
