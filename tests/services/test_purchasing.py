"""Purchase orders come in many at once, or not at all with the row that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import PurchaseLine, PurchaseOrder
from wms_desktop.errors import BadInput
from wms_desktop.phrases import setup as phrases
from wms_desktop.services import purchasing
from wms_desktop.services.purchasing import NewPurchase, NewPurchaseLine

GOOD = NewPurchase(
    number="PO-1", supplier="S1", due=date(2026, 3, 4), lines=(NewPurchaseLine("MUG", 12, Decimal("1.2345")),)
)


def test_a_purchase_order_is_expected_line_by_line(house: House) -> None:
    mug, cup = house.product("MUG"), house.product("CUP")
    lines = (*GOOD.lines, NewPurchaseLine("CUP", 3), NewPurchaseLine("MUG", 1))
    with writing(house.engine) as session:
        ids = purchasing.add_purchases(session, [replace(GOOD, number="PO-2"), replace(GOOD, lines=lines)])
    wanted = select(PurchaseLine).where(PurchaseLine.purchase_order_id == ids["PO-1"]).order_by(PurchaseLine.line_no)
    rows = house.read(lambda s: s.scalars(wanted).all())
    kept = [(row.line_no, row.product_id, row.ordered, row.received, row.price) for row in rows]
    head = house.read(lambda s: s.get_one(PurchaseOrder, ids["PO-1"]))

    assert kept == [(1, mug, 12, 0, Decimal("1.2345")), (2, cup, 3, 0, 0), (3, mug, 1, 0, 0)]
    assert (head.number, head.due, head.state) == ("PO-1", date(2026, 3, 4), "open")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (replace(GOOD, number="PO-2"), ("twice", "number")),
        (replace(GOOD, number="OLD"), ("taken", "number")),
        (replace(GOOD, number=""), ("empty", "number")),
        (replace(GOOD, supplier="S9"), ("unknown", "supplier")),
        (replace(GOOD, lines=()), ("no_lines", "lines")),
        (replace(GOOD, lines=(*GOOD.lines, NewPurchaseLine("NO", 1))), ("unknown", "lines[2].product")),
        (replace(GOOD, lines=(NewPurchaseLine("MUG", 0),)), ("too_small", "lines[1].qty")),
        (replace(GOOD, lines=(NewPurchaseLine("MUG", 1, Decimal(-1)),)), ("too_small", "lines[1].price")),
    ],
)
def test_a_wrong_purchase_order_is_named_and_none_comes_in(
    house: House, row: NewPurchase, why: tuple[str, str]
) -> None:
    house.purchase("OLD", (house.product("MUG"), 1))
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        purchasing.add_purchases(session, [replace(GOOD, number="PO-2"), row])
    args = refused.value.args_

    assert (refused.value.code, args["row"], args["field"]) == (f"input.{why[0]}", 2, why[1])
    assert phrases.TEXTS[refused.value.code].format_map(args)
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(PurchaseOrder))) == 1
