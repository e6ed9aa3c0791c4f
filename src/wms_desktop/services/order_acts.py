"""What a desk does with orders, by name."""

from __future__ import annotations

from collections.abc import Mapping

from wms_desktop.services.doors import Act

ACTS: Mapping[str, Act] = {}
