"""Trucks and what they bring: booked at a dock, announced by notices, checked in once here, done when empty."""

from __future__ import annotations

from wms_desktop.services.inbound.arriving import check_in, find_booked, finish, finish_delivery, is_late
from wms_desktop.services.inbound.booking import Window, book, cancel, miss, miss_overdue, move
from wms_desktop.services.inbound.entering import (
    TypedLine,
    cancel_notice,
    enter_notice,
    enter_purchase,
    inspect_supplier,
)
from wms_desktop.services.inbound.finding import Found, find_by_code
from wms_desktop.services.inbound.loosening import give_up_order, let_plans_go

__all__ = [
    "Found",
    "TypedLine",
    "Window",
    "book",
    "cancel",
    "cancel_notice",
    "check_in",
    "enter_notice",
    "enter_purchase",
    "find_booked",
    "find_by_code",
    "finish",
    "finish_delivery",
    "give_up_order",
    "inspect_supplier",
    "is_late",
    "let_plans_go",
    "miss",
    "miss_overdue",
    "move",
]
