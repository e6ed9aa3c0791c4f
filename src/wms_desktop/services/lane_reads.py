"""What the lane board asks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from wms_desktop.services import lane_board, putaway, replenishing
from wms_desktop.services.doors import Args, Find
from wms_desktop.services.lookups import TourView
from wms_desktop.views.lanes import LaneBoard, LaneView, WalkBackRow
from wms_desktop.views.refills import Look, Refill


def _lanes(session: Session, now: datetime, args: Args) -> LaneBoard:
    return lane_board.read_board(session, now)


def _lane(session: Session, now: datetime, args: Args) -> LaneView:
    return lane_board.open_lane(session, now, args["lane"])


def _walk_backs(session: Session, now: datetime, args: Args) -> tuple[WalkBackRow, ...]:
    return lane_board.list_walk_backs(session)


def _refills(session: Session, now: datetime, args: Args) -> tuple[Refill, ...]:
    return tuple(replenishing.list_refills(session))


def _looks(session: Session, now: datetime, args: Args) -> tuple[Look, ...]:
    return tuple(putaway.list_looks(session))


def _cart_tour(session: Session, now: datetime, args: Args) -> TourView | None:
    """The walk with a cart (``cart``: its code), as it is drawn."""
    return putaway.find_tour(session, args["cart"])


QUESTIONS: Mapping[str, Find] = {
    "lanes": _lanes, "lane": _lane, "walk_backs": _walk_backs, "refills": _refills, "looks": _looks,
    "cart_tour": _cart_tour,
}  # fmt: skip
