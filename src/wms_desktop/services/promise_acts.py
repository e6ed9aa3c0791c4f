"""What a desk does with promises, purchase dates and decisions, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import causes, deciding, modes, orders, promising, settings, site_time
from wms_desktop.services.deciding import Wish
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args

NAME = "promises"
_MOST = 1_000_000
_FOLDER = 400
LIMITS: Mapping[str, str] = {
    "backlog_limit_units": "units", "inflow_limit_units": "units", "clear_limit_days": "days",
    "backlog_target_units": "units", "backlog_target_day": "day", "decide_after_days": "needed",
    "handling_days": "needed", "lead_days": "needed", "late_days": "needed", "ship_window_days": "needed",
    "promise_days": "needed", "export_minutes": "needed", "export_folder": "folder",
}  # fmt: skip
"""The rules that this desk may set; ``units``, ``days`` and ``day`` may be empty (no limit)."""
_MOVES_DAYS = {"handling_days", "late_days"}


def _move_purchase(session: Session, context: Context, args: Args) -> Message:
    drift = promising.move_purchase(session, context, args["purchase"], _day(args["due"]))
    slipped, rescued = len(drift.slipped), len(drift.rescued)
    late = [one.order_number for one in drift.slipped]
    if late:
        first = f"{late[0]} …" if len(set(late)) > 1 else late[0]
        return Message("promises.purchase_moved_late", {"slipped": slipped, "rescued": rescued, "first": first})
    if rescued:
        return Message("promises.purchase_moved_rescued", {"rescued": rescued})
    return Message("promises.purchase_moved", {"unchanged": drift.unchanged})


def _decide(session: Session, context: Context, args: Args) -> Message:
    wish = Wish(
        choice=args["choice"],
        days=args.get("days"),
        alternative=args.get("alternative"),
        units=args.get("units"),
        reason=args.get("reason") or "",
    )
    return deciding.decide(session, context, args["line"], wish)


def _mode_on(session: Session, context: Context, args: Args) -> Message:
    return modes.switch_on(session, context, args["product"], args["extra_days"], args["reason"])


def _mode_off(session: Session, context: Context, args: Args) -> Message:
    return modes.switch_off(session, context, args["mode"])


def _set_cause(session: Session, context: Context, args: Args) -> Message:
    return causes.set_cause(session, context, args["lines"], args["cause"])


def _set_limits(session: Session, context: Context, args: Args) -> Message:
    """Sets limits and the goal; an empty value takes one away. Raises BadInput for a name or value that is none."""
    goal = _goal(session)
    for name, value in args.items():
        if name not in LIMITS:
            raise BadInput("promises.no_limit", name=name)
        settings.put(session, name, _checked(name, "" if value is None else str(value).strip()))
    if _goal(session) != goal:  # the way to a new goal begins today
        settings.put(session, "backlog_target_from", site_time.today(session, context.at).isoformat())
    if _MOVES_DAYS & args.keys():
        promising.recompute_all(session, context)
    return Message("promises.limits_set", {"count": len(args)})


def _goal(session: Session) -> tuple[str, str]:
    return settings.get(session, "backlog_target_units"), settings.get(session, "backlog_target_day")


def _checked(name: str, value: str) -> str:
    kind = LIMITS[name]
    if kind == "folder":
        if len(value) > _FOLDER or not value.isprintable():
            raise BadInput("promises.limit_folder", name=name)
        return value
    if not value and kind != "needed":
        return ""
    if kind == "day":
        return _day(value).isoformat()
    least = 1 if name in ("late_days", "export_minutes") else 0
    if not (value.isascii() and value.isdigit() and least <= int(value) <= _MOST):
        raise BadInput("promises.limit_number", name=name, value=value, least=least, most=_MOST)
    return str(int(value))


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as wrong:
        raise BadInput("promises.no_day", value=str(value)) from wrong


def _act(speak: Callable[[Session, Context, Args], Message]) -> Act:
    def do(session: Session, context: Context, args: Mapping[str, Any]) -> Answer:
        answer = orders.answer(session, context, speak(session, context, args))
        return replace(answer, changes=answer.changes | Changes.CATALOG)

    return Act(NAME, do)


ACTS: Mapping[str, Act] = {
    "move_purchase": _act(_move_purchase),
    "decide": _act(_decide),
    "backorder_mode_on": _act(_mode_on),
    "backorder_mode_off": _act(_mode_off),
    "set_cause": _act(_set_cause),
    "set_limits": _act(_set_limits),
}
