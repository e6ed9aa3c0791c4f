"""Damaged units: a reason, the units, and if wanted a note; they go to the hold and serve nobody."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import ReceiptLine
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receiving import counting
from wms_desktop.services.receiving.state import DAMAGE_REASONS, Facts, chosen, go, kept, said, where

_MOST_NOTE = 200


def begin(session: Session, context: Context, _key: Resolved) -> Answer:
    """F11: the next units are damaged."""
    _, facts = where(session, context)
    go(session, context, "damage", kept(facts))
    return said(Outcome.LOOK_HERE, Message("damage_reason_wanted"))


def reason(session: Session, context: Context, key: Resolved) -> Answer:
    """The reason by its number; after a damaged unit of it a number means so many of it, in all."""
    _, facts = where(session, context)
    if key.kind == "key:quantity" and is_counting(facts):
        return counting.quantity(session, context, key)
    why = chosen(key, DAMAGE_REASONS)
    go(session, context, "damage", kept(facts) | {"reason": why})
    return said(Outcome.ACCEPTED, Message("scan_damaged", {"reason": f"reason.{why}"}))


def is_counting(facts: Facts) -> bool:
    """Whether a number is a quantity now: a unit of the chosen reason was scanned."""
    return "reason" in facts and facts.get("last", {}).get("reason") == facts["reason"]


def unit(session: Session, context: Context, scan: Resolved) -> Answer:
    """A damaged unit: lot, expiry, serial and the order's quantity count as for a good one."""
    _, facts = where(session, context)
    if "reason" not in facts:
        raise Refusal("damage_reason_first")
    pending = counting.scan_facts(scan) | {"product": scan.id, "qty": scan.units, "reason": facts["reason"]}
    return counting.demand(session, context, facts, pending)


def next_item(session: Session, context: Context, scan: Resolved) -> Answer:
    """The item after one that was put aside: still a damaged unit where damaged ones were being scanned."""
    _, facts = where(session, context)
    return unit(session, context, scan) if facts.get("reason") else counting.count(session, context, scan)


def ask_note(session: Session, context: Context, _key: Resolved) -> Answer:
    """F11 again: a note to what was scanned last."""
    _, facts = where(session, context)
    if not facts.get("last", {}).get("reason"):
        raise Refusal("damage_scan_first")
    go(session, context, "note", kept(facts) | {"reason": facts["reason"]})
    return said(Outcome.LOOK_HERE, Message("note_wanted"))


def find_photo(session: Session, context: Context, _key: Resolved) -> Answer:
    """F3: the screen asks for the file of a picture; it is kept with what was scanned last."""
    _, facts = where(session, context)
    if not facts.get("last", {}).get("reason"):
        raise Refusal("photo_of_nothing")
    return said(Outcome.LOOK_HERE, Message("photo_wanted"))


def note(session: Session, context: Context, typed: Resolved) -> Answer:
    """The note, in the clerk's words; it stands behind the reason."""
    _, facts = where(session, context)
    text = typed.text.strip()
    if not text or len(text) > _MOST_NOTE or not text.isprintable():
        raise Refusal("text_unreadable", text=text, most=_MOST_NOTE)
    for line in session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(facts["last"]["lines"]))):
        line.note = f"{facts['reason']}: {text}"
    go(session, context, "damage", kept(facts) | {"reason": facts["reason"]})
    return said(Outcome.ACCEPTED, Message("note_kept"), Changes.INBOUND)


def leave_note(session: Session, context: Context, _key: Resolved) -> Answer:
    """Esc: no note."""
    _, facts = where(session, context)
    go(session, context, "damage", kept(facts) | {"reason": facts["reason"]})
    return said(Outcome.LOOK_HERE, Message("left_as_it_is"))


def done(session: Session, context: Context, _key: Resolved) -> Answer:
    """Back to good units."""
    _, facts = where(session, context)
    good: Facts = kept(facts)
    if good.get("last", {}).get("reason"):
        del good["last"]
    go(session, context, "count", good)
    return said(Outcome.LOOK_HERE, Message("good_again"))
