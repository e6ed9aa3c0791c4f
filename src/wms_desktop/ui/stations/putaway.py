"""Putting away: the bin to go to fills the screen."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class PutawayScreen(FloorScreen):
    """The floor screen of the workflow ``putaway``."""

    workflow = "putaway"
    verdicts = frozenset({"place", "back", "refill", "refill_put", "plate", "apart_place", "look", "look_into"})
