"""What the lane board asks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from wms_desktop.services import lane_board, replenishing
from wms_desktop.services.doors import Args, Find
from wms_desktop.views.lanes import LaneBoard, LaneView, WalkBackRow
from wms_desktop.views.refills import Refill


def _lanes(session: Session, now: datetime, args: Args) -> LaneBoard:
    return lane_board.read_board(session, now)


def _lane(session: Session, now: datetime, args: Args) -> LaneView:
    return lane_board.open_lane(session, now, args["lane"])


def _walk_backs(session: Session, now: datetime, args: Args) -> tuple[WalkBackRow, ...]:
    return lane_board.list_walk_backs(session)


def _refills(session: Session, now: datetime, args: Args) -> tuple[Refill, ...]:
    return tuple(replenishing.list_refills(session))


QUESTIONS: Mapping[str, Find] = {"lanes": _lanes, "lane": _lane, "walk_backs": _walk_backs, "refills": _refills}
