"""A document of a file on its way to its verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from wms_desktop.services.importing.fields import Fields, Wrong
from wms_desktop.services.importing.rows import Staged, Verdict


@dataclass(slots=True)
class Draft:
    """A document on its way to its verdict: what it says of the whole, which row said so, and its rows."""

    verdict: Verdict
    said: dict[str, str] = field(default_factory=dict)
    said_by: dict[str, Staged] = field(default_factory=dict)
    fields: list[tuple[Staged, Fields]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The document's number."""
        return self.verdict.document.key

    @property
    def rows(self) -> list[tuple[Staged, Fields]]:
        """The rows in which nothing is wrong so far."""
        return [(row, fields) for row, fields in self.fields if row.id not in self.verdict.wrongs]

    def refuse(self, wrong: Wrong) -> None:
        """Names something wrong with the whole, at the row that said it."""
        self.verdict.refuse(self.said_by.get(wrong.column, self.verdict.document.rows[0]), wrong)
