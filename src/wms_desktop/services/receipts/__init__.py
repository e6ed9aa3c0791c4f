"""What happens to a receipt: it is opened, goods are taken in, inspected, given back, and it is closed."""

from __future__ import annotations

from wms_desktop.services.receipts.labels import print_labels, reprint_last
from wms_desktop.services.receipts.notes import print_note
from wms_desktop.services.receipts.opening import close, hold_open, list_expecting, open_for
from wms_desktop.services.receipts.preparing import Waiting, fail, list_waiting, pass_on
from wms_desktop.services.receipts.reading import (
    counted,
    day_of,
    is_expired,
    known_expiry,
    list_here,
    list_pegs,
    steps_of,
)
from wms_desktop.services.receipts.returning import give_back, is_due_again
from wms_desktop.services.receipts.taking import (
    NOT_ORDERED,
    Expected,
    Parcel,
    compare,
    compare_all,
    list_fills,
    list_places,
    take_in,
)

__all__ = [
    "NOT_ORDERED",
    "Expected",
    "Parcel",
    "Waiting",
    "close",
    "compare",
    "compare_all",
    "counted",
    "day_of",
    "fail",
    "give_back",
    "hold_open",
    "is_due_again",
    "is_expired",
    "known_expiry",
    "list_expecting",
    "list_fills",
    "list_here",
    "list_pegs",
    "list_places",
    "list_waiting",
    "open_for",
    "pass_on",
    "print_labels",
    "print_note",
    "reprint_last",
    "steps_of",
    "take_in",
]
