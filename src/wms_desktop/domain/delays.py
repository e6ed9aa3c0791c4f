"""Why an order line is late or waits: a proposal from plain facts, in a stated order of precedence."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

NONE, SUPPLIER, DIFFERENCE, DEMAND, STAFF, PROCESS, RELEASE, MADE, CARRIER, POLICY = (
    "", "supplier_late", "stock_difference", "demand", "staff", "process", "new_release", "made_to_order", "carrier",
    "policy",
)  # fmt: skip
_WORDS = {
    STAFF: ("staff", "hand", "people", "sick", "ill", "holiday", "team", "shift"),
    SUPPLIER: ("supplier", "delivery", "inbound", "vendor"),
    CARRIER: ("carrier", "truck", "courier", "strike"),
    DEMAND: ("demand", "sale", "campaign", "promotion", "peak"),
}


class Case(NamedTuple):
    """One open line: ``short`` of its units have no reservation; ``release_on`` its or its order's later day.

    ``promise`` is the current one, ``first`` the first; ``eta`` None: nothing in sight; ``eta_from_id`` the purchase
    line behind it (None: stock).
    """

    line_id: int
    product_id: int
    short: int
    is_held: bool
    release_on: date | None
    is_made: bool
    made_by_id: int | None
    leave_by: datetime
    first: date
    promise: date
    eta: date | None
    eta_from_id: int | None
    cause: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows that explains delays, as of an instant.

    ``late_purchases``: purchase lines whose day was moved later or has passed, ``late_products`` theirs;
    ``coming``: products with anything on its way; ``differences``: products found short or with missing
    units; ``spikes``: products ordered half as much again this week as in an average one before;
    ``modes``: why by product (None: the house); ``packed``: lines in closed cartons that are on no truck; ``slips``:
    the cause of each line's last slip.
    """

    now: datetime
    today: date
    late_purchases: Collection[int]
    late_products: Collection[int]
    coming: Collection[int]
    differences: Collection[int]
    spikes: Container[int]
    modes: Mapping[int | None, str]
    packed: Collection[int]
    slips: Mapping[int, str]


def cause_of(case: Case, facts: Facts) -> str:
    """The proposed cause ("": the line is neither late nor does it wait); one that somebody set goes before.

    An order on hold; a release day ahead; made to order. Then for what waits without stock: its purchase is late; what
    made it lose its day; stock that was not where the book says; a rise of demand; a backorder mode; nothing bought
    at all (process); else demand. For what has its stock but is late: what made it slip; packed and not loaded; a
    backorder mode; nobody's hands.
    """
    if case.cause:
        return case.cause
    if case.is_held:
        return POLICY
    if case.release_on is not None and case.release_on > facts.today:
        return RELEASE
    if case.is_made and case.short:
        return SUPPLIER if case.made_by_id in facts.late_purchases else MADE
    if case.short and (case.eta is None or case.eta_from_id is not None):
        return _why_short(case, facts)
    return _why_late(case, facts)


@lru_cache(maxsize=64)
def mode_cause(reason: str) -> str:
    """The cause that a backorder mode's reason names: one of the causes itself, or words that stand for one."""
    said = reason.casefold()
    for cause in (SUPPLIER, DIFFERENCE, DEMAND, STAFF, PROCESS, RELEASE, MADE, CARRIER, POLICY):
        if said.startswith(cause):
            return cause
    words = said.replace(",", " ").split()
    for cause, stems in _WORDS.items():
        if any(word.startswith(stem) for word in words for stem in stems):
            return cause
    return PROCESS


def _why_short(case: Case, facts: Facts) -> str:
    if case.eta_from_id in facts.late_purchases:
        return SUPPLIER
    if case.eta is None and facts.slips.get(case.line_id):
        return facts.slips[case.line_id]
    if case.eta is None and case.product_id in facts.late_products:
        return SUPPLIER
    if case.product_id in facts.differences:
        return DIFFERENCE
    if case.product_id in facts.spikes:
        return DEMAND
    mode = _mode(case, facts)
    if mode:
        return mode
    return DEMAND if case.product_id in facts.coming else PROCESS


def _why_late(case: Case, facts: Facts) -> str:
    is_past = case.leave_by < facts.now or case.promise < facts.today
    if not is_past and (case.eta is None or case.eta <= case.first):
        return NONE
    slipped = facts.slips.get(case.line_id, NONE)
    if slipped:
        return slipped
    if case.line_id in facts.packed:
        return CARRIER
    return _mode(case, facts) or STAFF


def _mode(case: Case, facts: Facts) -> str:
    reason = facts.modes.get(case.product_id) or facts.modes.get(None)
    return mode_cause(reason) if reason else NONE
