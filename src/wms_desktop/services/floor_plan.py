"""The floor that tours are walked on, derived from the bins and two settings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location
from wms_desktop.domain.tours import Layout, Place
from wms_desktop.errors import BadInput
from wms_desktop.services import settings


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """The grid of aisles, and which column of it an aisle of the house is; lengths in mm."""

    layout: Layout
    columns: dict[int, int]

    def place(self, aisle: int | None, x_mm: int, y_mm: int) -> Place:
        """The point on the walk of a location: in the middle of its aisle, or where it stands outside the aisles."""
        column = self.columns.get(aisle) if aisle is not None else None
        return Place(x_mm if column is None else self.layout.aisles[column], y_mm)


def load(session: Session) -> FloorPlan:
    """The house's floor. Raises BadInput (`bad_floor_plan`) naming the setting that does not fit the bins.

    `cross_aisles_mm` are the y of the cross-aisles, `depot` the x,y where every tour begins and ends.
    """
    rows = session.execute(
        select(Location.aisle, func.min(Location.x_mm).label("x"))
        .where(Location.kind == "bin", Location.aisle.is_not(None))
        .group_by(Location.aisle)
    ).all()
    xs = sorted({row.x for row in rows}) or [0]
    cross = _numbers(session, "cross_aisles_mm")
    depot = _numbers(session, "depot")
    if len(depot) != 2:
        raise BadInput("bad_floor_plan", setting="depot", value=settings.get(session, "depot"))
    try:
        layout = Layout(tuple(xs), tuple(cross), Place(*_onto_walk(xs, cross, depot[0], depot[1])))
    except ValueError as fault:
        value = settings.get(session, "cross_aisles_mm")
        raise BadInput("bad_floor_plan", setting="cross_aisles_mm", value=value) from fault
    return FloorPlan(layout, {row.aisle: xs.index(row.x) for row in rows})


def _onto_walk(xs: list[int], cross: list[int], x: int, y: int) -> tuple[int, int]:
    """The depot itself, or the point of the nearest cross-aisle in front of it."""
    if x in xs or y in cross or not cross:
        return x, y
    return x, min(cross, key=lambda line: abs(line - y))


def _numbers(session: Session, name: str) -> list[int]:
    text = settings.get(session, name)
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as fault:
        raise BadInput("bad_floor_plan", setting=name, value=text) from fault
