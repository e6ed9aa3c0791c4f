"""What a desk does with orders: policies, substitutes, merges, rehearsals."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
