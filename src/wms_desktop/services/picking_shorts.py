"""Less was found than asked: what becomes of the missing units, and where the line gets others from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wms_desktop.db.tables import OrderLine, Pick
from wms_desktop.domain import detours
from wms_desktop.domain.allocation import Supply, choose
from wms_desktop.domain.tours import Place
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import allocation, batches, floor_plan, inventory, short_pegs, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.picking_walks import Halt, Walk, list_halts
from wms_desktop.services.picturing import free_in_bins

REASONS = ("not_there", "damaged", "other")


@dataclass(slots=True, kw_only=True)
class Search:
    """Where the missing units come from now: other bins, a dock or lane, or nowhere (a backorder)."""

    missing: int = 0
    elsewhere: int = 0
    dock: int = 0
    backorder: int = 0
    bins: tuple[str, ...] = ()
    docks: tuple[str, ...] = ()

    def message(self, halt: Halt) -> Message:
        """What the picker is told, with the next thing to do."""
        args: dict[str, Value] = {
            "product": halt.product,
            "bin": halt.place,
            "missing": self.missing,
            "elsewhere": self.elsewhere,
            "dock": self.dock,
            "backorder": self.backorder,
            "bins": ", ".join(self.bins),
            "docks": ", ".join(self.docks),
        }
        if self.backorder == self.missing:
            return Message("pick_short_backorder", args)
        if self.elsewhere == self.missing:
            return Message("pick_short_elsewhere", args)
        if self.dock == self.missing:
            return Message("pick_short_dock", args)
        return Message("pick_short_part", args)


def settle(session: Session, context: Context, walk: Walk, halt: Halt, told: tuple[int, str]) -> Search:
    """Takes note of a short stop: ``told`` is (units found, reason). The found ones stay wanted of this stop.

    The rest, and the untouched lines of this batch that want the same stock, let go of their reservations; what the
    book still says is free there is held as missing (or damaged), never what other people's reservations hold; a
    count is asked for; and the lines get units from other bins, put into the same walk, else from a dock or lane.
    """
    found, reason = told
    alike = [other for other in walk.todo if other.pick.stock_id == halt.pick.stock_id and other is not halt]
    lost = [(halt, halt.left - found), *((other, other.left) for other in alike)]
    expected = give_up(session, context, lost, reason)
    batches.request_count(
        session, context, (halt.location_id, halt.product_id), reason=reason, found=found, expected=expected
    )
    hunt = _Hunt(session, context, walk, halt)
    for other, units in lost:
        hunt.find_for(other, units)
    hunt.draw_again()
    return hunt.search


def give_up(session: Session, context: Context, lost: Sequence[tuple[Halt, int]], reason: str) -> int:
    """Frees what these stops of one stock row do not get, and holds what is free there as missing or damaged.

    The first stop's units are the ones somebody looked for. Gives how many units the book said.
    """
    stock_id = lost[0][0].pick.stock_id
    is_on_the_way = lost[0][0].kind in ("dock", "lane")
    for halt, units in lost:
        inventory.free(session, stock_id, halt.pick.order_line_id, units)
        _shrink(halt.pick, units, reason, context)
        if units and is_on_the_way:
            short_pegs.untie(session, context, halt.pick.order_line_id, units, "not_found")
    stock = inventory.get_stock(session, stock_id)
    expected = stock.on_hand
    free = stock.on_hand - stock.reserved
    spot = inventory.spot_of(stock)
    damaged = min(lost[0][1], free) if reason == "damaged" else 0
    for condition, units in (("damaged", damaged), ("missing", free - damaged)):
        if units:
            goods = Goods(product_id=stock.product_id, qty=units, lot_id=stock.lot_id)
            aside = Spot(location_id=spot.location_id, plate_id=spot.plate_id, condition=condition)
            inventory.post(session, context, goods, spot, aside, reason=f"short_{reason}")
    return expected


def _shrink(pick: Pick, units: int, reason: str, context: Context) -> None:
    """The stop asks for less now; one that asks for nothing any more is over."""
    kept = pick.qty - units
    pick.reason = reason
    if kept > 0:
        pick.qty = kept
    if kept == pick.picked:
        pick.state = "short"
        pick.done_at = context.at


class _Hunt:
    """Looks for other units of one product, from where the picker stands, and puts them into the walk ahead."""

    def __init__(self, session: Session, context: Context, walk: Walk, stand: Halt) -> None:
        self._session, self._context = session, context
        self._walk = walk
        self._stand = stand
        self._now = context.at
        self._today = site_time.today(session, context.at)
        self._plan = floor_plan.load(session)
        self._places: dict[int, Place] = {}
        self.search = Search()

    def find_for(self, halt: Halt, units: int) -> None:
        """Holds units for the line: from other bins by the least detour, then from docks and lanes.

        Safety stock is left alone, and a line that was made to order gets nothing else.
        """
        self.search.missing += units
        if self._session.get_one(OrderLine, halt.pick.order_line_id).made_to_order:
            self.search.backorder += units  # nothing else in the house is what was made for it
            return
        spare = free_in_bins(self._session, self._now, [halt.product_id]).get(halt.product_id, 0)
        for supply, qty in self._choose(("bin",), min(units, spare)):
            self._hold(halt, supply, qty, "short_elsewhere")
            self._stop_at(halt, supply, qty, self._seq_on_the_way(supply))
            self.search.elsewhere += qty
            self.search.bins = tuple(dict.fromkeys((*self.search.bins, supply.bin)))
            units -= qty
        if not units:
            return
        for supply, qty in self._choose(("dock", "lane"), units):
            self._hold(halt, supply, qty, "short_dock")
            short_pegs.tie(self._session, self._context, supply.stock_id, halt.pick.order_line_id, qty)
            self._stop_at(halt, supply, qty, self._seq_at_the_end())
            self.search.dock += qty
            self.search.docks = tuple(dict.fromkeys((*self.search.docks, supply.bin)))
            units -= qty
        self.search.backorder += units

    def draw_again(self) -> None:
        """The map and the metres of the walk as it goes now."""
        if not self.search.elsewhere and not self.search.dock:
            return
        halts = [halt for halt in list_halts(self._session, self._walk.batch.id) if halt.pick.state != "cancelled"]
        length, corners = detours.trace(self._plan.layout, [self._place(halt) for halt in halts])
        self._walk.batch.metres = round(length / 1000)
        self._walk.batch.tour = batches.tour_text(corners)

    def _choose(self, kinds: Sequence[str], units: int) -> list[tuple[Supply, int]]:
        rows = allocation.list_free(self._session, self._stand.product_id, kinds)
        self._places = {row.stock_id: self._plan.place(row.aisle, row.x_mm, row.y_mm) for row in rows}
        points = [self._place(halt) for halt in self._ahead()]
        supplies = [
            Supply(
                stock_id=row.stock_id,
                product_id=row.product_id,
                free=row.free,
                bin=row.place,
                walk_seq=self._fit(points, self._places[row.stock_id])[1],  # the detour: the nearest comes first
                lot=row.lot,
                expiry=row.expiry,
            )
            for row in rows
            if row.expiry is None or row.expiry >= self._today
        ]
        return choose(supplies, units)

    def _fit(self, points: Sequence[Place], new: Place) -> tuple[int, int]:
        return detours.find_place(self._plan.layout, self._place(self._stand), points, new)

    def _place(self, halt: Halt) -> Place:
        return self._plan.place(halt.aisle, halt.x_mm, halt.y_mm)

    def _ahead(self) -> list[Halt]:
        """Stops still to come; the one where the picker stands is not among them."""
        halts = list_halts(self._session, self._walk.batch.id)
        return [halt for halt in halts if halt.pick.state == "todo" and halt.pick is not self._stand.pick]

    def _hold(self, halt: Halt, supply: Supply, qty: int, code: str) -> None:
        reason = allocation.reason_text((code, supply.bin))
        inventory.hold(self._session, supply.stock_id, halt.pick.order_line_id, qty, reason)

    def _stop_at(self, halt: Halt, supply: Supply, qty: int, seq: int) -> None:
        """One more stop of the walk; where the same units are asked for already, that stop asks for more."""
        line_id = halt.pick.order_line_id
        for other in self._ahead():
            if other.pick.stock_id == supply.stock_id and other.pick.order_line_id == line_id:
                other.pick.qty += qty
                break
        else:
            batch_id = self._walk.batch.id
            self._session.add(
                Pick(batch_id=batch_id, order_line_id=line_id, stock_id=supply.stock_id, seq=seq, qty=qty)
            )
        self._session.flush()

    def _seq_on_the_way(self, supply: Supply) -> int:
        """A number in the walk where the stop costs the least; what is done is never walked again."""
        ahead = self._ahead()
        index, _ = self._fit([self._place(halt) for halt in ahead], self._places[supply.stock_id])
        before = ahead[index - 1].pick.seq if index else self._stand.pick.seq
        if index == len(ahead):
            return before + batches.GAP
        if ahead[index].pick.seq - before < 2:
            for halt in ahead[index:]:
                halt.pick.seq += batches.GAP
            self._session.flush()
        return (before + ahead[index].pick.seq) // 2

    def _seq_at_the_end(self) -> int:
        """A dock or lane lies on the way back, so it comes last."""
        return max((halt.pick.seq for halt in self._ahead()), default=self._stand.pick.seq) + batches.GAP
