"""Packing: units proved by scan, then the label."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class PackingScreen(FloorScreen):
    """The floor screen of the workflow ``pack``."""

    workflow = "pack"
