"""Reads what comes: trucks with what they bring and complete, open purchase orders, the docks of a day."""

from wms_desktop.services.inbound_board.board import read_board, read_calendar
from wms_desktop.services.inbound_board.one_truck import open_truck
from wms_desktop.services.inbound_board.purchases import list_due_lines

__all__ = ["list_due_lines", "open_truck", "read_board", "read_calendar"]
