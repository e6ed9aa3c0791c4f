"""Finds the bins for goods that are put away: reads the few bins that may be it, and lets the rules choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from wms_desktop.db.tables import CountTask, Location, Product, Stock
from wms_desktop.domain import slotting
from wms_desktop.domain.slotting import Content, Load, Part, Placing, Refused, Slot
from wms_desktop.services import replenishing
from wms_desktop.services.inventory import Goods
from wms_desktop.views.refills import UNKNOWN

_NEAREST_SHOWN = 3
_MOST_PARTS = 40
_SEVERAL_LOTS, _SEVERAL_PRODUCTS = 1, 2
_FACED = aliased(Product)
DOUBTED = ("full", "blocked", UNKNOWN)
"""Reports after which a bin is proposed to nobody until somebody has looked into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Where goods go: the first bin, by which rule (a name of `slotting.CHAIN`), and how many units fit in it.

    ``parts`` are all bins in the order in which they are gone to, ``left`` the units that no bin takes, ``refused``
    the bins that were better or nearer, with why they were not chosen.
    """

    location_id: int
    code: str
    reason: str
    room: int
    parts: tuple[Part, ...] = ()
    left: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Units that somebody is on the way to a bin with: they count as lying there."""

    location_id: int
    product_id: int
    qty: int
    lot_id: int = 0


def propose(session: Session, goods: Goods, *, planned: Sequence[Planned] = (),
            avoid: Sequence[int] = ()) -> Proposal | None:  # fmt: skip
    """The bins where these goods should go, or None when no bin has room for a single unit.

    By the chain of `domain.slotting`: the empty face that a pick waits for, the fixed face, the bin with the same
    goods, the nearest free bin of the product's velocity zone, any nearest free one, then bins shared with others;
    several where no single one takes all. An unknown size or weight fits everywhere. ``planned`` units count as
    lying in their bins already; bins to ``avoid`` are left out, and those that somebody found full or blocked until
    they are looked into.
    """
    load = _load_of(session, goods)
    avoid = [*avoid, *_list_doubted(session)]
    on_the_way = _contents_of(session, planned)
    few = len({*on_the_way, *avoid})
    slots = _read(session, _few_ids(session, [load], few), load.product_id, on_the_way, avoid)
    placing = slotting.choose(load, slots)
    faces = sum(part.qty for part in placing.parts if part.slot_id == load.face_id)
    for look in (_shared_ids, _part_ids):  # each only where none before takes what the face leaves
        if not placing.left and len(placing.parts) <= bool(faces) + 1:
            break
        more = set(look(session, [replace(load, qty=load.qty - faces)], few)) - {slot.id for slot in slots}
        slots += _read(session, more, load.product_id, on_the_way, avoid)
        placing = slotting.choose(load, slots)
    return _proposal(placing)


def propose_whole(session: Session, plate: Sequence[Goods], *, planned: Sequence[Planned] = (),
                  avoid: Sequence[int] = ()) -> Proposal | None:  # fmt: skip
    """The one bin that takes all goods of a plate together, by the chain of `propose`; None where no bin does."""
    loads = [_load_of(session, goods) for goods in plate]
    avoid = [*avoid, *_list_doubted(session)]
    on_the_way = _contents_of(session, planned)
    product_id = _only_product(loads)
    few = len({*on_the_way, *avoid})
    slots = _read(session, _few_ids(session, loads, few), product_id, on_the_way, avoid)
    placing = slotting.choose_whole(loads, slots)
    for look in (_shared_ids, _room_ids):
        if not placing.left:
            break
        more = set(look(session, loads, few)) - {slot.id for slot in slots}
        slots += _read(session, more, product_id, on_the_way, avoid)
        placing = slotting.choose_whole(loads, slots)
    return _proposal(placing)


def look_whole(session: Session, location_id: int, plate: Sequence[Goods]) -> tuple[list[Load], Slot]:
    """The goods of a plate as loads, without the limits of pick faces, and a bin as it is now."""
    loads = [replace(_load_of(session, goods), face_id=0, face_max=0) for goods in plate]
    (slot,) = _read(session, [location_id], _only_product(loads), {}, ())
    return loads, slot


def room_in(session: Session, location_id: int, product: Product, lot_id: int = 0,
            planned: Sequence[Planned] = ()) -> int:  # fmt: skip
    """How many more units of a product and lot a bin takes; 0 where they may not lie there together."""
    return room_of(session, location_id, Goods(product_id=product.id, qty=1, lot_id=lot_id), planned)


def room_of(session: Session, location_id: int, goods: Goods, planned: Sequence[Planned] = ()) -> int:
    """How many units of these goods a bin takes, whatever their quantity."""
    load, slot = look_at(session, location_id, goods, planned)
    return slotting.room_for(load, slot)


def look_at(session: Session, location_id: int, goods: Goods,
            planned: Sequence[Planned] = ()) -> tuple[Load, Slot]:  # fmt: skip
    """The goods as a load and a bin as it is now, for the rules of `domain.slotting`."""
    load = replace(_load_of(session, goods), face_max=0)
    (slot,) = _read(session, [location_id], load.product_id, _contents_of(session, planned), ())
    return load, slot


def _proposal(placing: Placing) -> Proposal | None:
    if not placing.parts:
        return None
    first = placing.parts[0]
    return Proposal(location_id=first.slot_id, code=first.code, reason=first.rule, room=first.room,
                    parts=placing.parts, left=placing.left, refused=placing.refused)  # fmt: skip


def _load_of(session: Session, goods: Goods) -> Load:
    product = session.get_one(Product, goods.product_id)
    return Load(
        product_id=product.id,
        qty=goods.qty,
        lot_id=goods.lot_id,
        volume_mm3=product.volume_mm3,
        weight_g=product.weight_g,
        mixing=product.mixing,
        zone=product.velocity,
        face_id=product.face_id or 0,
        face_max=product.face_max,
        is_wanted=product.face_id is not None and is_wanted(session, product.id),
    )


def is_wanted(session: Session, product_id: int) -> bool:
    """Whether an order waits for units of the product that are still to be picked."""
    return replenishing.count_wanted(session, [product_id])[product_id] > 0


def is_face_waited_for(session: Session, product_id: int) -> bool:
    """Whether the product's pick face is empty while a pick waits for it."""
    product = session.get_one(Product, product_id)
    if product.face_id is None or not is_wanted(session, product_id):
        return False
    there = select(Stock.id).where(
        Stock.location_id == product.face_id, Stock.product_id == product_id, Stock.on_hand > 0
    )
    return session.scalar(there.limit(1)) is None


# --------------------------------------------------------------------------------- which bins are looked at


def _list_doubted(session: Session) -> Sequence[int]:
    """Bins that somebody found full or blocked, and nobody looked into since."""
    return session.scalars(
        select(CountTask.location_id).where(CountTask.state == "open", CountTask.reason.in_(DOUBTED)).distinct()
    ).all()


def _few_ids(session: Session, loads: Sequence[Load], few: int) -> list[int]:
    """The bins that nearly always decide: its face, those with the same goods, the nearest free ones that take all."""
    wanted = _asked_for(loads)
    zone = {"zone": wanted["zone"]}
    ids = [load.face_id for load in loads if load.face_id]
    ids += session.scalars(_same(), {"products": sorted({load.product_id for load in loads}),
                                     "lots": sorted({load.lot_id for load in loads})}).all()  # fmt: skip
    ids += session.scalars(_nearest(in_zone=True), zone).all()
    ids += session.scalars(_nearest(in_zone=False)).all()
    several = bool(wanted["kinds"])
    in_zone = session.scalars(_free(in_zone=True, several=several, most=1 + few), wanted).all()
    if len(in_zone) <= few:
        ids += session.scalars(_free(in_zone=False, several=several, most=1 + few), wanted).all()
    return [*ids, *in_zone]


def _shared_ids(session: Session, loads: Sequence[Load], few: int) -> Sequence[int]:
    """Where no free bin takes all: the nearest of the zone that take all beside other goods."""
    return session.scalars(_shared(most=1 + few), _asked_for(loads) | _room_for(loads)).all()


def _room_ids(session: Session, loads: Sequence[Load], _few: int) -> Sequence[int]:
    """Where none of the zone does: any that take all beside other goods."""
    return session.scalars(_with_room(), _asked_for(loads) | _room_for(loads)).all()


def _part_ids(session: Session, loads: Sequence[Load], _few: int) -> Sequence[int]:
    """Where none of the zone does: any with room for one unit, those that take all first."""
    (load,) = loads
    return session.scalars(_with_room(), _asked_for(loads) | _room_for([replace(load, qty=1)])).all()


def _room_for(loads: Sequence[Load]) -> dict[str, Any]:
    """The room that a bin must have to be looked at, and what may not lie in it."""
    return {
        "least_volume": sum(load.qty * load.volume_mm3 for load in loads),
        "least_weight": sum(load.qty * load.weight_g for load in loads),
        "mixing": loads[0].mixing,
        "lot": loads[0].lot_id,
    }


def _asked_for(loads: Sequence[Load]) -> dict[str, Any]:
    """What bins are asked for: room for all the loads together, among what they may not share a bin with."""
    product_id = _only_product(loads)
    lots = len({load.lot_id for load in loads})
    return {
        "zone": slotting.lead_of(loads).zone,
        "product": product_id,
        "volume": sum(load.qty * load.volume_mm3 for load in loads),
        "weight": sum(load.qty * load.weight_g for load in loads),
        # A bin for one lot takes one, a bin for one product takes its lots, any other takes several products.
        "kinds": _SEVERAL_PRODUCTS if not product_id else _SEVERAL_LOTS if lots > 1 else 0,
    }


def _only_product(loads: Sequence[Load]) -> int:
    """The one product of the loads; 0 where they are of several, and a face is that of another for one of them."""
    products = {load.product_id for load in loads}
    return products.pop() if len(products) == 1 else 0


# These are put together once; what they are asked about is bound.


@cache
def _same() -> Select[int]:
    return (
        select(Location.id)
        .join(Stock, Stock.location_id == Location.id)
        .where(
            Stock.product_id.in_(bindparam("products", expanding=True)),
            Stock.lot_id.in_(bindparam("lots", expanding=True)),
            Stock.condition == "good",
            Stock.on_hand > 0,
            Location.kind == "bin",
        )
        .order_by(Location.walk_seq, Location.id)
        .limit(_MOST_PARTS)
    )


@cache
def _nearest(*, in_zone: bool) -> Select[int]:
    """The nearest bins, full or not: what *why not that one* is answered from."""
    query = select(Location.id).where(Location.kind == "bin")
    if in_zone:
        query = query.where(Location.zone == bindparam("zone"))
    return query.order_by(Location.walk_seq, Location.id).limit(_NEAREST_SHOWN)


@cache
def _free(*, in_zone: bool, several: bool, most: int) -> Select[int]:
    used = exists().where(Stock.location_id == Location.id, Stock.on_hand > 0)
    query = select(Location.id).where(
        Location.kind == "bin",
        (Location.capacity_mm3 == 0) | (Location.capacity_mm3 >= bindparam("volume")),
        (Location.max_weight_g == 0) | (Location.max_weight_g >= bindparam("weight")),
        Location.is_blocked == False,
        ~used,
        ~_is_face_of_other(),
    )
    if several:
        query = query.where(_holds_kinds())
    zone = Location.zone == bindparam("zone")
    query = query.where(zone if in_zone else ~zone)  # those of the zone were looked at before the others
    return query.order_by(Location.walk_seq, Location.id).limit(most)


@cache
def _shared(*, most: int) -> Select[int]:
    """Bins of the zone in the order of the walk, used or not, with room for all beside what lies there.

    Each bin's goods are summed up on their own, if it were large enough empty, and it ends with the first that do.
    """
    space, mass = bindparam("volume", type_=BigInteger), bindparam("weight", type_=BigInteger)
    other = Product.id != bindparam("product")
    stranger = other & (
        (Location.mixing != "any") | (Product.mixing == slotting.ALONE) | (Product.mixing != bindparam("mixing"))
    )
    strangers = (
        exists()
        .where(
            Stock.location_id == Location.id,
            Stock.on_hand > 0,
            Product.id == Stock.product_id,
            stranger | (~other & (Location.mixing == "one_lot") & (Stock.lot_id != bindparam("lot"))),
        )
        .correlate(Location)
    )
    volume, weight = _lying(Product.length_mm * Product.width_mm * Product.height_mm), _lying(Product.weight_g)
    return (
        select(Location.id)
        .where(
            Location.kind == "bin",
            Location.zone == bindparam("zone"),
            Location.is_blocked == False,
            _holds_kinds(),
            (Location.capacity_mm3 == 0) | (Location.capacity_mm3 >= space),
            (Location.max_weight_g == 0) | (Location.max_weight_g >= mass),
            (Location.capacity_mm3 == 0) | (Location.capacity_mm3 >= space + volume),
            (Location.max_weight_g == 0) | (Location.max_weight_g >= mass + weight),
            ~strangers,
            ~_is_face_of_other(),
        )
        .order_by(Location.walk_seq, Location.id)
        .limit(most)
    )


def _lying(size: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    """What lies in a bin, summed up by this size of a unit."""
    return (
        select(func.coalesce(func.sum(Stock.on_hand * size), 0))
        .join(Product, Product.id == Stock.product_id)
        .where(Stock.location_id == Location.id, Stock.on_hand > 0)
        .correlate(Location)
        .scalar_subquery()
    )


@cache
def _with_room() -> Select[int]:
    """All bins with room for the least, those first that take all, then free ones, then its zone.

    In one pass over what stands in them: none is looked at on its own.
    """
    other = Product.id != bindparam("product")
    strange = other & ((Product.mixing == slotting.ALONE) | (Product.mixing != bindparam("mixing")))
    lying = (
        select(
            Stock.location_id,
            func.sum(Stock.on_hand * Product.length_mm * Product.width_mm * Product.height_mm).label("volume"),
            func.sum(Stock.on_hand * Product.weight_g).label("weight"),
            func.max(case((other, 1), else_=0)).label("others"),
            func.max(case((strange, 1), else_=0)).label("strangers"),
        )
        .join(Product, Product.id == Stock.product_id)
        .where(Stock.on_hand > 0)
        .group_by(Stock.location_id)
        .subquery()
    )
    volume, weight = func.coalesce(lying.c.volume, 0), func.coalesce(lying.c.weight, 0)

    def fits(space: str, mass: str) -> ColumnElement[bool]:
        return and_(
            (Location.capacity_mm3 == 0) | (Location.capacity_mm3 >= bindparam(space) + volume),
            (Location.max_weight_g == 0) | (Location.max_weight_g >= bindparam(mass) + weight),
        )

    shares = (lying.c.strangers == 0) & ((lying.c.others == 0) | (Location.mixing == "any"))
    return (
        select(Location.id)
        .outerjoin(lying, lying.c.location_id == Location.id)
        .where(
            Location.kind == "bin",
            Location.is_blocked == False,
            _holds_kinds(),
            fits("least_volume", "least_weight"),
            lying.c.location_id.is_(None) | shares,
            ~_is_face_of_other(),
        )
        .order_by(
            case((fits("volume", "weight"), 0), else_=1),
            case((lying.c.location_id.is_(None), 0), else_=1),
            case((Location.zone == bindparam("zone"), 0), else_=1),
            Location.walk_seq,
            Location.id,
        )
        .limit(_MOST_PARTS)
    )


def _holds_kinds() -> ColumnElement[bool]:
    """Whether a bin may hold so many kinds together, whatever lies there now."""
    most = case((Location.mixing == "one_lot", 0), (Location.mixing == "one_product", _SEVERAL_LOTS),
                else_=_SEVERAL_PRODUCTS)  # fmt: skip
    return most >= bindparam("kinds")


def _is_face_of_other() -> ColumnElement[bool]:
    return exists().where(_FACED.face_id == Location.id, _FACED.id != bindparam("product"))


# ------------------------------------------------------------------------------------- what stands in them


@cache
def _contents() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Location.id, Location.code, Location.walk_seq, Location.zone, Location.capacity_mm3, Location.max_weight_g,
            Location.mixing.label("bin_mixing"), Location.is_blocked, _is_face_of_other().label("is_face"),
            Stock.product_id, Stock.lot_id, Stock.on_hand, Product.length_mm, Product.width_mm, Product.height_mm,
            Product.weight_g, Product.mixing,
        )
        .outerjoin(Stock, (Stock.location_id == Location.id) & (Stock.on_hand > 0))
        .outerjoin(Product, Product.id == Stock.product_id)
        .where(Location.id.in_(bindparam("ids", expanding=True)))
    )  # fmt: skip


def _read(session: Session, ids: Iterable[int], product_id: int, on_the_way: dict[int, list[Content]],
          avoid: Sequence[int]) -> list[Slot]:  # fmt: skip
    """The bins with what lies in them, and what is on its way to them; faces of all but this product are marked."""
    wanted = sorted(set(ids) - set(avoid))
    if not wanted:
        return []
    rows: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in session.execute(_contents(), {"ids": wanted, "product": product_id}):
        rows[row.id].append(row)
    return [_slot(rows[number], on_the_way.get(number, [])) for number in wanted]


def _slot(rows: Sequence[Row[*tuple[Any, ...]]], on_the_way: Sequence[Content]) -> Slot:
    first = rows[0]
    lying = [
        Content(
            product_id=row.product_id,
            lot_id=row.lot_id,
            qty=row.on_hand,
            volume_mm3=row.on_hand * row.length_mm * row.width_mm * row.height_mm,
            weight_g=row.on_hand * row.weight_g,
            mixing=row.mixing,
        )
        for row in rows
        if row.product_id is not None
    ]
    return Slot(
        id=first.id,
        code=first.code,
        walk_seq=first.walk_seq,
        zone=first.zone,
        capacity_mm3=first.capacity_mm3,
        max_weight_g=first.max_weight_g,
        mixing=first.bin_mixing,
        is_blocked=bool(first.is_blocked),
        is_face_of_other=bool(first.is_face),
        contents=(*lying, *on_the_way),
    )


def _contents_of(session: Session, planned: Sequence[Planned]) -> dict[int, list[Content]]:
    coming: dict[int, list[Content]] = defaultdict(list)
    if not planned:
        return coming
    ids = {one.product_id for one in planned}
    products = {product.id: product for product in session.scalars(select(Product).where(Product.id.in_(ids)))}
    for one in planned:
        product = products[one.product_id]
        coming[one.location_id].append(
            Content(product_id=one.product_id, lot_id=one.lot_id, qty=one.qty, volume_mm3=one.qty * product.volume_mm3,
                    weight_g=one.qty * product.weight_g, mixing=product.mixing)
        )  # fmt: skip
    return coming
