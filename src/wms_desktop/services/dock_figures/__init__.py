"""What cross-docking has come to, counted, and the rows behind each figure."""

from wms_desktop.services.dock_figures.counting import figures
from wms_desktop.services.dock_figures.rows import list_rows
from wms_desktop.services.dock_figures.window import DAYS

__all__ = ["DAYS", "figures", "list_rows"]
