"""Writes down what was done to orders, for the story that a customer's question asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert
from sqlalchemy.orm import Session

from wms_desktop.db.tables import OrderEvent
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import undo
from wms_desktop.services.dialogue import Context


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing done to an order (and, if given, to one of its lines): a code `event.<what>` with what fills it."""

    order_id: int
    code: str
    args: Mapping[str, Value] = field(default_factory=dict)
    line_id: int | None = None


def note(session: Session, context: Context, order_id: int, code: str, args: Mapping[str, Value],
         line_id: int | None = None) -> None:  # fmt: skip
    """Writes down one thing done to an order; it goes again when the command is taken back."""
    session.add(
        OrderEvent(
            order_id=order_id,
            order_line_id=line_id,
            code=code,
            args=_text(args),
            operator_id=context.operator_id,
            at=context.at,
        )
    )


def note_many(session: Session, context: Context, rows: Sequence[Happened]) -> None:
    """Writes down many things by one statement; bulk work, so the command becomes final."""
    if not rows:
        return
    undo.close(session)
    session.execute(
        insert(OrderEvent),
        [
            {"order_id": row.order_id, "order_line_id": row.line_id, "code": row.code, "args": _text(row.args),
             "operator_id": context.operator_id, "at": context.at}
            for row in rows
        ],
    )  # fmt: skip


def message(code: str, args: str) -> Message:
    """The sentence of a stored event."""
    return Message(code, json.loads(args))


def _text(args: Mapping[str, Value]) -> str:
    return json.dumps(dict(args), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
