"""What an import says of a file, its rows and what became of them."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
