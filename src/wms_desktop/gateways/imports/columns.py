"""From the cells of a row to the fields of a record: which column is which field, each read by its grammar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from wms_desktop.domain import barcode_cleaning, written
from wms_desktop.errors import BadInput, Value
from wms_desktop.gateways.imports import caps
from wms_desktop.prompts import Message
from wms_desktop.views.imports import FIELDS, OF_DOCUMENTS, Fault, Reading, Record

_SHOWN = 200
_REMEMBERED = 20_000
_NAMES_GOODS = ("sku", "barcode", "name")
_WEIGHTS = {"g": "1", "kg": "1000", "lb": "453.59237", "lbs": "453.59237", "oz": "28.349523125", "t": "1000000"}
_LENGTHS = {"mm": "1", "cm": "10", "dm": "100", "m": "1000", "in": "25.4", "yd": "914.4", "ft": "304.8"}
_MEASURES = {"weight_g": _WEIGHTS, "length_mm": _LENGTHS, "width_mm": _LENGTHS, "height_mm": _LENGTHS}
_UNIT = re.compile(r"[(\[_ ]([A-Za-z]{1,3})[)\]]?$")
Convert = Callable[[str], str]
Cells = Sequence[str]


def needed(kind: str, mapped: set[str]) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind and whether each must be there: what names the goods need be there once only."""
    if kind == "products":
        return FIELDS[kind]
    others = [name for name in _NAMES_GOODS if name in mapped and name in dict(FIELDS[kind])]
    must_sku = not [name for name in others if name != "sku"]
    return tuple((name, must_sku if name == "sku" else must) for name, must in FIELDS[kind])


def unit_of(title: str, field: str) -> str:
    """The unit that a title names ("Weight (kg)", "length_cm"); "" where it names none, or the field has none."""
    found = _UNIT.search(title.strip())
    unit = found[1].lower() if found else ""
    return unit if unit in _MEASURES.get(field, {}) else ""


class Columns:
    """The columns of one file: made from its titles and the reading, then asked for each row."""

    def __init__(self, titles: Cells, reading: Reading, line: int) -> None:
        self.titles = tuple(titles)
        self.reading = reading
        self.cleaned: Counter[str] = Counter()
        self.title_of = {field: title for title, field in reading.mapping.items() if field}
        self._is_order = reading.kind in OF_DOCUMENTS
        self._key = "number" if self._is_order else "sku" if reading.kind == "products" else "location"
        self._constants = self._read_constants()
        places = self._places(line)
        self.place_of = {field: place for place, field in places}
        self._plan = [(place, field, self._converter(field)) for place, field in places]
        self._must = self._musts(line)
        self._width = len(self.titles)

    def _read_constants(self) -> dict[str, str]:
        """The constants that are fields; those that steer the import are for others to read."""
        known = dict(FIELDS[self.reading.kind])
        made = {}
        for field, text in self.reading.constants.items():
            if field not in known or not text.strip():
                continue
            try:
                made[field] = written.canonical(field, text, self.reading.decimal, self.reading.dates)
            except BadInput as fault:
                raise BadInput("import.read.constant", column=field, value=text[:_SHOWN]) from fault
        return made

    def _places(self, line: int) -> list[tuple[int, str]]:
        known = dict(FIELDS[self.reading.kind])
        places: list[tuple[int, str]] = []
        seen: dict[str, str] = {}
        for title, field in self.reading.mapping.items():
            if not field:
                continue
            if field not in known:
                raise BadInput("import.read.field_unknown", column=title[:_SHOWN], field=field[:_SHOWN])
            if field in seen:
                raise BadInput(
                    "import.read.field_twice", field=field, column=title[:_SHOWN], other=seen[field][:_SHOWN]
                )
            if title not in self.titles:
                raise BadInput("import.read.column_missing", column=title[:_SHOWN], line=line)
            seen[field] = title
            places.append((self.titles.index(title), field))
        return sorted(places)

    def _musts(self, line: int) -> tuple[tuple[str, ...], ...]:
        """Of each of these at least one must be filled in every row."""
        given = {*self.place_of, *self._constants}
        rules: list[tuple[str, ...]] = [(name,) for name, must in FIELDS[self.reading.kind] if must and name != "sku"]
        rules.insert(0, ("sku",) if self.reading.kind == "products" else _NAMES_GOODS)
        for rule in rules:
            if not given.intersection(rule):
                raise BadInput("import.read.field_missing", field=rule[0], line=line)
        return tuple(tuple(name for name in rule if name in given) for rule in rules)

    def _converter(self, field: str) -> Convert:
        read = self._barcode if field in written.BARCODES else self._plain(field)
        known: dict[str, str] = {"": ""}

        def convert(text: str) -> str:
            value = known.get(text)
            if value is None:
                if len(text) > caps.MOST_CELL:
                    raise BadInput("import.read.cell_long", length=len(text), most=caps.MOST_CELL)
                value = read(text)
                if len(known) >= _REMEMBERED:
                    known.clear()
                    known[""] = ""
                known[text] = value
            return value

        return read if field in written.BARCODES else convert

    def _plain(self, field: str) -> Convert:
        decimal, dates = self.reading.decimal, self.reading.dates
        unit = unit_of(self.title_of.get(field, ""), field)
        if unit:
            factor = Decimal(_MEASURES[field][unit])
            return lambda text: _measured(text.strip(), decimal, factor)
        if field == "qty" and self.reading.kind != "orders":
            return lambda text: written.units(text.strip(), decimal)
        return lambda text: written.canonical(field, text, decimal, dates)

    def _barcode(self, text: str) -> str:
        if not text:
            return ""
        found = barcode_cleaning.clean(written.plain(text))
        if found.state == barcode_cleaning.OFFERED:
            if not self.reading.restore_zeros:
                raise BadInput("import.read.barcode_zeros", offer=found.code)
        elif found.state == barcode_cleaning.REFUSED:
            raise BadInput(found.rule, wanted=found.wanted)
        if found.done:
            self.cleaned[found.done[-1]] += 1
        return found.code

    def read(self, line: int, cells: Cells) -> Record | Fault:
        """The row as a record, or the first thing that is wrong with it."""
        if len(cells) != self._width and (len(cells) < self._width or any(cells[self._width :])):
            return self._misfit(line, cells)
        fields = self._constants.copy()
        constants = bool(fields)
        try:
            for place, field, convert in self._plan:
                value = convert(cells[place])
                if value or not constants or field not in fields:
                    fields[field] = value
        except BadInput:
            return self._faulty(line, cells)
        for rule in self._must:
            for name in rule:
                if fields[name]:
                    break
            else:
                return self._empty(line, rule, fields)
        return Record(line=line, key=fields[self._key], fields=fields)

    def fault(self, record: Record, field: str, rule: str, value: str = "", **args: Value) -> Fault:
        """A row that is readable, but may not go in."""
        column = self.title(field)
        return self._refused(record.line, record.fields, column=column, value=value, rule=rule, args=args)

    def broken(self, line: int, rule: str, cells: Cells = (), **args: Value) -> Fault:
        """A row that cannot be read as one."""
        return self._refused(line, {}, column="", value=" | ".join(cells), rule=rule, args=args)

    def title(self, field: str) -> str:
        """What the file calls a field."""
        return self.title_of.get(field, field)

    def notes(self) -> tuple[Message, ...]:
        """What was mended on the way."""
        return tuple(Message(f"import.read.cleaned_{how}", {"count": n}) for how, n in sorted(self.cleaned.items()))

    def _faulty(self, line: int, cells: Cells) -> Record | Fault:
        """Reads the row once more, keeping what can be read and the first thing that cannot."""
        fields = self._constants.copy()
        wrong: tuple[str, BadInput] | None = None
        ignored = 0
        for place, field, convert in self._plan:
            try:
                value = convert(cells[place])
                if value or field not in fields:
                    fields[field] = value
            except BadInput as fault:
                # The SKU says which goods are meant: a spoilt barcode beside it harms nothing.
                if self._is_order and field == "barcode" and self._has_sku(cells):
                    fields[field] = ""
                    ignored += 1
                    continue
                fields[field] = cells[place][: caps.MOST_CELL].strip()
                wrong = wrong or (field, fault)
        if wrong is None:
            self.cleaned["ignored"] += ignored
            empty = next((rule for rule in self._must if not any(fields[name] for name in rule)), None)
            return (
                self._empty(line, empty, fields) if empty else Record(line=line, key=fields[self._key], fields=fields)
            )
        field, refused = wrong
        column, value = self.title(field), fields[field]
        return self._refused(line, fields, column=column, value=value, rule=refused.code, args=refused.args_)

    def _has_sku(self, cells: Cells) -> bool:
        place = self.place_of.get("sku", -1)
        return place >= 0 and bool(cells[place].strip())

    def _empty(self, line: int, rule: tuple[str, ...], fields: Mapping[str, str]) -> Fault:
        column = ", ".join(self.title(name) for name in rule)
        return self._refused(line, fields, column=column, value="", rule="import.read.empty", args={})

    def _misfit(self, line: int, cells: Cells) -> Fault:
        places = self.place_of.items()
        shown = {field: cells[place][:_SHOWN] for field, place in places if place < len(cells)}
        args = {"cells": len(cells), "titles": self._width}
        return self._refused(line, shown, column="", value=" | ".join(cells), rule="import.read.cells", args=args)

    def _refused(
        self, line: int, fields: Mapping[str, str], *, column: str, value: str, rule: str, args: Mapping[str, Value]
    ) -> Fault:
        key = fields.get(self._key, "").strip()[: written.MOST_CODE]
        shown = value[:_SHOWN]
        return Fault(line=line, key=key, column=column, value=shown, rule=rule, args=args, fields=fields)


def _measured(text: str, decimal: str, factor: Decimal) -> str:
    """A weight or length as whole grams or millimetres, at least 1 where it is anything."""
    if not text:
        return ""
    found = Decimal(written.amount(text, decimal)) * factor
    value = int(found.quantize(Decimal(1), ROUND_HALF_UP))
    if value > written.MOST_UNITS:
        raise BadInput("import.read.too_large", most=written.MOST_UNITS)
    return str(max(value, 1) if found else 0)
