"""Writes a sharing-out down as pegs: what stands and is still right stays, the rest ends with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import Delivery, Peg
from wms_desktop.domain.arrivals import Answer
from wms_desktop.services import pegs, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.lanes import Lanes
from wms_desktop.services.planning.reading import Reading

NOT_WANTED = "not_wanted"
DID_NOT_COME = "did_not_come"
SHARED_ANEW = "shared_anew"
_AT_ONCE = 4000
_Key = tuple[int, int]
"""(order line, purchase line)."""


@dataclass(slots=True)
class _Wanted:
    """So many units for an order line out of a purchase line, and why."""

    order_id: int
    units: int
    reason: str


def write(session: Session, context: Context, delivery: Delivery, reading: Reading, answer: Answer) -> set[int]:
    """Makes the pegs of these orders what the answer says; gives the products of which units moved.

    Pegs of a truck that is here are firm and book their order's lane; those of one that is expected are proposed.
    """
    wanted = _place(reading, answer)
    state = "firm" if delivery.state == "here" else "proposed"
    if _stands(reading, wanted, state):
        return set()
    session.flush()
    kept, moved = _cut(session, context, reading, wanted)
    fresh = {key: one for key, one in wanted.items() if one.units > 0}
    lanes = _lanes_for(session, reading, wanted)
    _keep(session, reading, kept, lanes, state)
    _add(session, context, delivery, fresh, lanes, state)
    products = {line.purchase_line_id: line.product_id for line in reading.supply}
    moved |= {products[line_id] for _, line_id in fresh}
    forget_answers(session)
    session.flush()
    return moved


def end(session: Session, context: Context, peg: Peg, units: int, why: str) -> None:
    """Ends so many units of a planned peg: a proposal goes, what was firm is kept as released, with the reason."""
    if peg.state != "proposed":
        pegs.release(session, context, peg, units, why)
    elif units >= peg.qty:
        session.delete(peg)
    else:
        peg.qty -= units


def _place(reading: Reading, answer: Answer) -> dict[_Key, _Wanted]:
    """The answer by purchase line: units stay on the line they are pegged to, others take what is left of any."""
    left = {line.purchase_line_id: line.units - reading.others.get(line.purchase_line_id, 0) for line in reading.supply}
    wanted: dict[_Key, _Wanted] = {}
    for line_id, gift in reading.made:
        wanted[gift.line_id, line_id] = _Wanted(gift.order_id, gift.units, gift.reason)
        left[line_id] -= gift.units
    standing: dict[int, list[_Key]] = defaultdict(list)
    pegged: dict[_Key, int] = defaultdict(int)
    for peg in reading.pegs:
        key = (peg.order_line_id, peg.purchase_line_id)
        standing[peg.order_line_id].append(key)
        pegged[key] += peg.qty
    lines: dict[int, list[int]] = defaultdict(list)
    for line in reading.supply:
        lines[line.product_id].append(line.purchase_line_id)
    open_ = []
    for gift in answer.given:
        units = gift.arriving
        for key in dict.fromkeys(standing[gift.line_id]):
            kept = min(units, pegged[key], max(0, left.get(key[1], 0)))
            if kept:
                wanted[key] = _Wanted(gift.order_id, kept, gift.reason)
                left[key[1]] -= kept
                units -= kept
        if units:
            open_.append((gift, units))
    for gift, units in open_:
        for line_id in lines[gift.product_id]:
            taken = min(units, max(0, left[line_id]))
            if taken:
                one = wanted.setdefault((gift.line_id, line_id), _Wanted(gift.order_id, 0, gift.reason))
                one.units += taken
                left[line_id] -= taken
                units -= taken
    return wanted


def _stands(reading: Reading, wanted: Mapping[_Key, _Wanted], state: str) -> bool:
    """Whether the pegs are what is wanted already: units, reasons, state, and a lane for each."""
    pegged: dict[_Key, int] = defaultdict(int)
    for peg in reading.pegs:
        key = (peg.order_line_id, peg.purchase_line_id)
        one = wanted.get(key)
        if one is None or (peg.reason, peg.state) != (one.reason, state) or peg.lane_id is None:
            return False
        pegged[key] += peg.qty
    return pegged == {key: one.units for key, one in wanted.items()}


def _cut(session: Session, context: Context, reading: Reading,
         wanted: Mapping[_Key, _Wanted]) -> tuple[dict[int, _Wanted], set[int]]:  # fmt: skip
    """Cuts or ends what stands and is not wanted; the rest is taken off ``wanted``, and given by peg, with the products
    freed. Lanes of orders that leave are free from here on.
    """
    cuts: dict[int, tuple[int, str]] = {}
    kept: dict[int, _Wanted] = {}
    due: dict[int, int] = {line.purchase_line_id: line.units for line in reading.supply}
    freed = set()
    for peg in reading.pegs:
        due[peg.purchase_line_id] = due.get(peg.purchase_line_id, 0) - peg.qty
    for peg in reading.pegs:
        one = wanted.get((peg.order_line_id, peg.purchase_line_id))
        units = min(peg.qty, one.units) if one is not None else 0
        if one is not None and units:
            one.units -= units
            kept[peg.id] = one
        if units < peg.qty:
            freed.add(peg.product_id)
            cuts[peg.id] = (peg.qty - units, _why(reading, peg, due))
    for part in in_pieces(sorted(cuts), at_once=_AT_ONCE):
        for row in session.scalars(select(Peg).where(Peg.id.in_(part))):
            end(session, context, row, *cuts[row.id])
    session.flush()
    return kept, freed


def _keep(session: Session, reading: Reading, kept: Mapping[int, _Wanted], lanes: Mapping[int, int | None],
          state: str) -> None:  # fmt: skip
    """Gives the pegs that stand their state, their reason and the lane of their order."""
    same: dict[int, str] = {}
    other: dict[int, tuple[str, int | None]] = {}
    for peg in reading.pegs:
        one = kept.get(peg.id)
        if one is None:
            continue
        lane_id = lanes[one.order_id]
        if (peg.reason, peg.lane_id) != (one.reason, lane_id):
            other[peg.id] = (one.reason, lane_id)
        elif peg.state != state:
            same[peg.id] = peg.state
    for part in in_pieces(sorted(other), at_once=_AT_ONCE):
        for row in session.scalars(select(Peg).where(Peg.id.in_(part))):
            row.state = state
            row.reason, row.lane_id = other[row.id]
    session.flush()
    _set_state(session, same, state)


def _set_state(session: Session, before: Mapping[int, str], state: str) -> None:
    """Makes pegs firm that stay as they were otherwise: thousands at a check-in, so past the session's objects."""
    for part in in_pieces(sorted(before), at_once=_AT_ONCE):
        session.execute(
            update(Peg).where(Peg.id.in_(part)).values(state=state).execution_options(synchronize_session="fetch")
        )
    for peg_id, was in before.items():
        undo.note_update(session, "peg", peg_id, {"state": [was, state]})


def _why(reading: Reading, peg: Any, due: Mapping[int, int]) -> str:
    guard = reading.guards.get(peg.order_id)
    if guard is not None or peg.order_id not in reading.services:
        return guard or NOT_WANTED
    return DID_NOT_COME if due[peg.purchase_line_id] < 0 else SHARED_ANEW


def _lanes_for(session: Session, reading: Reading, wanted: Mapping[_Key, _Wanted]) -> dict[int, int | None]:
    """The lane of each order: the one booked for it, else the one it was proposed for while there is room in it."""
    named = [peg for peg in reading.pegs if peg.lane_id is not None]
    booked = {peg.order_id: peg.lane_id for peg in named if peg.state == "firm"}
    hoped = {peg.order_id: peg.lane_id for peg in named}
    lanes = Lanes(session, {one.order_id for one in wanted.values()})
    found: dict[int, int | None] = {}
    for one in wanted.values():
        order_id = one.order_id
        if order_id not in found:
            service_id = reading.services[order_id]
            found[order_id] = booked.get(order_id) or lanes.take(order_id, service_id, hoped.get(order_id))
    return found


def _add(session: Session, context: Context, delivery: Delivery, fresh: Mapping[_Key, _Wanted],
         lanes: Mapping[int, int | None], state: str) -> None:  # fmt: skip
    rows = [
        {
            "receipt_line_id": None,
            "order_line_id": line_id,
            "qty": one.units,
            "state": state,
            "lane_id": lanes[one.order_id],
            "reason": one.reason,
            "why": "",
            "at": context.at,
            "kind": "planned",
            "purchase_line_id": purchase_line_id,
            "delivery_id": delivery.id,
        }
        for (line_id, purchase_line_id), one in fresh.items()
    ]
    if not rows:
        return
    for peg_id in insert_numbered(session.connection(), Peg.metadata.tables["peg"], rows):
        undo.note_insert(session, "peg", peg_id)
