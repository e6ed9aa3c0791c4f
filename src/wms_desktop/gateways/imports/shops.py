"""The exports of Shopify, Amazon and WooCommerce: what they say beside the plain columns, and how they say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from wms_desktop.domain import written
from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.columns import Columns
from wms_desktop.gateways.imports.tables import PlainHand, Told
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Declared, Fault, Record

_SIGNS = {
    "shopify": ("Name", "Lineitem name", "Lineitem quantity"),
    "amazon": ("order-item-id", "sku", "product-name"),
    "woocommerce": ("Type", "SKU", "Name", "Regular price"),
}
_WOO_TITLES = {"Type": ("Typ", "Tipo"), "SKU": ("Artikelnummer", "UGS"), "Name": ("Nombre", "Nom"),
               "Regular price": ("Regulärer Preis", "Precio normal", "Tarif régulier")}  # fmt: skip
_LINE_FIELDS = {"sku", "qty", "unit", "name", "price", "barcode", "line_no", "cancelled", "made_to_order",
                "line_release_on"}  # fmt: skip
# Where an address is not whole without its province.
_PROVINCES = {"US", "CA", "AU", "BR", "MX", "IN", "MY", "IT", "ES"}
_PLACES = Decimal("0.0001")


def recognise(titles: Sequence[str]) -> str:
    """The shop whose export has these titles; "" for none that is known."""
    have = set(titles)
    for shop, wanted in _SIGNS.items():
        if all(have.intersection((title, *_WOO_TITLES.get(title, ()))) for title in wanted):
            return shop
    return ""


class _Extra:
    """Columns that the mapping does not show, by title; "" where a file does not have them."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._places = {title: place for place, title in enumerate(titles)}

    def has(self, title: str) -> bool:
        """Whether the file has such a column."""
        return title in self._places

    def get(self, cells: Sequence[str], title: str) -> str:
        """The cell of a row."""
        place = self._places.get(title, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""


def _with_province(fields: dict[str, str], province: str) -> None:
    city = fields.get("city", "")
    if province and city and fields.get("country") in _PROVINCES and province != city:
        fields["city"] = written.plain(f"{city}, {province}")


class ShopifyHand:
    """An order's fields stand on its first row only; the rows behind it bear its number and further lines."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._extra = _Extra(columns.titles)
        self._number = columns.place_of.get("number", -1)
        self._order_places = [p for f, p in columns.place_of.items() if f not in _LINE_FIELDS and f != "number"]
        self._name = ""
        self._first_line = 0
        self._first_of: dict[str, int] = {}
        self._held: dict[str, str] = {}
        self._is_refused = False
        self._said: dict[str, Decimal] = {}
        self._counted: dict[str, Decimal] = {}
        self._has_sums = all(self._extra.has(title) for title in ("Subtotal", "Discount Amount", "Lineitem price"))

    def take(self, line: int, cells: list[str]) -> Record | Fault | None:
        """One row: an order's first, or a further line of it."""
        name = cells[self._number].strip() if 0 <= self._number < len(cells) else ""
        says_order = any(cells[place].strip() for place in self._order_places if place < len(cells))
        is_first = name != self._name or not name
        row = self.columns.read(line, cells)
        if is_first:
            self._begin(name, row, line)
            if isinstance(row, Record) and self._order_places and not says_order:
                self._is_refused = True
        if isinstance(row, Fault):
            return row
        before = self._first_of.setdefault(name, line) if is_first and says_order else line
        if before != line:
            self._is_refused = True
            return self.columns.fault(row, "number", "import.read.twice", name, first=before)
        if self._is_refused:
            if is_first:
                return self.columns.fault(row, "number", "import.read.first_row_missing", name)
            return self.columns.fault(row, "number", "import.read.first_row", name, first=self._first_line)
        fields = dict(row.fields)
        if is_first:
            try:
                self._complete(fields, cells)
            except BadInput as fault:
                self._is_refused = True
                return self.columns.fault(row, "ship_name", fault.code, fields.get("ship_name", ""), **fault.args_)
            self._held = {field: value for field, value in fields.items() if field not in _LINE_FIELDS}
        else:
            fields |= {field: value for field, value in self._held.items() if not fields.get(field) or not says_order}
        return self._checked(Record(line=line, key=row.key, fields=fields), cells, is_first=is_first)

    def _begin(self, name: str, row: Record | Fault, line: int) -> None:
        self._name, self._first_line = name, line
        self._held = {}
        self._is_refused = False
        if isinstance(row, Fault):
            # A wrong line is refused alone; a wrong order with all its lines.
            self._held = {field: value for field, value in row.fields.items() if field not in _LINE_FIELDS}
            self._is_refused = not row.column or not all(map(_is_canonical, self._held, self._held.values()))

    def _complete(self, fields: dict[str, str], cells: Sequence[str]) -> None:
        """What needs more than one column: province, company, the apostrophe before a postcode."""
        if fields.get("postcode"):
            fields["postcode"] = fields["postcode"].removeprefix("'").strip()
        company = written.plain(self._extra.get(cells, "Shipping Company"))
        name = fields.get("ship_name", "")
        if company and company != name:
            fields["ship_name"] = f"{name}, {company}"[: written.MOST_TEXT] if name else company[: written.MOST_TEXT]
        _with_province(fields, written.plain(self._extra.get(cells, "Shipping Province")))

    def _checked(self, record: Record, cells: Sequence[str], *, is_first: bool) -> Record | Fault:
        if self._has_sums:
            self._add_sums(record.fields, cells, is_first=is_first)
        state = (self._extra.get(cells, "Lineitem fulfillment status") or "").lower()
        if state == "fulfilled":
            return self.columns.fault(record, "qty", "import.read.fulfilled", record.fields.get("qty", ""))
        if state == "partial":
            return self.columns.fault(record, "qty", "import.read.fulfilled_partly", record.fields.get("qty", ""))
        if self._extra.get(cells, "Lineitem requires shipping").lower() == "false":
            return self.columns.fault(record, "sku", "import.read.no_shipping", record.fields.get("name", ""))
        return record

    def _add_sums(self, fields: Mapping[str, str], cells: Sequence[str], *, is_first: bool) -> None:
        """The order's own sum of its goods, and what its lines come to."""
        currency = fields.get("currency", "")
        goods = Decimal(fields.get("price") or 0) * int(fields["qty"])
        self._counted[currency] = self._counted.get(currency, Decimal(0)) + goods
        for title in ("Subtotal", "Discount Amount") if is_first else ():
            try:
                said = written.amount(self._extra.get(cells, title) or "0", self.columns.reading.decimal)
            except BadInput:
                continue  # the sums then differ, and that is told
            self._said[currency] = self._said.get(currency, Decimal(0)) + Decimal(said)

    def told(self) -> Told:
        """The shop's own sums of its orders, beside what the lines come to."""
        notes = list(self.columns.notes())
        declared = []
        for currency, counted in sorted(self._counted.items()):
            said = self._said.get(currency, Decimal(0))
            texts = {"said": f"{said:.2f} {currency}".strip(), "counted": f"{counted:.2f} {currency}".strip()}
            declared.append(Declared(what="import.read.said_goods", **texts))
            if said != counted:
                notes.append(Message("import.read.goods_differ", dict(texts)))
        return tuple(declared), tuple(notes)


def _is_canonical(field: str, value: str) -> bool:
    try:
        return written.canonical(field, value) == value
    except BadInput:
        return False


class AmazonHand:
    """A row is an order item, its price that of all its units; rows without goods carry the promotions of one above."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._extra = _Extra(columns.titles)
        self._items: dict[str, int] = {}
        self._continued = 0
        self._rounded = 0

    def take(self, line: int, cells: list[str]) -> Record | Fault | None:
        """One row."""
        places = [self.columns.place_of.get(field, -1) for field in ("sku", "qty", "name")]
        if len(cells) == len(self.columns.titles) and not any(cells[p].strip() for p in places if p >= 0):
            self._continued += 1
            return None
        row = self.columns.read(line, cells)
        if isinstance(row, Fault):
            return row
        return self._refusal(row, cells) or self._completed(row, cells)

    def _refusal(self, row: Record, cells: Sequence[str]) -> Fault | None:
        item = self._extra.get(cells, "order-item-id")
        before = self._items.setdefault(item, row.line) if item else row.line
        if before != row.line:
            return self.columns.fault(row, "order-item-id", "import.read.twice", item, first=before)
        if self._extra.get(cells, "fulfillment-channel").lower() in ("amazon", "afn"):
            return self.columns.fault(row, "fulfillment-channel", "import.read.ships_itself", "Amazon")
        state = self._extra.get(cells, "item-status") or self._extra.get(cells, "order-status")
        if state.lower() == "shipped" or self._extra.get(cells, "quantity-to-ship") == "0":
            return self.columns.fault(row, "qty", "import.read.fulfilled", row.fields.get("qty", ""))
        return None

    def _completed(self, row: Record, cells: Sequence[str]) -> Record | Fault:
        fields = dict(row.fields)
        more = [self._extra.get(cells, f"ship-address-{n}") for n in (2, 3)]
        try:
            fields["street"] = written.plain(", ".join(part for part in (fields.get("street", ""), *more) if part))
            _with_province(fields, written.plain(self._extra.get(cells, "ship-state")))
            to_ship = self._extra.get(cells, "quantity-to-ship")
            bought = int(fields["qty"])
            if to_ship:
                fields["qty"] = written.units(to_ship)
        except BadInput as fault:
            return self.columns.fault(row, "street", fault.code, "", **fault.args_)
        if fields.get("price"):
            fields["price"] = self._each(Decimal(fields["price"]), bought)
        if (self._extra.get(cells, "order-status") or "").lower() in ("cancelled", "canceled"):
            fields["is_cancelled"] = "1"
        return Record(line=row.line, key=row.key, fields=fields)

    def _each(self, price: Decimal, units: int) -> str:
        each = (price / units).quantize(_PLACES, ROUND_HALF_EVEN)
        self._rounded += each * units != price
        return written.amount(f"{each:f}")

    def told(self) -> Told:
        """What was left out and rounded."""
        notes = list(self.columns.notes())
        if self._continued:
            notes.append(Message("import.read.continued", {"count": self._continued}))
        if self._rounded:
            notes.append(Message("import.read.rounded", {"count": self._rounded}))
        return (), tuple(notes)


class WooHand(PlainHand):
    """A row is a product; parents of variations, groups and services are no goods that stand in a bin."""

    _NO_GOODS = ("variable", "grouped", "external", "virtual")

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self._extra = _Extra(columns.titles)
        self._type = next((t for t in ("Type", *_WOO_TITLES["Type"]) if self._extra.has(t)), "Type")

    def take(self, line: int, cells: list[str]) -> Record | Fault | None:
        """One row."""
        place = self.columns.place_of.get("category", -1)
        if 0 <= place < len(cells):
            # "Clothing > Hoodies, Sale": the first of them, its last part.
            cells = [*cells]
            cells[place] = cells[place].split(",")[0].rpartition(">")[2].strip()
        kinds = [word.strip() for word in self._extra.get(cells, self._type).lower().split(",")]
        wrong = next((word for word in kinds if word in self._NO_GOODS), "")
        row = super().take(line, cells) if not wrong else self.columns.read(line, cells)
        if not wrong or row is None:
            return row
        fields = row.fields
        record = Record(line=line, key=row.key, fields=fields)
        return self.columns.fault(record, self._type, "import.read.not_a_good", wrong)
