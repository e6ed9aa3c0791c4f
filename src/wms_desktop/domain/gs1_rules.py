"""Which GS1 elements may stand together in one symbol, and which demand others: the associations as data.

GS1 General Specifications, 4.13 (mandatory associations) and 4.14 (invalid pairs), as far as goods that arrive carry
them. A partner that labels print in another symbol (the lot beside the item, the SSCC at the foot of a pallet's label)
is not demanded in this one: the dialogue asks for what is missing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

ITEM, CONTENT, SSCC = "01", "02", "00"
LOT, EXPIRY, BEST_BEFORE, SERIAL = "10", "17", "15", "21"
PIECES, COUNT = "30", "37"


@dataclass(frozen=True, slots=True)
class Demand:
    """An element that means nothing without one of others; ``elsewhere``: they may stand in another symbol."""

    element: str
    one_of: tuple[str, ...]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """An association that a symbol breaks: these elements exclude each other, or the first demands the others."""

    rule: str
    elements: tuple[str, ...]


DEMANDS = (
    Demand(CONTENT, (COUNT,)),
    Demand(COUNT, (CONTENT,)),
    Demand(CONTENT, (SSCC,), elsewhere=True),
    Demand(PIECES, (ITEM, CONTENT)),
    Demand(LOT, (ITEM, CONTENT), elsewhere=True),
    Demand(EXPIRY, (ITEM, CONTENT), elsewhere=True),
    Demand(BEST_BEFORE, (ITEM, CONTENT), elsewhere=True),
    Demand("11", (ITEM, CONTENT), elsewhere=True),
    Demand("13", (ITEM, CONTENT), elsewhere=True),
    Demand("16", (ITEM, CONTENT), elsewhere=True),
    Demand(SERIAL, (ITEM,), elsewhere=True),
    Demand("310", (ITEM, CONTENT), elsewhere=True),
    Demand("20", (ITEM, CONTENT)),
    Demand("22", (ITEM,)),
)
EXCLUDED = (
    (ITEM, CONTENT),
    (ITEM, COUNT),
    (CONTENT, SERIAL),
    (PIECES, COUNT),
    ("420", "421"),
    ("422", "426"),
    ("423", "426"),
)


_WEIGHT_TOLERANCE = 20


def units_by_weight(weight_g: int, each_g: int) -> int:
    """How many whole units a net weight stands for, given that of one (grams); 0: not said, or no whole number of them.

    A twentieth of the weight is allowed for packing and for the scale.
    """
    if weight_g <= 0 or each_g <= 0:
        return 0
    units = round(weight_g / each_g)
    return units if abs(weight_g - units * each_g) * _WEIGHT_TOLERANCE <= weight_g else 0


def find_breach(elements: Collection[str]) -> Breach | None:
    """The first association that the elements of one symbol break; None: they may stand together.

    Elements are application identifiers; of a measure with a decimal place (310n) the first three digits count.
    """
    there = {_family(each) for each in elements}
    for pair in EXCLUDED:
        if there.issuperset(pair):
            return Breach("excluded", pair)
    for demand in DEMANDS:
        if demand.element in there and not demand.elsewhere and there.isdisjoint(demand.one_of):
            return Breach("demanded", (demand.element, *demand.one_of))
    return None


def _family(element: str) -> str:
    return element[:3] if len(element) == 4 and element[0] == "3" else element
