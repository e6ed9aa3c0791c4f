"""What the desk is told when it holds, pins or cancels an order."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "prompt.orders.backlog": "BACKLOG",
    "prompt.orders.backlog.sub": "{open} orders open, {held} on hold, {pinned} pinned.",
    "orders.unknown": "No order has the number {order}. Check it.",
    "orders.over": "Order {order} is over: nothing of it is open any more.",
    "orders.held": "Order {order} is on hold: nothing of it moves until you let it go.",
    "orders.held_already": "Order {order} is on hold already.",
    "orders.unheld": "Order {order} goes on.",
    "orders.not_held": "Order {order} is not on hold.",
    "orders.pinned": "Order {order} goes before all others.",
    "orders.pinned_already": "Order {order} is pinned already.",
    "orders.unpinned": "Order {order} has its own place in the order of demand again.",
    "orders.not_pinned": "Order {order} is not pinned.",
    "orders.other_line": "Order {order} has no such line. Open the order again and choose a line of it.",
    "orders.cancel_how_many": "Line {line} of order {order}: {asked} units cannot be cancelled. Choose 1 to {open}.",
    "orders.cancelled": "Order {order}: {units} units cancelled, {freed} of them were reserved and are free again.",
    "orders.cancelled_carry": (
        "Order {order}: {units} units cancelled. Carry back {walk} from lanes and {back} from totes and parcels: {places}."
    ),
}
