"""Takes files in: the limited process that reads them on one side, the database on the other, in short steps."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wms_desktop.db.engine import persist, reading, writing
from wms_desktop.errors import Refusal, Value
from wms_desktop.gateways import imports as gateway
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import commands, importing, orders, people
from wms_desktop.services.dialogue import Clock, Context
from wms_desktop.views.imports import Ending, Fault, Glance, Preview, Problem, Reading, Record, Totals

ROWS_AT_ONCE = 2000
CONSTANT = "constant:"
"""Before the name of a field in a saved mapping: what it maps to is the same in every row."""
REASON, LINE = "reason", "file_line"
_READ_SHARE = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Who = Callable[[Session, str, datetime], Context]
Progress = Callable[[int, int], None]


def house(session: Session, key: str, at: datetime) -> Context:
    """The house itself as the one who imports, from the command line."""
    return people.house_context(at, key)


class Importer:
    """Reads files into runs and publishes them; every method may take long and belongs on a thread of its own.

    ``who`` says in whose name: they need the permission for imports. Nothing here holds a write transaction longer
    than some thousand rows take, but publishing, which is one.
    """

    def __init__(self, engine: Engine, clock: Clock, who: Who = house) -> None:
        self._engine = engine
        self._clock = clock
        self._who = who

    def glance(self, path: Path, kind: str = "", as_read: Reading | None = None) -> Glance:
        """The first look at a file; with a reading, what that makes of it. Refuses `import.read.*`."""
        return gateway.glance(path, kind, as_read)

    def sample(self, path: Path, as_read: Reading, count: int) -> list[Record | Fault]:
        """The first rows, as this reading understands them."""
        with closing(_rows(path, as_read)) as rows:
            return list(islice((row for row in rows if not isinstance(row, Ending)), count))

    def stage(self, path: Path, as_read: Reading, progress: Progress = lambda done, total: None,
              is_cancelled: Callable[[], bool] = lambda: False,
              count_rows: Callable[[int], None] = lambda rows: None) -> int:  # fmt: skip
        """Reads a whole file into a run that waits to be published, and checks its rows; gives the run.

        ``progress`` is told the way in hundredths, ``count_rows`` how many rows are kept so far.
        Refuses `import.read.*`, `import.run.published_already`, and nothing stays behind then, or when it is
        cancelled. A crash leaves an incomplete run that can only be dropped.
        """
        file_hash = gateway.file_hash(path)
        run_id = persist(lambda: self._begin(as_read, (_name(path), file_hash)))
        try:
            self._read(run_id, path, as_read, _share(progress, 0, _READ_SHARE), is_cancelled,
                       count_rows=count_rows)  # fmt: skip
            self._check(run_id, path.name, _share(progress, _READ_SHARE, 100), is_cancelled)
        except BaseException:
            self._give_up(run_id)
            raise
        progress(100, 100)
        return run_id

    def preview(self, run_id: int) -> Preview:
        """What publishing a run would do."""
        with reading(self._engine) as session:
            return importing.preview(session, run_id)

    def publish(self, run_id: int, *, good_only: bool) -> Answer:
        """Puts a run's good rows into the house, or none when any is bad: one command, which may be refused."""
        now = self._clock()
        with reading(self._engine) as session:
            context = self._who(session, f"import-{run_id}-{now.timestamp()}", now)

        def act(session: Session, inside: Context) -> Answer:
            return importing.publish(session, inside, run_id, good_only=good_only)

        return commands.run(self._engine, importing.NAME, f"publish {run_id} {good_only}", context, act, orders.prompt)

    def drop(self, run_id: int) -> None:
        """Gives a run up as if the file had never been read."""
        persist(lambda: self._drop(run_id))

    def each_problem(self, run_id: int) -> Iterator[Problem]:
        """Every refused row of a run, in the file's order."""
        offset = 0
        while True:
            with reading(self._engine) as session:
                found = importing.list_problems(session, run_id, offset)
            yield from found
            if len(found) < importing.PROBLEMS_AT_ONCE:
                return
            offset += len(found)

    def export_problems(self, run_id: int, target: Path) -> int:
        """Writes a run's fix list as CSV, each row with its line and the reason why it is not in; gives how many.

        The columns bear our own names, so that the mended file can be imported as it is. Text that a spreadsheet would
        take for a formula gets an apostrophe before it. The file is there whole or not at all.
        """
        fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            with (
                reading(self._engine) as session,
                fresh.open("w", encoding="utf-8-sig", errors="replace", newline="") as file,
            ):
                columns, rows = importing.export_problems(session, run_id)
                titles = importing.titles_of(session, run_id)
                writer = csv.writer(file)
                writer.writerow((*columns, LINE, REASON))
                count = 0
                for row, values in rows:
                    why = importing.reason(row, titles)
                    texts = (*values, str(row.line), sentence(why.code, why.args))
                    writer.writerow([_as_text(text) for text in texts])
                    count += 1
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        return count

    def with_mapping(self, glance: Glance, name: str) -> Reading:
        """The proposed reading with a saved mapping; refuses `import.run.no_mapping` for an unknown name."""
        with reading(self._engine) as session:
            saved = dict(importing.list_mappings(session, glance.reading.kind))
        if name not in saved:
            raise Refusal("import.run.no_mapping", name=name, known=", ".join(saved) or "-")
        return apply_mapping(glance.reading, glance.columns, saved[name])

    def _begin(self, as_read: Reading, file: tuple[str, str]) -> int:
        now = self._clock()
        with writing(self._engine) as session:
            context = self._who(session, "import", now)
            commands.permitted(session, context, importing.NAME)
            return importing.begin_run(session, now, context.operator_id, as_read, file)

    def _read(self, run_id: int, path: Path, as_read: Reading, progress: Progress,
              is_cancelled: Callable[[], bool], *, count_rows: Callable[[int], None]) -> None:  # fmt: skip
        stager = importing.Stager(run_id, as_read)
        ending: Ending | None = None
        held: list[Record | Fault] = []
        kept = 0
        with closing(_rows(path, as_read, progress, is_cancelled)) as rows:
            for row in rows:
                if isinstance(row, Ending):
                    ending = row
                    break
                held.append(row)
                if len(held) == ROWS_AT_ONCE:
                    self._keep(stager, held)
                    count_rows(kept := kept + len(held))
                    held = []
        self._keep(stager, held)
        count_rows(kept + len(held))
        if ending is None:
            raise Refusal("import.run.incomplete", file=path.name)
        with writing(self._engine) as session:
            stager.finish(session, ending)

    def _keep(self, stager: importing.Stager, rows: Sequence[Record | Fault]) -> None:
        """Some rows in a transaction of their own."""
        made = stager.take(rows)

        def insert() -> None:
            with writing(self._engine) as session:
                importing.insert_staged(session, stager.run_id, made)

        persist(insert)

    def _check(self, run_id: int, name: str, progress: Progress, is_cancelled: Callable[[], bool]) -> None:
        checker = importing.Checker(run_id, self._clock())
        more = True
        while more:
            if is_cancelled():
                raise Refusal("import.read.cancelled", file=name)
            with writing(self._engine) as session:
                more = checker.step(session)
            progress(checker.rows, max(checker.total, 1))

    def _give_up(self, run_id: int) -> None:
        """Takes back what was kept; where even that fails, an incomplete run stays, which cannot be published."""
        with suppress(Exception):
            persist(lambda: self._drop(run_id))

    def _drop(self, run_id: int) -> None:
        with writing(self._engine) as session:
            importing.erase_run(session, run_id)


def _rows(path: Path, as_read: Reading, progress: Progress = lambda done, total: None,
          is_cancelled: Callable[[], bool] = lambda: False) -> Generator[Record | Fault | Ending]:  # fmt: skip
    rows = gateway.read(path, as_read, progress=progress, is_cancelled=is_cancelled)
    return cast("Generator[Record | Fault | Ending]", rows)


def apply_mapping(as_read: Reading, columns: Sequence[str], saved: Mapping[str, str]) -> Reading:
    """A reading with the columns and constants of a saved mapping, as far as the file has them."""
    mapping = {title: field for title, field in saved.items() if title in columns}
    constants = {title.removeprefix(CONSTANT): text for title, text in saved.items() if title.startswith(CONSTANT)}
    return replace(as_read, mapping=mapping, constants={**as_read.constants, **constants})


def _share(progress: Progress, first: int, last: int) -> Progress:
    """A part of the whole way, in hundredths."""

    def report(done: int, total: int) -> None:
        progress(first + (last - first) * min(done, total) // max(total, 1), 100)

    return report


def _name(path: Path) -> str:
    """A file's name as a database can keep it."""
    return path.name.encode("utf-8", "replace").decode()


def _as_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula; plain numbers stay numbers."""
    text = text.replace("\x00", "")
    if text[:1] in _FORMULA and not text.removeprefix("-").replace(".", "", 1).isdigit():
        return f"'{text}"
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks for: ``mapping`` is the name of a saved one ("": as proposed)."""

    kind: str = ""
    mapping: str = ""
    dry_run: bool = False
    all_or_nothing: bool = False
    fix_list: Path | None = None


def take_in(importer: Importer, path: Path, wanted: Wanted, say: Callable[[str], None]) -> int:
    """Takes a file in from the command line, and says each step; gives the status to end with.

    0: every row is in (a dry run: would go in); 1: rows were refused, or nothing went in. What cannot be read at all,
    or is in the house already, is raised as a Refusal (status 2).
    """
    glance = importer.glance(path, wanted.kind)
    as_read = importer.with_mapping(glance, wanted.mapping) if wanted.mapping else glance.reading
    _say_reading(as_read, glance, say)
    run_id = importer.stage(path, as_read)
    shown = importer.preview(run_id)
    _say_preview(importer, shown, say)
    if wanted.fix_list is not None and shown.bad.rows:
        count = importer.export_problems(run_id, wanted.fix_list)
        say(sentence("import.cli.fix_list", {"count": count, "file": str(wanted.fix_list)}))
    if wanted.dry_run:
        importer.drop(run_id)
        say(sentence("import.cli.dry_run", {"file": path.name}))
        return 1 if shown.bad.rows else 0
    if not shown.good.rows or (wanted.all_or_nothing and shown.bad.rows):
        importer.drop(run_id)
        say(sentence("import.cli.nothing", {"file": path.name, "bad": shown.bad.rows}))
        return 1
    answer = importer.publish(run_id, good_only=not wanted.all_or_nothing)
    say(sentence(answer.message.code, answer.message.args))
    is_whole = answer.outcome is Outcome.STEP_DONE and not importer.preview(run_id).bad.rows
    return 0 if is_whole else 1


def _say_reading(as_read: Reading, glance: Glance, say: Callable[[str], None]) -> None:
    names = ("kind", "format", "encoding", "delimiter", "decimal", "dates", "sheet")
    texts: dict[str, Value] = {name: getattr(as_read, name) or "-" for name in names}
    texts["delimiter"] = {"\t": "tab"}.get(as_read.delimiter, as_read.delimiter)
    say(sentence("import.cli.read_as", {"file": glance.file_name, **texts}))
    for title, field in as_read.mapping.items():
        say(sentence("import.cli.column", {"title": title, "field": field}))
    for note in glance.notes:
        say(sentence(note.code, note.args))


def _say_preview(importer: Importer, shown: Preview, say: Callable[[str], None]) -> None:
    """Totals, notes, and every refused row with line, column, value and the sentence that says rule and cure."""
    for name in ("total", "good", "bad"):
        totals: Totals = getattr(shown, name)
        money = ", ".join(f"{amount} {currency}".strip() for currency, amount in totals.amounts.items()) or "-"
        args: dict[str, Value] = {"documents": totals.documents, "rows": totals.rows, "units": totals.units}
        say(sentence(f"import.cli.{name}", args | {"money": money}))
    say(sentence("import.cli.effects", {"fresh": shown.fresh, "updated": shown.updated, "same": shown.untouched}))
    for note in shown.notes:
        say(sentence(note.code, note.args))
    for problem in importer.each_problem(shown.run_id):
        why = sentence(problem.cure.code, problem.cure.args)
        args = {"line": problem.line, "document": problem.key or "-", "column": problem.column or "-",
                "value": problem.value, "rule": problem.rule, "why": why}  # fmt: skip
        say(sentence("import.cli.problem", args))
