"""What desks ask about promises, purchases and decisions, by name."""

from __future__ import annotations

from collections.abc import Mapping

from wms_desktop.services.doors import Find

QUESTIONS: Mapping[str, Find] = {}
