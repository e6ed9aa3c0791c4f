"""The answers to what was asked about units: lot, expiry, serial, weight, a yes, a supervisor's badge."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.errors import Refusal, WrongScan
from wms_desktop.prompts import Answer
from wms_desktop.services import receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receiving import packages
from wms_desktop.services.receiving.counting import MOST_AT_ONCE, demand
from wms_desktop.services.receiving.state import Facts, name_of, number, supervise, where

_MOST_TEXT = 60


def lot(session: Session, context: Context, scan: Resolved) -> Answer:
    """The lot, typed, scanned, or in a GS1 code."""
    facts, pending = _asked(session, context)
    _same_item(session, pending, scan, scan.lot)
    answer = {"lot": _clean(scan.lot or scan.text), "expiry": scan.expiry or pending["expiry"]}
    return demand(session, context, facts, pending | answer)


def expiry(session: Session, context: Context, scan: Resolved) -> Answer:
    """The expiry day, typed, or in a GS1 code."""
    facts, pending = _asked(session, context)
    _same_item(session, pending, scan, scan.expiry)
    return demand(session, context, facts, pending | {"expiry": receipts.day_of(scan.expiry or scan.text)})


def serial(session: Session, context: Context, scan: Resolved) -> Answer:
    """The serial number of one unit, typed, scanned, or in a GS1 code."""
    facts, pending = _asked(session, context)
    _same_item(session, pending, scan, scan.serial)
    more = {"lot": pending["lot"] or scan.lot, "expiry": pending["expiry"] or scan.expiry}
    return demand(session, context, facts, pending | more | {"serial": _clean(scan.serial or scan.text)})


def yes(session: Session, context: Context, _key: Resolved) -> Answer:
    """The surplus that was shown is taken in; should it have grown since, it is asked anew."""
    facts, pending = _asked(session, context)
    pending = pending | {"allowed": pending["over"]}
    if "package" in pending:
        return packages.receive(session, context, facts, pending)
    return demand(session, context, facts, pending)


def badge(session: Session, context: Context, scan: Resolved) -> Answer:
    """A supervisor's badge allows the surplus beyond the tolerance."""
    supervise(session, scan)
    return yes(session, context, scan)


def badge_for_foreign(session: Session, context: Context, scan: Resolved) -> Answer:
    """A supervisor's badge takes what nobody ordered onto the hold."""
    supervise(session, scan)
    facts, pending = _asked(session, context)
    return demand(session, context, facts, pending | {"foreign": True})


def take_weighed(session: Session, context: Context, _key: Resolved) -> Answer:
    """F8: as many units as the weight stands for."""
    facts, pending = _asked(session, context)
    return demand(session, context, facts, pending | _each(pending["by_weight"]))


def weighed(session: Session, context: Context, key: Resolved) -> Answer:
    """A typed number of units instead."""
    facts, pending = _asked(session, context)
    return demand(session, context, facts, pending | _each(number(key.text, MOST_AT_ONCE)))


def _each(units: int) -> Facts:
    return {"qty": units, "units": units, "weighed": True}


def _asked(session: Session, context: Context) -> tuple[Facts, Facts]:
    _, facts = where(session, context)
    return facts, facts["pending"]


def _same_item(session: Session, pending: Facts, scan: Resolved, carried: str) -> None:
    """An item's code answers the question only if it is this item's and carries the answer."""
    if scan.kind == "product" and (scan.id != pending["product"] or not carried):
        raise WrongScan("answer_first", what=scan.name, product=name_of(session, pending["product"]))


def _clean(text: str) -> str:
    """A lot or serial as it is kept; refuses `text_unreadable`."""
    text = text.strip()
    if not text or len(text) > _MOST_TEXT or not text.isprintable():
        raise Refusal("text_unreadable", text=text, most=_MOST_TEXT)
    return text
