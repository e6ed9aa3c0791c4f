"""Notes, while a command runs, of which products have new free stock or new demand: what must be matched anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

_KEY = "news"


def note(session: Session, product_ids: Iterable[int]) -> None:
    """Remembers that stock of these products became free, or that somebody began to want them."""
    session.info.setdefault(_KEY, set()).update(product_ids)


def take(session: Session) -> set[int]:
    """What was noted since the last call."""
    noted: set[int] = session.info.pop(_KEY, set())
    return noted
