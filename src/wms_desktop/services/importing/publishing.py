"""What a desk does with a file that was read: mends or leaves out rows, publishes it or gives it up."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import ImportMapping, ImportRow, ImportRun
from wms_desktop.domain import barcode_cleaning, written
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import orders, settings, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing import notices, order_verdicts, packages, purchases
from wms_desktop.services.importing.fields import Fields, Wrong
from wms_desktop.services.importing.rows import (
    OPEN,
    READER,
    Pages,
    Staged,
    Verdict,
    list_documents,
    pack,
    save_verdicts,
)
from wms_desktop.services.importing.runs import (
    Checker,
    count_left_out,
    forget_run,
    get_run,
    judge_again,
    judge_for,
    key_of,
    reading_of,
    refuse_published,
    report_of,
)
from wms_desktop.services.importing.shown import problem_of
from wms_desktop.services.intake import Entry
from wms_desktop.views.imports import FIELDS, KINDS, OF_DOCUMENTS, Reading

NAME = "imports"
PUBLISHED_AT_ONCE = 20_000
_MOST_MAPPING = 100_000
_HEADS = {
    "orders": order_verdicts.HEAD, "purchases": purchases.HEAD, "notices": notices.HEAD,
}  # fmt: skip
"""What rows of a document say of the whole of it."""


def save_mapping(session: Session, context: Context, kind: str, name: str, mapping: Mapping[str, str]) -> Message:
    """Keeps which column is which field under a name; one of that name is replaced.

    A title that begins with `constant:` says what a field is in every row. Raises BadInput for an unreadable name.
    """
    if kind not in KINDS:
        raise BadInput("import.run.no_kind", kind=kind)
    Entry("mappings", 1).code("name", name)
    text = json.dumps({str(title): str(field) for title, field in mapping.items()}, ensure_ascii=False)
    Entry("mappings", 1).maybe_text("mapping", text, most=_MOST_MAPPING)
    known = session.scalar(select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.name == name))
    if known is None:
        session.add(ImportMapping(kind=kind, name=name, mapping=text))
    else:
        known.mapping = text
    session.flush()
    return Message("import.run.mapping_saved", {"name": name})


def publish(session: Session, context: Context, run_id: int, *, good_only: bool) -> Answer:
    """Puts the good rows of a run into the house together, or (not ``good_only``) none when any is bad.

    Everything is judged once more as the house stands now. What went bad since stays in the fix list, and that is
    said; nothing is half done. Refuses `import.run.published_already` for a file that is in the house,
    `import.run.incomplete` for a run that was not read to its end, `import.run.dropped`, `import.run.nothing_good`.
    The command becomes final; what waits is matched with what came in at its end.
    """
    undo.close(session)
    run = get_run(session, run_id, lock=True)
    _refuse_unready(session, run)
    if run.kind != "orders" or not good_only:
        checker = Checker(run_id, context.at)
        while checker.step(session):
            pass
    good, bad = _count(session, run_id, ("good",)), _count(session, run_id, ("bad", "waits"))
    if bad and not good_only:
        return answer(session, context, Message("import.run.has_bad", {"bad": bad}), Outcome.STOP)
    if not good:
        raise Refusal("import.run.nothing_good", bad=bad)
    try:
        written_rows = _write(session, context, run)
    except IntegrityError as clash:
        if not _is_twice(clash):
            raise
        raise Refusal("import.run.meanwhile") from clash
    left = _count(session, run_id, ("bad", "waits"))
    args: dict[str, Value] = {"rows": written_rows, "file": run.file_name, "bad": left}
    if not written_rows:
        return answer(session, context, Message("import.run.nothing_good", {"bad": left}), Outcome.STOP)
    return answer(session, context, Message("import.run.published_rest" if left else "import.run.published", args))


def drop(session: Session, context: Context, run_id: int) -> Message:
    """Gives a run up: its rows go. Refuses `import.run.published_run` for one that is in the house."""
    run = get_run(session, run_id, lock=True)
    if run.state == "published":
        raise Refusal("import.run.published_run", file=run.file_name)
    undo.close(session)
    forget_run(session, run_id)
    return Message("import.run.was_dropped", {"file": run.file_name})


def mend(session: Session, context: Context, row_id: int, fields: Mapping[str, str]) -> Answer:
    """Changes fields of a row that is not yet in the house, and judges its document (and the one it moves to) anew.

    Values may be written as in the file or in ISO form. What is still wrong stays in the fix list, and is said.
    Refuses `import.run.row_over` for a row that is in or was left out, BadInput for a field that there is not.
    """
    row = _get_row(session, row_id)
    run = get_run(session, row.run_id, lock=True)
    reading = reading_of(run)
    known = dict(FIELDS[run.kind])
    for name in fields:
        if name not in known:
            raise BadInput("import.run.no_field", field=name)
    old: Fields = json.loads(row.fields)
    everything = bool(row.problem) and json.loads(row.problem)[2].startswith(READER)
    new, wrong = _read(reading, {**old, **fields}, old, everything=everything)
    key = key_of(run.kind, new) or row.key
    undo.close(session)
    with _Recount(session, context, run, {row.key, key}):
        row.fields, row.key = pack(new), key
        row.problem, row.state = (wrong.as_text(), "bad") if wrong else ("", "good")
        session.flush()
    session.refresh(row)
    if row.state == "bad":
        problem = problem_of(_staged(row), {name: title for title, name in reading.mapping.items()})
        return answer(session, context, problem.cure, Outcome.LOOK_HERE)
    code = "import.run.mended" if row.state == "good" else "import.run.mended_waits"
    return answer(session, context, Message(code, {"line": row.line, "document": key}))


def leave_out(session: Session, context: Context, row_ids: Sequence[int]) -> Message:
    """Takes rows out of their documents, which are judged without them. Refuses `import.run.row_over`."""
    rows = [_get_row(session, row_id) for row_id in row_ids]
    undo.close(session)
    for run_id in sorted({row.run_id for row in rows}):
        run = get_run(session, run_id, lock=True)
        mine = [row for row in rows if row.run_id == run_id]
        _hand_over(session, run, mine)
        with _Recount(session, context, run, {row.key for row in mine}) as recount:
            for row in mine:
                row.state, row.problem = "dropped", Wrong("", "", "import.run.left_out_here").as_text()
                recount.leave_out(json.loads(row.fields))
            session.flush()
    return Message("import.run.rows_left_out", {"count": len(rows)})


def _hand_over(session: Session, run: ImportRun, rows: Sequence[ImportRow]) -> None:
    """What rows that are left out say of their whole order, the first row that stays takes over."""
    if run.kind not in OF_DOCUMENTS:
        return
    heads = _HEADS[run.kind]
    gone = {row.id for row in rows}
    for document in list_documents(session, run.id, {row.key for row in rows}):
        stays = next((row for row in document.rows if row.id not in gone), None)
        if stays is None or not document.key:
            continue
        said: dict[str, str] = {}
        for row in document.rows:
            own = {name: text for name, text in row.fields.items() if name in heads}
            said = {**own, **said} if row.id in gone else said
        session.get_one(ImportRow, stays.id).fields = pack({**said, **stays.fields})
    session.flush()


def answer(session: Session, context: Context, message: Message, outcome: Outcome = Outcome.STEP_DONE) -> Answer:
    """The desk's answer after an act on a run."""
    changes = Changes.ORDERS | Changes.STOCK | Changes.CATALOG | Changes.INBOUND
    changes = changes if outcome is Outcome.STEP_DONE else Changes.NONE
    return Answer(outcome=outcome, message=message, prompt=orders.prompt(session, context), changes=changes)


class _Recount:
    """Takes some documents out of a run's counts, and puts them in again as they are afterwards."""

    def __init__(self, session: Session, context: Context, run: ImportRun, keys: Collection[str]) -> None:
        self._session = session
        self._context = context
        self._run = run
        self._keys = sorted({*keys, *_list_claiming(session, run)})
        self._report = report_of(run)
        self._currency = settings.get(session, "currency")
        self._by_row = run.kind not in OF_DOCUMENTS

    def __enter__(self) -> _Recount:
        for verdict in self._judged():
            # As it was counted, which the house may have overtaken.
            verdict.wrongs = {row.id: row.wrong for row in verdict.document.rows if row.wrong and row.state == "bad"}
            verdict.left_out = {}
            self._report.count(verdict, self._currency, -1)
        self._report.bad.documents -= self._left_out()
        return self

    def __exit__(self, failed: Any, *_: Any) -> None:
        if failed is not None:
            return
        judge = judge_for(self._session, self._context.at, self._run)
        documents = list_documents(self._session, self._run.id, self._keys, by_row=self._by_row)
        verdicts = judge.judge(self._session, documents)
        judge.remember(verdicts)
        refused = judge.refuse(self._session)
        for verdict in verdicts:
            verdict.wrongs |= refused.get(verdict.document.key, {})
            self._report.count(verdict, self._currency)
        save_verdicts(self._session, verdicts)
        self._report.bad.documents += self._left_out()
        self._run.totals = self._report.as_text(json.loads(self._run.totals))
        self._session.flush()
        self._session.expire_all()

    def leave_out(self, fields: Fields) -> None:
        """Counts a row that is left out: it stays a part of the file."""
        self._report.bad.add(fields, fields.get("currency") or self._currency)

    def _left_out(self) -> int:
        return count_left_out(self._session, self._run.id, self._keys)

    def _judged(self) -> list[Verdict]:
        documents = list_documents(self._session, self._run.id, self._keys, by_row=self._by_row)
        return judge_again(self._session, self._context.at, self._run.id, documents)


def _list_claiming(session: Session, run: ImportRun) -> Sequence[str]:
    """Notices that were refused for a package of another notice, which the file may tell otherwise by now."""
    if run.kind != "notices":
        return ()
    refused = ImportRow.problem.contains(f'"{packages.TAKEN}"')
    query = select(ImportRow.key).where(ImportRow.run_id == run.id, ImportRow.state == "bad", refused)
    return session.scalars(query.distinct()).all()


def _refuse_unready(session: Session, run: ImportRun) -> None:
    if run.state == "dropped":
        raise Refusal("import.run.dropped", file=run.file_name)
    if not report_of(run).is_complete:
        raise Refusal("import.run.incomplete", file=run.file_name)
    if run.state == "staged":
        refuse_published(session, run.kind, run.file_hash, run.file_name)


def _write(session: Session, context: Context, run: ImportRun) -> int:
    """Writes what is good as the house stands now; gives how many rows."""
    was = (run.state, run.published_at, run.operator_id)
    run.state, run.published_at, run.operator_id = "published", context.at, context.operator_id
    session.flush()  # the second of two people is stopped here
    judge = judge_for(session, context.at, run)
    pages = Pages(run.id, states=("good",), at_once=PUBLISHED_AT_ONCE, by_row=judge.by_row)
    report, currency = report_of(run), settings.get(session, "currency")
    while documents := pages.next(session):
        verdicts = judge.judge(session, documents, lock=True)
        judge.remember(verdicts)
        refused = judge.refuse(session)
        for verdict in verdicts:
            wrongs = {**verdict.wrongs, **refused.get(verdict.document.key, {})}
            verdict.wrongs = {}
            if not wrongs:
                report.effects[verdict.effect] -= 1
                report.done[verdict.effect] += 1
                continue
            report.count(verdict, currency, -1)  # as it was counted: good
            verdict.wrongs = wrongs
            report.count(verdict, currency)
        save_verdicts(session, [verdict for verdict in verdicts if not verdict.is_good])
        judge.write(session, context, [verdict for verdict in verdicts if verdict.is_good])
    judge.finish(session, context)
    done = session.execute(
        update(ImportRow).where(ImportRow.run_id == run.id, ImportRow.state == "good").values(state="published")
    )
    rows = int(getattr(done, "rowcount", 0))
    if not rows:
        run.state, run.published_at, run.operator_id = was
    run.totals = report.as_text(json.loads(run.totals))
    session.flush()
    return rows


def _is_twice(clash: IntegrityError) -> bool:
    """Whether something of the same name came into the house at the same moment."""
    return getattr(clash.orig, "sqlstate", "") == "23505" or "UNIQUE" in str(clash.orig)


def _read(reading: Reading, fields: Fields, old: Fields, *, everything: bool) -> tuple[Fields, Wrong | None]:
    """The changed fields (or all of them) in canonical text; the first that cannot be read is named, and kept."""
    titles = {name: title for title, name in reading.mapping.items()}
    made: dict[str, str] = {}
    wrong: Wrong | None = None
    for name, text in fields.items():
        made[name] = text.strip()
        if not made[name] or (text == old.get(name) and not everything):
            continue
        try:
            made[name] = _canonical(reading, name, made[name])
        except BadInput as refused:
            wrong = wrong or Wrong(titles.get(name, name), made[name][:200], refused.code, refused.args_)
    return made, wrong


def _canonical(reading: Reading, name: str, text: str) -> str:
    """A value as somebody typed it: in the file's own style, else in ours; a quantity may be below 0."""
    if name in written.BARCODES:
        cleaned = barcode_cleaning.clean(text)
        if cleaned.state == barcode_cleaning.REFUSED:
            raise BadInput(cleaned.rule, wanted=cleaned.wanted)
        return cleaned.code
    if name == "qty" and text.startswith("-") and reading.kind == "orders":
        return "-" + written.canonical(name, text[1:], reading.decimal, reading.dates)
    try:
        return written.canonical(name, text, reading.decimal, reading.dates)
    except BadInput as refused:
        try:
            return written.canonical(name, text)
        except BadInput:
            raise refused from None


def _get_row(session: Session, row_id: int) -> ImportRow:
    row = session.get(ImportRow, row_id, populate_existing=True)
    if row is None or row.state not in OPEN:
        raise Refusal("import.run.row_over")
    return row


def _staged(row: ImportRow) -> Staged:
    return Staged(row.id, row.line, row.key, json.loads(row.fields), row.state,
                  Wrong(*json.loads(row.problem)) if row.problem else None)  # fmt: skip


def _count(session: Session, run_id: int, states: Sequence[str]) -> int:
    query = select(func.count()).select_from(ImportRow)
    return session.scalar(query.where(ImportRow.run_id == run_id, ImportRow.state.in_(list(states)))) or 0
