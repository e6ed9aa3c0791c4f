"""The floor screens, one for each workflow; ``make_screen`` finds the one for a workflow by its name."""

from __future__ import annotations

from wms_desktop.ui.stations.dispatching import DispatchingScreen
from wms_desktop.ui.stations.floor import FloorScreen
from wms_desktop.ui.stations.packing import PackingScreen
from wms_desktop.ui.stations.picking import PickingScreen
from wms_desktop.ui.stations.putaway import PutawayScreen
from wms_desktop.ui.stations.receiving import ReceivingScreen
from wms_desktop.ui.stations.signing_on import SigningOnScreen

_SCREENS: dict[str, type[FloorScreen]] = {
    screen.workflow: screen
    for screen in (
        SigningOnScreen,
        ReceivingScreen,
        PutawayScreen,
        PickingScreen,
        PackingScreen,
        DispatchingScreen,
    )
}


def make_screen(workflow: str) -> FloorScreen:
    """A new floor screen for a workflow; raises :class:`KeyError` for a name that is none."""
    return _SCREENS[workflow]()
