"""What the desk is shown of files that were read: the runs, a preview, the fix list, the saved mappings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import ImportMapping, ImportRow, ImportRun, Operator
from wms_desktop.prompts import Message
from wms_desktop.services.importing.fields import Wrong
from wms_desktop.services.importing.rows import Staged, staged_of
from wms_desktop.services.importing.runs import get_run, reading_of, report_of
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.views.imports import FIELDS, Declared, FieldTotals, Preview, Problem, Reading, RunRow, Totals

PROBLEMS_AT_ONCE = 100
_OURS = frozenset(name for fields in FIELDS.values() for name, _ in fields)
_SAMPLE = 20
_FIRST_PROBLEMS = 20
_LISTED_RUNS = 200


def preview(session: Session, run_id: int) -> Preview:
    """What publishing a run would do. Refuses `import.run.gone`."""
    run = get_run(session, run_id)
    report, reading = report_of(run), reading_of(run)
    total = report.good.totals(), report.bad.totals()
    raw = json.loads(run.totals)
    effects = report.effects + report.done
    sample_columns, sample = _sample(session, run, reading)
    counts = {row[0]: int(row[1]) for row in session.execute(_counted(run_id))}
    return Preview(
        run_id=run.id,
        file_name=run.file_name,
        reading=reading,
        state=run.state,
        total=_sum(*total),
        good=total[0],
        bad=total[1],
        fresh=effects["fresh"],
        updated=effects["updated"],
        untouched=effects["untouched"],
        problem_count=counts.get("bad", 0),
        problems=list_problems(session, run_id, 0, _FIRST_PROBLEMS),
        columns=sample_columns,
        sample=sample,
        notes=tuple(_notes(raw, counts)),
        declared=tuple(Declared(**one) for one in raw["declared"]),
        field_totals=tuple(FieldTotals(**one) for one in raw.get("columns", ())),
    )


def list_runs(session: Session) -> tuple[RunRow, ...]:
    """The last runs, the newest first."""
    query = (
        select(ImportRun, Operator.name)
        .join(Operator, Operator.id == ImportRun.operator_id)
        .order_by(ImportRun.id.desc())
        .limit(_LISTED_RUNS)
    )
    return tuple(
        RunRow(
            run_id=run.id, at=run.at, kind=run.kind, format=run.format, file_name=run.file_name, by=name,
            state=run.state, good=(report := report_of(run)).good.rows, bad=report.bad.rows,
        )
        for run, name in session.execute(query)
    )  # fmt: skip


def list_problems(session: Session, run_id: int, offset: int, most: int = PROBLEMS_AT_ONCE) -> tuple[Problem, ...]:
    """The refused rows in the file's order, from the ``offset``-th; rows that only wait for them are not listed."""
    run = get_run(session, run_id)
    titles = {name: title for title, name in reading_of(run).mapping.items()}
    rows = session.execute(
        select(ImportRow.id, ImportRow.line, ImportRow.key, ImportRow.fields, ImportRow.state, ImportRow.problem)
        .where(ImportRow.run_id == run_id, ImportRow.state == "bad")
        .order_by(ImportRow.line, ImportRow.id)
        .offset(offset)
        .limit(most)
    )
    return tuple(problem_of(staged_of(row), titles) for row in rows)


def list_mappings(session: Session, kind: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """The saved mappings of a kind of file, by name."""
    rows = session.execute(
        select(ImportMapping.name, ImportMapping.mapping).where(ImportMapping.kind == kind).order_by(ImportMapping.name)
    )
    return tuple((row.name, json.loads(row.mapping)) for row in rows)


def export_problems(session: Session, run_id: int) -> tuple[tuple[str, ...], Iterator[tuple[Staged, tuple[str, ...]]]]:
    """The fix list as a table: the titles of its fields, and each refused or waiting row with their values."""
    run = get_run(session, run_id)
    found = {name for staged in _fix_list(session, run_id) for name in staged.fields}
    columns = tuple(name for name, must in FIELDS[run.kind] if must or name in found)
    rows = ((one, tuple(one.fields.get(name, "") for name in columns)) for one in _fix_list(session, run_id))
    return columns, rows


def titles_of(session: Session, run_id: int) -> Mapping[str, str]:
    """What a run's file calls our fields."""
    return {name: title for title, name in reading_of(get_run(session, run_id)).mapping.items()}


def reason(row: Staged, titles: Mapping[str, str]) -> Message:
    """Why a row of the fix list is not in the house."""
    return problem_of(row, titles).cure


def problem_of(row: Staged, titles: Mapping[str, str]) -> Problem:
    wrong = row.wrong or Wrong("", "", "import.run.waits", {"document": row.key, "line": row.line})
    column = titles.get(wrong.column, wrong.column)
    is_ours = column == wrong.column and column in _OURS
    args = {"line": row.line, "column": f"kind.{column}" if is_ours else column, "value": wrong.value, **wrong.args}
    return Problem(
        row_id=row.id,
        line=row.line,
        key=row.key,
        column=column,
        value=wrong.value,
        rule=wrong.rule,
        cure=Message(wrong.rule, args),
        fields=row.fields,
    )


def _fix_list(session: Session, run_id: int) -> Iterator[Staged]:
    last = (0, 0)
    while True:
        rows = session.execute(
            select(ImportRow.id, ImportRow.line, ImportRow.key, ImportRow.fields, ImportRow.state, ImportRow.problem)
            .where(ImportRow.run_id == run_id, ImportRow.state.in_(["bad", "waits"]))
            .where((ImportRow.line > last[0]) | ((ImportRow.line == last[0]) & (ImportRow.id > last[1])))
            .order_by(ImportRow.line, ImportRow.id)
            .limit(AT_ONCE)
        ).all()
        yield from (staged_of(row) for row in rows)
        if len(rows) < AT_ONCE:
            return
        last = (rows[-1].line, rows[-1].id)


def _counted(run_id: int) -> Any:
    return select(ImportRow.state, func.count()).where(ImportRow.run_id == run_id).group_by(ImportRow.state)


def _sum(good: Totals, bad: Totals) -> Totals:
    amounts = dict(good.amounts)
    for currency, money in bad.amounts.items():
        amounts[currency] = amounts.get(currency, money - money) + money
    return Totals(
        documents=good.documents + bad.documents, rows=good.rows + bad.rows, units=good.units + bad.units,
        amounts=amounts,
    )  # fmt: skip


def _sample(session: Session, run: ImportRun, reading: Reading) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The first good rows, and the fields that they use."""
    texts = session.scalars(
        select(ImportRow.fields)
        .where(ImportRow.run_id == run.id, ImportRow.state.in_(["good", "published"]))
        .order_by(ImportRow.id)
        .limit(_SAMPLE)
    ).all()
    rows = [json.loads(text) for text in texts]
    used = {*reading.mapping.values(), *(name for row in rows for name in row)}
    columns = tuple(name for name, _ in FIELDS[run.kind] if name in used)
    return columns, tuple(tuple(row.get(name, "") for name in columns) for row in rows)


def _notes(raw: Mapping[str, Any], counts: Mapping[str, int]) -> Iterator[Message]:
    """What is to be known before publishing: the gravest first."""
    if not raw["complete"]:
        yield Message("import.run.not_complete")
    yield from (Message(code, args) for code, args in raw["read"])
    if counts.get("waits"):
        yield Message("import.run.count_waits", {"count": counts["waits"]})
    for name, many in sorted(raw["counts"].items()):
        if many > 0:
            yield Message(f"import.run.count_{name}", {"count": many})
    yield from (Message(code, args) for _, code, args in raw["notes"])
    if raw["more_notes"]:
        yield Message("import.run.more_notes", {"count": raw["more_notes"]})
