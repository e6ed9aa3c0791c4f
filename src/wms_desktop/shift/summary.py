"""The one page that says what came of a shift: figures, what was done, one unit's story, the check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wms_desktop.phrases import sentence
from wms_desktop.services.shift_report import Facts

_ROWS = (
    "orders_shipped",
    "orders_by_lane_alone",
    "orders_part_shipped",
    "parcels",
    "units_shipped",
    "units_received",
    "units_to_lanes",
    "units_planned",
    "units_opportunistic",
    "units_did_not_come",
    "units_inspected",
    "units_walked_back",
    "units_damaged",
    "units_put_away",
    "receiving_scans",
    "declined",
    "picks",
    "batches_picked",
    "metres",
    "shorts",
    "shorts_found_elsewhere",
    "shorts_backordered",
    "refused_scans",
    "acts",
    "papers",
    "pages",
    "pictures",
    "movements",
    "balances",
    "differences",
    "seconds",
)


def write(figures: Mapping[str, Any], facts: Facts, generated: str, citations: Sequence[str]) -> str:
    """The page, in Markdown."""
    lines = [f"# {sentence('shift.page.title', {})}", "", sentence("shift.page.lead", {}), ""]
    lines += [f"| {sentence('shift.page.figure', {})} | |", "|---|---:|"]
    lines += [f"| {sentence(f'shift.figure.{name}', {})} | {figures[name]} |" for name in _ROWS]
    lines += ["", f"## {sentence('shift.page.story', {})}", ""]
    lines += [
        "1. " + sentence("shift.story.step", {"at": step.at, "qty": step.qty, "source": step.source,
                                              "target": step.target, "who": step.who, "why": step.reason})
        for step in facts.story
    ]  # fmt: skip
    if facts.story:
        lines.insert(len(lines) - len(facts.story), sentence("shift.story.of", {
            "product": facts.product, "order": facts.order, "customer": facts.customer}) + "\n")  # fmt: skip
    lines += ["", f"## {sentence('shift.page.check', {})}", "", _check(figures, facts)]
    lines += ["", f"## {sentence('shift.page.data', {})}", "", generated, ""]
    lines += [f"- {citation}" for citation in citations]
    return "\n".join(lines) + "\n"


def _check(figures: Mapping[str, Any], facts: Facts) -> str:
    counted = {"movements": figures["movements"], "balances": figures["balances"]}
    if not facts.differences:
        return sentence("check.clean", counted)
    first = facts.differences[0]
    found: dict[str, str | int] = {"count": len(facts.differences), "first": sentence(first.code, first.args)}
    return sentence("check.found", found)
