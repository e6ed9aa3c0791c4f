"""SSCCs in files of notices: each names one package, in a file, across files, and against what stands in the house."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.import_desk import preview, problems, publish, rules, stage, take_in
from tests.services.inbound_desk import OTHER_SSCC, SSCC
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import NoticePackage, Supplier
from wms_desktop.services import receiving


@pytest.fixture
def clerk(house: House) -> Desk:
    """At the dock; PO-1 and PO-2 expect mugs."""
    mug = house.product("MUG")
    house.purchase("PO-1", (mug, 20))
    house.purchase("PO-2", (mug, 20))
    return house.at(receiving, "DOCK-A", "OP-receiver")


def sent(number: str = "ASN-1", qty: int = 5, **more: str) -> dict[str, str]:
    row = {"number": number, "sku": "MUG", "qty": str(qty), "purchase": "PO-1", "supplier_code": "S1",
           "due": "2026-03-04"}  # fmt: skip
    return row | more


def wrongs(house: House, run: int) -> list[tuple[int, str, str, dict[str, Any]]]:
    """(line, column, rule, the rest) of each refused row."""
    shown = [one for one in problems(house, run) if one.rule != "import.run.waits"]
    return [(one.line, one.column, one.rule.removeprefix("import.run."), dict(one.cure.args)) for one in shown]


def test_two_notices_of_one_file_may_not_name_one_pallet(house: House, clerk: Desk) -> None:
    run = stage(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)])

    ((line, column, rule, args),) = wrongs(house, run)
    assert (line, column, rule) == (3, "pallet", "package_repeated")
    assert (args["notice"], args["line"]) == ("ASN-1", 2)


def test_a_pallet_of_one_notice_is_no_carton_of_another(house: House, clerk: Desk) -> None:
    rows = [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=OTHER_SSCC, carton=SSCC)]

    assert rules(house, stage(house, "notices", rows)) == {3: "package_repeated"}


def test_one_pallet_with_goods_of_two_orders_of_one_notice_is_none_told_twice(house: House, clerk: Desk) -> None:
    rows = [sent(pallet=SSCC), sent(purchase="PO-2", pallet=SSCC)]

    assert rules(house, stage(house, "notices", rows)) == {}


def test_a_cancelled_notice_hands_its_pallet_on(house: House, clerk: Desk) -> None:
    rows = [sent(pallet=SSCC, is_cancelled="1"), sent("ASN-2", pallet=SSCC)]

    assert rules(house, stage(house, "notices", rows)) == {}


def test_a_pallet_of_an_earlier_file_is_refused_until_that_notice_is_over(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC)])
    again = stage(house, "notices", [sent("ASN-2", purchase="PO-2", pallet=SSCC)])
    assert rules(house, again) == {2: "package_taken"}

    take_in(house, "notices", [sent(pallet=SSCC, is_cancelled="1")])

    assert publish(house, again, good_only=False).message.code == "import.run.published"


def test_two_files_read_before_either_is_published_cannot_both_bring_a_pallet(house: House, clerk: Desk) -> None:
    first, second = (
        stage(house, "notices", [sent(number, purchase=order, pallet=SSCC)])
        for number, order in (("ASN-1", "PO-1"), ("ASN-2", "PO-2"))
    )
    publish(house, first)

    assert publish(house, second).message.code == "import.run.nothing_good"
    assert house.read(lambda s: s.scalars(select(NoticePackage.notice_id)).all()) == [1]


def test_another_suppliers_notice_of_the_same_number_is_another_notice(house: House, clerk: Desk) -> None:
    with writing(house.engine) as session:
        session.add(Supplier(code="S2", name="Supplier Two"))
    take_in(house, "notices", [sent(pallet=SSCC)])

    run = stage(house, "notices", [sent(purchase="PO-9", supplier_code="S2", pallet=SSCC)])

    assert rules(house, run) == {2: "package_taken"}


def test_a_pallet_that_stands_in_the_house_with_goods_is_refused_with_its_place(house: House, clerk: Desk) -> None:
    clerk.scan("PO-1", SSCC, SSCC, "MUG")

    run = stage(house, "notices", [sent(pallet=SSCC)])

    assert wrongs(house, run) == [
        (2, "pallet", "package_here", {"line": 2, "column": "kind.pallet", "value": SSCC, "place": "DOCK-1"})
    ]


def test_a_notice_told_again_keeps_the_pallet_that_came_of_it(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC), sent(pallet=OTHER_SSCC)])
    assert clerk.scan(SSCC).message.code == "package_in"

    run = stage(house, "notices", [sent(pallet=SSCC), sent(qty=4, pallet=OTHER_SSCC)])

    assert rules(house, run) == {}


def test_a_pallet_that_came_once_and_is_empty_by_now_is_told_before_publishing(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC)])
    clerk.scan(SSCC)
    clerk.key("done")
    clerk.scan("R000001")
    clerk.key("choose", "3")
    clerk.scan("MUG")
    assert clerk.key("quantity", "5").message.code == "given_back_due"

    run = stage(house, "notices", [sent("ASN-2", pallet=SSCC)])

    assert rules(house, run) == {}
    told = [note.args for note in preview(house, run).notes if note.code == "import.run.package_came"]
    assert told == [{"package": SSCC, "notice": "ASN-2", "before": "ASN-1"}]


def test_the_sentence_names_line_column_and_cure(house: House, clerk: Desk) -> None:
    run = stage(house, "notices", [sent(pallet=SSCC), sent("ASN-2", pallet=SSCC)])
    (problem,) = problems(house, run)

    said = phrases.sentence(problem.cure.code, problem.cure.args)

    assert said == (
        f"pallet {SSCC} is on notice ASN-1 in line 2 of this file already. "
        "Each SSCC names one package: correct one of the two, or take it out."
    )
