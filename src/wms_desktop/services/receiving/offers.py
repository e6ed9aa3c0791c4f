"""Codes that nobody knows: what a damaged one may have been is offered; else it may be taught, or be a new plate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, literal, select, union_all
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Barcode, Product
from wms_desktop.domain import barcodes, near_codes
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Detail, Message, Outcome
from wms_desktop.services import inbound
from wms_desktop.services.dialogue import UNKNOWN, Context, Resolved
from wms_desktop.services.receiving import counting, damage, opening, plates, teaching
from wms_desktop.services.receiving.state import COUNTS, Facts, go, number, said, where

_MOST = 6


def find(session: Session, text: str, *, takes_unknown: bool) -> Resolved | None:
    """What a code names that no row of the house bears: a truck, a notice, an announced package; else unknown."""
    found = inbound.find_by_code(session, text)
    if found is not None:
        return Resolved(kind=found.kind, text=text, id=found.id, name=found.name)
    if not takes_unknown:
        return None
    parsed = barcodes.parse(text)
    code = parsed.gtin or parsed.sscc or parsed.text
    return Resolved(kind=UNKNOWN, text=parsed.text, name=code, sscc=parsed.sscc)


def unknown(session: Session, context: Context, scan: Resolved) -> Answer:
    """Offers what the code may have been; scanned once more it is taught, or an SSCC is a new plate.

    Refuses `pallet_needs_order` and `pallet_while_damaged`: only good units of an open receipt stand on a plate.
    """
    state, facts = where(session, context)
    if scan.sscc and state not in COUNTS:
        raise Refusal("pallet_while_damaged" if state == "damage" else "pallet_needs_order", text=scan.text)
    rows = [] if scan.sscc else _list_offers(session, scan.name)
    if rows:
        offer = {"text": scan.text, "state": state, "rows": [list(row) for row in rows]}
        go(session, context, "offer", facts | {"offer": offer})
        if len(rows) > 1:
            return said(Outcome.LOOK_HERE, Message("which_was_meant", {"text": scan.text, "count": len(rows)}))
        args: Facts = {"text": scan.text, "product": rows[0].name, "code": rows[0].code}
        return said(Outcome.LOOK_HERE, Message("was_meant", args))
    if facts.get("unknown") != scan.name:
        go(session, context, state, facts | {"unknown": scan.name})
        code = "unknown_plate" if scan.sscc else "unknown_item"
        return said(Outcome.NOT_UNDERSTOOD, Message(code, {"text": scan.text}))
    if scan.sscc:
        return plates.make(session, context, facts, scan.sscc)
    return teaching.begin(session, context, scan)


def list_rows(facts: Facts) -> list[Detail]:
    """What was offered, as rows to choose from."""
    return [
        Detail("receive.offer", {"n": n, "product": row[1], "code": row[2], "units": row[3]})
        for n, row in enumerate(facts["offer"]["rows"], 1)
    ]


def scanned_again(session: Session, context: Context, scan: Resolved) -> Answer:
    """The same damaged code once more takes the only offer; another unknown one is looked at anew."""
    _, facts = where(session, context)
    offer = facts["offer"]
    if scan.text == offer["text"] and len(offer["rows"]) == 1:
        return _take(session, context, facts, 1)
    if scan.text == offer["text"]:
        args: Facts = {"text": scan.text, "count": len(offer["rows"])}
        return said(Outcome.LOOK_HERE, Message("which_was_meant", args))
    _go_back(session, context, facts)
    return unknown(session, context, scan)


def yes(session: Session, context: Context, _key: Resolved) -> Answer:
    """F8 takes the only offer; of several the row's number is asked for (`which_was_meant`)."""
    _, facts = where(session, context)
    offer = facts["offer"]
    if len(offer["rows"]) > 1:
        raise Refusal("which_was_meant", text=offer["text"], count=len(offer["rows"]))
    return _take(session, context, facts, 1)


def choose(session: Session, context: Context, key: Resolved) -> Answer:
    """The row's number takes it."""
    _, facts = where(session, context)
    return _take(session, context, facts, number(key.text, len(facts["offer"]["rows"])))


def other(session: Session, context: Context, scan: Resolved) -> Answer:
    """Another item was scanned: the offer is left."""
    _, facts = where(session, context)
    return _count_in(session, context, _go_back(session, context, facts), scan)


def leave(session: Session, context: Context, _key: Resolved) -> Answer:
    """Esc: none of them."""
    _, facts = where(session, context)
    _go_back(session, context, facts)
    return said(Outcome.LOOK_HERE, Message("left_as_it_is"))


def _take(session: Session, context: Context, facts: Facts, row: int) -> Answer:
    product_id, name, code, units = facts["offer"]["rows"][row - 1]
    state = _go_back(session, context, facts)
    scan = Resolved(kind="product", text=code, id=product_id, name=name, units=units)
    return _count_in(session, context, state, scan)


def _go_back(session: Session, context: Context, facts: Facts) -> str:
    state: str = facts["offer"]["state"]
    go(session, context, state, {name: value for name, value in facts.items() if name not in ("offer", "unknown")})
    return state


def _count_in(session: Session, context: Context, state: str, scan: Resolved) -> Answer:
    """What a scan of the item means in the state the offer came from."""
    if state == "open":
        return opening.open_by_product(session, context, scan)
    if state == "damage":
        return damage.unit(session, context, scan)
    return counting.count(session, context, scan)


def _list_offers(session: Session, text: str) -> Sequence[Row[*tuple[Any, ...]]]:
    near = near_codes.list_near(text)
    if not near:
        return []
    by_code = (
        select(Product.id, Product.name, Barcode.code.label("code"), Barcode.units)
        .join(Barcode, Barcode.product_id == Product.id)
        .where(Barcode.code.in_(near))
    )
    by_sku = select(Product.id, Product.name, Product.sku.label("code"), literal(1)).where(Product.sku.in_(near))
    both = union_all(by_code, by_sku).subquery()
    return session.execute(select(both).order_by(both.c.name, both.c.code).limit(_MOST)).all()
