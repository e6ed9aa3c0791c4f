"""Flags that say what kind of thing a command changed, so that each screen can decide whether it cares."""

from __future__ import annotations

from enum import Flag, auto


class Changes(Flag):
    """Kinds of change; a command returns the union of those it made."""

    NONE = 0
    STOCK = auto()
    INBOUND = auto()
    ORDERS = auto()
    BATCHES = auto()
    LANES = auto()
    SHIPMENTS = auto()
    PRINTS = auto()
    PEOPLE = auto()
    CATALOG = auto()
