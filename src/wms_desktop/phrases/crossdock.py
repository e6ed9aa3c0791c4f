"""Why goods that arrive may not leave across the dock, whoever waits for them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "why_arrival_inspection": "They must be inspected first: nobody gets them before that. Put them aside.",
    "why_arrival_lot_expired": "Their lot has expired: nobody gets them. Press F11 and put them on the hold.",
    "why_arrival_older_in_stock": "Older ones stand in a bin and leave first. Put these away.",
    "why.guard_lot_expired": "their lot has expired",
    "why.guard_older_in_stock": "older ones stand in a bin and leave first",
    "why.guard_inspection": "they must be inspected first",
    "why.guard_lane_full": "every lane it may collect in is full",
}
