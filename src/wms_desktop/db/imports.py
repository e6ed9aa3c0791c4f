"""Files that came in: each run with its rows as they were read, and the saved mappings of their columns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wms_desktop.db.types import STRICT, Table, Word, one_of

PUBLISHED = text("state = 'published'")
BAD = text("state = 'bad'")


class ImportRun(Table):
    """One file, read once: its hash, how it was read (JSON), its counts and control totals (JSON).

    staged (rows are read, nothing is in the house) -> published (the good rows are in) or dropped.
    """

    __tablename__ = "import_run"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    format: Mapped[str]
    file_name: Mapped[str]
    file_hash: Mapped[str]
    reading: Mapped[str]
    totals: Mapped[str]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Word, default="staged")
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    __table_args__ = (
        CheckConstraint(one_of("kind", ("orders", "products", "stock", "purchases", "notices")), name="kind"),
        CheckConstraint(one_of("state", ("staged", "published", "dropped")), name="state"),
        Index(
            "uq_import_run_published",
            "kind",
            "file_hash",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
        STRICT,
    )


class ImportRow(Table):
    """One row of a file: where it stood, the document it belongs to, its fields (JSON), and what is wrong with it.

    ``line`` is the line (or segment, or sheet row) in the file, from 1. ``problem`` is the JSON of the refusal:
    column, value, rule and what fills its sentence; "" where the row is good.

    good -> published; bad: refused itself; waits: good, but another row of its document is bad; dropped: left out.
    """

    __tablename__ = "import_row"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    line: Mapped[int]
    key: Mapped[str]
    fields: Mapped[str]
    problem: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(Word, default="good")
    __table_args__ = (
        CheckConstraint(one_of("state", ("good", "bad", "waits", "published", "dropped")), name="state"),
        Index("ix_import_row_run_id_key", "run_id", "key"),
        Index("ix_import_row_bad", "run_id", "line", sqlite_where=BAD, postgresql_where=BAD),
        STRICT,
    )


class ImportMapping(Table):
    """Which column of a file means what (JSON), under a name, to be used again."""

    __tablename__ = "import_mapping"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str]
    name: Mapped[str]
    mapping: Mapped[str]
    __table_args__ = (UniqueConstraint("kind", "name"), STRICT)
