"""Dispatch: cartons onto the truck, and what is missing."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class DispatchingScreen(FloorScreen):
    """The floor screen of the workflow ``dispatch``."""

    workflow = "dispatch"
