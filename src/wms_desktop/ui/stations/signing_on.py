"""Signing on: a badge, and a PIN where one is asked."""

from __future__ import annotations

from wms_desktop.ui.stations.floor import FloorScreen


class SigningOnScreen(FloorScreen):
    """The floor screen of the workflow ``sign_on``."""

    workflow = "sign_on"
    picture = "badge"
