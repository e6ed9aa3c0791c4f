"""An unknown barcode is taught on the spot, by those who may: which item it names and how many units it stands for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Barcode, Operator, Product
from wms_desktop.domain import barcodes, sscc
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Detail, Message, Outcome
from wms_desktop.services import codes, settings
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receiving.state import SUPERVISES, Facts, go, name_of, number, said, supervise, where

MOST_UNITS = 5000
_LONGEST, _SHORTEST = 60, 5
_GTIN_LENGTHS = (8, 12, 13, 14, 18)
_MOST_ROWS = 8


def begin(session: Session, context: Context, scan: Resolved) -> Answer:
    """The unknown code was scanned twice: who may teaches it, else a supervisor's badge is asked.

    Refuses `teach_known`, `teach_check_digit`, `teach_short` and `text_unreadable`.
    """
    state, facts = where(session, context)
    _refuse_unfit(session, scan.name)
    who = session.get_one(Operator, context.operator_id)
    facts = {**facts, "teach": {"code": scan.name, "state": state}}
    facts.pop("unknown", None)
    if who.role in SUPERVISES or settings.get(session, "receivers_teach") == "1":
        go(session, context, "teach", facts)
        return said(Outcome.LOOK_HERE, Message("teach_item_wanted", {"code": scan.name}))
    go(session, context, "teach_badge", facts)
    return said(Outcome.LOOK_HERE, Message("teach_badge_wanted", {"code": scan.name}))


def badge(session: Session, context: Context, scan: Resolved) -> Answer:
    """A supervisor's badge allows it."""
    supervise(session, scan)
    _, facts = where(session, context)
    go(session, context, "teach", facts)
    return said(Outcome.ACCEPTED, Message("teach_item_wanted", {"code": facts["teach"]["code"]}))


def item(session: Session, context: Context, scan: Resolved) -> Answer:
    """The item, by any other code of it."""
    _, facts = where(session, context)
    return _ask_units(session, context, facts, scan.id)


def search(session: Session, context: Context, typed: Resolved) -> Answer:
    """The item by its sku, or a part of its name; several are offered."""
    _, facts = where(session, context)
    text = typed.text.strip()
    if text == facts["teach"]["code"]:
        raise Refusal("teach_another_code", text=text)
    ids = list(session.scalars(
        select(Product.id)
        .where(Product.name.icontains(text, autoescape=True) | Product.sku.icontains(text, autoescape=True))
        .order_by(Product.name, Product.id)
        .limit(_MOST_ROWS + 1)
    ))  # fmt: skip
    if not text or not ids:
        raise Refusal("teach_nothing_found", text=text)
    if len(ids) > _MOST_ROWS:
        raise Refusal("teach_too_many", text=text)
    if len(ids) == 1:
        return _ask_units(session, context, facts, ids[0])
    go(session, context, "teach", facts | {"teach": facts["teach"] | {"rows": ids}})
    return said(Outcome.LOOK_HERE, Message("teach_which", {"text": text, "count": len(ids)}))


def choose(session: Session, context: Context, key: Resolved) -> Answer:
    """The row's number; a number that is no row is looked for as a sku."""
    _, facts = where(session, context)
    rows = facts["teach"].get("rows", [])
    if key.text.isascii() and key.text.isdigit() and 1 <= int(key.text) <= len(rows):
        return _ask_units(session, context, facts, rows[int(key.text) - 1])
    return search(session, context, key)


def find_key(session: Session, context: Context, _key: Resolved) -> Answer:
    """F3: says how the item is found."""
    _, facts = where(session, context)
    return said(Outcome.LOOK_HERE, Message("teach_find", {"code": facts["teach"]["code"]}))


def units(session: Session, context: Context, key: Resolved) -> Answer:
    """How many units one scan of it stands for; F8 says one. The code is known from now on, until it is undone."""
    _, facts = where(session, context)
    teach = facts["teach"]
    count = 1 if key.kind == "key:yes" else number(key.text, 99_999)
    if count > MOST_UNITS:
        raise Refusal("teach_absurd", units=count, most=MOST_UNITS)
    _refuse_unfit(session, teach["code"])
    session.add(Barcode(product_id=teach["product"], code=barcodes.normal(teach["code"]), units=count))
    _go_back(session, context, facts)
    args: Facts = {"code": teach["code"], "product": name_of(session, teach["product"]), "units": count}
    return said(Outcome.STEP_DONE, Message("taught", args), Changes.STOCK)


def leave(session: Session, context: Context, _key: Resolved) -> Answer:
    """Esc: the code stays unknown."""
    _, facts = where(session, context)
    _go_back(session, context, facts)
    return said(Outcome.LOOK_HERE, Message("left_as_it_is"))


def list_rows(session: Session, facts: Facts) -> list[Detail]:
    """The items that were found, as rows to choose from."""
    ids = facts["teach"].get("rows", [])
    found = {row.id: row for row in session.scalars(select(Product).where(Product.id.in_(ids)))} if ids else {}
    return [
        Detail("receive.found", {"n": n, "sku": found[one].sku, "product": found[one].name})
        for n, one in enumerate(ids, 1)
    ]


def _ask_units(session: Session, context: Context, facts: Facts, product_id: int) -> Answer:
    teach = facts["teach"] | {"product": product_id}
    go(session, context, "teach_units", facts | {"teach": teach})
    args: Facts = {"code": teach["code"], "product": name_of(session, product_id)}
    return said(Outcome.LOOK_HERE, Message("teach_units_wanted", args))


def _go_back(session: Session, context: Context, facts: Facts) -> None:
    go(session, context, facts["teach"]["state"], {name: facts[name] for name in facts if name != "teach"})


def _refuse_unfit(session: Session, text: str) -> None:
    """A code that cannot be an item's: known already, misread, too short to be told from a number, unreadable."""
    known = codes.list_meanings(session, text)
    if known:
        raise Refusal("teach_known", text=text, kind=known[0].kind, what=known[0].name)
    if not text.isprintable() or len(text) > _LONGEST:
        raise Refusal("text_unreadable", text=text, most=_LONGEST)
    if len(text) < _SHORTEST:
        raise Refusal("teach_short", text=text, least=_SHORTEST)
    if text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS and not sscc.is_valid(text):
        raise Refusal("teach_check_digit", text=text, wanted=sscc.check_digit(text[:-1]))
