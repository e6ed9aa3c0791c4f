"""Cancels an order or a part of it, lets go of what was reserved for it, and says what must be carried back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Cancellation,
    Location,
    Order,
    OrderLine,
    Peg,
    Pick,
    Plate,
    Product,
    Reservation,
    Stock,
)
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import inventory, news, order_log, pegs, short_pegs, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.orders import check_reason, get_all_open, get_open, note_demand

WHY = "order_cancelled"


class Effort(IntEnum):
    """How far reserved units have come on their way; what costs least to let go is let go first."""

    BIN = 0
    PICK = 1
    DOCK = 2
    LANE = 3
    BEGUN = 4
    TOTE = 5
    CARTON = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Units that somebody has to carry back: where they stand (``plate``: tote or carton, empty: none)."""

    place: str
    plate: str
    sku: str
    product: str
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """What a cancellation did, in units; ``picks`` were taken off lists.

    ``walk_back`` stands in lanes and goes to storage; ``go_back`` is in totes and cartons: the packer puts it aside.
    """

    order: str
    units: int
    freed: int
    picks: int
    walk_back: tuple[Errand, ...]
    go_back: tuple[Errand, ...]

    @property
    def message(self) -> Message:
        """What the desk is told."""
        walk, back = (sum(e.qty for e in errands) for errands in (self.walk_back, self.go_back))
        places = ", ".join(sorted({e.plate or e.place for e in (*self.walk_back, *self.go_back)}))
        code = "orders.cancelled" if not places else "orders.cancelled_carry"
        args: dict[str, str | int] = {"order": self.order, "units": self.units, "freed": self.freed}
        return Message(code, args if not places else args | {"walk": walk, "back": back, "places": places})


@dataclass(slots=True, kw_only=True)
class _Piece:
    """Reserved units of one line on one stock row that have come equally far; ``place`` is the kind of their place."""

    effort: Effort
    reservation_id: int
    line_id: int
    stock_id: int
    product_id: int
    qty: int
    location_id: int
    place: str
    pick: Pick | None
    errand: Errand


def cancel(session: Session, context: Context, order_id: int, units: Mapping[int, int] | None = None, *,
           reason: str) -> Cancelled:  # fmt: skip
    """Cancels units of an order's lines (by line id; None: everything that has not left the house), and says why.

    Units that nobody holds yet go first; then reservations are let go, what has come least far first and the latest
    first among those, with their pegs; stops of a walk that the picker has not begun are taken off it. Units in
    totes and cartons stay there, free, and are listed. A kit is cancelled by its own line, whole: so many of each of
    its parts go with it. What became free is matched at the end of the command; the days that the customer had
    waited are kept with the reason.

    Refuses `orders.over` when nothing is open, `orders.reason_wanted`, and BadInput for a line of another order, for
    a part of a kit, and for fewer than one or more than the open units.
    """
    check_reason(reason)
    order = get_open(session, order_id)
    lines = _lock_lines(session, order_id)
    cuts = _cuts(order.number, lines, units)
    freed = cut(session, context, lines, cuts)
    _note_cancelled(session, context, order, cuts, reason.strip())
    numbers = {line.id: line.line_no for line in lines}
    if units is None:
        said: dict[str, Value] = {"units": sum(cuts.values()), "reason": reason.strip()}
        order_log.note(session, context, order_id, "event.cancelled", said)
    for line_id, qty in (units or {}).items():
        args: dict[str, Value] = {"units": qty, "line": numbers[line_id], "reason": reason.strip()}
        order_log.note(session, context, order_id, "event.line_cancelled", args, line_id)
    session.flush()
    note_demand(session, [order_id])
    return Cancelled(
        order=order.number,
        units=sum(cuts.values()),
        freed=freed.units,
        picks=freed.picks,
        walk_back=freed.walk_back,
        go_back=freed.go_back,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What was let go of: units, stops taken off walks, and what must be carried back (as in `Cancelled`)."""

    units: int
    picks: int
    walk_back: tuple[Errand, ...]
    go_back: tuple[Errand, ...]


def cut(session: Session, context: Context, lines: Sequence[OrderLine], cuts: Mapping[int, int], *,
        most: Effort = Effort.CARTON) -> Freed:  # fmt: skip
    """Counts units of locked lines (by id) as cancelled, and lets go of what was reserved for them.

    Nothing that has come further than ``most`` is let go: refuses `orders.in_work`, and changes nothing, when the
    units could not be had otherwise.
    """
    freed = _find_freed(session, lines, cuts, most, lock=True)
    picks = _let_go(session, freed)
    _release_pegs(session, context, freed)
    for line in lines:
        if cuts.get(line.id):
            session.refresh(line)
            line.cancelled += cuts[line.id]
    session.flush()
    news.note_moved(session, {line.product_id for line in lines if cuts.get(line.id)})
    return _freed(session, context, freed, picks)


def list_freed(session: Session, line: OrderLine, units: int, *, most: Effort) -> list[tuple[int, int]]:
    """What `cut` would let go of for units of a line, with nothing written: (stock id, units); refuses as it does."""
    return [(piece.stock_id, piece.qty) for piece in _find_freed(session, [line], {line.id: units}, most, lock=False)]


def let_go_early(session: Session, context: Context, order_ids: Sequence[int]) -> Freed:
    """Lets go of everything that is reserved for orders which are not to be sent yet; others may have it.

    Refuses `orders.in_work` when units of one are in a tote, in a lane or on their way: they are not walked back.
    """
    orders = get_all_open(session, order_ids)
    line_ids = session.scalars(
        select(OrderLine.id).where(OrderLine.order_id.in_([order.id for order in orders]), OrderLine.reserved > 0)
    ).all()
    freed = [piece for pieces in _list_pieces(session, line_ids).values() for piece in pieces]
    _refuse_begun(session, freed, Effort.PICK)
    picks = _let_go(session, freed)
    _release_pegs(session, context, freed)
    return _freed(session, context, freed, picks)


def _find_freed(session: Session, lines: Sequence[OrderLine], cuts: Mapping[int, int], most: Effort, *,
                lock: bool) -> list[_Piece]:  # fmt: skip
    """Which reserved units must go for the cuts, beyond those that nobody holds; refuses what has come too far."""
    freed: list[_Piece] = []
    pieces = _list_pieces(session, [line.id for line in lines if cuts.get(line.id)], lock=lock)
    for line in lines:
        wanted = cuts.get(line.id, 0) - (line.ordered - line.cancelled - line.shipped - line.reserved)
        freed += _choose(pieces[line.id], wanted)
    _refuse_begun(session, freed, most)
    return freed


def _freed(session: Session, context: Context, freed: Sequence[_Piece], picks: int) -> Freed:
    _close_lists(session, context, {piece.pick.batch_id for piece in freed if piece.pick is not None})
    news.note(session, {piece.product_id for piece in freed})
    return Freed(
        units=sum(piece.qty for piece in freed),
        picks=picks,
        walk_back=_errands(
            [piece for piece in freed if piece.place == "lane"], (Effort.PICK, Effort.LANE, Effort.BEGUN)
        ),
        go_back=_errands(freed, (Effort.TOTE, Effort.CARTON)),
    )


def _refuse_begun(session: Session, freed: Sequence[_Piece], most: Effort) -> None:
    for piece in freed:
        if piece.effort > most:
            order = session.get_one(Order, session.get_one(OrderLine, piece.line_id).order_id)
            where = piece.errand.plate or piece.errand.place
            raise Refusal("orders.in_work", order=order.number, units=piece.qty, product=piece.errand.product,
                          place=where)  # fmt: skip


def _note_cancelled(session: Session, context: Context, order: Order, cuts: Mapping[int, int], reason: str) -> None:
    waited = (site_time.today(session, context.at) - site_time.today(session, order.placed_at)).days
    for line_id, qty in cuts.items():
        session.add(
            Cancellation(
                order_line_id=line_id,
                qty=qty,
                reason=reason,
                waited_days=max(0, waited),
                operator_id=context.operator_id,
                at=context.at,
            )
        )


def _lock_lines(session: Session, order_id: int) -> Sequence[OrderLine]:
    return session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.line_no)
        .execution_options(populate_existing=True)
        .with_for_update()
    ).all()


def _cuts(number: str, lines: Sequence[OrderLine], units: Mapping[int, int] | None) -> dict[int, int]:
    """How many units of each line go; a kit's own units first, then so many of each of its parts."""
    owed = {line.id: line.ordered - line.cancelled - line.shipped for line in lines}
    if units is None:
        return {line_id: qty for line_id, qty in owed.items() if qty}
    if not units:
        raise BadInput("orders.nothing_named", order=number)
    by_id = {line.id: line for line in lines}
    parts = _parts_of(lines)
    cuts: dict[int, int] = {}
    for line_id, qty in units.items():
        line = by_id.get(line_id)
        if line is None:
            raise BadInput("orders.other_line", order=number, line=line_id)
        if line.kit_qty and line.replaces_id in by_id:
            kit = by_id[line.replaces_id].line_no
            raise BadInput("orders.part_of_kit", order=number, line=line.line_no, kit=kit)
        kits = min((owed[part.id] // part.kit_qty for part in parts[line_id]), default=0)
        if not 1 <= qty <= owed[line_id] + kits:
            raise BadInput("orders.cancel_how_many", order=number, line=line.line_no, asked=qty,
                           open=owed[line_id] + kits)  # fmt: skip
        own = min(qty, owed[line_id])
        cuts |= {line_id: own} if own else {}
        cuts |= {part.id: (qty - own) * part.kit_qty for part in parts[line_id] if qty > own}
    return cuts


def _parts_of(lines: Sequence[OrderLine]) -> dict[int, list[OrderLine]]:
    """The lines that are parts of a kit, by the kit's line."""
    parts: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.kit_qty and line.replaces_id is not None:
            parts[line.replaces_id].append(line)
    return parts


def _list_pieces(session: Session, line_ids: Sequence[int], *, lock: bool = True) -> dict[int, list[_Piece]]:
    """The held units of the lines, split where a walk wants only some of them; least effort first, latest first."""
    rows = session.execute(
        select(Reservation, Stock, Location.code, Location.kind, Plate.code.label("plate"),
               Plate.kind.label("plate_kind"), Product.sku, Product.name)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .join(Product, Product.id == Stock.product_id)
        .where(Reservation.order_line_id.in_(line_ids), Reservation.state == "held")
        .order_by(Reservation.id)
    ).all()  # fmt: skip
    picks = _todo(session, line_ids, lock)
    pieces: dict[int, list[_Piece]] = defaultdict(list)
    for row in rows:
        held, stock = row.Reservation, row.Stock
        pick, begun = picks.get((held.stock_id, held.order_line_id), (None, False))
        wanted = min(held.qty, pick.qty - pick.picked) if pick is not None else 0
        there = _effort(row.kind, row.plate_kind)
        stops = there in (Effort.BIN, Effort.DOCK, Effort.LANE)
        on_walk = there if not stops else Effort.BEGUN if begun else Effort.PICK
        for effort, qty, its_pick in ((there, held.qty - wanted, None), (on_walk, wanted, pick)):
            errand = Errand(place=row.code, plate=row.plate, sku=row.sku, product=row.name, qty=qty)
            piece = _Piece(
                effort=effort,
                reservation_id=held.id,
                line_id=held.order_line_id,
                stock_id=stock.id,
                product_id=stock.product_id,
                qty=qty,
                location_id=stock.location_id,
                place=row.kind,
                pick=its_pick,
                errand=errand,
            )
            pieces[piece.line_id] += [piece] if qty else []
    for found in pieces.values():
        found.sort(key=lambda piece: (piece.effort, -piece.reservation_id))
    return pieces


def _effort(kind: str, plate_kind: str) -> Effort:
    if plate_kind == "carton":
        return Effort.CARTON
    if kind == "lane":
        return Effort.LANE
    if kind == "dock":
        return Effort.DOCK
    if kind == "cart" and plate_kind == "none":  # on its way to a bin, for which it is kept
        return Effort.BIN
    return Effort.BIN if kind in ("bin", "hold") else Effort.TOTE


def _todo(session: Session, line_ids: Sequence[int], lock: bool) -> dict[tuple[int, int], tuple[Pick, bool]]:
    """Stops still to be done, by stock and line, each with whether the picker has begun it.

    Begun: it is the stop that the picker stands at or walks to, or it stands on a printed list that is out. Such a
    stop is left on the walk, and the picker is told at the next scan that its units are not wanted.
    """
    query = (
        select(Pick, Batch)
        .join(Batch, Batch.id == Pick.batch_id)
        .where(Pick.order_line_id.in_(line_ids), Pick.state == "todo")
        .order_by(Pick.id)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query.with_for_update(of=(Pick, Batch)) if lock else query).all()
    running = {row.Batch.id for row in rows if row.Batch.state == "running"}
    first: dict[int, int] = {}
    stops = select(Pick.batch_id, Pick.id).where(Pick.batch_id.in_(running), Pick.state == "todo")
    for batch_id, pick_id in session.execute(stops.order_by(Pick.seq, Pick.id)):
        first.setdefault(batch_id, pick_id)
    found = {}
    for row in rows:
        on_paper = row.Batch.mode == "paper" and row.Batch.state == "running"
        begun = on_paper or first.get(row.Batch.id) == row.Pick.id
        found[row.Pick.stock_id, row.Pick.order_line_id] = (row.Pick, begun)
    return found


def _choose(pieces: Sequence[_Piece], wanted: int) -> list[_Piece]:
    """The first pieces that make up ``wanted`` units, the last of them cut to size."""
    chosen = []
    for piece in pieces:
        if wanted <= 0:
            break
        piece.qty = min(piece.qty, wanted)
        wanted -= piece.qty
        chosen.append(piece)
    return chosen


def _let_go(session: Session, freed: Sequence[_Piece]) -> int:
    """Ends the reservations and takes stops that were not begun off their walk; gives how many stops went."""
    gone = 0
    for piece in freed:
        inventory.free(session, piece.stock_id, piece.line_id, piece.qty)
        pick = piece.pick
        if pick is None or piece.effort is not Effort.PICK:
            continue
        left = pick.qty - pick.picked - piece.qty
        if left or pick.picked:
            pick.qty -= piece.qty
        if not left:
            pick.state = "short" if pick.picked else "cancelled"
            pick.reason = "not_wanted"
            gone += 1
    session.flush()
    return gone


def _release_pegs(session: Session, context: Context, freed: Sequence[_Piece]) -> None:
    """Lets go of the pegs behind freed units, the latest first; in totes and cartons, those that nothing is left of."""
    line_ids = {piece.line_id for piece in freed}
    rows = session.scalars(
        select(Peg)
        .where(Peg.order_line_id.in_(line_ids), Peg.state.in_(("arrived", "in_lane", "stored")))
        .order_by(Peg.state, Peg.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return
    dead = _count_dead(session, line_ids)
    for piece in freed:
        left = piece.qty
        for peg in sorted((peg for peg in rows if _is_behind(peg, piece)), key=lambda peg: _is_other(peg, piece)):
            key = peg.order_line_id, peg.kind == short_pegs.KIND
            most = dead[key] if piece.effort >= Effort.TOTE else left
            qty = min(left, most, peg.qty) if peg.state != "released" else 0
            if qty:
                _release(session, context, peg, qty)
                left -= qty
                dead[key] -= qty
    session.flush()


def _is_behind(peg: Peg, piece: _Piece) -> bool:
    """Whether freed units can be those of a peg. A short pick's are on a dock, in a lane or fetched, in no bin."""
    if peg.order_line_id != piece.line_id:
        return False
    if peg.state == "in_lane":
        return piece.effort is Effort.LANE and peg.lane_id == piece.location_id
    if peg.state == "arrived":
        return piece.effort is Effort.DOCK
    if peg.kind == short_pegs.KIND:
        return piece.place in ("dock", "lane") or piece.effort >= Effort.TOTE
    return piece.place != "lane"


def _is_other(peg: Peg, piece: _Piece) -> bool:
    """Whether the peg comes second: at a stop of a walk on a dock or in a lane those of short picks come first."""
    return (peg.kind == short_pegs.KIND) != (piece.place in ("dock", "lane") and piece.pick is not None)


def _count_dead(session: Session, line_ids: Collection[int]) -> dict[tuple[int, bool], int]:
    """By how many units the living pegs of lines, and (True) those of short picks alone, exceed what the lines hold.

    Pegs of short picks are packed with their units; of the others some were sent with theirs.
    """
    of_line = select(func.coalesce(func.sum(Peg.qty), 0)).where(Peg.order_line_id == OrderLine.id)
    all_ = of_line.where(Peg.state.in_(("arrived", "in_lane", "stored", "packed"))).scalar_subquery()
    short = of_line.where(Peg.state == "stored", Peg.kind == short_pegs.KIND).scalar_subquery()
    query = select(
        OrderLine.id,
        (all_ - OrderLine.reserved - OrderLine.shipped).label("dead"),
        (short - OrderLine.reserved).label("short"),
    )
    rows = session.execute(query.where(OrderLine.id.in_(line_ids))).all()
    units = {(row.id, False): int(row.dead) for row in rows} | {(row.id, True): int(row.short) for row in rows}
    return {key: max(0, qty) for key, qty in units.items()}


def _release(session: Session, context: Context, peg: Peg, qty: int) -> None:
    """Ends a peg, or splits off the part that ends."""
    if peg.state == "arrived" and peg.receipt_line_id is not None:
        news.note_dock(session, peg.receipt_line_id)
    pegs.release(session, context, peg, qty, WHY)


def _close_lists(session: Session, context: Context, batch_ids: set[int]) -> None:
    """Ends batches that nobody has begun and that have no stop left."""
    left = select(Pick.batch_id).where(Pick.batch_id.in_(batch_ids), Pick.state.in_(("todo", "done", "short")))
    for batch in session.scalars(
        select(Batch).where(Batch.id.in_(batch_ids), Batch.state == "released", Batch.id.not_in(left))
    ).all():
        batch.state = "cancelled"
        batch.finished_at = context.at
        for place in session.scalars(select(BatchOrder).where(BatchOrder.batch_id == batch.id)):
            place.is_open = False
    session.flush()


def _errands(freed: Sequence[_Piece], efforts: Sequence[Effort]) -> tuple[Errand, ...]:
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for piece in freed:
        if piece.effort in efforts:
            errand = piece.errand
            sums[errand.place, errand.plate, errand.sku, errand.product] += piece.qty
    return tuple(
        Errand(place=place, plate=plate, sku=sku, product=product, qty=qty)
        for (place, plate, sku, product), qty in sorted(sums.items())
    )
