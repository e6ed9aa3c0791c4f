"""Whatever files of orders and notices come, between trucks: every row is in or explained, every figure adds up."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.inbound_desk import OTHER_SSCC, SSCC, act, book
from wms_desktop.db.engine import open_engine
from wms_desktop.db.tables import Notice, NoticeLine, PurchaseLine, PurchaseOrder
from wms_desktop.errors import Refusal
from wms_desktop.services import selfcheck

_SHARED: dict[str, Any] = {
    "sku": st.sampled_from(["MUG", "CUP", "GONE", "MUG"]),
    "qty": st.one_of(st.integers(-1, 9).map(str), st.sampled_from(["x", "2.5", ""])),
    "supplier_code": st.sampled_from(["S1", "S1", "S2", ""]),
    "due": st.sampled_from(["2026-03-04", "2026-03-04", "2026-03-09", "", "no"]),
    "is_cancelled": st.sampled_from(["", "", "", "", "1"]),
}
BOUGHT = st.fixed_dictionaries({"number": st.sampled_from(["PO-1", "PO-2", ""]), **_SHARED})
SENT = st.fixed_dictionaries({
    "number": st.sampled_from(["A-1", "A-2", ""]), "purchase": st.sampled_from(["PO-1", "PO-2", "PO-3", ""]),
    "lot": st.sampled_from(["", "L1"]), "pallet": st.sampled_from(["", SSCC, "1"]),
    "carton": st.sampled_from(["", OTHER_SSCC, SSCC]), **_SHARED,
})  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("purchases"), st.lists(BOUGHT, min_size=1, max_size=4)),
        st.tuples(st.just("notices"), st.lists(SENT, min_size=1, max_size=4)),
        st.tuples(st.sampled_from(["book", "check_in", "cancel"]), st.integers(1, 3)),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_any_files_between_any_trucks_leave_every_row_explained_and_every_figure_true(
    template: Path, steps: list[tuple[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        shutil.copy(template, Path(folder) / "house.db")
        house = House(open_engine(f"sqlite:///{Path(folder) / 'house.db'}"))
        house.order("O-1", (house.product("MUG"), 4), (house.product("CUP"), 3))
        house.order("O-2", (1, 9))
        for number, (step, what) in enumerate(steps):
            if step in ("purchases", "notices"):
                _take_in(house, step, what, number)
            else:
                _move(house, step, what)
            _check(house)
        house.engine.dispose()


def _take_in(house: House, kind: str, rows: list[dict[str, str]], number: int) -> None:
    try:
        run = desk.stage(house, kind, [{k: v for k, v in row.items() if v} for row in rows], file=f"{number}.csv")
    except Refusal as refused:
        assert refused.code == "import.run.published_already"  # noqa: PT017 the same rows drawn twice
        return
    shown = desk.preview(house, run)
    assert shown.good.rows + shown.bad.rows == shown.total.rows == len(rows)
    desk.publish(house, run)
    found = desk.states(house, run)
    assert sum(found.values()) == len(rows)
    assert found["good"] == 0 or desk.preview(house, run).state == "staged"


def _move(house: House, step: str, which: int) -> None:
    """Something at the docks; what the house refuses, it refuses with a word."""
    if step == "book":
        book(house, which, hours=which)
    elif step == "check_in":
        act(house, "check_in", purchase=which)
    else:
        act(house, "cancel_notice", notice=which)


def _check(house: House) -> None:
    """Totals hold; what is announced belongs to its order; nothing is planned that does not come."""
    assert house.read(selfcheck.find_differences) == []
    lines = house.read(lambda s: s.scalars(select(PurchaseLine)).all())
    assert all(0 <= line.planned <= line.ordered - min(line.received, line.ordered) for line in lines)
    query = (
        select(Notice.supplier_id, PurchaseOrder.supplier_id.label("ordered_of"), Notice.purchase_order_id,
               PurchaseLine.purchase_order_id.label("line_of"), PurchaseLine.product_id,
               NoticeLine.product_id.label("said"))
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id)
        .join(PurchaseLine, PurchaseLine.id == NoticeLine.purchase_line_id)
    )  # fmt: skip
    for row in house.read(lambda s: s.execute(query).all()):
        assert row.supplier_id == row.ordered_of
        assert row.purchase_order_id == row.line_of
        assert row.product_id == row.said
