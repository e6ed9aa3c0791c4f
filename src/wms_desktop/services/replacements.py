"""Tells of lines that stand for others: which product they are sent instead of, and which kit they are part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import OrderLine, Product
from wms_desktop.services.intake import AT_ONCE


@dataclass(frozen=True, slots=True)
class Origin:
    """What the customer had ordered: the product that this one replaces, the kit it is a part of ("": none)."""

    instead_of: str = ""
    part_of: str = ""


def list_origins(session: Session, line_ids: Sequence[int]) -> dict[int, Origin]:
    """The origin of each line that replaces another; one statement for each step back, whatever their number.

    A substitute of a substitute names what was ordered first.
    """
    found: dict[int, Origin] = {}
    step = {line_id: [line_id] for line_id in line_ids}
    while step:
        before: dict[int, list[int]] = {}
        known = sorted(step)
        for start in range(0, len(known), AT_ONCE):
            for line_id, kit_qty, replaced_id, sku, name in session.execute(_replaced(known[start : start + AT_ONCE])):
                told = f"{sku} {name}"
                for root in step[line_id]:
                    origin = found.get(root, Origin())
                    found[root] = replace(origin, part_of=told) if kit_qty else replace(origin, instead_of=told)
                    before.setdefault(replaced_id, []).append(root)
        step = before
    return found


def _replaced(line_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    old = aliased(OrderLine)
    return (
        select(OrderLine.id, OrderLine.kit_qty, OrderLine.replaces_id, Product.sku, Product.name)
        .join(old, old.id == OrderLine.replaces_id)
        .join(Product, Product.id == old.product_id)
        .where(OrderLine.id.in_(line_ids))
    )
