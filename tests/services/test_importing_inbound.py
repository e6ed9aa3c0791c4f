"""Files of purchase orders and shipping notices: what goes in, what changes, what is refused, and never twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.import_desk import act, preview, problems, publish, rules, stage, states, take_in
from tests.services.inbound_desk import OTHER_SSCC, SSCC, book, delivery, get_notice, parts, planned
from tests.services.inbound_desk import act as truck_act
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Barcode,
    Notice,
    NoticeLine,
    NoticePackage,
    OrderLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
)
from wms_desktop.errors import Refusal
from wms_desktop.services import commands, import_acts, orders

MONDAY = date(2026, 3, 2)


@pytest.fixture
def mug(house: House) -> int:
    """Two articles; one has a case barcode of six."""
    house.product("CUP")
    return house.product("MUG", "4000862141404", case=("14000862141401", 6))


def _bought(number: str = "PO-1", sku: str = "MUG", qty: int | str = 10, **more: str) -> dict[str, str]:
    row = {"number": number, "sku": sku, "qty": str(qty), "price": "1.50", "supplier_code": "S1", "due": "2026-03-09"}
    return {name: text for name, text in (row | more).items() if text}


def _sent(number: str = "ASN-1", sku: str = "MUG", qty: int | str = 10, **more: str) -> dict[str, str]:
    row = {
        "number": number,
        "sku": sku,
        "qty": str(qty),
        "purchase": "PO-1",
        "supplier_code": "S1",
        "due": "2026-03-04",
    }
    return {name: text for name, text in (row | more).items() if text}


def _orders(house: House) -> list[tuple[Any, ...]]:
    query = (
        select(PurchaseOrder.number, Supplier.code, PurchaseOrder.due, PurchaseOrder.state)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .order_by(PurchaseOrder.number)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def _lines(house: House, number: str = "PO-1") -> list[tuple[Any, ...]]:
    query = (
        select(PurchaseLine.line_no, Product.sku, PurchaseLine.ordered, PurchaseLine.price)
        .join(Product, Product.id == PurchaseLine.product_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseOrder.number == number)
        .order_by(PurchaseLine.line_no)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def _announced(house: House) -> list[tuple[Any, ...]]:
    query = (
        select(Notice.number, PurchaseOrder.number, Product.sku, NoticeLine.qty, NoticeLine.received)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id)
        .join(Product, Product.id == NoticeLine.product_id)
        .order_by(Notice.id, NoticeLine.line_no)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


# --- purchase orders -----------------------------------------------------------------------------------------


def test_purchase_orders_come_in_with_their_lines_and_totals(house: House, mug: int) -> None:
    order = house.order("O-1", (mug, 3))
    run = stage(house, "purchases", [_bought(), _bought(sku="CUP", qty=4), _bought("PO-2", qty=5, due="2026-03-11")])
    seen = preview(house, run)
    publish(house, run)

    assert (seen.good.documents, seen.good.rows, seen.good.units, seen.fresh) == (2, 3, 19, 2)
    assert _orders(house) == [("PO-1", "S1", date(2026, 3, 9), "open"), ("PO-2", "S1", date(2026, 3, 11), "open")]
    assert [line[:3] for line in _lines(house)] == [(1, "MUG", 10), (2, "CUP", 4)]
    assert house.read(lambda s: s.scalars(select(OrderLine.eta).where(OrderLine.order_id == order)).one()) == date(
        2026, 3, 9
    )


def test_a_new_supplier_comes_in_with_the_file_unless_that_is_forbidden(house: House, mug: int) -> None:
    refused = stage(house, "purchases", [_bought(supplier_code="S9")], constants={"new_suppliers": "0"})
    take_in(house, "purchases", [_bought(supplier_code="S8", supplier_name="Eight Ltd")])

    assert rules(house, refused) == {2: "unknown_supplier"}
    assert house.read(lambda s: s.scalars(select(Supplier.name).where(Supplier.code == "S8")).one()) == "Eight Ltd"


def test_a_case_barcode_orders_the_units_of_the_case(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought(sku="", barcode="14000862141401", qty=2, price="9.00")])

    assert [(str(line[3].normalize()), line[2]) for line in _lines(house)] == [("1.5", 12)]


def test_an_order_without_a_day_is_due_after_the_usual_lead_time(house: House, mug: int) -> None:
    run = stage(house, "purchases", [_bought(due="")])
    publish(house, run)

    assert [note.code for note in preview(house, run).notes] == ["import.run.count_default_due"]
    assert _orders(house)[0][2] == MONDAY + timedelta(days=14)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # rules alone, no question of their own
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (_bought(sku="POT"), "unknown_product"),
        (_bought(qty=0), "too_small"),
        (_bought(supplier_code=""), "no_supplier"),
        (_bought(due="soon"), "not_a_day"),
        (_bought("PO-9", qty=4), "other_supplier"),
        (_bought("PO-8"), "purchase_over"),
    ],
)
def test_a_wrong_purchase_order_stays_in_the_fix_list(house: House, mug: int, row: dict[str, str], why: str) -> None:
    house.purchase("PO-9", (mug, 1))
    house.purchase("PO-8", (mug, 1))
    with writing(house.engine) as session:
        session.add(Supplier(code="S2", name="Supplier Two"))
        session.flush()
        session.get_one(PurchaseOrder, 1).supplier_id = 2
        session.get_one(PurchaseOrder, 2).state = "closed"
    run = stage(house, "purchases", [row])
    (problem,) = problems(house, run)

    assert problem.rule == f"import.run.{why}"
    assert problem.line == 2


def test_an_order_that_comes_again_is_moved_and_counted_anew_but_not_below_what_came(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10), due=MONDAY)
    _receive_some(house, po, 4)
    run = stage(house, "purchases", [_bought(qty=2, price="2.00"), _bought(sku="CUP", qty=3)])
    seen = preview(house, run)
    publish(house, run)

    assert (seen.updated, [note.code for note in seen.notes]) == (1, ["import.run.purchase_came"])
    assert [(line[1], line[2]) for line in _lines(house)] == [("MUG", 4), ("CUP", 3)]
    assert _orders(house)[0][2] == date(2026, 3, 9)


def test_the_same_order_in_another_file_changes_nothing(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought()])
    run = stage(house, "purchases", [_bought(placed_at="2026-02-27")])

    assert (preview(house, run).untouched, preview(house, run).updated) == (1, 0)


def test_fewer_units_shrink_the_plan_that_counted_on_them(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10))
    house.order("O-1", (mug, 8))
    book(house, po)
    before = planned(house)
    take_in(house, "purchases", [_bought(qty=5)])

    assert (before, planned(house)) == ([("proposed", 8)], [("proposed", 5)])


def test_a_cancelled_order_takes_its_notice_and_truck_along(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought()])
    take_in(house, "notices", [_sent()])
    book(house, (1, 1))
    take_in(house, "purchases", [_bought(is_cancelled="1")])
    never = stage(house, "purchases", [_bought("PO-7", is_cancelled="1")])

    assert (_orders(house)[0][3], get_notice(house).state, delivery(house).state) == ("cancelled",) * 3
    assert (preview(house, never).untouched, [n.code for n in preview(house, never).notes]) == (
        1, ["import.run.count_purchases_never_here"])  # fmt: skip


def test_an_order_that_is_being_received_is_not_cancelled(house: House, mug: int) -> None:
    _receive_some(house, house.purchase("PO-1", (mug, 10)), 4)
    run = stage(house, "purchases", [_bought(is_cancelled="1")])

    assert rules(house, run) == {2: "purchase_here"}


def test_rows_of_one_order_may_not_contradict_each_other(house: House, mug: int) -> None:
    run = stage(house, "purchases", [_bought(), _bought(sku="CUP", due="2026-03-10")])

    assert rules(house, run) == {3: "contradiction"}
    assert states(house, run) == {"bad": 1, "waits": 1}


def test_mending_the_row_lets_the_whole_order_in(house: House, mug: int) -> None:
    run = stage(house, "purchases", [_bought(), _bought(sku="POT")])
    (problem,) = problems(house, run)
    mended = import_acts.ACTS["mend"]
    answer = _act(house, mended, row=problem.row_id, fields={"sku": "CUP"})
    publish(house, run)

    assert answer.message.code == "import.run.mended"
    assert [line[1] for line in _lines(house)] == ["MUG", "CUP"]


def test_what_a_left_out_row_said_of_the_whole_the_next_one_takes_over(house: House, mug: int) -> None:
    run = stage(house, "purchases", [_bought(sku="POT"), _bought(sku="CUP", supplier_code="", due="", price="")])
    (problem,) = problems(house, run)
    _act(house, import_acts.ACTS["leave_out"], rows=[problem.row_id])
    publish(house, run)

    assert _orders(house) == [("PO-1", "S1", date(2026, 3, 9), "open")]


# --- notices -------------------------------------------------------------------------------------------------


def test_a_notice_comes_in_with_lots_days_pallets_and_cartons(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought(), _bought(sku="CUP", qty=4)])
    rows = [_sent(lot="L1", expiry="2027-01-31", pallet=SSCC, carton=OTHER_SSCC), _sent(sku="CUP", qty=4, pallet=SSCC)]
    take_in(house, "notices", [row | {"carrier": "Northway", "shipped_on": "2026-03-01"} for row in rows])
    first = house.read(lambda s: s.scalars(select(NoticeLine).order_by(NoticeLine.line_no)).first())
    boxes = house.read(lambda s: s.scalars(select(NoticePackage).order_by(NoticePackage.id)).all())

    assert _announced(house) == [("ASN-1", "PO-1", "MUG", 10, 0), ("ASN-1", "PO-1", "CUP", 4, 0)]
    assert (first.lot, first.expiry, first.package_id) == ("L1", date(2027, 1, 31), boxes[1].id)
    assert [(box.code, box.kind, box.parent_id) for box in boxes] == [
        (SSCC, "pallet", None), (OTHER_SSCC, "carton", boxes[0].id)]  # fmt: skip
    assert (get_notice(house).carrier, get_notice(house).shipped_on) == ("Northway", date(2026, 3, 1))


def test_a_shipment_for_two_orders_becomes_two_notices(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought(), _bought("PO-2")])
    take_in(house, "notices", [_sent(qty=4), _sent(qty=6, purchase="PO-2")])

    assert _announced(house) == [("ASN-1", "PO-1", "MUG", 4, 0), ("ASN-1", "PO-2", "MUG", 6, 0)]


def test_an_unknown_order_comes_in_with_its_notice_and_that_is_said_before(house: House, mug: int) -> None:
    run = stage(house, "notices", [_sent(qty=4), _sent(qty=2), _sent("ASN-2", qty=3, purchase="", due="2026-03-06")])
    told = [note.code for note in preview(house, run).notes]
    publish(house, run)

    assert "import.run.count_new_purchases" in told
    assert told.count("import.run.makes_purchase") == 2
    assert _orders(house) == [("ASN-2", "S1", date(2026, 3, 6), "open"), ("PO-1", "S1", date(2026, 3, 4), "open")]
    assert [line[2] for line in _lines(house)] == [6]


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # rules alone, no question of their own
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (_sent(sku="CUP"), "not_on_purchase"),
        (_sent(qty=12), "notice_over"),
        (_sent(pallet="340123450000000018"), "not_sscc"),
        (_sent(supplier_code="S2"), "other_supplier"),
        (_sent(purchase="PO-9", supplier_code=""), "no_supplier"),
        (_sent(expiry="31.12."), "not_a_day"),
        (_sent("ASN-0"), "notice_closed"),
        (_sent("ASN-C"), "notice_cancelled"),
        (_sent(pallet=OTHER_SSCC), "package_taken"),
    ],
)
def test_a_wrong_notice_stays_in_the_fix_list(house: House, mug: int, row: dict[str, str], why: str) -> None:
    po = house.purchase("PO-1", (mug, 10))
    with writing(house.engine) as session:
        session.add(Supplier(code="S2", name="Supplier Two"))
        for number, state in (("ASN-0", "closed"), ("ASN-C", "cancelled"), ("ASN-L", "announced")):
            session.add(Notice(number=number, supplier_id=1, purchase_order_id=po, due=MONDAY, state=state))
        session.flush()
        session.add(NoticeLine(notice_id=2, line_no=1, purchase_line_id=1, product_id=mug, qty=5))
        session.add(NoticePackage(notice_id=3, code=OTHER_SSCC))
    run = stage(house, "notices", [row])

    assert rules(house, run) == {2: why}


def test_one_carton_does_not_stand_on_two_pallets(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    third = "340123450000000031"
    rows = [_sent(qty=1, pallet=SSCC, carton=third), _sent(qty=1, pallet=OTHER_SSCC, carton=third)]
    run = stage(house, "notices", rows)

    assert rules(house, run) == {3: "package_twice"}


def test_a_repeated_notice_changes_what_has_not_come_and_keeps_what_has(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10))
    take_in(house, "notices", [_sent(qty=4, lot="L1", pallet=SSCC), _sent(qty=3, lot="L2", pallet=OTHER_SSCC)])
    _receive_some(house, po, 2, notice_line=1)
    run = stage(
        house, "notices", [_sent(qty=1, lot="L1", pallet=SSCC, due="2026-03-05"), _sent(qty=5, lot="L3", due="")]
    )
    publish(house, run)
    kept = house.read(lambda s: s.execute(select(NoticeLine.lot, NoticeLine.qty).order_by(NoticeLine.id)).all())

    assert [tuple(row) for row in kept] == [("L1", 2), ("L3", 5)]
    assert house.read(lambda s: s.scalars(select(NoticePackage.code)).all()) == [SSCC]
    assert get_notice(house).due == date(2026, 3, 5)


def test_the_same_notice_in_another_file_changes_nothing(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    rows = [_sent(qty=4, lot="L1", pallet=SSCC, carton=OTHER_SSCC), _sent(qty=3)]
    take_in(house, "notices", rows)
    run = stage(house, "notices", list(reversed(rows)))

    assert (preview(house, run).untouched, preview(house, run).updated) == (1, 0)


def test_the_same_file_is_not_taken_twice(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    take_in(house, "notices", [_sent()])
    with pytest.raises(Refusal, match="published_already"):
        stage(house, "notices", [_sent()])


def test_a_cancelling_notice_takes_the_announcement_back(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    take_in(house, "notices", [_sent()])
    take_in(house, "notices", [_sent(is_cancelled="1")])

    assert get_notice(house).state == "cancelled"


def test_a_notice_told_again_takes_the_order_it_names_no_more_off_its_truck(house: House, mug: int) -> None:
    first, second = (house.purchase(number, (mug, 10)) for number in ("PO-1", "PO-2"))
    house.order("O-1", (mug, 8))
    take_in(house, "notices", [_sent(qty=4), _sent(qty=6, purchase="PO-2")])
    book(house, (first, 1), (second, 2))

    run = stage(house, "notices", [_sent(qty=4)])
    told = [note.args["purchase"] for note in preview(house, run).notes if note.code == "import.run.notice_leaves"]
    publish(house, run)

    assert (told, preview(house, run).untouched) == (["PO-2"], 0)
    assert house.read(lambda s: s.scalars(select(Notice.state).order_by(Notice.id)).all()) == ["announced", "cancelled"]
    assert parts(house) == [(first, 1)]
    assert sum(units for _, units in planned(house)) == 4


def test_an_order_that_a_telling_took_off_comes_back_when_it_is_named_again(house: House, mug: int) -> None:
    for number in ("PO-1", "PO-2"):
        house.purchase(number, (mug, 10))
    whole = [_sent(qty=4), _sent(qty=6, purchase="PO-2", pallet=SSCC)]
    take_in(house, "notices", whole)
    take_in(house, "notices", [_sent(qty=4)])

    back = stage(house, "notices", [*whole, _sent(qty=1)])
    shown = preview(house, back)
    publish(house, back)

    told = [(purchase, qty) for _, purchase, _, qty, *_ in _announced(house)]
    assert (shown.updated, told) == (1, [("PO-1", 5), ("PO-2", 6)])
    assert house.read(lambda s: s.scalars(select(Notice.state)).all()) == ["announced", "announced"]


def test_an_order_that_a_person_took_off_stays_off(house: House, mug: int) -> None:
    for number in ("PO-1", "PO-2"):
        house.purchase(number, (mug, 10))
    whole = [_sent(qty=4), _sent(qty=6, purchase="PO-2")]
    take_in(house, "notices", whole)
    truck_act(house, "cancel_notice", notice=2)
    take_in(house, "notices", [_sent(qty=4)])

    run = stage(house, "notices", [*whole, _sent(qty=1)])

    assert next(one.rule.removeprefix("import.run.") for one in problems(house, run)) == "notice_cancelled"


def test_a_notice_that_named_the_wrong_order_is_for_the_right_one_alone_once_told_again(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    house.purchase("PO-2", (mug, 10))
    take_in(house, "notices", [_sent(qty=4, pallet=SSCC)])

    take_in(house, "notices", [_sent(qty=4, purchase="PO-2", pallet=SSCC)])

    states = house.read(lambda s: s.scalars(select(Notice.state).order_by(Notice.id)).all())
    assert (states, _announced(house)[-1][:2]) == (["cancelled", "announced"], ("ASN-1", "PO-2"))


def test_a_shipment_whose_order_moves_to_another_truck_keeps_one_that_is_here(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    po = house.purchase("PO-2", (mug, 10))
    take_in(house, "notices", [_sent(qty=4), _sent(qty=6, purchase="PO-2")])
    _receive_some(house, po, 2, notice_line=2)

    run = stage(house, "notices", [_sent(qty=5)])
    publish(house, run)

    assert "import.run.notice_stays" in [note.code for note in preview(house, run).notes]
    assert house.read(lambda s: s.scalars(select(Notice.state).order_by(Notice.id)).all())[1] != "cancelled"


def test_a_notice_of_the_same_number_by_another_supplier_is_left_alone(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    take_in(house, "notices", [_sent(qty=4)])
    take_in(house, "notices", [_sent(qty=3, purchase="PO-7", supplier_code="S7")])

    take_in(house, "notices", [_sent(qty=5)])

    assert house.read(lambda s: s.scalars(select(Notice.state)).all()) == ["announced", "announced"]


@pytest.mark.parametrize("kind", ["purchases", "notices"])
def test_a_row_that_counts_in_cases_means_the_units_of_the_articles_case(house: House, mug: int, kind: str) -> None:
    house.purchase("PO-0", (mug, 12))
    row = (
        _bought(qty=2, unit="case", price="9.00") if kind == "purchases" else _sent(qty=2, unit="case", purchase="PO-0")
    )

    run = stage(house, kind, [row])
    publish(house, run)

    assert "import.run.count_by_case" in [note.code for note in preview(house, run).notes]
    if kind == "purchases":
        assert [(str(line[3].normalize()), line[2]) for line in _lines(house)] == [("1.5", 12)]
    else:
        assert _announced(house) == [("ASN-1", "PO-0", "MUG", 12, 0)]


def test_cases_of_unknown_or_of_several_sizes_are_refused_by_row_and_mended_by_units(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 100), (house.product("POT", case=("CASE-A", 6)), 100))
    with writing(house.engine) as session:
        pot = session.scalars(select(Product.id).where(Product.sku == "POT")).one()
        session.add(Barcode(product_id=pot, code="CASE-B", units=12))
        session.query(Barcode).filter_by(units=6, product_id=mug).delete()

    run = stage(house, "notices", [_sent(unit="case"), _sent("ASN-2", sku="POT", unit="case")])
    assert rules(house, run) == {2: "case_unknown", 3: "case_several"}
    row = problems(house, run)[0].row_id
    act(house, "mend", row=row, fields={"unit": "", "qty": "6"})

    assert rules(house, run) == {3: "case_several"}


def test_a_case_barcode_counted_in_cases_is_not_multiplied_twice(house: House, mug: int) -> None:
    take_in(house, "purchases", [_bought(sku="", barcode="14000862141401", qty=2, unit="case")])

    assert [line[2] for line in _lines(house)] == [12]


def test_units_of_a_notice_go_to_the_orders_lines_in_turn(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 4), (mug, 6))
    take_in(house, "notices", [_sent(qty=7)])
    found = house.read(lambda s: s.execute(select(NoticeLine.purchase_line_id, NoticeLine.qty)).all())

    assert [tuple(row) for row in found] == [(1, 4), (2, 3)]


def test_a_notice_plans_the_truck_that_brings_its_order(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10))
    house.order("O-1", (mug, 8))
    take_in(house, "notices", [_sent(qty=5)])
    book(house, (po, 1))
    before = planned(house)
    take_in(house, "notices", [_sent(qty=9)])

    assert before == [("proposed", 5)]
    assert sum(units for _, units in planned(house)) == 8


def _receive_some(house: House, purchase: int, qty: int, notice_line: int | None = None) -> None:
    """Units that came for a purchase order's first line (and a notice's), with an open receipt."""
    with writing(house.engine) as session:
        receipt = Receipt(number="R1", purchase_order_id=purchase, dock_id=house.place("DOCK-1"), opened_at=house.now)
        session.add(receipt)
        session.flush()
        line = session.scalars(select(PurchaseLine).where(PurchaseLine.purchase_order_id == purchase)).first()
        facts = {"product_id": line.product_id, "lot_id": 0, "operator_id": 1, "station_id": 1, "at": house.now}
        session.add(ReceiptLine(receipt_id=receipt.id, purchase_line_id=line.id, qty=qty, notice_line_id=notice_line,
                                **facts))  # fmt: skip


def _act(house: House, door: Any, **args: Any) -> Any:
    return commands.run(
        house.engine, door.workflow, f"{args}", house.context(station="DESK-1", badge="OP-buyer"),
        lambda session, context: door.do(session, context, args), orders.prompt,
    )  # fmt: skip
