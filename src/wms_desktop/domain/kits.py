"""What becomes of ordered kits: how many are made of their parts, and what each part then costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from wms_desktop.domain.allocation import Line, Picture, in_order, why_not_line, why_not_yet

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of a product in one kit; ``worth`` is the product's own price, by which the kit's is split."""

    product_id: int
    qty: int
    worth: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """So many units of a part in one kit, each at this price."""

    product_id: int
    qty: int
    price: Decimal


def split_price(price: Decimal, parts: Sequence[Part]) -> list[Piece]:
    """The parts of one kit with prices that add up to the kit's price exactly, to a ten-thousandth.

    Shared out by what the parts cost alone (equally by unit where none has a price). Where a remainder cannot be
    spread evenly over the units of the last part, that part comes in two pieces.
    """
    whole = sum((part.worth * part.qty for part in parts), Decimal(0))
    units = sum(part.qty for part in parts)
    pieces: list[Piece] = []
    left = price
    ordered = sorted(parts, key=lambda part: -part.qty)  # a part of one unit takes any remainder, so it comes last
    for part in ordered[:-1]:
        share = part.worth / whole if whole else Decimal(1) / units
        each = (price * share).quantize(_PLACES, rounding="ROUND_DOWN")
        pieces.append(Piece(part.product_id, part.qty, each))
        left -= each * part.qty
    last = ordered[-1]
    each = (left / last.qty).quantize(_PLACES, rounding="ROUND_DOWN")
    dearer = int((left - each * last.qty) / _PLACES)
    if last.qty > dearer:
        pieces.append(Piece(last.product_id, last.qty - dearer, each))
    if dearer:
        pieces.append(Piece(last.product_id, dearer, each + _PLACES))
    return pieces


def count_buildable(parts: Sequence[Part], free: Mapping[int, int]) -> int:
    """How many whole kits the free units of the parts make."""
    return min(max(0, free.get(part.product_id, 0)) // part.qty for part in parts)


@dataclass(frozen=True, slots=True)
class Build:
    """So many kits of a line that are to be made of their parts."""

    line_id: int
    kit_id: int
    kits: int


def plan_builds(picture: Picture, parts: Mapping[int, Sequence[Part]], on_order: AbstractSet[int],
                free: Mapping[int, int]) -> list[Build]:  # fmt: skip
    """Which kits that wait are made of their parts now, in the demand order.

    Assembled stock goes first. Of what is missing, all is made, except of kits that are ``on_order`` assembled: then
    what the ``free`` units of the parts make up, and the rest waits.
    """
    assembled: dict[int, int] = defaultdict(int)
    for supply in picture.supplies:
        if supply.expiry is None or supply.expiry >= picture.today:
            assembled[supply.product_id] += supply.free
    for kit_id in parts:
        assembled[kit_id] = max(0, assembled[kit_id] - picture.safety.get(kit_id, 0))
    left = dict(free)
    found = []
    for demand in in_order(picture):
        if why_not_yet(demand, picture):
            continue
        for line in demand.lines:
            if line.product_id not in parts or not _may_be_made(line, picture):
                continue
            ready = min(line.open, assembled[line.product_id])
            assembled[line.product_id] -= ready
            missing = line.open - ready
            if line.product_id in on_order:
                missing = min(missing, count_buildable(parts[line.product_id], left))
                for part in parts[line.product_id]:
                    left[part.product_id] = left.get(part.product_id, 0) - missing * part.qty
            if missing:
                found.append(Build(line.line_id, line.product_id, missing))
    return found


def _may_be_made(line: Line, picture: Picture) -> bool:
    return line.open > 0 and not line.kit_qty and not why_not_line(line, picture)
