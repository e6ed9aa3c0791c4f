"""Writes the state table of each scan dialogue into docs/workflows/NAME.md, from the table in code: [NAME ...].

Only what stands between the two markers is written; a page that does not exist yet is begun. Without names, all.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from wms_desktop import services
from wms_desktop.services.dialogue import Step, Workflow

DOCS = Path(__file__).resolve().parent.parent / "docs" / "workflows"
BEGIN, END = "<!-- steps: written by tools/write_workflows.py -->", "<!-- /steps -->"
HEAD = "| State | Event | Then | What happens |\n|---|---|---|---|\n"


def list_steps() -> Mapping[str, Sequence[Step]]:
    """The rows of every dialogue in the services, by its name; a dialogue may be spread over several modules."""
    found: dict[str, dict[int, Workflow]] = {}
    for module in pkgutil.iter_modules(services.__path__):
        workflow = getattr(importlib.import_module(f"wms_desktop.services.{module.name}"), "WORKFLOW", None)
        if isinstance(workflow, Workflow):
            found.setdefault(workflow.name, {})[id(workflow)] = workflow
    return {name: [step for part in parts.values() for step in part.steps] for name, parts in sorted(found.items())}


def table(steps: Sequence[Step]) -> str:
    """The rows as a Markdown table, in the order of the code."""
    rows = (f"| {s.state} | {s.kind} | {', '.join(s.then)} | {s.says.replace('|', chr(92) + '|')} |\n" for s in steps)
    return HEAD + "".join(rows)


def written(page: str, steps: Sequence[Step]) -> str:
    """The page with its table anew. Raises ValueError where a marker is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n\n{table(steps)}\n{END}{after}"


def main(names: Sequence[str]) -> int:
    """Writes the pages named, else all; says which changed."""
    for name, steps in list_steps().items():
        if names and name not in names:
            continue
        page = DOCS / f"{name}.md"
        old = page.read_text(encoding="utf-8") if page.exists() else f"# {name}\n\n{BEGIN}\n{END}\n"
        if BEGIN not in old:
            print(f"{page.name}: has no markers, left as it is")
            continue
        new = written(old, steps)
        page.write_text(new, encoding="utf-8")
        print(f"{page.name}: {'unchanged' if new == old else f'{len(steps)} rows written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
