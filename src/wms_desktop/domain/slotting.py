"""Which bin goods are put into: a chain of named rules, of which the first that takes them decides.

The chain is data. Every decision keeps the rule that made it, and the bins that were better or nearer but refused,
with the reason: *why this bin, why not that one*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

NO_LIMIT = 10**9
ALONE = "alone"
REFUSALS_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Units that lie in a bin, with their volume (mm3) and weight (g) together (0: unknown)."""

    product_id: int
    lot_id: int
    qty: int
    volume_mm3: int = 0
    weight_g: int = 0
    mixing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A bin with what lies in it; capacity in mm3 and g (0: no limit).

    ``mixing`` is what it may hold together: any, one_product, one_lot. ``is_face_of_other``: it is the fixed pick
    face of another product.
    """

    id: int
    code: str
    walk_seq: int = 0
    zone: str = ""
    capacity_mm3: int = 0
    max_weight_g: int = 0
    mixing: str = "any"
    is_blocked: bool = False
    is_face_of_other: bool = False
    contents: tuple[Content, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Units of one product and lot that look for a bin; size and weight of one unit in mm3 and g (0: unknown).

    ``zone`` is the product's velocity zone, ``face_id`` its fixed pick face (0: none) that holds up to ``face_max``
    units (0: as many as fit); ``is_wanted``: a pick waits for the product.
    """

    product_id: int
    qty: int
    lot_id: int = 0
    volume_mm3: int = 0
    weight_g: int = 0
    mixing: str = ""
    zone: str = ""
    face_id: int = 0
    face_max: int = 0
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the chain: which bins it looks at; ``takes_part``: it takes what fits and leaves the rest."""

    name: str
    looks_at: Callable[[Load, Slot], bool]
    takes_part: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """So many units to one bin, by the rule that decided; ``room`` is how many would fit."""

    slot_id: int
    code: str
    qty: int
    rule: str
    room: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A bin that was better or nearer, why it is not the one, and how many units would have fitted."""

    code: str
    why: str
    room: int


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the units go, part by part; ``left`` found no bin."""

    parts: tuple[Part, ...]
    left: int
    refused: tuple[Refused, ...]


def _holds(load: Load, slot: Slot) -> bool:
    return any(c.product_id == load.product_id for c in slot.contents)


SAME = Rule("same_goods", lambda load, slot: any(_is_same(load, c) for c in slot.contents))
CHAIN = (
    # An empty face that a pick waits for is refilled from what comes in, before anything goes to reserve.
    Rule("empty_face", lambda load, slot: slot.id == load.face_id and load.is_wanted and not _holds(load, slot), True),
    Rule("face", lambda load, slot: slot.id == load.face_id, True),
    SAME,
    Rule("zone_free", lambda load, slot: not slot.contents and slot.zone == load.zone),
    Rule("nearest_free", lambda _load, slot: not slot.contents),
    Rule("zone_shared", lambda load, slot: slot.zone == load.zone),
    Rule("nearest_shared", lambda _load, _slot: True),
)
"""What is tried first: within a rule the nearest bin on the walk. The last ones share a bin with other goods."""


def choose(load: Load, slots: Iterable[Slot]) -> Placing:
    """Where a load goes among these bins.

    Rules that take a part take it; what is left goes to the first bin of the chain that takes all of it; only where
    none does, it is split over several, in the chain's order. Never more units than fit, never into a blocked bin,
    never against a mixing rule; an unknown size or weight fits everywhere.
    """
    ranked = list(_rank(load, slots))
    parts = _fill(load, load.qty, [(rule, slot) for rule, slot in ranked if rule.takes_part])
    left = load.qty - sum(part.qty for part in parts)
    others = [(rule, slot) for rule, slot in ranked if not rule.takes_part]
    if left:
        whole = next(((rule, slot) for rule, slot in others if room_for(load, slot) >= left), None)
        more = _fill(load, left, others if whole is None else [whole])
        left -= sum(part.qty for part in more)
        parts += more
    wanted = load.qty - sum(part.qty for part in parts[:-1])
    refused = _list_refused(ranked, parts, lambda slot: why_not(load, slot, wanted), lambda slot: room_for(load, slot))
    return Placing(tuple(parts), left, tuple(refused[:REFUSALS_KEPT]))


def choose_whole(loads: Sequence[Load], slots: Iterable[Slot]) -> Placing:
    """The one bin that takes all the loads of a plate; no part where none does.

    The same chain decides, asked for the plate's most bulky load; the bin with the same goods is one where any of the
    loads lies. All loads lie in the bin together, so they must be allowed beside each other too.
    """
    lead = lead_of(loads)
    total = sum(load.qty for load in loads)
    ranked = list(_rank(lead, slots, loads))
    found = next(((rule, slot) for rule, slot in ranked if not why_not_whole(loads, slot)), None)
    parts = [] if found is None else [Part(found[1].id, found[1].code, total, found[0].name, total)]
    refused = _list_refused(ranked, parts, lambda slot: why_not_whole(loads, slot), lambda _slot: 0)
    return Placing(tuple(parts), 0 if parts else total, tuple(refused[:REFUSALS_KEPT]))


def lead_of(loads: Sequence[Load]) -> Load:
    """The load that takes most of a plate's room: its zone is the plate's."""
    return max(loads, key=lambda load: (load.qty * load.volume_mm3, load.qty, -load.product_id))


def why_not_whole(loads: Sequence[Load], slot: Slot) -> str:
    """Why a bin does not take all the loads together, as `why_not` says it, or "" where it does."""
    for at, load in enumerate(loads):
        beside = [_as_content(other) for number, other in enumerate(loads) if number != at]
        if found := _forbids(load, with_contents(slot, beside)):
            return found
    if slot.id in {load.face_id for load in loads}:
        if len({load.product_id for load in loads}) > 1:
            return "bin_face"
        lying = sum(content.qty for content in slot.contents if content.product_id == loads[0].product_id)
        if loads[0].face_max and lying + sum(load.qty for load in loads) > loads[0].face_max:
            return "bin_full"
    coming = [_as_content(load) for load in loads]
    volume, weight = (sum(getattr(one, size) for one in coming) for size in ("volume_mm3", "weight_g"))
    lying_volume = sum(content.volume_mm3 for content in slot.contents)
    lying_weight = sum(content.weight_g for content in slot.contents)
    is_too_big = slot.capacity_mm3 and volume and lying_volume + volume > slot.capacity_mm3
    is_too_heavy = slot.max_weight_g and weight and lying_weight + weight > slot.max_weight_g
    return "bin_full" if is_too_big or is_too_heavy else ""


def _as_content(load: Load) -> Content:
    return Content(product_id=load.product_id, lot_id=load.lot_id, qty=load.qty, volume_mm3=load.qty * load.volume_mm3,
                   weight_g=load.qty * load.weight_g, mixing=load.mixing)  # fmt: skip


def room_for(load: Load, slot: Slot) -> int:
    """How many units of a load a bin takes: 0 when it is blocked or they may not lie there together."""
    return 0 if _forbids(load, slot) else _space(load, slot)


def why_not(load: Load, slot: Slot, qty: int) -> str:
    """Why a bin does not take ``qty`` units: bin_blocked, bin_face, bin_mixing, bin_full, or "" where it does."""
    return _forbids(load, slot) or ("bin_full" if _space(load, slot) < qty else "")


def with_contents(slot: Slot, more: Sequence[Content]) -> Slot:
    """The bin as it will be when these units lie in it too."""
    return replace(slot, contents=(*slot.contents, *more)) if more else slot


def _rank(load: Load, slots: Iterable[Slot], alike: Sequence[Load] = ()) -> Iterator[tuple[Rule, Slot]]:
    """Each bin once, under the first rule that looks at it, in the order in which they are tried.

    Where any of the loads ``alike`` lies, the same goods lie.
    """
    waiting = sorted(slots, key=lambda slot: (slot.walk_seq, slot.id))
    for rule in CHAIN:
        later = []
        for slot in waiting:
            if rule.looks_at(load, slot) or (rule is SAME and any(rule.looks_at(one, slot) for one in alike)):
                yield rule, slot
            else:
                later.append(slot)
        waiting = later


def _fill(load: Load, qty: int, ranked: Sequence[tuple[Rule, Slot]]) -> list[Part]:
    parts = []
    for rule, slot in ranked:
        room = room_for(load, slot)
        taken = min(qty, room)
        if taken > 0:
            parts.append(Part(slot.id, slot.code, taken, rule.name, room))
            qty -= taken
    return parts


def _forbids(load: Load, slot: Slot) -> str:
    if slot.is_blocked:
        return "bin_blocked"
    if slot.is_face_of_other:
        return "bin_face"
    return "" if all(_may_mix(load, slot, content) for content in slot.contents) else "bin_mixing"


def _may_mix(load: Load, slot: Slot, content: Content) -> bool:
    if content.product_id == load.product_id:
        return slot.mixing != "one_lot" or content.lot_id == load.lot_id
    if slot.mixing != "any" or ALONE in (load.mixing, content.mixing):
        return False
    return load.mixing == content.mixing


def _space(load: Load, slot: Slot) -> int:
    limits = [NO_LIMIT]
    if slot.capacity_mm3 and load.volume_mm3:
        limits.append((slot.capacity_mm3 - sum(c.volume_mm3 for c in slot.contents)) // load.volume_mm3)
    if slot.max_weight_g and load.weight_g:
        limits.append((slot.max_weight_g - sum(c.weight_g for c in slot.contents)) // load.weight_g)
    if slot.id == load.face_id and load.face_max:
        limits.append(load.face_max - sum(c.qty for c in slot.contents if c.product_id == load.product_id))
    return max(0, min(limits))


def _is_same(load: Load, content: Content) -> bool:
    return (content.product_id, content.lot_id) == (load.product_id, load.lot_id)


def _list_refused(ranked: Sequence[tuple[Rule, Slot]], parts: Sequence[Part], why: Callable[[Slot], str],
                  room: Callable[[Slot], int]) -> list[Refused]:  # fmt: skip
    """Bins that were tried before the last chosen one, then bins that are nearer than the first chosen one."""
    chosen = {part.slot_id for part in parts}
    last = max((n for n, (_, slot) in enumerate(ranked) if slot.id in chosen), default=len(ranked))
    nearest = min((slot.walk_seq for _, slot in ranked if slot.id in chosen), default=NO_LIMIT)
    better = [slot for _, slot in ranked[:last] if slot.id not in chosen]
    nearer = [slot for _, slot in ranked[last + 1 :] if slot.walk_seq < nearest and slot.id not in chosen]
    refused = []
    for slot in (*better, *nearer):
        lesser = "bin_taken" if slot.contents else "bin_zone"
        refused.append(Refused(slot.code, why(slot) or lesser, room(slot)))
    return refused
