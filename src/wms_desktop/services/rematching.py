"""Matches what became free, or newly wanted, with what waits for it: at the end of each command, in its transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.services import news
from wms_desktop.services.dialogue import Context


def settle(session: Session, context: Context) -> None:
    """Serves waiting lines from stock that this command made free."""
    news.take(session)
