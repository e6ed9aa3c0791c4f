"""Whatever was scanned at a dock, each key press of undo restores every balance, peg and line as it was before."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.engine import open_engine
from wms_desktop.db.tables import (
    Barcode,
    Command,
    Delivery,
    OrderLine,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReceivedSerial,
    Reservation,
    Stock,
)
from wms_desktop.services import receiving, selfcheck

MUG, CASE, MILK, TOY, DRILL = "8412345000003", "18412345000000", "4012345000009", "EAN-TOY", "EAN-DRILL"
SCANS = (
    "PO-1", "PO-2", MUG, MUG, CASE, CASE, f"]C1010{MILK}1727010110L1", MILK, "L1", "2027-01-01", TOY, DRILL, "SN-1",
    "SN-2", "EAN-PEN", "LANE-1", "LANE-2", "LANE-3", "TOTE-01", "OP-supervisor", MUG[:-1], "X-UNKNOWN",
    "340123450000000017", f"]C102{CASE}3702", "R000001",
)  # fmt: skip
KEYS = (("yes", ""), ("back", ""), ("decline", ""), ("damaged", ""), ("done", ""), ("choose", "1"), ("quantity", "2"),
        ("quantity", "3"), ("blind", ""), ("why", ""))  # fmt: skip
EVENTS = st.lists(st.one_of(st.sampled_from(SCANS), st.sampled_from(KEYS)), min_size=4, max_size=22)


@contextmanager
def _house(template: Path) -> Iterator[House]:
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        copy = Path(folder) / "house.db"
        shutil.copy(template, copy)
        engine = open_engine(f"sqlite:///{copy}")
        yield House(engine)
        engine.dispose()


def _fill(house: House) -> Desk:
    mug = house.product("MUG", MUG, case=(CASE, 12))
    milk = house.product("MILK", MILK, lot_tracked=True, expiry_tracked=True)
    toy = house.product("TOY", TOY, is_inspected=True, is_relabelled=True)
    drill = house.product("DRILL", DRILL, serial_tracked=True)
    house.product("PEN", "EAN-PEN")
    house.bin("A-1")
    house.order("O1", (mug, 5), (toy, 1))
    house.order("O2", (mug, 9), service="FREIGHT")
    house.order("O3", (milk, 1), (mug, 2), complete=True)
    house.purchase("PO-1", (mug, 30), (milk, 3), (toy, 3))
    house.purchase("PO-2", (mug, 13), (drill, 2))
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _seen(house: House, clerk: Desk) -> tuple[Any, ...]:
    """Everything that a scan may change, without the numbers of rows."""
    return clerk.prompt(), *house.read(_read)


def _read(session: Any) -> list[Any]:
    def rows(columns: tuple[Any, ...], *where: Any) -> Counter[Any]:
        return Counter(tuple(row) for row in session.execute(select(*columns).where(*where)))

    ask: Callable[..., Counter[Any]] = rows
    return [
        ask((Stock.product_id, Stock.location_id, Stock.lot_id, Stock.plate_id, Stock.condition, Stock.on_hand,
             Stock.reserved), Stock.on_hand != 0),
        ask((Peg.order_line_id, Peg.qty, Peg.state, Peg.lane_id, Peg.kind), Peg.state != "released"),
        ask((ReceiptLine.purchase_line_id, ReceiptLine.product_id, ReceiptLine.qty, ReceiptLine.condition,
             ReceiptLine.note, ReceiptLine.state, ReceiptLine.plate_id, ReceiptLine.pegged)),
        ask((PurchaseLine.id, PurchaseLine.received, PurchaseLine.planned)),
        ask((PurchaseOrder.id, PurchaseOrder.state)),
        ask((Receipt.number, Receipt.state)),
        ask((Delivery.state,)),
        ask((Reservation.stock_id, Reservation.order_line_id, Reservation.qty), Reservation.state == "held"),
        ask((OrderLine.id, OrderLine.reserved)),
        ask((Barcode.code,)),
        ask((ReceivedSerial.code,)),
    ]  # fmt: skip


def _can_undo(house: House) -> bool:
    last = select(Command.state, Command.undo).where(Command.workflow == "receive").order_by(Command.seq.desc())
    row = house.read(lambda session: session.execute(last.limit(1)).one())
    return row.state == "done" and row.undo != "[]"


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
def test_any_scans_undone_restore_every_balance_and_peg(template: Path, events: list[Any]) -> None:
    with _house(template) as house:
        clerk = _fill(house)
        stack = []
        for event in ["PO-1", *events]:
            before = _seen(house, clerk)
            answer = clerk.scan(event) if isinstance(event, str) else clerk.key(*event)
            assert clerk.prompt() == answer.prompt
            if _can_undo(house):
                stack.append(before)
        assert house.read(selfcheck.find_differences) == []

        for before in reversed(stack):
            assert clerk.key("undo").message.code == "undone"
            assert _seen(house, clerk) == before
        assert house.read(selfcheck.find_differences) == []
