"""The tables of the bench and of the trucks: every code has its sentence, and the documents say what the code does."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.services.bench import codes_in
from wms_desktop.phrases import sentence, texts
from wms_desktop.phrases.common import TEXTS as COMMON
from wms_desktop.services import (
    conversation,
    dispatching,
    packing,
    packing_moves,
    packing_prompts,
    printing,
    shipping,
    undoing,
)
from wms_desktop.services.dialogue import Workflow

DOCS = Path(__file__).resolve().parents[2] / "docs" / "workflows"
MODULES = (packing, packing_moves, packing_prompts, shipping, dispatching, printing, conversation, undoing)


def table(workflow: Workflow) -> list[str]:
    """The state table as the document has it."""
    return [f"| {s.state} | {s.kind} | {', '.join(s.then)} | {s.says} |" for s in workflow.steps]


def test_every_code_that_can_be_said_has_a_sentence() -> None:
    said = codes_in(*MODULES)

    assert len(said) > 80
    assert said - texts().keys() == set()


@pytest.mark.parametrize("module", [packing, dispatching])
def test_every_state_has_a_headline_and_a_second_line(module: ModuleType) -> None:
    states = {step.state for step in module.WORKFLOW.steps}
    wanted = {f"prompt.{module.NAME}.{state}{line}" for state in states for line in ("", ".sub")}

    assert wanted <= texts().keys()


@pytest.mark.parametrize("module", [packing, dispatching])
def test_every_kind_and_key_of_the_tables_has_a_name(module: ModuleType) -> None:
    kinds = {step.kind for step in module.WORKFLOW.steps}
    wanted = {kind.replace("key:", "key.") if kind.startswith("key:") else f"kind.{kind}" for kind in kinds}

    assert wanted <= COMMON.keys()


@pytest.mark.parametrize("module", [packing, dispatching])
def test_the_document_has_the_very_table_of_the_code(module: ModuleType) -> None:
    text = (DOCS / f"{module.NAME}.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| state ")]

    assert rows == table(module.WORKFLOW)


@pytest.mark.parametrize("module", [packing, dispatching])
def test_every_state_a_step_leads_to_exists(module: ModuleType) -> None:
    states = {step.state for step in module.WORKFLOW.steps}

    assert {then for step in module.WORKFLOW.steps for then in step.then} <= states


def test_a_wrong_scan_says_kinds_in_words_and_in_the_workers_language() -> None:
    facts = {"what": "A-01", "kind": "bin", "expected": "tote,purchase_order"}

    assert sentence("wrong_scan", facts) == "That is bin A-01. Wanted now: tote, purchase order."
    german = sentence("wrong_scan", facts, lambda text: "Kasten" if text == "bin" else text)
    assert german.startswith("That is Kasten A-01.")
    assert sentence("wrong_scan", facts | {"kind": "key:find"}).startswith("That is FIND (F3)")


def test_a_name_from_outside_is_never_taken_for_a_code() -> None:
    facts = {"text": "kind.bin and more\x1d"}

    assert sentence("unknown_code", facts).startswith("kind.bin and more<1D> is not known")
