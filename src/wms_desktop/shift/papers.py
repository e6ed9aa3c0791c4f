"""Printed pages as a person reads them: which came out of a folder printer, and what stands on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def list_new(folder: Path, kind: str, seen: set[Path]) -> Iterator[Path]:
    """The pages of a kind that are not in ``seen`` yet, in the order of printing; they are added to it."""
    for page in sorted(folder.glob(f"*-{kind}-*.pdf")):
        if page not in seen:
            seen.add(page)
            yield page


def read_text(page: Path) -> str:
    """The text of all its pages, as a viewer would copy it."""
    import pypdfium2  # late: start-up

    document = pypdfium2.PdfDocument(page)
    try:
        return "\n".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    finally:
        document.close()


def count_pages(folder: Path) -> int:
    """Pages of every PDF below a folder."""
    import pypdfium2  # late: start-up

    pages = 0
    for page in folder.rglob("*.pdf"):
        document = pypdfium2.PdfDocument(page)
        pages += len(document)
        document.close()
    return pages
