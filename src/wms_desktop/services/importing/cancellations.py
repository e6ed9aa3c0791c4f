"""Documents that take units back (credit notes): which order they mean, and that none of them counts twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import OrderEvent
from wms_desktop.services.importing.fields import Wrong
from wms_desktop.services.importing.lookups import Asked
from wms_desktop.services.importing.repeats import KnownLine, KnownOrder, Repeat
from wms_desktop.services.importing.rows import Verdict
from wms_desktop.services.intake import AT_ONCE

EVENT = "event.import_cancelled"
_CREDIT_NOTES = tuple(re.compile(rf"{letters}[- ]?(.*[0-9].*)") for letters in ("C", "CN", "CR", "CM", "GS", "AV"))


def numbers_of(number: str) -> tuple[str, ...]:
    """The orders that a document may mean: that of its own number, and of a credit note (C12345) that behind the C.

    Letters of credit notes: C, CN, CR, CM, GS, AV.
    """
    return (number, *(found[1] for pattern in _CREDIT_NOTES if (found := pattern.fullmatch(number))))


def find_done(session: Session, known: Mapping[str, KnownOrder]) -> set[tuple[int, str]]:
    """The cancelling documents that these orders have seen already, as (order id, digest)."""
    ids = sorted({order.row.id for order in known.values()})
    done: set[tuple[int, str]] = set()
    for start in range(0, len(ids), AT_ONCE):
        rows = session.execute(
            select(OrderEvent.order_id, OrderEvent.args).where(
                OrderEvent.order_id.in_(ids[start : start + AT_ONCE]), OrderEvent.code == EVENT
            )
        )
        done |= {(row.order_id, str(json.loads(row.args)["digest"])) for row in rows}
    return done


def judge(verdict: Verdict, lines: Sequence[Asked], known: Mapping[str, KnownOrder],
          done: set[tuple[int, str]]) -> None:  # fmt: skip
    """The verdict on a document with negative quantities: they are cancelled in its order, all of them or none."""
    number = verdict.document.key
    if any(line.qty > 0 for line in lines):
        for line in lines:
            if line.qty < 0:
                verdict.refuse(line.row, Wrong("qty", str(line.qty), "import.run.negative_line"))
        return
    order = next((known[name] for name in numbers_of(number) if name in known), None)
    if order is None:
        for line in lines:
            args = {"document": number, "order": numbers_of(number)[-1]}
            verdict.refuse(line.row, Wrong("number", number, "import.run.cancels_unknown", args))
        return
    digest = _digest(number, lines)
    if (order.row.id, digest) in done:
        verdict.effect = "untouched"
        verdict.counts["cancelled_before"] += 1
        return
    repeat = Repeat(order)
    for line in lines:
        _take(verdict, repeat, line)
    repeat.note(EVENT, {"document": number, "units": -sum(line.qty for line in lines), "digest": digest})
    done.add((order.row.id, digest))
    verdict.effect, verdict.plan = "updated", repeat


def _take(verdict: Verdict, repeat: Repeat, line: Asked) -> None:
    """Cancels the units of one row in the lines of its article."""
    order, rest = repeat.order, -line.qty
    for target in _targets(order, line):
        cuts = order.cut(target, rest)
        for line_id, units in cuts.items():
            repeat.cuts[line_id] = repeat.cuts.get(line_id, 0) + units
        rest -= sum(cuts.values())
    if rest:
        args = {"order": order.row.number, "asked": -line.qty, "open": -line.qty - rest, "sku": line.sku}
        verdict.refuse(line.row, Wrong("qty", str(line.qty), "import.run.cancels_more", args))


def _targets(order: KnownOrder, line: Asked) -> list[KnownLine]:
    fits = [one for one in order.lines if one.product_id == line.goods.id]
    return sorted(fits, key=lambda one: (one.line_no != line.line_no, one.line_no))


def _digest(number: str, lines: Sequence[Asked]) -> str:
    """What makes the document the same one when it comes again."""
    said = sorted((line.sku, line.line_no, line.qty, str(line.price)) for line in lines)
    return hashlib.sha256(json.dumps([number, said]).encode()).hexdigest()[:16]
