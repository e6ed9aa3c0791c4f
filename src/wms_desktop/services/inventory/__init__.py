"""The only writer of the ledger, the balances and the reservations.

Every function flushes what it did before it returns, in the order in which the undo record will walk back. What
becomes free, or is brought into a bin, is noted as news: whoever waits for it is served before the command ends.
"""

from __future__ import annotations

from wms_desktop.services.inventory.bulk import (
    bring_in,
    carry_many,
    consume,
    consume_many,
    forget_empty,
    forget_plates,
    hold_many,
    open_stock,
)
from wms_desktop.services.inventory.moves import carry, free, hold, post, reverse
from wms_desktop.services.inventory.spots import (
    ON_PLATE,
    Goods,
    Spot,
    at,
    find_held,
    find_stock,
    get_stock,
    list_held_on,
    spot_of,
)

__all__ = [
    "ON_PLATE",
    "Goods",
    "Spot",
    "at",
    "bring_in",
    "carry",
    "carry_many",
    "consume",
    "consume_many",
    "find_held",
    "find_stock",
    "forget_empty",
    "forget_plates",
    "free",
    "get_stock",
    "hold",
    "hold_many",
    "list_held_on",
    "open_stock",
    "post",
    "reverse",
    "spot_of",
]
