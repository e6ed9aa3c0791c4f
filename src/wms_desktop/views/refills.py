"""What the list of pick faces to be refilled shows, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass


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
