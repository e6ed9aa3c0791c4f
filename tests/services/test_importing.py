"""A file between reading and publishing: nothing of it counts until it is published, once, whole or its good rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.import_desk import fault, order_row
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import Command, ImportRow, ImportRun, Order, OrderLine
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.phrases import sentence, texts
from wms_desktop.prompts import Outcome
from wms_desktop.services import import_reads, importing, selfcheck


@pytest.fixture
def mug(house: House) -> int:
    """An article with ten units in a bin."""
    house.bin("A-1")
    product = house.product("MUG", "4006381333931", name="Blue mug")
    house.put(product, "A-1", 10)
    return product


TWO_GOOD_ONE_BAD = [
    order_row("W1", "MUG", 2), order_row("W1", "MUG", 1), order_row("W2", "MUG", 1), order_row("W3", "MUG", 3),
    order_row("W3", "NO-SUCH", 1),
]  # fmt: skip


def count(house: House, table: Any) -> int:
    return house.read(lambda s: s.scalar(select(func.count()).select_from(table)))


def test_a_staged_file_is_shown_with_its_totals_and_nothing_of_it_is_in_the_house(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    shown = desk.preview(house, run)

    assert (shown.total.documents, shown.total.rows, shown.total.units) == (3, 5, 8)
    assert (shown.good.documents, shown.good.rows, shown.good.units) == (2, 3, 4)
    assert (shown.bad.documents, shown.bad.rows, shown.bad.units) == (1, 2, 4)
    assert (shown.total.amounts, shown.good.amounts) == ({"GBP": Decimal("20")}, {"GBP": Decimal("10")})
    assert (shown.fresh, shown.updated, shown.untouched, shown.problem_count, shown.state) == (2, 0, 0, 1, "staged")
    assert count(house, Order) == count(house, OrderLine) == 0


def test_a_problem_names_line_column_value_rule_and_cure(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD, mapping={"Lineitem sku": "sku"})
    (problem,) = desk.problems(house, run)

    assert (problem.line, problem.key, problem.column, problem.value) == (6, "W3", "Lineitem sku", "NO-SUCH")
    assert problem.rule == "import.run.unknown_product"
    assert "NO-SUCH" in sentence(problem.cure.code, problem.cure.args)
    assert problem.fields["qty"] == "1"


def test_the_good_rows_go_in_together_and_an_order_with_a_bad_row_stays_out_whole(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    answer = desk.publish(house, run)

    assert (answer.outcome, answer.message.code) == (Outcome.STEP_DONE, "import.run.published_rest")
    assert (answer.message.args["rows"], answer.message.args["bad"]) == (3, 2)
    assert desk.lines(house, "W1") == [(1, "MUG", 2, 0), (2, "MUG", 1, 0)]
    assert count(house, Order) == 2
    assert desk.states(house, run) == {"published": 3, "bad": 1, "waits": 1}


def test_none_goes_in_when_that_was_chosen_and_one_is_bad(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    answer = desk.publish(house, run, good_only=False)

    assert (answer.outcome, answer.message.code, answer.message.args) == (
        Outcome.STOP,
        "import.run.has_bad",
        {"bad": 2},
    )
    assert count(house, Order) == 0
    assert desk.preview(house, run).state == "staged"


def test_all_go_in_when_none_is_bad(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD[:4])

    assert desk.publish(house, run, good_only=False).message.code == "import.run.published"
    assert count(house, Order) == 3
    assert house.read(selfcheck.find_differences) == []


def test_what_came_in_is_matched_with_stock_at_once(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", 4)])

    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 4


def test_a_file_that_is_in_is_refused_with_when_and_by_whom(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", 2)]
    waiting = desk.stage(house, "orders", rows)
    desk.take_in(house, "orders", rows)
    with pytest.raises(Refusal) as again:
        desk.stage(house, "orders", rows)
    late = desk.publish(house, waiting)

    assert again.value.code == late.message.code == "import.run.published_already"
    assert (again.value.args_["by"], again.value.args_["file"]) == ("Buyer", "day.csv")
    assert str(again.value.args_["at"]).startswith("2026-03-02 12:")
    assert desk.lines(house, "W1") == [(1, "MUG", 2, 0)]


def test_the_same_bytes_may_be_another_kind_of_file(house: House, mug: int) -> None:
    row = {"sku": "CUP", "name": "Cup", "number": "W1"}
    desk.take_in(house, "products", [row])

    assert desk.stage(house, "orders", [row])


def test_a_run_that_was_not_read_to_its_end_cannot_be_published_and_can_be_dropped(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG")], check=False)
    answer = desk.publish(house, run)
    dropped = desk.act(house, "drop", run=run)

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "import.run.incomplete")
    assert dropped.message.code == "import.run.was_dropped"
    assert (count(house, ImportRow), count(house, Order)) == (0, 0)
    assert desk.publish(house, run).message.code == "import.run.dropped"


def test_a_published_run_cannot_be_dropped(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG")])
    desk.publish(house, run)

    assert desk.act(house, "drop", run=run).message.code == "import.run.published_run"


def test_nothing_is_published_when_nothing_is_good(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "NO-SUCH")])

    assert desk.publish(house, run).message.code == "import.run.nothing_good"
    assert desk.preview(house, run).state == "staged"


def test_what_went_bad_since_the_look_stays_in_the_fix_list(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 2), order_row("W2", "MUG", 99, service="FREIGHT")])
    with writing(house.engine) as session:
        session.get_one(desk.Product, mug).backorders = "deny"
    answer = desk.publish(house, run)

    assert (answer.message.code, answer.message.args["rows"]) == ("import.run.published_rest", 1)
    assert desk.rules(house, run) == {3: "policy.product_deny"}
    assert desk.preview(house, run).bad.rows == 1


def test_nothing_is_half_done_when_publishing_breaks_off(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 2)])
    monkeypatch.setattr("wms_desktop.services.rematching.settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.publish(house, run)
    monkeypatch.undo()

    assert (count(house, Order), desk.states(house, run)) == (0, {"good": 1})
    assert desk.publish(house, run).message.code == "import.run.published"


def test_a_picker_may_not_publish(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 2)])

    assert desk.act(house, "publish", badge="OP-picker", run=run, good_only=True).message.code == "not_permitted"
    assert count(house, Order) == 0


def test_publishing_takes_a_few_statements_however_many_rows(house: House, mug: int) -> None:
    def statements(orders: range) -> int:
        run = desk.stage(house, "orders", [order_row(f"N{n}", "MUG", 1) for n in orders])
        seen: list[str] = []
        event.listen(house.engine, "before_cursor_execute", note := lambda *told: seen.append(told[2]))
        desk.publish(house, run)
        event.remove(house.engine, "before_cursor_execute", note)
        return len(seen)

    few, many = statements(range(10)), statements(range(100, 400))

    assert many <= few + 6


# --- mending and leaving out -----------------------------------------------------------------------------------------


def test_a_mended_row_and_its_document_become_good(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    (problem,) = desk.problems(house, run)
    answer = desk.act(house, "mend", row=problem.row_id, fields={"sku": "MUG", "qty": "4"})
    shown = desk.preview(house, run)

    assert (answer.outcome, answer.message.code) == (Outcome.STEP_DONE, "import.run.mended")
    assert (shown.good.rows, shown.good.units, shown.bad.rows, shown.fresh) == (5, 11, 0, 3)
    assert desk.states(house, run) == {"good": 5}
    desk.publish(house, run)
    assert desk.lines(house, "W3") == [(1, "MUG", 3, 0), (2, "MUG", 4, 0)]


def test_what_is_still_wrong_is_said_and_stays(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    (problem,) = desk.problems(house, run)
    answer = desk.act(house, "mend", row=problem.row_id, fields={"sku": "MUG", "qty": "a few"})

    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "import.read.not_whole")
    assert desk.problems(house, run)[0].fields["qty"] == "a few"
    assert desk.preview(house, run).bad.rows == 2


def test_a_row_that_the_reader_refused_is_read_anew_when_it_is_mended(house: House, mug: int) -> None:
    bad = fault(2, "W1", "qty", "not_whole", **order_row("W1", "MUG", "two", price="1,5"))
    run = desk.stage(house, "orders", [bad, order_row("W1", "MUG")], decimal=",", dates="dmy")
    (problem,) = desk.problems(house, run)
    answer = desk.act(house, "mend", row=problem.row_id, fields={"qty": "2", "promise": "31.3.2026"})

    assert answer.message.code == "import.run.mended"
    assert desk.preview(house, run).good.amounts == {"GBP": Decimal("5.5")}
    desk.publish(house, run)
    assert desk.get_order(house, "W1").promise.isoformat() == "2026-03-31"


def test_a_mended_number_moves_the_row_to_its_other_document(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", 1), order_row("W2", "MUG", 1), order_row("W1", "MUG", 1, city="York")]
    run = desk.stage(house, "orders", rows)
    assert desk.rules(house, run) == {4: "contradiction"}
    (problem,) = desk.problems(house, run)
    desk.act(house, "mend", row=problem.row_id, fields={"number": "W4"})

    assert desk.rules(house, run) == {}
    assert (desk.preview(house, run).fresh, desk.preview(house, run).good.documents) == (3, 3)


def test_rows_mended_after_publishing_go_in_by_publishing_again(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    desk.publish(house, run)
    desk.act(house, "mend", row=desk.problems(house, run)[0].row_id, fields={"sku": "MUG"})
    answer = desk.publish(house, run)
    shown = desk.preview(house, run)

    assert (answer.message.code, answer.message.args["rows"]) == ("import.run.published", 2)
    assert desk.states(house, run) == {"published": 5}
    assert (shown.good.rows, shown.bad.rows, shown.fresh) == (5, 0, 3)


def test_a_row_that_is_in_or_unknown_cannot_be_mended(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    desk.publish(house, run)
    row = house.read(lambda s: s.scalar(select(ImportRow.id).where(ImportRow.state == "published")))

    assert desk.act(house, "mend", row=row, fields={"qty": "1"}).message.code == "import.run.row_over"
    assert desk.act(house, "mend", row=9999, fields={}).message.code == "import.run.row_over"


def test_a_field_that_there_is_not_is_refused(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    row = desk.problems(house, run)[0].row_id

    assert desk.act(house, "mend", row=row, fields={"reserved": "9"}).message.code == "import.run.no_field"


def test_a_row_that_is_left_out_stays_a_part_of_the_file_and_frees_its_document(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    total = desk.preview(house, run).total
    desk.act(house, "leave_out", rows=[desk.problems(house, run)[0].row_id])
    shown = desk.preview(house, run)

    assert (shown.total, shown.good.rows, shown.bad.rows, shown.problem_count) == (total, 4, 1, 0)
    desk.publish(house, run)
    assert desk.lines(house, "W3") == [(1, "MUG", 3, 0)]
    assert desk.states(house, run) == {"published": 4, "dropped": 1}


def test_the_fix_list_has_the_whole_document_with_reasons_and_comes_in_again(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    desk.publish(house, run)
    with reading(house.engine) as session:
        columns, found = importing.export_problems(session, run)
        rows = [(row, values, importing.reason(row, {})) for row, values in found]
    again = [{n: t for n, t in zip(columns, values, strict=True) if t} for _, values, _ in rows]

    assert [(row.line, why.code) for row, _, why in rows] == [
        (5, "import.run.waits"), (6, "import.run.unknown_product")
    ]  # fmt: skip
    again[1]["sku"] = "MUG"
    assert desk.take_in(house, "orders", again).message.args["rows"] == 2
    assert desk.lines(house, "W3") == [(1, "MUG", 3, 0), (2, "MUG", 1, 0)]


# --- what the desk sees ----------------------------------------------------------------------------------------------


def test_runs_are_listed_the_newest_first_with_their_counts(house: House, mug: int) -> None:
    first = desk.stage(house, "orders", TWO_GOOD_ONE_BAD)
    second = desk.stage(house, "products", [{"sku": "CUP", "name": "Cup"}], file="goods.csv")
    rows = house.read(lambda s: import_reads.QUESTIONS["runs"](s, house.now, {}))

    assert [(row.run_id, row.kind, row.file_name, row.good, row.bad) for row in rows] == [
        (second, "products", "goods.csv", 1, 0), (first, "orders", "day.csv", 3, 2)
    ]  # fmt: skip
    assert {(row.by, row.state) for row in rows} == {("Buyer", "staged")}


def test_problems_come_page_by_page(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row(f"W{n}", "NO-SUCH") for n in range(130)])
    pages = [house.read(lambda s, o=o: import_reads.QUESTIONS["problems"](s, house.now, {"run": run, "offset": o}))
             for o in (0, 100, 130)]  # fmt: skip

    assert [len(page) for page in pages] == [100, 30, 0]
    assert pages[1][0].line == 102


def test_a_mapping_is_kept_under_its_name_and_replaced(house: House) -> None:
    for mapping in ({"Nr": "sku"}, {"Nr": "number", "constant:country": "GB"}):
        desk.act(house, "save_mapping", kind="orders", name="Our shop", mapping=mapping)
    found = house.read(lambda s: import_reads.QUESTIONS["mappings"](s, house.now, {"kind": "orders"}))

    assert found == (("Our shop", {"Nr": "number", "constant:country": "GB"}),)
    assert desk.act(house, "save_mapping", kind="orders", name=" ", mapping={}).message.code == "input.empty"


def test_totals_that_are_not_the_readers_are_told_first(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 2)], check=False)
    stager = importing.Stager(run, desk.reading_for("orders"))
    stager.take([])
    with writing(house.engine) as session:
        stager.finish(session, replace(desk._ending([]), faults=3))

    assert desk.preview(house, run).notes[1].code == "import.run.totals_differ"


def test_rows_of_runs_that_were_over_long_ago_go(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", 2)])
    house.now += timedelta(days=importing.KEPT_DAYS + 1)
    desk.stage(house, "orders", [order_row("W2", "MUG", 2)])

    assert (count(house, ImportRun), count(house, ImportRow)) == (2, 1)


def test_a_kind_that_there_is_not_is_refused(house: House) -> None:
    with pytest.raises(BadInput, match="no_kind"):
        desk.stage(house, "letters", [])


def test_a_repeated_publish_command_is_answered_once(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 2)])
    desk.publish(house, run)
    answers = [desk.publish(house, run).message.code for _ in range(2)]

    assert answers == ["import.run.nothing_good"] * 2
    assert house.read(lambda s: s.scalar(select(func.count()).where(Command.workflow == "imports"))) == 3


def test_every_rule_and_note_of_an_import_has_its_sentence() -> None:
    folder = Path(importing.__file__).parent
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    rules = {
        f"import.run.{rule}" for rule in re.findall(r'BadField\([^()]*(?:\([^()]*\)[^()]*)*?"([a-z_]+)"[,)]', sources)
    }
    said = set(re.findall(r'"((?:import\.run|event\.import|reason\.shop)[a-z_.]*[a-z_])"', sources))
    counts = {f"import.run.count_{name}" for name in re.findall(r'counts\["([a-z_]+)"\]', sources)}

    assert len(rules) > 25
    assert {code for code in rules | said | counts if code not in texts()} - {"import.run.count_"} == set()
