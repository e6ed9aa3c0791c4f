"""The furnished house of the service tests, for whole days as well."""

from __future__ import annotations

from tests.services.conftest import house, template

__all__ = ["house", "template"]
