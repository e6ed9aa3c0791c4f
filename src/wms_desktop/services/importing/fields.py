"""Reads the canonical text of a staged row's fields; what cannot be read is named by column, value, rule and cure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from wms_desktop.errors import BadInput, Value
from wms_desktop.prompts import Message

MOST_UNITS = 1_000_000
_DIGITS = 10
_WHOLE = re.compile(r"-?[0-9]{1,9}\Z")
_AMOUNT = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,4})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_YEARS = range(1990, 2200)
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row: the column, its value, the rule (a code) and what else fills its sentence."""

    column: str
    value: str
    rule: str
    args: Mapping[str, Value] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """The sentence: what is wrong, and what to do."""
        return Message(self.rule, {"column": self.column, "value": self.value, **self.args})

    def as_text(self) -> str:
        """As the row keeps it."""
        return as_text([self.column, self.value, self.rule, dict(self.args)])


def as_text(value: Any) -> str:
    """JSON that a database can keep, whatever half letters a file holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def wrong_of(text: str) -> Wrong:
    """What a row keeps, again."""
    column, value, rule, args = json.loads(text)
    return Wrong(column, value, rule, args)


class BadField(Exception):
    """A field that breaks a rule; :attr:`wrong` says which."""

    def __init__(self, column: str, value: str, rule: str, **args: Value) -> None:
        super().__init__(rule)
        self.wrong = Wrong(column, value, f"import.run.{rule}", args)


def of_refusal(refused: BadInput) -> Wrong:
    """The same rule as for rows that come through the programs' door (`input.<rule>`), in the words of an import."""
    args = dict(refused.args_)
    column, value = str(args.pop("field")), str(args.pop("value"))
    for name in ("table", "row"):
        args.pop(name, None)
    return Wrong(column, value, refused.code.replace("input.", "import.run."), args)


def whole(fields: Fields, name: str, least: int, *, default: int = 0, most: int = MOST_UNITS) -> int:
    """A whole number from ``least`` to ``most``; ``default`` where nothing was said."""
    text = fields.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS) and not _WHOLE.match(text):
        raise BadField(name, text, "not_a_number")
    value = int(text)
    if value < least:
        raise BadField(name, text, "too_small", least=least)
    if value > most:
        raise BadField(name, text, "too_large", most=most)
    return value


def amount(fields: Fields, name: str) -> Decimal:
    """An amount of money from 0 upwards with at most four decimals; 0 where nothing was said."""
    text = fields.get(name, "")
    if not text:
        return Decimal(0)
    if not _AMOUNT.match(text):
        raise BadField(name, text, "not_money")
    value = Decimal(text)
    if value < 0:
        raise BadField(name, text, "too_small", least=0)
    return value


def day(fields: Fields, name: str) -> date | None:
    """A site-local day; None where nothing was said."""
    text = fields.get(name, "")
    if not text:
        return None
    try:
        value = date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        value = None
    if value is None or value.year not in _YEARS:
        raise BadField(name, text, "not_a_day")
    return value


def instant(fields: Fields, name: str, zone: ZoneInfo) -> datetime | None:
    """A point in time, by the site's own clock where it says no zone; None where nothing was said."""
    text = fields.get(name, "")
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text) if _DAY.match(text[:10]) else None
    except ValueError:
        value = None
    if value is None or value.year not in _YEARS:
        raise BadField(name, text, "not_an_instant")
    return value if value.utcoffset() is not None else value.replace(tzinfo=zone)


def flag(fields: Fields, name: str) -> bool:
    """Yes ("1") or no ("0", or nothing said)."""
    text = fields.get(name, "")
    if text not in ("", "0", "1"):
        raise BadField(name, text, "not_a_flag")
    return text == "1"


def word(fields: Fields, name: str, choices: tuple[str, ...]) -> str:
    """One of a few words, or nothing."""
    text = fields.get(name, "")
    if text and text not in choices:
        raise BadField(name, text, "not_one_of", choices=", ".join(filter(None, choices)))
    return text
