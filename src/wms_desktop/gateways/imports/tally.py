"""Control totals, counted while the rows go by: what a person compares with the file's sender."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from wms_desktop.prompts import Message
from wms_desktop.views.imports import Declared, Ending, Fault, FieldTotals, Record, Totals

_MONEY_UNIT = 10_000
_MOST_DIFFERENT = 50_000
_NUMBERS = {"qty", "price", "cancelled", "line_no", "units_per_case", "weight_g", "length_mm", "width_mm", "height_mm",
            "backorder_limit", "safety_stock", "priority_class", "face_min", "face_max"}  # fmt: skip


class _Sums:
    """Documents, rows, units and money of some of the rows."""

    def __init__(self) -> None:
        self.documents: set[str] = set()
        self.rows = 0
        self.units = 0
        self.amounts: dict[str, int] = {}

    def totals(self) -> Totals:
        """As they stand now."""
        amounts = {name: Decimal(sum_) / _MONEY_UNIT for name, sum_ in sorted(self.amounts.items())}
        return Totals(documents=len(self.documents), rows=self.rows, units=self.units, amounts=amounts)


class _Field:
    """What one field holds: beyond 50,000 different values the count stands still."""

    __slots__ = ("_known", "_numbers", "filled", "least", "most")

    def __init__(self, name: str) -> None:
        self.filled = 0
        self.least = self.most = ""
        self._numbers = name in _NUMBERS
        self._known: set[str] = set()

    def add(self, value: str) -> None:
        """One more filled cell."""
        self.filled += 1
        if value in self._known:
            return
        if len(self._known) < _MOST_DIFFERENT:
            self._known.add(value)
        if self.filled == 1:
            self.least = self.most = value
        elif self._numbers:
            self.least = min(self.least, value, key=Decimal)
            self.most = max(self.most, value, key=Decimal)
        else:
            self.least = min(self.least, value)
            self.most = max(self.most, value)

    def totals(self, name: str) -> FieldTotals:
        """As they stand now."""
        return FieldTotals(
            name=name, filled=self.filled, different=len(self._known), least=self.least[:80], most=self.most[:80]
        )


class Tally:
    """Adds up every record and fault of one file."""

    def __init__(self) -> None:
        self._all = _Sums()
        self._good = _Sums()
        self._faults = 0
        self._fields: dict[str, _Field] = {}
        self._money: dict[str, int] = {"": 0}

    @property
    def rows(self) -> int:
        """How many rows went by."""
        return self._all.rows

    def add(self, record: Record) -> None:
        """A good row."""
        fields = record.fields
        self._all.documents.add(record.key)
        self._good.documents.add(record.key)
        self._all.rows += 1
        self._good.rows += 1
        qty = int(fields.get("qty") or 0)
        if qty:
            self._all.units += qty
            self._good.units += qty
            self._pay(fields, qty, (self._all, self._good))
        own = self._fields
        for name, value in fields.items():
            if value:
                field = own.get(name)
                if field is None:
                    field = own[name] = _Field(name)
                field.add(value)

    def add_fault(self, fault: Fault) -> None:
        """A refused row, counted as far as it can be read."""
        self._faults += 1
        self._all.rows += 1
        if fault.key:
            self._all.documents.add(fault.key)
        qty = fault.fields.get("qty", "")
        if qty.isascii() and qty.removeprefix("-").isdigit() and len(qty) <= 8:
            self._all.units += int(qty)
            self._pay(fault.fields, int(qty), (self._all,))

    def _pay(self, fields: Mapping[str, str], qty: int, sums: Iterable[_Sums]) -> None:
        price = fields.get("price")
        if not price:
            return
        paid = self._money.get(price)
        if paid is None:
            paid = _scaled(price)
            if len(self._money) < _MOST_DIFFERENT:
                self._money[price] = paid
        currency = fields.get("currency", "")
        for each in sums:
            each.amounts[currency] = each.amounts.get(currency, 0) + paid * qty

    def ending(self, declared: tuple[Declared, ...], notes: tuple[Message, ...]) -> Ending:
        """The totals of the whole file."""
        return Ending(
            totals=self._all.totals(),
            good=self._good.totals(),
            faults=self._faults,
            declared=declared,
            columns=tuple(field.totals(name) for name, field in self._fields.items()),
            notes=notes,
        )


def _scaled(price: str) -> int:
    """Ten-thousandths of a canonical amount; 0 where it is none (the cell of a refused row)."""
    head, _, tail = price.partition(".")
    digits = head + tail
    if len(tail) > 4 or len(head) > 12 or not (digits.isascii() and digits.isdigit()):
        return 0
    return int(head or 0) * _MONEY_UNIT + int(tail.ljust(4, "0"))
