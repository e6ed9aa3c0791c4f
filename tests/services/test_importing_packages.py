"""SSCCs in files of notices: each names one package, in a file, across files, and against what stands in the house."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import Desk, House
from tests.services.import_desk import act, preview, problems, publish, rules, stage, take_in
from tests.services.inbound_desk import OTHER_SSCC, SSCC
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import ImportRow, Notice, NoticeLine, NoticePackage, Supplier
from wms_desktop.services import receiving
from wms_desktop.services.importing import publishing


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


def named(house: House) -> list[tuple[str, str]]:
    """(notice, package) of what is announced."""
    query = select(Notice.number, NoticePackage.code).join(NoticePackage, NoticePackage.notice_id == Notice.id)
    return sorted(tuple(row) for row in house.read(lambda s: s.execute(query).all()))


MOVES = {
    "moved": ([sent(), sent("ASN-2", purchase="PO-2", pallet=SSCC)], [("ASN-2", SSCC)]),
    "swapped": (
        [sent(pallet=OTHER_SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)],
        [("ASN-1", OTHER_SSCC), ("ASN-2", SSCC)],
    ),
    "taken back": ([sent(is_cancelled="1"), sent("ASN-2", purchase="PO-2", pallet=SSCC)], [("ASN-2", SSCC)]),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_corrected_file_moves_a_pallet_to_another_of_its_notices(house: House, clerk: Desk, move: str) -> None:
    rows, wanted = MOVES[move]
    take_in(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=OTHER_SSCC)])

    run = stage(house, "notices", rows, file="b.csv")
    assert wrongs(house, run) == []
    assert publish(house, run, good_only=False).message.code == "import.run.published"

    living = select(Notice.number).where(Notice.state == "announced")
    assert [one for one in named(house) if one[0] in house.read(lambda s: s.scalars(living).all())] == wanted


@pytest.mark.parametrize("spoilt", ["1", "2"])
def test_neither_pallet_is_swapped_where_one_of_the_notices_is_wrong(house: House, clerk: Desk, spoilt: str) -> None:
    take_in(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=OTHER_SSCC)])
    rows = [sent(pallet=OTHER_SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)]
    rows[int(spoilt) - 1]["qty"] = "999"

    run = stage(house, "notices", rows, file="b.csv")

    assert sorted(rules(house, run).values()) == ["notice_over", "package_taken"]
    assert publish(house, run).message.code == "import.run.nothing_good"


def test_mending_the_wrong_notice_lets_both_pallets_be_swapped(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=OTHER_SSCC)])
    rows = [sent(pallet=OTHER_SSCC), sent("ASN-2", qty=999, purchase="PO-2", pallet=SSCC)]
    run = stage(house, "notices", rows, file="b.csv")
    (wrong,) = (one for one in problems(house, run) if one.rule.endswith("notice_over"))

    assert act(house, "mend", row=wrong.row_id, fields={"qty": "4"}).message.code == "import.run.mended"

    assert (rules(house, run), preview(house, run).bad.documents) == ({}, 0)
    publish(house, run, good_only=False)
    assert named(house) == [("ASN-1", OTHER_SSCC), ("ASN-2", SSCC)]


def test_a_swap_in_a_file_that_is_written_in_parts_is_one_swap(
    house: House, clerk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PUBLISHED_AT_ONCE", 1)
    take_in(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=OTHER_SSCC)])

    take_in(house, "notices", [sent(pallet=OTHER_SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)])

    assert named(house) == [("ASN-1", OTHER_SSCC), ("ASN-2", SSCC)]


def test_a_pallet_is_not_taken_over_once_the_notice_that_gave_it_up_is_left_out(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC)])
    rows = [sent(), sent("ASN-2", purchase="PO-2", pallet=SSCC), sent("ASN-3")]
    run = stage(house, "notices", rows, file="b.csv")
    first = house.read(lambda s: s.scalars(select(ImportRow.id).where(ImportRow.key == "ASN-1")).all())[-1]
    act(house, "leave_out", rows=[first])

    assert publish(house, run).message.code == "import.run.published_rest"
    assert (rules(house, run), named(house)) == ({3: "package_taken"}, [("ASN-1", SSCC)])


def test_a_notice_told_with_its_pallet_gives_it_to_no_other(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC)])

    run = stage(house, "notices", [sent(pallet=SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)], file="b.csv")

    assert set(rules(house, run)) == {3}


def test_a_pallet_of_which_something_came_stays_where_it_was_announced(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC), sent(pallet=OTHER_SSCC)])
    assert clerk.scan(SSCC).message.code == "package_in"

    run = stage(house, "notices", [sent(pallet=OTHER_SSCC), sent("ASN-2", purchase="PO-2", pallet=SSCC)], file="b.csv")

    assert rules(house, run) == {3: "package_taken"}


def test_a_pallet_stays_where_it_was_announced_once_a_carton_of_it_came(house: House, clerk: Desk) -> None:
    take_in(house, "notices", [sent(pallet=SSCC, carton=OTHER_SSCC)])
    with writing(house.engine) as session:
        session.execute(update(NoticeLine).values(received=2))

    run = stage(house, "notices", [sent(), sent("ASN-2", purchase="PO-2", pallet=SSCC)], file="b.csv")

    assert rules(house, run) == {3: "package_taken"}


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
