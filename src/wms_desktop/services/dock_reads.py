"""What desks ask about the dock, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.services import dock_figures, dock_reasons, dock_rehearsing, dock_sharing
from wms_desktop.services.doors import Args, Find


def _truck_now(session: Session, now: datetime, args: Args) -> Any:
    """What would happen if a truck (``delivery``), or all that is due of a purchase order (``purchase``), came now."""
    return dock_rehearsing.truck_now(session, now, args.get("delivery"), args.get("purchase"))


def _sharing(session: Session, now: datetime, args: Args) -> Any:
    """How a truck (``delivery``) was shared out, and whether that is the best there is."""
    return dock_sharing.tell(session, now, args["delivery"])


def _why_share(session: Session, now: datetime, args: Args) -> Any:
    """Why an order line (``order_line``) got what it got of the goods that came, and why others did."""
    return dock_reasons.tell(session, now, args["order_line"])


def _dock_figures(session: Session, now: datetime, args: Args) -> Any:
    """What cross-docking has come to over the last ``days`` (else 28)."""
    return dock_figures.figures(session, now, args.get("days", dock_figures.DAYS))


def _dock_rows(session: Session, now: datetime, args: Args) -> Any:
    """What adds up to a figure (``what``; ``key``: a part of it) of the last ``days`` (else 28)."""
    return dock_figures.list_rows(session, now, args["what"], args.get("key", ""), args.get("days", dock_figures.DAYS))


QUESTIONS: Mapping[str, Find] = {
    "truck_now": _truck_now,
    "sharing": _sharing,
    "why_share": _why_share,
    "dock_figures": _dock_figures,
    "dock_rows": _dock_rows,
}
