"""The proposed cause of a delay: one example for each rule, and which goes before which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from wms_desktop.domain.delays import Case, Facts, cause_of, mode_cause
from wms_desktop.views.backlog import CAUSES

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
NONE = Facts(now=NOW, today=TODAY, late_purchases=(), late_products=(), coming=(), differences=(), spikes=(), modes={},
             packed=(), slips={})  # fmt: skip
SHORT = Case(line_id=1, product_id=5, short=3, is_held=False, release_on=None, is_made=False, made_by_id=None,
             leave_by=NOW + DAY, first=TODAY, promise=TODAY, eta=TODAY + 5 * DAY, eta_from_id=7, cause="")  # fmt: skip
HERE = SHORT._replace(short=0, eta=TODAY, eta_from_id=None)
LATE = HERE._replace(leave_by=NOW - DAY)


@pytest.mark.parametrize(
    ("case", "facts", "cause"),
    [
        (HERE, NONE, ""),
        (HERE._replace(cause="staff"), NONE, "staff"),
        (SHORT._replace(is_held=True), NONE, "policy"),
        (SHORT._replace(release_on=TODAY + DAY), NONE, "new_release"),
        (SHORT._replace(release_on=TODAY), replace(NONE, coming={5}), "demand"),
        (SHORT._replace(is_made=True, made_by_id=7), NONE, "made_to_order"),
        (SHORT._replace(is_made=True, made_by_id=7), replace(NONE, late_purchases={7}), "supplier_late"),
        (SHORT, replace(NONE, late_purchases={7}, differences={5}, spikes={5}), "supplier_late"),
        (SHORT._replace(eta=None, eta_from_id=None), replace(NONE, late_products={5}), "supplier_late"),
        (SHORT._replace(eta=None, eta_from_id=None), replace(NONE, slips={1: "carrier"}), "carrier"),
        (SHORT, replace(NONE, differences={5}, spikes={5}), "stock_difference"),
        (SHORT, replace(NONE, spikes={5}, modes={None: "staff"}), "demand"),
        (SHORT, replace(NONE, modes={None: "process", 5: "hands short"}), "staff"),
        (SHORT, replace(NONE, coming={5}), "demand"),
        (SHORT, NONE, "process"),
        (SHORT._replace(eta=TODAY, eta_from_id=None), NONE, ""),
        (LATE, NONE, "staff"),
        (LATE, replace(NONE, modes={None: "new conveyor"}), "process"),
        (LATE, replace(NONE, packed={1}), "carrier"),
        (LATE, replace(NONE, packed={1}, slips={1: "supplier_late"}), "supplier_late"),
        (HERE._replace(promise=TODAY - DAY, first=TODAY - DAY), NONE, "staff"),
    ],
)
def test_each_rule_proposes_its_cause(case: Case, facts: Facts, cause: str) -> None:
    assert cause_of(case, facts) == cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("staff", "staff"), ("Two people ill", "staff"), ("supplier_late: strike", "supplier_late"),
        ("carrier strike", "carrier"), ("summer sale", "demand"), ("new racking", "process"), ("still", "process"),
    ],
)  # fmt: skip
def test_the_reason_of_a_mode_names_its_cause(reason: str, cause: str) -> None:
    assert mode_cause(reason) == cause


def test_every_proposal_is_one_of_the_known_causes() -> None:
    dates: tuple[date | None, ...] = (None, TODAY + DAY)
    found = {
        cause_of(SHORT._replace(is_held=held, eta=eta, eta_from_id=None, short=short, release_on=eta), NONE)
        for held in (True, False) for eta in dates for short in (0, 3)
    }  # fmt: skip

    assert found <= set(CAUSES)
