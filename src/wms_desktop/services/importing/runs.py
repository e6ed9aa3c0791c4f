"""Import runs: begun once for a file, filled with rows, looked at, and what is known of them afterwards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import ImportRow, ImportRun, Operator
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import settings, site_time
from wms_desktop.services.importing.demand import OrdersJudge
from wms_desktop.services.importing.fields import Fields, Wrong
from wms_desktop.services.importing.notices import NoticesJudge
from wms_desktop.services.importing.products import ProductsJudge
from wms_desktop.services.importing.purchases import PurchasesJudge
from wms_desktop.services.importing.rows import (
    ELSEWHERE,
    MOST_NOTES,
    OPEN,
    Document,
    Judge,
    Pages,
    StagedRow,
    Tally,
    Verdict,
    list_documents,
    save_verdicts,
    tally_of,
)
from wms_desktop.services.importing.stock import StockJudge
from wms_desktop.views.imports import KINDS, OF_DOCUMENTS, Ending, Fault, Reading, Record

KEPT_DAYS = 60
"""So long the rows of a run that is over are kept; the run itself stays."""
_MOST_KEY = 100
_NEGATIVE = frozenset({"import.read.negative", "import.read.credit_note"})


@dataclass(slots=True)
class Report:
    """What is known of a run: control totals of what would go in and what not, what documents would do, notes.

    ``counts`` are told in the preview by their names; ``notes`` belong to documents by their keys.
    """

    good: Tally = field(default_factory=Tally)
    bad: Tally = field(default_factory=Tally)
    effects: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """Effects of the documents that are in the house already."""
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[tuple[str, Message]] = field(default_factory=list)
    more_notes: int = 0
    is_complete: bool = False

    def count(self, verdict: Verdict, currency: str, sign: int = 1) -> None:
        """Adds (or takes away) one document."""
        is_good = verdict.is_good
        (self.good if is_good else self.bad).documents += sign
        for row, state, _ in verdict.states():
            side = self.good if state == "good" else self.bad
            side.add(row.fields, row.fields.get("currency") or currency, sign)
        for name, many in verdict.counts.items():
            self.counts[name] += sign * many
        if is_good:
            self.effects[verdict.effect] += sign
        if sign < 0:
            self.notes = [note for note in self.notes if note[0] != verdict.document.key]
            return
        for message in verdict.notes:
            if len(self.notes) < MOST_NOTES:
                self.notes.append((verdict.document.key, message))
            else:
                self.more_notes += 1

    def as_text(self, raw: Mapping[str, Any]) -> str:
        """As the run keeps it, beside what else it keeps."""
        own = {
            "good": self.good.as_json(), "bad": self.bad.as_json(),
            "effects": self.effects, "done": self.done, "counts": self.counts,
            "notes": [[key, message.code, dict(message.args)] for key, message in self.notes],
            "more_notes": self.more_notes, "complete": self.is_complete,
        }  # fmt: skip
        return json.dumps({**raw, **own}, ensure_ascii=False, separators=(",", ":"))


def report_of(run: ImportRun) -> Report:
    """What a run keeps, again."""
    raw = json.loads(run.totals)
    notes = [(key, Message(code, args)) for key, code, args in raw["notes"]]
    return Report(tally_of(raw["good"]), tally_of(raw["bad"]), Counter(raw["effects"]), Counter(raw["done"]),
                  Counter(raw["counts"]), notes, raw["more_notes"], raw["complete"])  # fmt: skip


def reading_of(run: ImportRun) -> Reading:
    """How the run's file was read."""
    return Reading(**json.loads(run.reading))


def begin_run(session: Session, at: datetime, operator_id: int, reading: Reading, file: tuple[str, str]) -> int:
    """Begins a run for a file (its name and its hash); gives its id.

    Refuses `import.run.published_already` when the same file is in the house, with when and by whom; BadInput for a
    kind that there is not.
    """
    name, file_hash = file
    if reading.kind not in KINDS:
        raise BadInput("import.run.no_kind", kind=reading.kind)
    refuse_published(session, reading.kind, file_hash, name)
    forget_old(session, at)
    run = ImportRun(
        kind=reading.kind, format=reading.format, file_name=name, file_hash=file_hash, operator_id=operator_id, at=at,
        reading=json.dumps(asdict(reading), ensure_ascii=False), totals=Report().as_text({"read": [], "declared": []}),
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run.id


def get_run(session: Session, run_id: int, *, lock: bool = False) -> ImportRun:
    """The run as it is now. Refuses `import.run.gone` when there is none."""
    run = session.get(ImportRun, run_id, populate_existing=True, with_for_update=lock or None)
    if run is None:
        raise Refusal("import.run.gone")
    return run


def refuse_published(session: Session, kind: str, file_hash: str, name: str) -> None:
    """Raises Refusal when a file of this content is in the house already."""
    found = session.execute(
        select(ImportRun.published_at, Operator.name)
        .join(Operator, Operator.id == ImportRun.operator_id)
        .where(ImportRun.kind == kind, ImportRun.file_hash == file_hash, ImportRun.state == "published")
    ).one_or_none()
    if found is not None:
        at = found.published_at.astimezone(site_time.zone_of(session)).strftime("%Y-%m-%d %H:%M")
        raise Refusal("import.run.published_already", file=name, at=at, by=found.name)


def forget_old(session: Session, now: datetime) -> None:
    """Deletes the rows of runs that were over long ago, so that the database does not grow with every file."""
    over = select(ImportRun.id).where(
        ImportRun.state.in_(("published", "dropped")),
        ImportRun.at < now - timedelta(days=KEPT_DAYS),
        exists().where(ImportRow.run_id == ImportRun.id),
    )
    old = session.scalars(over).all()
    if old:
        session.execute(delete(ImportRow).where(ImportRow.run_id.in_(old)))


def forget_run(session: Session, run_id: int) -> None:
    """Takes a run's rows away and counts it as dropped."""
    session.execute(delete(ImportRow).where(ImportRow.run_id == run_id))
    get_run(session, run_id).state = "dropped"
    session.flush()


def erase_run(session: Session, run_id: int) -> None:
    """Takes a run away as if it had never begun."""
    session.execute(delete(ImportRow).where(ImportRow.run_id == run_id))
    session.execute(delete(ImportRun).where(ImportRun.id == run_id, ImportRun.state == "staged"))


class Stager:
    """Takes the rows of a file as the reader gives them and keeps them, counting what it keeps."""

    def __init__(self, run_id: int, reading: Reading) -> None:
        self.run_id = run_id
        self.bad = 0
        self._kind = reading.kind
        self._decimal = reading.decimal
        self._qty = {title for title, name in reading.mapping.items() if name == "qty"} | {"qty"}
        self._seen = Tally()

    @property
    def rows(self) -> int:
        """How many rows were kept."""
        return self._seen.rows + self.bad

    def take(self, rows: Iterable[Record | Fault]) -> list[StagedRow]:
        """Some rows, counted, as they are to be kept."""
        return [self._row(row) for row in rows]

    def finish(self, session: Session, ending: Ending) -> None:
        """Keeps what the reader counted, and says so where it is not what was kept."""
        said, kept = ending.good, self._seen
        amounts = {currency: money for currency, money in said.amounts.items() if money}
        differs = (said.rows, said.units, amounts) != (kept.rows, kept.units, dict(kept.totals().amounts))
        notes = list(ending.notes)
        if differs or ending.faults != self.bad:
            args: dict[str, Value] = {"read": said.rows + ending.faults, "kept": self.rows,
                                      "units_read": said.units, "units_kept": kept.units}  # fmt: skip
            notes.insert(0, Message("import.run.totals_differ", args))
        run = get_run(session, self.run_id)
        raw = json.loads(run.totals)
        raw["read"] = [[message.code, dict(message.args)] for message in notes]
        raw["declared"] = [asdict(one) for one in ending.declared]
        raw["columns"] = [asdict(one) for one in ending.columns]
        run.totals = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
        session.flush()

    def _row(self, row: Record | Fault) -> StagedRow:
        fields = {name: text if text[0] != "'" else _unquoted(text) for name, text in row.fields.items() if text}
        if isinstance(row, Record):
            self._seen.add(fields, fields.get("currency", ""))
            return row.line, self._key(row.key, fields), fields, None
        self.bad += 1
        taken_back = self._taken_back(row)
        if taken_back:
            return row.line, self._key(row.key, fields), {**fields, "qty": taken_back}, None
        wrong = Wrong(row.column, row.value, row.rule, dict(row.args))
        return row.line, self._key(row.key, fields), fields, wrong

    def _taken_back(self, fault: Fault) -> str:
        """The units of a row that takes goods back: the house may know the order that they are taken from."""
        if self._kind != "orders" or fault.rule not in _NEGATIVE or fault.column not in self._qty:
            return ""
        digits = fault.value.strip().removeprefix("-").partition(self._decimal)
        return f"-{digits[0]}" if digits[0].isascii() and digits[0].isdigit() and not digits[2].strip("0") else ""

    def _key(self, key: str, fields: Fields) -> str:
        return key_of(self._kind, fields) or _plain(key)


def key_of(kind: str, fields: Fields) -> str:
    """What the rows of one document have in common; of a cell that cannot be a code, what an index can keep."""
    stands: tuple[str, ...] = ("location", "sku" if fields.get("sku") else "barcode", "lot")
    names = ({"products": ("sku",)} | dict.fromkeys(OF_DOCUMENTS, ("number",))).get(kind, stands)
    return "|".join(_plain(fields.get(name, "")) for name in names)


def _plain(text: str) -> str:
    return text if text.isascii() and text.isprintable() and len(text) <= _MOST_KEY else _tamed(text)


def _tamed(text: str) -> str:
    return text[:_MOST_KEY].replace("\x00", "").encode("utf-8", "replace").decode()


def _unquoted(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking text for a formula."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text


def judge_for(session: Session, now: datetime, run: ImportRun) -> Judge:
    """What judges and writes the rows of a run."""
    reading = reading_of(run)
    if run.kind == "orders":
        return OrdersJudge(session, now, reading)
    if run.kind == "products":
        return ProductsJudge(session, now, reading, run.id)
    if run.kind == "purchases":
        return PurchasesJudge(session, now, reading)
    if run.kind == "notices":
        return NoticesJudge(session, now, reading, run.id)
    return StockJudge(session, now, reading)


class Checker:
    """Looks at all open rows of a run, some at a time: call :meth:`step` until it says that it is done.

    Each step may be a transaction of its own; until the last one the run counts as incomplete. ``rows`` of ``total``
    are looked at.
    """

    def __init__(self, run_id: int, now: datetime) -> None:
        self._run_id = run_id
        self._now = now
        self._judge: Judge | None = None
        self._pages: Pages | None = None
        self._currency = ""
        self._report = Report()
        self.rows = 0
        self.total = 0

    def step(self, session: Session) -> bool:
        """Looks at the next rows; whether there was anything left to do."""
        if self._judge is None or self._pages is None:
            run = get_run(session, self._run_id)
            self._judge = judge_for(session, self._now, run)
            self._pages = Pages(run.id, by_row=self._judge.by_row)
            self._currency = settings.get(session, "currency")
            self._report.done = report_of(run).done
            self._count_settled(session)
            count = select(func.count()).select_from(ImportRow)
            self.total = session.scalar(count.where(ImportRow.run_id == run.id, ImportRow.state.in_(OPEN))) or 0
        documents = self._pages.next(session)
        if not documents:
            self._finish(session, self._judge)
            return False
        verdicts = self._judge.judge(session, documents)
        self.rows += sum(len(document.rows) for document in documents)
        self._judge.remember(verdicts)
        save_verdicts(session, verdicts)
        for verdict in verdicts:
            self._report.count(verdict, self._currency)
        return True

    def _count_settled(self, session: Session) -> None:
        """Rows that are in the house already, and rows that were left out: they belong to the whole file too."""
        report = self._report
        for state, side in (("published", report.good), ("dropped", report.bad)):
            pages = Pages(self._run_id, states=(state,))
            while documents := pages.next(session):
                side.documents += len(documents) if state == "published" else 0
                for row in (row for document in documents for row in document.rows):
                    side.add(row.fields, row.fields.get("currency") or self._currency)
                    report.counts["elsewhere"] += row.wrong is not None and row.wrong.rule in ELSEWHERE
        report.bad.documents += count_left_out(session, self._run_id)

    def _finish(self, session: Session, judge: Judge) -> None:
        """What only all documents together show; then the run is complete."""
        refused = judge.refuse(session)
        documents = list_documents(session, self._run_id, refused, by_row=judge.by_row)
        for verdict in judge_again(session, self._now, self._run_id, documents):
            self._report.count(verdict, self._currency, -1)
            for row in verdict.document.rows:
                wrong = refused[verdict.document.key].get(row.id)
                if wrong is not None:
                    verdict.refuse(row, wrong)
            save_verdicts(session, [verdict])
            self._report.count(verdict, self._currency)
        run = get_run(session, self._run_id)
        self._report.is_complete = True
        run.totals = self._report.as_text(json.loads(run.totals))
        session.flush()


def count_left_out(session: Session, run_id: int, keys: Sequence[str] | None = None) -> int:
    """Documents (of these keys) of which every row is left out."""
    other = aliased(ImportRow)
    stays = exists().where(other.run_id == run_id, other.key == ImportRow.key, other.state != "dropped")
    query = select(func.count(ImportRow.key.distinct())).where(
        ImportRow.run_id == run_id, ImportRow.state == "dropped", ~stays
    )
    return session.scalar(query if keys is None else query.where(ImportRow.key.in_(keys))) or 0


def judge_again(session: Session, now: datetime, run_id: int, documents: Sequence[Document]) -> list[Verdict]:
    """The verdicts on some documents alone."""
    if not documents:
        return []
    return judge_for(session, now, get_run(session, run_id)).judge(session, documents)
