"""Decides on each receiving scan who gets the units, pegs them to waiting orders and carries them to lanes."""

from wms_desktop.services.crossdocking.arrival import Arrival
from wms_desktop.services.crossdocking.carrying import (
    Carry,
    carry_to_lane,
    count_carries,
    dock_stock,
    list_carries,
    list_complete,
    order_of,
    release,
)
from wms_desktop.services.crossdocking.deciding import decide
from wms_desktop.services.crossdocking.fresh import find_guard
from wms_desktop.services.crossdocking.letting_go import let_go, settle
from wms_desktop.services.crossdocking.serving import offer_again, serve, serve_free

__all__ = ["Arrival", "Carry", "carry_to_lane", "count_carries", "decide", "dock_stock", "find_guard", "let_go",
           "list_carries", "list_complete", "offer_again", "order_of", "release", "serve", "serve_free",
           "settle"]  # fmt: skip
