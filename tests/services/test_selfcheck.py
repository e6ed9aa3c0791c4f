"""The self-check finds what was bent behind the ledger's back, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.services import inventory, selfcheck
from wms_desktop.services.inventory import Spot


def _lively(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 5)
    house.order("O1", (mug, 3))
    with writing(house.engine) as session:
        inventory.hold(session, stock, 1, 2, "x")
        context = house.context(command="opening")
        moved = inventory.carry(session, context, stock, 1, 1, Spot(location_id=house.place("CART-1")), reason="pick")
        inventory.consume(session, context, moved, 1, Spot(location_id=house.place("CUSTOMER")))


def _bend(house: House, sql: str) -> None:
    """Changes rows as somebody with a database tool would, past every guard."""
    drop = "DROP TRIGGER stock_changed" + (" ON stock" if house.engine.dialect.name == "postgresql" else "")
    with writing(house.engine) as session:
        session.execute(text(drop))
        session.execute(text(sql))


def test_a_house_that_only_commands_have_touched_is_clean(house: House) -> None:
    _lively(house)

    assert house.read(selfcheck.find_differences) == []


@pytest.mark.parametrize(("sql", "code"), [
    ("UPDATE stock SET on_hand = on_hand + 1 WHERE is_virtual = 0 AND on_hand > 0", "stock_differs"),
    ("UPDATE stock SET reserved = reserved + 1 WHERE is_virtual = 0 AND on_hand > 2", "reserved_differs"),
    ("UPDATE order_line SET reserved = 0", "line_reserved_differs"),
    ("UPDATE order_line SET shipped = 0", "shipped_differs"),
    ("DELETE FROM stock WHERE is_virtual = 1 AND on_hand < 0", "stock_missing"),
])  # fmt: skip
def test_a_bent_figure_is_named(house: House, sql: str, code: str) -> None:
    _lively(house)
    _bend(house, sql)

    found = house.read(selfcheck.find_differences)

    assert [difference.code for difference in found] == [code]
    assert found[0].args["label"]
