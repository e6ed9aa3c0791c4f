"""What the demo has to meet: which articles are short, which orders today's trucks complete, which bins lie."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wms_desktop.shift.world_facts import Order, OrderLine, Product
from wms_desktop.shift.world_orders import demand_by_sku, demand_key
from wms_desktop.shift.world_places import (
    BAY_LENGTH_MM,
    LEVEL_HEIGHT_MM,
    LEVEL_WEIGHT_G,
    SHELF_DEPTH_MM,
    USABLE_PERCENT,
)

WHOLE_ORDERS = 10
MIXED_ORDERS = 10
LESS_ARTICLES = 6
LATER_ARTICLES = 24
NEVER_ARTICLES = 5
SHOWCASE_CASE = 24
# Planted bins are looked for among the orders that the first batches will hold.
FIRST_ORDERS = 40
LONELY_BINS = 4
# No article that many orders want is made short: most of the backlog stays ready to be picked.
MOST_WAITING = 5
SMALLEST_BIN_MM3 = BAY_LENGTH_MM * SHELF_DEPTH_MM * min(LEVEL_HEIGHT_MM) * USABLE_PERCENT // 100
SMALLEST_BIN_G = min(LEVEL_WEIGHT_G)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Article codes by the part they play; everything not named is in stock for every order.

    ``whole`` orders come from today's trucks alone, ``mixed`` ones wait for them with one or two lines; what these
    two need of the articles ``today`` arrives in full, ``less`` arrives in part, ``later`` on other days, ``never``
    is not even bought. ``on_hand`` says how many units of a short article there are. The ``showcase`` comes by the
    case of 24 for several orders and the shelf; ``rescue`` lies short in its only bin, but comes today; ``twin``
    lies short in one of two bins; ``lonely`` lie short in their only bins. ``regret`` is the order, of articles that
    nobody else wants, that its customer takes back when its goods stand in a lane; ``inspected`` comes today for one
    order alone and must be looked at first.
    """

    whole: tuple[str, ...]
    mixed: tuple[str, ...]
    today: tuple[str, ...]
    less: tuple[str, ...]
    later: tuple[str, ...]
    never: tuple[str, ...]
    on_hand: Mapping[str, int]
    showcase: str
    rescue: str
    twin: str
    lonely: tuple[str, ...]
    regret: str
    inspected: str


class _Draft:
    """The plan while it is made: what is taken already, and who asks for what."""

    def __init__(self, seed: int, orders: Sequence[Order], products: Iterable[Product]) -> None:
        self.rng = random.Random(f"{seed}:plan")
        self.orders = {order.number: order for order in orders}
        self.products = {product.sku: product for product in products}
        self.demand = demand_by_sku(orders)
        self.whole: list[str] = []
        self.mixed: list[str] = []
        self.today: dict[str, None] = {}

    def is_rare(self, sku: str) -> bool:
        """Whether few enough wait for the article that a delivery can serve them all with few scans."""
        units = sum(self.demand[sku].values())
        return len(self.demand[sku]) <= MOST_WAITING and units <= (40 if self.products[sku].units_per_case else 12)

    def fits_one_bin(self, sku: str) -> bool:
        """Whether three times what the orders ask for stands in any bin, even the smallest."""
        product, units = self.products[sku], 3 * max(12, sum(self.demand[sku].values()))
        return units * product.volume_mm3 <= SMALLEST_BIN_MM3 and units * product.weight_g <= SMALLEST_BIN_G

    def shuffled(self, codes: Iterable[str]) -> list[str]:
        """Those codes in an order that depends on the seed only."""
        ordered = sorted(codes)
        self.rng.shuffle(ordered)
        return ordered

    def needs(self, numbers: Iterable[str]) -> set[str]:
        """Every article of those orders."""
        return {line.sku for number in numbers for line in self.orders[number].lines}


def plan(seed: int, now: datetime, orders: Sequence[Order], products: Iterable[Product]) -> Plan:
    """Chooses the parts; the same seed, instant and orders give the same plan."""
    draft = _Draft(seed, orders, products)
    showcase = _choose_showcase(draft)
    _choose_whole(draft)
    _choose_mixed(draft)
    taken = draft.needs([*draft.whole, *draft.mixed]) | draft.today.keys()
    free = [sku for sku in draft.shuffled(draft.demand) if sku not in taken and draft.is_rare(sku)]
    shared = [sku for sku in free if len(draft.demand[sku]) >= 2 and sum(draft.demand[sku].values()) >= 8]
    less = shared[:LESS_ARTICLES]
    rest = [sku for sku in free if sku not in less]
    later, never = rest[:LATER_ARTICLES], rest[LATER_ARTICLES : LATER_ARTICLES + NEVER_ARTICLES]
    short = {*draft.today, *less, *later, *never}
    single, twin = _choose_planted(draft, now, short, taken)
    regret = _choose_regret(draft)
    return Plan(
        whole=tuple(draft.whole),
        mixed=tuple(draft.mixed),
        today=tuple(draft.today),
        less=tuple(less),
        later=tuple(later),
        never=tuple(never),
        on_hand=_left_on_hand(draft, short, draft.needs(draft.whole) | {showcase}),
        showcase=showcase,
        rescue=single[0],
        twin=twin,
        lonely=tuple(single[1:]),
        regret=regret,
        inspected=_choose_inspected(draft, regret, showcase),
    )


def _choose_showcase(draft: _Draft) -> str:
    """An article that a case of 24 brings to orders of several lanes, with some left for the shelf."""

    def fits(sku: str) -> bool:
        asked = draft.demand[sku]
        services = {draft.orders[number].service for number in asked}
        return len(asked) == 2 and len(services) == 2 and 5 <= sum(asked.values()) <= 18

    showcase = next(sku for sku in draft.shuffled(draft.demand) if fits(sku))
    draft.today[showcase] = None
    draft.mixed.extend(draft.demand[showcase])
    return showcase


def _choose_whole(draft: _Draft) -> None:
    """Orders of few and rare articles, half of them ship-complete; the trucks bring every unit of them."""
    candidates = [
        number
        for number in draft.shuffled(draft.orders)
        if number not in draft.mixed and len(draft.orders[number].lines) <= 5
        if all(draft.is_rare(sku) for sku in draft.needs([number]))
    ]
    # The two policies in turn, as long as there are orders of both.
    by_policy = {p: [n for n in candidates if draft.orders[n].ship_policy == p] for p in ("complete", "available")}
    fewest = min(WHOLE_ORDERS // 2, *(len(numbers) for numbers in by_policy.values()))
    draft.whole.extend(by_policy["complete"][:fewest])
    draft.whole.extend(by_policy["available"][: WHOLE_ORDERS - fewest])
    for number in draft.whole:
        draft.today.update(dict.fromkeys(line.sku for line in draft.orders[number].lines))


def _choose_mixed(draft: _Draft) -> None:
    """Orders that have all but one or two rare articles in stock, half of them ship-complete."""
    for policy in ("complete", "available"):
        chosen = 0
        for number in draft.shuffled(draft.orders):
            order = draft.orders[number]
            rare = [line.sku for line in order.lines if draft.is_rare(line.sku)]
            if order.ship_policy != policy or not 5 <= len(order.lines) <= 15 or not rare:
                continue
            if number in draft.whole or number in draft.mixed or chosen == MIXED_ORDERS // 2:
                continue
            draft.mixed.append(number)
            draft.today.update(dict.fromkeys(rare[: draft.rng.choice((1, 2))]))
            chosen += 1


def _choose_regret(draft: _Draft) -> str:
    """The smallest order that the trucks bring whole and whose articles nobody else wants; "" where there is none."""
    alone = [
        number for number in draft.whole if all(len(draft.demand[sku]) == 1 for sku in draft.needs([number]))
    ]  # fmt: skip
    return min(alone, key=lambda number: (len(draft.orders[number].lines), number), default="")


def _choose_inspected(draft: _Draft, regret: str, showcase: str) -> str:
    """An article of today that few wait for; not one of the order taken back."""
    spared = {*draft.needs([regret] if regret else []), showcase}
    asked = {sku: draft.demand[sku] for sku in draft.today if sku not in spared}
    return min(asked, key=lambda sku: (len(asked[sku]), sum(asked[sku].values()), sku))


def _left_on_hand(draft: _Draft, short: Collection[str], empty: Collection[str]) -> dict[str, int]:
    """How many units of each short article are left: mostly none, else fewer than are asked for."""
    left = {}
    for sku in sorted(short):
        asked = sum(draft.demand[sku].values())
        some = sku not in empty and asked > 1 and draft.rng.random() < 0.4
        left[sku] = draft.rng.randrange(1, asked) if some else 0
    return left


def _choose_planted(
    draft: _Draft, now: datetime, short: Collection[str], taken: Collection[str]
) -> tuple[list[str], str]:
    """Articles of the first orders to leave whose bins lie: so many with one bin each, and one with two."""
    ready = [order for order in draft.orders.values() if not any(line.sku in short for line in order.lines)]
    first = sorted(ready, key=lambda order: demand_key(order, now))[:FIRST_ORDERS]

    def may_lie(line: OrderLine) -> bool:
        return line.sku not in taken and draft.fits_one_bin(line.sku)

    def is_slow(sku: str) -> bool:
        product = draft.products[sku]
        return product.velocity != "A" and len(draft.demand[sku]) <= MOST_WAITING and bool(product.units_per_case)

    def is_fast(sku: str) -> bool:
        return draft.products[sku].velocity == "A"

    slow = _one_each(first, lambda line: may_lie(line) and line.quantity >= 2 and is_slow(line.sku))
    fast = _one_each(first, lambda line: may_lie(line) and is_fast(line.sku))
    return slow[: LONELY_BINS + 1], fast[0]


def _one_each(orders: Iterable[Order], fits: Callable[[OrderLine], bool]) -> list[str]:
    """The first fitting article of each order, each article once."""
    found = (next((line.sku for line in order.lines if fits(line)), "") for order in orders)
    return [sku for sku in dict.fromkeys(found) if sku]
