"""What the lists of pick faces to be refilled and of bins to look into show, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

COUNTED = "counted"
"""The reason of a look that was counted otherwise than the book says."""
UNKNOWN = "unknown"
"""The reason of a look where the book says that there is room, and somebody found none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A pick face that runs low, and the reserve units that refill it; quantities in units.

    ``there`` stand in the face, ``face_min`` and ``face_max`` are its limits; ``wanted`` units are still to be picked
    for orders. ``qty`` units of one stock row in the bin ``source`` are to be taken.
    """

    product_id: int
    sku: str
    product: str
    face_id: int
    face: str
    there: int
    face_min: int
    face_max: int
    wanted: int
    source_id: int
    source: str
    stock_id: int
    lot: str
    qty: int

    @property
    def is_urgent(self) -> bool:
        """Whether a pick waits that the face cannot serve."""
        return self.wanted > self.there


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A bin in which an article is to be counted; quantities in units.

    ``reason`` is what somebody saw there (full, blocked, not_there, damaged, not_empty, ...), or ``counted``: it was
    counted, ``found`` units, and the book says otherwise. ``there`` good units are on the book, ``missing`` are held
    as not found; ``wanted`` units are still to be picked there.
    """

    task_id: int
    bin_id: int
    bin: str
    product_id: int
    sku: str
    product: str
    reason: str
    found: int
    there: int
    missing: int
    wanted: int
    since: datetime

    @property
    def is_urgent(self) -> bool:
        """Whether a pick waits for units in that bin."""
        return self.wanted > 0

    @property
    def is_counted(self) -> bool:
        """Whether it was counted already, and a supervisor is to settle the difference."""
        return self.reason == COUNTED

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows yet what lies there: the article is only the one that found no room."""
        return self.reason == UNKNOWN
