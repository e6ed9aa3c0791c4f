"""Promises, causes of delay, decisions, backorder modes and what the shop is told."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
