"""The backlog's states, its figures, and an order's story."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
