"""Kits as a rule: what they are made of costs what they cost, assembled ones go first, and none is made by halves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.allocation import Demand, Line, Picture, Supply
from wms_desktop.domain.kits import Build, Part, count_buildable, plan_builds, split_price

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KIT, CUP, SAUCER = 1, 2, 3
PARTS = {KIT: (Part(CUP, 1), Part(SAUCER, 2))}
money = st.integers(0, 5_000_000).map(lambda units: Decimal(units) / 10_000)
parts = st.lists(st.builds(Part, st.integers(1, 9), st.integers(1, 12), money), min_size=1, max_size=5)


def order(order_id: int, kits: int, **facts: object) -> Demand:
    line = Line(line_id=order_id, product_id=KIT, open=kits)
    facts = {"promise": NOW.date(), "leave_by": NOW + timedelta(hours=order_id), "placed_at": NOW} | facts
    return Demand(order_id=order_id, lines=(line,), **facts)  # type: ignore[arg-type]


def picture(*demands: Demand, assembled: int = 0, **more: object) -> Picture:
    stock = (Supply(stock_id=1, product_id=KIT, free=assembled, bin="A-1", walk_seq=1),) if assembled else ()
    return Picture(now=NOW, today=NOW.date(), demands=demands, supplies=stock, **more)  # type: ignore[arg-type]


@given(money, parts)
def test_the_parts_of_a_kit_cost_exactly_what_the_kit_costs(price: Decimal, made_of: list[Part]) -> None:
    pieces = split_price(price, made_of)

    assert sum(piece.price * piece.qty for piece in pieces) == price
    assert all(piece.price >= 0 and piece.qty > 0 for piece in pieces)
    assert all(piece.price == round(piece.price, 4) for piece in pieces)


@given(money, parts)
def test_every_part_is_there_in_the_number_that_a_kit_takes(price: Decimal, made_of: list[Part]) -> None:
    wanted: dict[int, int] = {}
    for part in made_of:
        wanted[part.product_id] = wanted.get(part.product_id, 0) + part.qty

    found: dict[int, int] = {}
    for piece in split_price(price, made_of):
        found[piece.product_id] = found.get(piece.product_id, 0) + piece.qty

    assert found == wanted


def test_a_price_is_shared_out_by_what_the_parts_cost_alone() -> None:
    pieces = split_price(Decimal("9.00"), [Part(CUP, 1, Decimal(6)), Part(SAUCER, 2, Decimal(3))])

    assert {piece.product_id: piece.price for piece in pieces} == {CUP: Decimal("4.5"), SAUCER: Decimal("2.25")}


def test_what_cannot_be_shared_evenly_makes_two_pieces_of_a_part() -> None:
    pieces = split_price(Decimal("10.00"), [Part(CUP, 3)])

    assert [(piece.qty, piece.price) for piece in pieces] == [(2, Decimal("3.3333")), (1, Decimal("3.3334"))]


def test_assembled_kits_go_to_the_most_urgent_and_the_rest_is_made() -> None:
    seen = picture(order(2, 3), order(1, 2), assembled=4)

    assert plan_builds(seen, PARTS, frozenset(), {}) == [Build(2, KIT, 1)]


def test_kits_that_come_assembled_are_made_only_of_parts_that_are_there() -> None:
    seen = picture(order(1, 3), order(2, 3))

    assert plan_builds(seen, PARTS, {KIT}, {CUP: 9, SAUCER: 8}) == [Build(1, KIT, 3), Build(2, KIT, 1)]
    assert plan_builds(seen, PARTS, {KIT}, {CUP: 9, SAUCER: 1}) == []
    assert plan_builds(seen, PARTS, frozenset(), {}) == [Build(1, KIT, 3), Build(2, KIT, 3)]


def test_safety_stock_of_assembled_kits_is_left_alone() -> None:
    seen = picture(order(1, 3), assembled=4, safety={KIT: 2})

    assert plan_builds(seen, PARTS, frozenset(), {}) == [Build(1, KIT, 1)]


def test_no_kit_is_made_for_an_order_that_may_not_go_yet() -> None:
    seen = picture(order(1, 1, is_held=True), order(2, 1, release_on=date(2026, 4, 1)), order(9, 1),
                   horizon=NOW + timedelta(hours=3))  # fmt: skip

    assert plan_builds(seen, PARTS, frozenset(), {}) == []


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 40)), parts)
def test_as_many_kits_as_the_scarcest_part_allows(free: dict[int, int], made_of: list[Part]) -> None:
    kits = count_buildable(made_of, free)

    assert all(free.get(part.product_id, 0) >= kits * part.qty for part in made_of)
    assert any(free.get(part.product_id, 0) < (kits + 1) * part.qty for part in made_of)
