"""Cancels an order or a part of it, lets go of what was reserved for it, and says what must be carried back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Location,
    OrderLine,
    Peg,
    Pick,
    Plate,
    Product,
    Reservation,
    Stock,
)
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Message
from wms_desktop.services import inventory
from wms_desktop.services.dialogue import Context
from wms_desktop.services.orders import get_open

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
    """Reserved units of one line on one stock row that have come equally far."""

    effort: Effort
    reservation_id: int
    line_id: int
    stock_id: int
    qty: int
    location_id: int
    pick: Pick | None
    errand: Errand


def cancel(session: Session, context: Context, order_id: int, units: Mapping[int, int] | None = None) -> Cancelled:
    """Cancels units of an order's lines (by line id; None: everything that has not left the house).

    Units that nobody holds yet go first; then reservations are let go, what has come least far first and the latest
    first among those, with their pegs; stops of a walk that the picker has not begun are taken off it. Units in
    totes and cartons stay there, free, and are listed. Refuses `orders.over` when nothing is open, and BadInput
    for a line of another order and for fewer than one or more than the open units.
    """
    order = get_open(session, order_id)
    lines = session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.line_no)
        .execution_options(populate_existing=True)
        .with_for_update()
    ).all()
    cuts = _cuts(order.number, lines, units)
    freed: list[_Piece] = []
    pieces = _list_pieces(session, [line.id for line in lines if line.id in cuts])
    for line in lines:
        cut = cuts.get(line.id, 0)
        loose = line.ordered - line.cancelled - line.shipped - line.reserved
        freed += _choose(pieces[line.id], cut - loose)
    picks = _let_go(session, freed)
    _release_pegs(session, context, freed)
    for line in lines:
        if line.id in cuts:
            session.refresh(line)
            line.cancelled += cuts[line.id]
    session.flush()
    _close_lists(session, context, {piece.pick.batch_id for piece in freed if piece.pick is not None})
    return Cancelled(
        order=order.number,
        units=sum(cuts.values()),
        freed=sum(piece.qty for piece in freed),
        picks=picks,
        walk_back=_errands(freed, (Effort.LANE,)),
        go_back=_errands(freed, (Effort.TOTE, Effort.CARTON)),
    )


def _cuts(number: str, lines: Sequence[OrderLine], units: Mapping[int, int] | None) -> dict[int, int]:
    owed = {line.id: line.ordered - line.cancelled - line.shipped for line in lines}
    if units is None:
        return {line_id: qty for line_id, qty in owed.items() if qty}
    names = {line.id: line.line_no for line in lines}
    for line_id, qty in units.items():
        if line_id not in owed:
            raise BadInput("orders.other_line", order=number, line=line_id)
        if not 1 <= qty <= owed[line_id]:
            raise BadInput("orders.cancel_how_many", order=number, line=names[line_id], asked=qty, open=owed[line_id])
    return dict(units)


def _list_pieces(session: Session, line_ids: Sequence[int]) -> dict[int, list[_Piece]]:
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
    picks = _todo(session, line_ids)
    pieces: dict[int, list[_Piece]] = defaultdict(list)
    for row in rows:
        held, stock = row.Reservation, row.Stock
        pick, begun = picks.get((held.stock_id, held.order_line_id), (None, False))
        wanted = min(held.qty, pick.qty - pick.picked) if pick is not None else 0
        there = _effort(row.kind, row.plate_kind)
        on_walk = there if there not in (Effort.BIN, Effort.DOCK) else Effort.BEGUN if begun else Effort.PICK
        for effort, qty, its_pick in ((there, held.qty - wanted, None), (on_walk, wanted, pick)):
            errand = Errand(place=row.code, plate=row.plate, sku=row.sku, product=row.name, qty=qty)
            piece = _Piece(effort=effort, reservation_id=held.id, line_id=held.order_line_id, stock_id=stock.id,
                           qty=qty, location_id=stock.location_id, pick=its_pick, errand=errand)  # fmt: skip
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
    return Effort.BIN if kind in ("bin", "hold") else Effort.TOTE


def _todo(session: Session, line_ids: Sequence[int]) -> dict[tuple[int, int], tuple[Pick, bool]]:
    """Stops still to be done, by stock and line, each with whether the picker has begun it.

    Begun: it is the stop that the picker stands at or walks to, or it stands on a printed list that is out. Such a
    stop is left on the walk, and the picker is told at the next scan that its units are not wanted.
    """
    rows = session.execute(
        select(Pick, Batch)
        .join(Batch, Batch.id == Pick.batch_id)
        .where(Pick.order_line_id.in_(line_ids), Pick.state == "todo")
        .order_by(Pick.id)
        .execution_options(populate_existing=True)
        .with_for_update(of=(Pick, Batch))
    ).all()
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
    """Lets go of the pegs behind freed units that are not yet in a tote, the latest first."""
    states = {Effort.BIN: ("stored",), Effort.PICK: ("stored",), Effort.BEGUN: ("stored",), Effort.LANE: ("in_lane",),
              Effort.DOCK: ("arrived", "stored")}  # fmt: skip
    rows = session.scalars(
        select(Peg)
        .where(
            Peg.order_line_id.in_({piece.line_id for piece in freed}), Peg.state.in_(("arrived", "in_lane", "stored"))
        )
        .order_by(Peg.state, Peg.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    for piece in freed:
        wanted = piece.qty
        for peg in rows:
            fits = peg.order_line_id == piece.line_id and peg.state in states.get(piece.effort, ())
            if not wanted or not fits or (peg.state == "in_lane" and peg.lane_id != piece.location_id):
                continue
            wanted -= _release(session, context, peg, min(wanted, peg.qty))
    session.flush()


def _release(session: Session, context: Context, peg: Peg, qty: int) -> int:
    """Ends a peg, or splits off the part that ends."""
    if qty == peg.qty:
        peg.state, peg.why = "released", WHY
        return qty
    peg.qty -= qty
    session.flush()
    session.add(
        Peg(
            receipt_line_id=peg.receipt_line_id,
            order_line_id=peg.order_line_id,
            qty=qty,
            state="released",
            lane_id=peg.lane_id,
            reason=peg.reason,
            why=WHY,
            at=context.at,
        )
    )
    return qty


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
