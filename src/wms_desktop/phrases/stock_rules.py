"""Why units went where they went: allocation, kits, made to order, re-matching."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
