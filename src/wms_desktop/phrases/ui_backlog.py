"""The backlog, figures, decisions and order desks."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
