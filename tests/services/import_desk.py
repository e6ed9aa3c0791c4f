"""Files as rows for the tests of imports: staged and checked as the importer does it, without a reader's process."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import ImportRow, Order, OrderEvent, OrderLine, Product
from wms_desktop.prompts import Answer
from wms_desktop.services import commands, import_acts, importing, orders
from wms_desktop.views.imports import Ending, Fault, Preview, Problem, Reading, Record, Totals

ADDRESS = {"ship_name": "Acme Ltd", "street": "1 High Street", "postcode": "LS1 1AA", "city": "Leeds", "country": "GB"}
HEAD = {"customer_code": "C1", "placed_at": "2026-03-01T09:00", "service": "PARCEL", "currency": "GBP", **ADDRESS}
Row = Mapping[str, str]


def order_row(number: str, sku: str, qty: int | str = 1, **fields: str) -> dict[str, str]:
    """A row of an order with a whole head; an empty text takes a field out."""
    row = {"number": number, "sku": sku, "qty": str(qty), "price": "2.50", **HEAD, **fields}
    return {name: text for name, text in row.items() if text}


def reading_for(kind: str, **facts: Any) -> Reading:
    """How a file of that kind was read: our own names as titles."""
    return Reading(**{"kind": kind, "format": "csv", "mapping": {}} | facts)


def fault(line: int, key: str, column: str, rule: str, **fields: str) -> Fault:
    """A row that the reader refused."""
    return Fault(line=line, key=key, column=column, value=fields.get(column, ""), rule=f"import.read.{rule}", args={},
                 fields=fields)  # fmt: skip


def stage(house: House, kind: str, rows: Iterable[Row | Fault], *, file: str = "day.csv", check: bool = True,
          **reading: Any) -> int:  # fmt: skip
    """Stages the rows of a file and checks them; gives the run. The same rows are the same file."""
    as_read = reading_for(kind, **reading)
    items = [
        row if isinstance(row, Fault) else Record(line=line, key=row.get("number", row.get("sku", "")), fields=row)
        for line, row in enumerate(rows, 2)
    ]
    content = sha256(json.dumps([item.fields for item in items], sort_keys=True).encode()).hexdigest()
    context = house.context(station="DESK-1", badge="OP-buyer")
    with writing(house.engine) as session:
        run = importing.begin_run(session, context.at, context.operator_id, as_read, (file, content))
    stager = importing.Stager(run, as_read)
    made = stager.take(items)
    with writing(house.engine) as session:
        importing.insert_staged(session, run, made)
        stager.finish(session, _ending(items))
    checker = importing.Checker(run, house.now)
    more = check
    while more:
        with writing(house.engine) as session:
            more = checker.step(session)
    return run


def _ending(items: Sequence[Record | Fault]) -> Ending:
    """What a reader says at a file's end."""
    good = [item for item in items if isinstance(item, Record)]
    amounts: dict[str, Any] = {}
    for item in good:
        tally = importing.Tally()
        tally.add(item.fields, item.fields.get("currency", ""))
        for currency, money in tally.amounts.items():
            amounts[currency] = amounts.get(currency, 0) + money
    units = sum(int(item.fields.get("qty") or 0) for item in good if item.fields.get("qty", "0").isdigit())
    totals = Totals(documents=len({item.key for item in good}), rows=len(good), units=units, amounts=amounts)
    return Ending(totals=totals, good=totals, faults=len(items) - len(good))


def act(house: House, name: str, /, badge: str = "OP-buyer", **args: Any) -> Answer:
    """One of the desk's acts, as the application carries it out."""
    door = import_acts.ACTS[name]
    return commands.run(
        house.engine, door.workflow, f"{name} {args}", house.context(station="DESK-1", badge=badge),
        lambda session, context: door.do(session, context, args), orders.prompt,
    )  # fmt: skip


def publish(house: House, run: int, *, good_only: bool = True) -> Answer:
    """Publishes a run."""
    return act(house, "publish", run=run, good_only=good_only)


def take_in(house: House, kind: str, rows: Iterable[Row | Fault], **reading: Any) -> Answer:
    """Stages and publishes in one go."""
    return publish(house, stage(house, kind, rows, **reading))


def preview(house: House, run: int) -> Preview:
    """What the desk shows of a run."""
    return house.read(lambda session: importing.preview(session, run))


def problems(house: House, run: int) -> tuple[Problem, ...]:
    """The fix list."""
    return house.read(lambda session: importing.list_problems(session, run, 0))


def rules(house: House, run: int) -> dict[int, str]:
    """What is wrong, by line, without the common beginning."""
    return {one.line: one.rule.removeprefix("import.run.") for one in problems(house, run)}


def states(house: House, run: int) -> Counter[str]:
    """How many rows of a run are in each state."""
    return Counter(house.read(lambda s: s.scalars(select(ImportRow.state).where(ImportRow.run_id == run)).all()))


def get_order(house: House, number: str) -> Order:
    """An order by its number."""
    return house.read(lambda s: s.scalars(select(Order).where(Order.number == number)).one())


def lines(house: House, number: str) -> list[tuple[int, str, int, int]]:
    """The lines of an order: number, sku, ordered, cancelled."""
    query = (
        select(OrderLine.line_no, Product.sku, OrderLine.ordered, OrderLine.cancelled)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.number == number)
        .order_by(OrderLine.line_no)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def events(house: House, number: str) -> list[tuple[str, dict[str, Any]]]:
    """The story of an order: codes and what fills them."""
    query = select(OrderEvent.code, OrderEvent.args).join(Order, Order.id == OrderEvent.order_id)
    rows = house.read(lambda s: s.execute(query.where(Order.number == number).order_by(OrderEvent.id)).all())
    return [(row.code, json.loads(row.args)) for row in rows]
