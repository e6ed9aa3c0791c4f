"""Frozen values of documents to plain JSON values and back, by their declared types."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def as_plain(value: object) -> Any:
    """``value`` as text, number, list or mapping; instants in UTC. Raises TypeError for anything else."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("an instant without a time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [as_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot stand in a document")


def from_plain(shape: type[T], plain: object) -> T:
    """The ``shape`` that :func:`as_plain` made ``plain`` from; ValueError or TypeError if it did not."""
    result: T = _read(shape, plain)
    return result


def _read(shape: Any, plain: object) -> Any:
    if get_origin(shape) in (Union, types.UnionType):
        inner = [part for part in get_args(shape) if part is not type(None)]
        return None if plain is None else _read(inner[0], plain)
    if get_origin(shape) is tuple:
        if not isinstance(plain, list):
            raise TypeError("a list was expected")
        return tuple(_read(get_args(shape)[0], item) for item in plain)
    if is_dataclass(shape):
        return _read_fields(shape, plain)
    if shape in (datetime, date):
        return shape.fromisoformat(plain)
    if not isinstance(plain, shape) or isinstance(plain, bool) is not (shape is bool):
        raise TypeError(f"{shape.__name__} was expected")
    return plain


def _read_fields(shape: Any, plain: object) -> Any:
    if not isinstance(plain, Mapping):
        raise TypeError("a mapping was expected")
    hints = _hints(shape)
    needed = {field.name for field in fields(shape) if field.default is MISSING}
    if not needed <= plain.keys() <= hints.keys():
        raise TypeError("fields are missing, or there are some that nobody knows")
    return shape(**{name: _read(hints[name], item) for name, item in plain.items()})


@cache
def _hints(shape: type) -> dict[str, Any]:
    names = {field.name for field in fields(shape)}
    return {name: hint for name, hint in get_type_hints(shape).items() if name in names}
