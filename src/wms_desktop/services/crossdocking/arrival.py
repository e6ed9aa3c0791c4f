"""What was put on the dock just now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Units that were put on the dock: the receipt line, the stock row they stand in, and how many.

    ``purchase_line_id`` is the purchase line they fill: what is made to order belongs to the line it was bought for,
    and what the truck's plan gives of it goes first. ``case`` is how many units stand in each closed case (1: loose).
    """

    receipt_line_id: int
    stock_id: int
    product_id: int
    qty: int
    purchase_line_id: int | None = None
    case: int = 1
