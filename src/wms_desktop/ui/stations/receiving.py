"""Receiving: the verdict (a lane, or that units are inspected first) fills the screen."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class ReceivingScreen(FloorScreen):
    """The floor screen of the workflow ``receive``."""

    workflow = "receive"
    verdicts = frozenset({"carry", "bring", "aside"})
