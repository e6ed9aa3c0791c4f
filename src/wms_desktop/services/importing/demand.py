"""Writes a file's orders: what the backorder rules say of them together, their promises, their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Customer
from wms_desktop.services import first_promises, order_log, orders, policies
from wms_desktop.services.dialogue import Context
from wms_desktop.services.first_promises import NewWant
from wms_desktop.services.importing import order_verdicts, repeats
from wms_desktop.services.importing.fields import Wrong
from wms_desktop.services.importing.order_verdicts import Fresh, House
from wms_desktop.services.importing.repeats import Repeat
from wms_desktop.services.importing.rows import Document, Verdict
from wms_desktop.services.intake import insert_rows
from wms_desktop.services.order_log import Happened
from wms_desktop.services.policies import Wanted
from wms_desktop.views.imports import Reading


class _Want(NamedTuple):
    """Units that a row adds to the demand; ``line`` is the row to be written, None where a line only grows."""

    row_id: int
    product_id: int
    customer_id: int
    qty: int
    leave_by: datetime
    release_on: date | None
    is_made: bool
    line: dict[str, Any] | None


class OrdersJudge:
    """Judges and writes orders."""

    by_row = False

    def __init__(self, session: Session, now: datetime, reading: Reading) -> None:
        self._house = order_verdicts.house_of(session, now, reading)
        self._wanted: list[tuple[int, str, int, Wanted]] = []

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each document alone."""
        return order_verdicts.judge(session, self._house, documents, lock=lock)

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """What the good documents ask for, as far as a backorder rule may speak of it."""
        today = self._house.today
        for verdict in verdicts:
            if not verdict.is_good:
                continue
            lines = {row.id: row.line for row in verdict.document.rows}
            key = verdict.document.key
            self._wanted += [
                (lines[want.row_id], key, want.row_id, Wanted(want.product_id, want.customer_id, want.qty))
                for want in _wants(verdict.plan)
                if not (want.is_made or (want.release_on and want.release_on > today))
            ]

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """What the backorder rules refuse, the rows taken in the file's order."""
        self._wanted.sort(key=lambda one: one[0])
        refused = policies.check_backorders(session, self._house.now, [one[3] for one in self._wanted])
        found: dict[str, dict[int, Wrong]] = defaultdict(dict)
        for index, message in refused.items():
            _, key, row_id, wanted = self._wanted[index]
            found[key][row_id] = Wrong("qty", str(wanted.qty), message.code, message.args)
        self._wanted.clear()
        return found

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Puts new orders in, changes those that are here; every new line with its first promise."""
        _promise(session, self._house, verdicts)
        _write_fresh(session, context, [v.plan for v in verdicts if isinstance(v.plan, Fresh)])
        repeats.apply(session, context, [v.plan for v in verdicts if isinstance(v.plan, Repeat)])

    def finish(self, session: Session, context: Context) -> None:
        """Nothing is left to do."""


def _wants(plan: Fresh | Repeat | None) -> Iterator[_Want]:
    """What a good document adds to the demand."""
    if isinstance(plan, Fresh):
        leave_by, not_before, buyer_id = plan.head["leave_by"], plan.head["release_on"], plan.buyer.id
        for row_id, line in zip(plan.rows, plan.lines, strict=True):
            release_on = _later(line["release_on"], not_before)
            yield _Want(row_id, line["product_id"], buyer_id, line["ordered"], leave_by, release_on,
                        line["made_to_order"], line)  # fmt: skip
    elif isinstance(plan, Repeat):
        row = plan.order.row
        for one in plan.lines:
            release_on = _later(one.line["release_on"], row.release_on)
            yield _Want(one.row_id, one.product_id, row.customer_id, one.units, row.leave_by, release_on,
                        one.line["made_to_order"], one.line)  # fmt: skip
        for more in plan.more.values():
            yield _Want(more.asked.row_id, more.asked.product_id, row.customer_id, more.units, row.leave_by,
                        row.release_on, False, None)  # fmt: skip


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else one or other


def _promise(session: Session, house: House, verdicts: Sequence[Verdict]) -> None:
    """The first promise of each new line that the file says nothing of; the last of them is the order's."""
    lines = [
        (want, want.line)
        for verdict in verdicts
        for want in _wants(verdict.plan)
        if want.line is not None and want.line["promise"] is None
    ]
    asked = [
        NewWant(product_id=want.product_id, qty=want.qty, leave_by=want.leave_by, release_on=want.release_on,
                made_to_order=want.is_made)
        for want, _ in lines
    ]  # fmt: skip
    for (_, line), (day, rule) in zip(lines, first_promises.first_days(session, house.now, asked), strict=True):
        line["first_promise"] = line["promise"] = day
        line["promise_rule"] = rule
    for verdict in verdicts:
        if isinstance(verdict.plan, Fresh) and verdict.plan.head["promise"] is None:
            verdict.plan.head["promise"] = max(line["promise"] for line in verdict.plan.lines)


def _write_fresh(session: Session, context: Context, fresh: Sequence[Fresh]) -> None:
    ids = _add_customers(session, fresh)
    lines = []
    for place, one in enumerate(fresh):
        one.head["customer_id"] = one.buyer.id or ids[one.buyer.code]
        for line in one.lines:
            line["order_id"] = place
            lines.append(line)
    order_ids = orders.write_orders(session, [one.head for one in fresh], lines)
    notes = [
        Happened(order_id, repeats.NOTE, {"text": one.note})
        for order_id, one in zip(order_ids, fresh, strict=True)
        if one.note
    ]
    order_log.note_many(session, context, notes)


def _add_customers(session: Session, fresh: Sequence[Fresh]) -> dict[str, int]:
    """The customers that come in with the file, each once; gives their ids by code."""
    names: dict[str, str] = {}
    for one in fresh:
        if not one.buyer.id:
            names.setdefault(one.buyer.code, one.buyer_name)
    rules = {"priority_class": 2, "backorders": "allow", "backorder_limit": 0, "ship_rule": "available"}
    made = [{"code": code, "name": name} | rules for code, name in names.items()]
    return dict(zip(names, insert_rows(session, Customer, made), strict=True))
