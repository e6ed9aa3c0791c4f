"""The rows of a file between reading and publishing: kept, gathered into documents, counted, and given back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from sqlalchemy import Integer, Row, Select, Text, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import ImportRow
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Message
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing.fields import BadField, Fields, Wrong, as_text, of_refusal, wrong_of
from wms_desktop.services.intake import append_rows
from wms_desktop.views.imports import Totals

AT_ONCE = 2000
"""Rows that are looked at together: a few questions for all of them, and no more memory than they take."""
OPEN = ("good", "bad", "waits")
"""States of rows about which something is still to be decided."""
READER = "import.read."
WAITS = "import.run.waits"
ELSEWHERE = frozenset(
    f"{READER}{rule}" for rule in ("fulfilled", "ships_itself", "no_shipping", "not_a_good", "header_again")
)
"""Rows with which nothing is to be done here: they are left out of their documents, and that is told."""
MOST_NOTES = 40


@dataclass(slots=True)
class Staged:
    """One row of a file: where it stood, what it says, and what is wrong with it (None: nothing)."""

    id: int
    line: int
    key: str
    fields: Fields
    state: str
    wrong: Wrong | None


@dataclass(slots=True)
class Document:
    """The rows that belong together, in the file's order: an order with its lines; elsewhere one row alone."""

    key: str
    rows: list[Staged]


@dataclass(slots=True)
class Verdict:
    """What publishing a document would do: ``effect`` is fresh, updated or untouched.

    ``wrongs`` say by row id what is refused, ``left_out`` what is left out on purpose; a document with one wrong row
    does nothing. ``handed`` are fields that other rows take over from those that are left out, by row id. ``counts``
    and ``notes`` are told in the preview; ``plan`` is for whoever publishes.
    """

    document: Document
    effect: str = "fresh"
    wrongs: dict[int, Wrong] = field(default_factory=dict)
    left_out: dict[int, Wrong] = field(default_factory=dict)
    handed: dict[int, Fields] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[Message] = field(default_factory=list)
    plan: Any = None

    @property
    def is_good(self) -> bool:
        """Whether it would go in."""
        return not self.wrongs and len(self.left_out) < len(self.document.rows)

    def refuse(self, row: Staged, wrong: Wrong) -> None:
        """Names what is wrong with a row; the first thing said of it stays."""
        self.wrongs.setdefault(row.id, wrong)

    def states(self) -> Iterator[tuple[Staged, str, Wrong | None]]:
        """Each row with the state it has by this verdict: good, bad, waits (for a bad one), dropped."""
        first = next((row for row in self.document.rows if row.id in self.wrongs), None)
        for row in self.document.rows:
            if row.id in self.wrongs:
                yield row, "bad", self.wrongs[row.id]
            elif row.id in self.left_out:
                yield row, "dropped", self.left_out[row.id]
            elif first is not None:
                yield row, "waits", Wrong("", "", WAITS, {"document": self.document.key, "line": first.line})
            else:
                yield row, "good", None


class Judge(Protocol):
    """What knows one kind of file: it judges documents, and writes those that are good."""

    by_row: bool
    """Whether each row is a document of its own."""

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each document alone; ``lock``: what it rests on stays so until the transaction ends."""

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """Keeps of judged documents what :meth:`refuse` needs to know of the whole file."""

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """What is wrong with the remembered documents taken together: by key and row id; forgets them."""

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Puts good documents into the house."""

    def finish(self, session: Session, context: Context) -> None:
        """Does what needs all of them to be in."""


@dataclass(slots=True)
class Tally:
    """Counts that add up: documents and rows, units, money by currency; what documents would do; what is told."""

    documents: int = 0
    rows: int = 0
    units: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, fields: Fields, currency: str, sign: int = 1) -> None:
        """Counts one row (or, with ``sign`` -1, takes it away again)."""
        qty = _int_of(fields.get("qty", ""))
        self.rows += sign
        self.units += sign * qty
        money = sign * qty * _money_of(fields.get("price", ""))
        if money:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + money

    def join(self, other: Tally, sign: int = 1) -> None:
        """Adds (or takes away) another's counts."""
        self.documents += sign * other.documents
        self.rows += sign * other.rows
        self.units += sign * other.units
        for currency, money in other.amounts.items():
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + sign * money

    def totals(self) -> Totals:
        """As desks show them."""
        amounts = {currency: money for currency, money in sorted(self.amounts.items()) if money}
        return Totals(documents=self.documents, rows=self.rows, units=self.units, amounts=amounts)

    def as_json(self) -> dict[str, Any]:
        """As the run keeps them."""
        amounts = {currency: str(money) for currency, money in self.amounts.items()}
        return {"documents": self.documents, "rows": self.rows, "units": self.units, "amounts": amounts}


def tally_of(raw: Mapping[str, Any]) -> Tally:
    """What a run keeps, again."""
    amounts = {currency: Decimal(text) for currency, text in raw["amounts"].items()}
    return Tally(raw["documents"], raw["rows"], raw["units"], amounts)


StagedRow = tuple[int, str, Fields, Wrong | None]
"""A row as it was read: line, key, fields, what is wrong."""


def insert_staged(session: Session, run_id: int, rows: Sequence[StagedRow]) -> None:
    """Keeps rows as they were read; those with which nothing is to be done are left out at once."""
    made = [
        {"run_id": run_id, "line": line, "key": key, "fields": pack(fields),
         "problem": wrong.as_text() if wrong else "",
         "state": "good" if wrong is None else "dropped" if wrong.rule in ELSEWHERE else "bad"}
        for line, key, fields, wrong in rows
    ]  # fmt: skip
    append_rows(session, ImportRow, made)


def pack(fields: Fields) -> str:
    """The fields that say something, as text."""
    return as_text({name: text for name, text in fields.items() if text})


class Pages:
    """A run's documents in the order of their keys, some at a time, each whole; every page may be its own transaction.

    ``by_row``: each row is a document of its own.
    """

    def __init__(
        self, run_id: int, *, states: Sequence[str] = OPEN, at_once: int = AT_ONCE, by_row: bool = False
    ) -> None:
        self._run_id = run_id
        self._states = list(states)
        self._at_once = at_once
        self._by_row = by_row
        self._last: tuple[str, int] = ("", 0)
        self._held: list[Staged] = []
        self._is_end = False

    def next(self, session: Session) -> list[Document]:
        """The next documents; none when there are no more."""
        while not self._is_end:
            # Written so that both databases begin at this key in the index.
            key, row_id = self._last
            after = and_(ImportRow.key >= key, or_(ImportRow.key > key, ImportRow.id > row_id))
            query = _rows().where(ImportRow.run_id == self._run_id, ImportRow.state.in_(self._states), after)
            rows = session.execute(query.order_by(ImportRow.key, ImportRow.id).limit(self._at_once)).all()
            found = self._held + [staged_of(row) for row in rows]
            self._is_end = len(rows) < self._at_once
            if rows:
                self._last = (rows[-1].key, rows[-1].id)
            # The last document may go on in the next rows.
            cut = len(found) if self._is_end or self._by_row else _begin_of_last(found)
            self._held = found[cut:]
            if cut:
                return gather(found[:cut], by_row=self._by_row)
        return []


def list_documents(session: Session, run_id: int, keys: Iterable[str], *, by_row: bool = False) -> list[Document]:
    """The documents of these keys, without the rows that were left out or are in the house."""
    wanted = sorted(set(keys))
    found: list[Staged] = []
    for start in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            _rows().where(ImportRow.run_id == run_id, ImportRow.key.in_(wanted[start : start + AT_ONCE]),
                          ImportRow.state.in_(list(OPEN))).order_by(ImportRow.key, ImportRow.id)
        )  # fmt: skip
        found += [staged_of(row) for row in rows]
    return gather(found, by_row=by_row)


def gather(rows: Iterable[Staged], *, by_row: bool = False) -> list[Document]:
    """Rows in the order of their keys as documents, each in the file's order; a row without a key stands alone."""
    documents: list[Document] = []
    for row in rows:
        if not by_row and row.key and documents and documents[-1].key == row.key:
            documents[-1].rows.append(row)
        else:
            documents.append(Document(row.key, [row]))
    for document in documents:
        document.rows.sort(key=lambda row: (row.line, row.id))
    return documents


def save_verdicts(session: Session, verdicts: Iterable[Verdict]) -> None:
    """Writes down what became of each row, where it changed."""
    changed, handed = [], []
    for verdict in verdicts:
        handed += [{"row": row_id, "now": pack(fields)} for row_id, fields in verdict.handed.items()]
        for row, state, wrong in verdict.states():
            problem = wrong.as_text() if wrong else ""
            if row.state != state or problem != (row.wrong.as_text() if row.wrong else ""):
                changed.append({"row": row.id, "now": state, "why": problem})
                row.state, row.wrong = state, wrong
    table = ImportRow.__table__
    change = update(ImportRow).where(table.c.id == bindparam("row", type_=Integer))
    now = bindparam("now", type_=Text)
    if changed:
        values = change.values(state=now, problem=bindparam("why", type_=Text))
        session.connection().execute(values, changed)
    if handed:
        session.connection().execute(change.values(fields=now), handed)


def staged_of(row: Row[*tuple[Any, ...]]) -> Staged:
    """A row of the table, read."""
    row_id, line, key, fields, state, problem = row
    return Staged(row_id, line, key, json.loads(fields), state, wrong_of(problem) if problem else None)


def own_problems(verdict: Verdict) -> None:
    """What the reader could not read stays refused until somebody mends it."""
    for row in verdict.document.rows:
        if row.wrong is not None and row.wrong.rule.startswith(READER):
            verdict.refuse(row, row.wrong)


def judge_rows(verdicts: Sequence[Verdict], rows: Sequence[Fields], read: Callable[[Fields, int], Any]) -> None:
    """Plans documents of one row each: what ``read`` makes of its fields and line; what it refuses is said of the row.

    What the reader of the file refused already is not read.
    """
    for verdict, fields in zip(verdicts, rows, strict=True):
        own_problems(verdict)
        if verdict.wrongs:
            continue
        row = verdict.document.rows[0]
        try:
            verdict.plan = read(fields, row.line)
        except BadField as bad:
            verdict.refuse(row, bad.wrong)
        except BadInput as refused:
            verdict.refuse(row, of_refusal(refused))


def _rows() -> Select[*tuple[Any, ...]]:
    return select(ImportRow.id, ImportRow.line, ImportRow.key, ImportRow.fields, ImportRow.state, ImportRow.problem)


def _begin_of_last(rows: Sequence[Staged]) -> int:
    if not rows or not rows[-1].key:
        return len(rows)
    cut = len(rows)
    while cut and rows[cut - 1].key == rows[-1].key:
        cut -= 1
    return cut


def _int_of(text: str) -> int:
    try:
        return int(text) if len(text) <= 12 else 0
    except ValueError:
        return 0


def _money_of(text: str) -> Decimal:
    try:
        value = Decimal(text) if text and len(text) <= 24 else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)
