"""Each scan dialogue has a page whose state table says what the code does, row for row."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import write_workflows
from wms_desktop.services.dialogue import Step

STEPS = write_workflows.list_steps()
HEAD = re.compile(r"\| State \| Event \| Then \| What happens \|\n(?:\|---){4}\|\n", re.IGNORECASE)
ROW = re.compile(r"^\| (.*?) \| (.*?) \| (.*?) \| (.*) \|$", re.MULTILINE)


def rows_of(page: str) -> Iterator[tuple[str, ...]]:
    """The cells of the table under the heading row, as text."""
    _, table = HEAD.split(page, maxsplit=1)
    table = table.split("\n\n")[0]
    for row in ROW.finditer(table):
        yield tuple(cell.replace("\\|", "|") for cell in row.groups())


@pytest.mark.parametrize("name", STEPS)
def test_the_page_of_a_dialogue_has_exactly_the_rows_of_the_code(name: str) -> None:
    page = (write_workflows.DOCS / f"{name}.md").read_text(encoding="utf-8")

    assert list(rows_of(page)) == [(s.state, s.kind, ", ".join(s.then), s.says) for s in STEPS[name]]


@pytest.mark.parametrize("name", STEPS)
def test_a_dialogue_leads_only_to_states_that_it_has(name: str) -> None:
    states = {step.state for step in STEPS[name]}

    assert {then for step in STEPS[name] for then in step.then} <= states


@pytest.mark.parametrize("name", STEPS)
def test_no_two_rows_of_a_dialogue_answer_the_same_event(name: str) -> None:
    events = [(step.state, step.kind) for step in STEPS[name]]

    assert len(events) == len(set(events))


def test_only_the_table_between_the_markers_is_written() -> None:
    step = Step("open", "lane", lambda *_: None, ("open", "done"), "A lane | a door.")  # type: ignore[arg-type,return-value]
    page = f"# Before\n\n{write_workflows.BEGIN}\nold\n{write_workflows.END}\n\nAfter.\n"

    new = write_workflows.written(page, [step])

    assert list(rows_of(new)) == [("open", "lane", "open, done", "A lane | a door.")]
    assert (new.startswith("# Before\n"), new.endswith("\n\nAfter.\n"), "old" in new) == (True, True, False)
    assert write_workflows.written(new, [step]) == new


def test_a_page_without_its_markers_is_left_alone() -> None:
    with pytest.raises(ValueError, match="steps"):
        write_workflows.written("# Only words\n", [])
