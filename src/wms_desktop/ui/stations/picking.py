"""Picking: the tour is drawn beside the line."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class PickingScreen(FloorScreen):
    """The floor screen of the workflow ``pick``."""

    workflow = "pick"
