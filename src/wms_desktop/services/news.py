"""Notes, while a command runs, of which products have new free stock or new demand: what must be matched anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

_SERVE = "news_serve"
_DAYS = "news_days"
_DOCK = "news_dock"
_SERVED = "news_served"


def note(session: Session, product_ids: Iterable[int]) -> None:
    """Remembers that units of these products became free, or that somebody began to want them."""
    products = set(product_ids)
    note_free(session, products)
    note_moved(session, products)


def note_free(session: Session, product_ids: Iterable[int]) -> None:
    """Remembers that units which the house had already can be reserved now: they came from its dock to a bin."""
    session.info.setdefault(_SERVE, set()).update(product_ids)


def note_moved(session: Session, product_ids: Iterable[int]) -> None:
    """Remembers that units came or went: nobody is served, but the days that customers are told may change."""
    session.info.setdefault(_DAYS, set()).update(product_ids)


def take(session: Session) -> tuple[set[int], set[int]]:
    """What was noted since the last call: products to serve anew, and products of which days may change."""
    serve: set[int] = session.info.pop(_SERVE, set())
    days: set[int] = session.info.pop(_DAYS, set())
    return serve, days


def peek(session: Session) -> set[int]:
    """Products to serve anew that were noted since the last call of :func:`take`; they stay noted."""
    return set(session.info.get(_SERVE, ()))


def note_dock(session: Session, receipt_line_id: int) -> None:
    """Remembers that units of a receipt line are nobody's any more and still stand on the dock."""
    session.info.setdefault(_DOCK, set()).add(receipt_line_id)


def take_dock(session: Session) -> set[int]:
    """The receipt lines noted since the last call."""
    lines: set[int] = session.info.pop(_DOCK, set())
    return lines


def note_served(session: Session, product_ids: Iterable[int]) -> None:
    """Remembers that what stands on docks of these products has been shared out among all who wait just now."""
    session.info.setdefault(_SERVED, set()).update(product_ids)


def take_served(session: Session) -> set[int]:
    """The products noted since the last call."""
    products: set[int] = session.info.pop(_SERVED, set())
    return products
