"""Another product is sent instead: which are offered in which order, and one confirmed act that loses no unit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.bench import packer, stand
from tests.services.order_desk import act, allocate, ask, bring, events_of, held_by, line_ids, lines_of, may_stand_in
from tests.services.pick_floor import batch_of, form
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import OrderLine, PrintJob
from wms_desktop.domain import documents
from wms_desktop.phrases import sentence
from wms_desktop.services import catalog_rules, paper_picking, replacements, selfcheck, substituting, undoing
from wms_desktop.services.catalog_rules import NewKitPart
from wms_desktop.services.replacements import Origin
from wms_desktop.views.promises import Alternative


@pytest.fixture
def mug(house: House) -> int:
    """An article of which there is none, at 2.50."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug", price=Decimal("2.50"))


def other(house: House, sku: str, qty: int, *, price: str = "2.50", rank: int = 1, **facts: object) -> int:
    """An article that may be sent instead of the mug."""
    product = house.product(sku, name=f"Item {sku}", price=Decimal(price), **facts)
    if qty:
        house.put(product, "A-1", qty)
    may_stand_in(house, ("MUG", sku, rank))
    return product


def offered(house: House, line: int) -> list[str]:
    """The skus that are offered for a line, the best first; each with its sentence."""
    found: tuple[Alternative, ...] = ask(house, "alternatives", line=line)
    assert all(sentence(one.reason.code, one.reason.args) for one in found)
    return [one.sku for one in found]


# --- A15: alternatives in stock --------------------------------------------------------------------------------


def test_a15_alternatives_go_by_the_houses_rank_then_whole_need_then_free_units_then_price(
    house: House, mug: int
) -> None:
    for sku, qty, price, rank in (("DEAR", 9, "3.00", 2), ("CHEAP", 9, "2.00", 2), ("MANY", 20, "2.50", 2),
                                  ("FEW", 3, "1.00", 2), ("FIRST", 1, "9.00", 1), ("NONE", 0, "1.00", 1)):  # fmt: skip
        other(house, sku, qty, price=price, rank=rank)
    house.order("O1", (mug, 5))

    assert offered(house, 1) == ["FIRST", "MANY", "CHEAP", "DEAR", "FEW"]


def test_a15_what_is_kept_back_or_waited_for_already_is_not_offered(house: House, mug: int) -> None:
    wanted = [other(house, sku, 4) for sku in ("KEPT", "EARLY", "WANTED")][2]
    with writing(house.engine) as session:
        catalog_rules.set_safety_stock(session, ["KEPT"], 3)
        catalog_rules.set_release(session, ["EARLY"], (house.now + timedelta(days=3)).date())
    house.order("O1", (mug, 5))
    house.order("O2", (wanted, 4))

    assert [(one.sku, one.free) for one in ask(house, "alternatives", line=1)] == [("KEPT", 1)]


def test_a15_nothing_is_offered_for_a_line_made_to_order(house: House, mug: int) -> None:
    other(house, "POT", 9)
    house.order("O1", (mug, 5))
    with writing(house.engine) as session:
        session.get_one(OrderLine, 1).made_to_order = True

    assert offered(house, 1) == []


def test_a15_a_substitution_is_one_act_and_the_new_line_is_served_at_once(house: House, mug: int) -> None:
    pot = other(house, "POT", 9, price="4.00")
    order = house.order("O1", (mug, 5))
    with writing(house.engine) as session:
        line = session.get_one(OrderLine, 1)
        line.first_promise = line.promise = house.now.date()
        line.promise_rule = "inbound"
    answer = act(house, "substitute", line=1, alternative=pot, units=3)
    old, new = house.read(lambda s: s.scalars(select(OrderLine).order_by(OrderLine.id)).all())

    assert answer.message.args == {"order": "O1", "units": 3, "was": "MUG", "now": "POT", "freed": 0}
    assert lines_of(house, order) == [(mug, 5, 3, 0), (pot, 3, 0, 3)]
    assert (old.replaced, new.replaces_id, new.line_no, new.price) == (3, old.id, 2, Decimal("2.50"))
    assert (new.first_promise, new.promise_rule) == (house.now.date(), "inbound")
    assert events_of(house, order) == ["event.substituted"]


def test_the_customer_pays_the_lower_price(house: House, mug: int) -> None:
    pot = other(house, "POT", 9, price="1.20")
    free = other(house, "GIFT", 9, price="0")
    house.order("O1", (mug, 5))
    for product in (pot, free):
        act(house, "substitute", line=1, alternative=product, units=1)

    prices = house.read(lambda s: s.scalars(select(OrderLine.price).order_by(OrderLine.id)).all())
    assert prices == [Decimal("2.50"), Decimal("1.20"), Decimal("2.50")]


def test_units_reserved_in_bins_are_free_again_and_go_to_who_waits(house: House, mug: int) -> None:
    pot = other(house, "POT", 9)
    house.put(mug, "A-1", 4)
    house.order("O1", (mug, 4))
    house.order("O2", (mug, 4), hours=9)
    allocate(house)
    answer = act(house, "substitute", line=1, alternative=pot, units=3)

    assert answer.message.args["freed"] == 3
    assert held_by(house) == {"O1": 4, "O2": 3}
    assert house.read(selfcheck.find_differences) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"line": 1, "alternative": 2, "units": 6}, "orders.substitute_how_many"),
        ({"line": 1, "alternative": 2, "units": 0}, "orders.substitute_how_many"),
        ({"line": 1, "alternative": 2, "units": 5}, "orders.substitute_gone"),
        ({"line": 1, "alternative": 3, "units": 1}, "orders.no_substitute"),
        ({"line": 1, "alternative": 9, "units": 1}, "orders.no_such_product"),
        ({"line": 9, "alternative": 2, "units": 1}, "orders.gone"),
        ({"line": 2, "alternative": 2, "units": 1}, "orders.made_to_order"),
        ({"line": 1, "alternative": 4, "units": 1}, "orders.substitute_not_released"),
    ],
)
def test_a_substitution_that_cannot_be_is_refused_and_changes_nothing(
    house: House, mug: int, args: dict[str, int], code: str
) -> None:
    other(house, "POT", 4)
    house.product("PAN")
    other(house, "NEW", 4, release_on=(house.now + timedelta(days=2)).date())
    order = house.order("O1", (mug, 5), (mug, 1))
    with writing(house.engine) as session:
        session.get_one(OrderLine, 2).made_to_order = True

    assert act(house, "substitute", **args).message.code == code
    assert (len(lines_of(house, order)), events_of(house, order)) == (2, [])


@pytest.mark.parametrize(("place", "tote"), [("CART-1", "TOTE-01"), ("LANE-1", ""), ("DOCK-1", "")])
def test_units_on_their_way_to_the_truck_are_not_replaced(house: House, mug: int, place: str, tote: str) -> None:
    pot = other(house, "POT", 9)
    order = house.order("O1", (mug, 5))
    stand(house, "O1", mug, 4, place, tote=tote)

    assert act(house, "substitute", line=1, alternative=pot, units=2).message.code == "orders.in_work"
    assert act(house, "substitute", line=1, alternative=pot, units=1).message.code == "orders.substituted"
    assert lines_of(house, order) == [(mug, 5, 1, 4), (pot, 1, 0, 1)]


def test_a_kit_may_be_replaced_until_it_is_made_of_its_parts_and_a_part_never(house: House, mug: int) -> None:
    house.put(mug, "A-1", 4)
    kit, pot = house.product("SET"), other(house, "POT", 9)
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("SET", "MUG", 2)])
    may_stand_in(house, ("SET", "POT", 1))
    order = house.order("O1", (kit, 3))
    early = act(house, "substitute", line=1, alternative=pot, units=1)
    allocate(house)
    whole, _, part = line_ids(house, order)

    assert (early.message.code, lines_of(house, order)[2]) == ("orders.substituted", (mug, 4, 0, 4))
    assert act(house, "substitute", line=part, alternative=pot, units=1).message.code == "orders.part_of_kit_stays"
    assert act(house, "substitute", line=whole, alternative=pot, units=1).message.args["open"] == 0


def test_a_substitution_can_be_taken_back(house: House, mug: int) -> None:
    pot = other(house, "POT", 9)
    order = house.order("O1", (mug, 5))
    act(house, "substitute", line=1, alternative=pot, units=5)
    with writing(house.engine) as session:
        undoing.undo_last(session, house.context(station="DESK-1", badge="OP-buyer"), "orders")

    assert (lines_of(house, order), held_by(house), events_of(house, order)) == ([(mug, 5, 0, 0)], {}, [])


def test_many_lines_hear_their_alternatives_in_the_same_number_of_statements(house: House, mug: int) -> None:
    pot = other(house, "POT", 9)
    house.order("O1", *[(mug, 2)] * 30, (pot, 1))
    found = house.read(lambda s: substituting.list_alternatives(s, house.now, range(1, 33)))

    assert [len(found[line]) for line in (1, 30, 31, 32)] == [1, 1, 0, 0]


# --- both products on the papers -----------------------------------------------------------------------------------


def slip(house: House) -> documents.PackingSlip:
    """The last packing slip."""
    query = select(PrintJob.payload).where(PrintJob.kind == "packing_slip").order_by(PrintJob.id.desc())
    paper = documents.from_payload("packing_slip", house.read(lambda s: s.scalar(query.limit(1))))
    assert isinstance(paper, documents.PackingSlip)
    return paper


def test_a15_both_products_stand_on_the_packing_slip(house: House, mug: int) -> None:
    pot, pan = other(house, "POT", 9), house.product("PAN", "PAN1")
    house.put(pan, "A-1", 9)
    may_stand_in(house, ("POT", "PAN", 1))
    house.order("O1", (mug, 5))
    act(house, "substitute", line=1, alternative=pot, units=3)
    act(house, "substitute", line=2, alternative=pan, units=1)
    bring(house, "O1", "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", "PAN1", "EAN-POT", "EAN-POT")
    desk.key("yes")
    rows = [(one.sku, one.ordered, one.cancelled, one.here, one.instead_of) for one in slip(house).lines]

    assert rows == [("MUG", 2, 0, 0, ""), ("POT", 2, 0, 2, "MUG Blue mug"), ("PAN", 1, 0, 1, "MUG Blue mug")]


def test_the_slip_tells_the_kit_that_a_part_belongs_to(house: House, mug: int) -> None:
    kit = house.product("SET", name="Tea set")
    house.order("O1", (kit, 2))
    with writing(house.engine) as session:
        line = session.get_one(OrderLine, 1)
        line.cancelled = line.replaced = 2
        session.add(OrderLine(order_id=1, line_no=2, product_id=mug, ordered=4, replaces_id=1, kit_qty=2))
    stand(house, "O1", mug, 4, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", *["EAN-MUG"] * 4)
    desk.key("yes")

    assert [(one.sku, one.here, one.part_of) for one in slip(house).lines] == [("MUG", 4, "SET Tea set")]
    assert house.read(lambda s: replacements.list_origins(s, [1, 2])) == {2: Origin(part_of="SET Tea set")}


@pytest.mark.parametrize(("eta", "told"), [(3, 3), (-2, None), (None, 1)])
def test_a16_the_slip_says_what_is_still_to_come_and_when(
    house: House, mug: int, eta: int | None, told: int | None
) -> None:
    house.order("O1", (mug, 5))
    today = house.now.date()
    with writing(house.engine) as session:
        session.get_one(OrderLine, 1).eta = None if eta is None else today + timedelta(days=eta)
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", "EAN-MUG", "EAN-MUG")
    desk.key("yes")
    line = slip(house).lines[0]

    assert (line.here, line.to_come) == (2, 3)
    assert line.expected == (None if told is None else today + timedelta(days=told))


def test_the_pick_list_tells_the_picker_what_was_ordered(house: House, mug: int) -> None:
    pot = other(house, "POT", 9)
    house.order("O1", (mug, 5))
    act(house, "substitute", line=1, alternative=pot, units=5)
    form(house, mode="paper")
    with writing(house.engine) as session:
        context = house.context(station="PICK-1", badge="OP-supervisor", command="opening")
        job = session.get_one(PrintJob, paper_picking.print_pick_list(session, context, batch_of(house, "B000001").id))
        paper = documents.from_payload(job.kind, job.payload)

    assert isinstance(paper, documents.PickList)
    assert [(row.sku, row.instead_of, row.part_of) for row in paper.rows] == [("POT", "MUG Blue mug", "")]
