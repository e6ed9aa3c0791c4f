"""What a desk may do with goods that arrive, by name: take in a whole purchase order as announced."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from wms_desktop.prompts import Answer
from wms_desktop.services import goods_in, orders
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args


def _receive_purchase(session: Session, context: Context, args: Args) -> Answer:
    done = goods_in.receive_all(session, context, args["purchase"])
    return orders.answer(session, context, done.message)


ACTS: Mapping[str, Act] = {"receive_purchase": Act("receive", _receive_purchase)}
