"""How much a cart bears, and the walk with it as it is drawn."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Dialogue, Location, Product, Stock
from wms_desktop.domain import detours
from wms_desktop.services import floor_plan, lookups, settings
from wms_desktop.services.lookups import TourStop, TourView
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.work import Job

MM3_A_LITRE = 1_000_000
G_A_KG = 1000


@dataclass(slots=True)
class Room:
    """What a cart may still bear, in mm3 and g; None: there is no limit. An unknown size or weight takes none of it."""

    volume_mm3: int | None
    weight_g: int | None

    def take(self, product: Product, qty: int) -> int:
        """So many of these units go on the cart, which has so much less room then."""
        if self.volume_mm3 is not None and product.volume_mm3:
            qty = min(qty, max(0, self.volume_mm3) // product.volume_mm3)
        if self.weight_g is not None and product.weight_g:
            qty = min(qty, max(0, self.weight_g) // product.weight_g)
        if self.volume_mm3 is not None:
            self.volume_mm3 -= qty * product.volume_mm3
        if self.weight_g is not None:
            self.weight_g -= qty * product.weight_g
        return qty


def room_on(session: Session, cart: Location) -> Room:
    """What a cart may bear beside what is on it: by its own limits, else by those of the house for any cart."""
    row = session.execute(
        select(
            func.coalesce(func.sum(Stock.on_hand * Product.length_mm * Product.width_mm * Product.height_mm), 0),
            func.coalesce(func.sum(Stock.on_hand * Product.weight_g), 0),
        )
        .join(Product, Product.id == Stock.product_id)
        .where(Stock.location_id == cart.id, Stock.on_hand > 0)
    ).one()
    volume = cart.capacity_mm3 or _limit(session, "cart_litres", MM3_A_LITRE)
    weight = cart.max_weight_g or _limit(session, "cart_kg", G_A_KG)
    return Room(volume - int(row[0]) if volume else None, weight - int(row[1]) if weight else None)


def find_tour(session: Session, cart: str) -> TourView | None:
    """The walk with a cart, by its code: the bins it was in and those ahead, in order; None: nobody walks with it."""
    cart_id = session.scalar(select(Location.id).where(Location.code == cart, Location.kind == "cart"))
    jobs: list[Job] = []
    done: list[int] = []
    for row in session.scalars(select(Dialogue).where(Dialogue.workflow == works.NAME)):
        facts = json.loads(row.facts)
        if cart_id is not None and facts.get("source") == cart_id:
            jobs, done = [Job.of_json(kept) for kept in facts["jobs"]], facts.get("done", [])
    ahead = {job.bin_id for job in jobs if job.bin_id}
    ids = dict.fromkeys([*done, *(job.bin_id for job in jobs if job.bin_id)])
    if not ahead:
        return None
    places = {place.id: place for place in session.scalars(select(Location).where(Location.id.in_(ids)))}
    plan = floor_plan.load(session)
    bins = [places[bin_id] for bin_id in ids]
    _, path = detours.trace(plan.layout, [plan.place(one.aisle, one.x_mm, one.y_mm) for one in bins])
    stops = tuple(TourStop(bin=one.code, x=one.x_mm, y=one.y_mm, is_done=one.id not in ahead) for one in bins)
    return TourView(racks=lookups.list_racks(session), path=path, stops=stops)


def _limit(session: Session, name: str, unit: int) -> int:
    text = settings.get(session, name)
    return int(text) * unit if text else 0
