"""What publishing a file's orders would do: which are new, which change one that is here, and which cannot go in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from wms_desktop.db.catalog import SHIP_RULES
from wms_desktop.domain.countries import find_number
from wms_desktop.errors import BadInput, Value
from wms_desktop.services import orders, settings
from wms_desktop.services.importing import cancellations, lookups, repeats
from wms_desktop.services.importing.drafts import Draft
from wms_desktop.services.importing.fields import (
    MOST_UNITS,
    BadField,
    Fields,
    Wrong,
    amount,
    day,
    flag,
    instant,
    of_refusal,
    whole,
    word,
)
from wms_desktop.services.importing.lookups import Asked, Buyer, Catalog, Goods, Options, Services
from wms_desktop.services.importing.repeats import AskedLine, KnownOrder, Repeat
from wms_desktop.services.importing.rows import Document, Staged, Verdict, own_problems
from wms_desktop.services.intake import Entry
from wms_desktop.services.orders import NewOrder
from wms_desktop.services.site_time import zone_of
from wms_desktop.views.imports import Reading

ADDRESS = ("ship_name", "street", "postcode", "city", "country")
HEAD = (*ADDRESS, "customer_code", "customer_name", "placed_at", "promise", "leave_by", "release_on", "service",
        "currency", "is_paid", "is_cancelled", "priority_class", "ship_rule", "channel", "note")  # fmt: skip
"""Fields that belong to the whole order: its rows may not contradict each other there."""
_OF_HEAD = frozenset(HEAD)
_SHOPS = ("shopify", "amazon", "woocommerce")
MOST_LINE_NO = 1_000_000


@dataclass(frozen=True, slots=True)
class House:
    """What a whole file is judged by: the instant, the site's day and zone, its rules, its services."""

    now: datetime
    today: date
    zone: ZoneInfo
    options: Options
    services: Services
    currency: str
    channel: str
    country: str
    travel_days: int
    handling_days: int

    def day_end(self, day: date) -> datetime:
        """The first instant after a site-local day."""
        after = day + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=self.zone)

    def show(self, name: str, value: Any) -> str:
        """A column's value as a person reads it."""
        if name == "service_id":
            return self.services.codes.get(value, "")
        if name == "ship_rule":
            return f"ship_rule.{value}"
        if isinstance(value, datetime):
            return value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        return str(int(value)) if isinstance(value, bool) else str(value)


def house_of(session: Session, now: datetime, reading: Reading) -> House:
    """What the orders of a file are judged by."""
    zone = zone_of(session)
    return House(
        now=now,
        today=now.astimezone(zone).date(),
        zone=zone,
        options=lookups.options_of(session, reading),
        services=lookups.find_services(session),
        currency=settings.get(session, "currency"),
        country=_own_country(session),
        channel=reading.format if reading.format in _SHOPS else "",
        travel_days=settings.get_int(session, "promise_days"),
        handling_days=settings.get_int(session, "handling_days"),
    )


def _own_country(session: Session) -> str:
    """The country that the house sends from: where an order names none, it is meant."""
    last = settings.get(session, "sender").rpartition("\n")[2].strip().upper()
    return last if find_number(last) else ""


@dataclass(slots=True)
class Fresh:
    """A new order: the columns of its head and lines, its customer, what is left open until it is written.

    ``lines`` have their promise only where the file gave one; ``rows`` are the rows they came from.
    """

    head: dict[str, Any]
    lines: list[dict[str, Any]]
    rows: list[int]
    buyer: Buyer
    buyer_name: str
    note: str


@dataclass(slots=True)
class _Draft(Draft):
    """An order on its way to its verdict; ``service_of`` is the carrier's service that one of its rows names."""

    service_of: str = ""


def judge(session: Session, house: House, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
    """The verdict on each document; a few questions for all of them. ``lock``: known orders are locked meanwhile."""
    drafts = [_draft(house, document) for document in documents]
    catalog = lookups.find_catalog(session, (fields for draft in drafts for _, fields in draft.fields))
    buyers = lookups.find_customers(session, (_buyer_code(draft.said) for draft in drafts))
    numbers = [number for draft in drafts for number in cancellations.numbers_of(draft.number)]
    known = repeats.find_known(session, numbers, lock=lock)
    done = cancellations.find_done(session, known)
    for draft in drafts:
        lines = list(_lines(house, draft, catalog))
        if any(line.qty < 0 for line in lines):
            cancellations.judge(draft.verdict, lines, known, done)
        elif draft.number in known:
            _judge_repeat(house, draft, lines, known[draft.number])
        else:
            _judge_fresh(house, draft, lines, buyers)
        if draft.verdict.left_out:
            draft.verdict.handed = dict(_hand_over(draft))
    return [draft.verdict for draft in drafts]


def _draft(house: House, document: Document) -> _Draft:
    """Gathers what the rows say of the whole order; a row that says otherwise than one before it is wrong."""
    draft = _Draft(Verdict(document))
    own_problems(draft.verdict)
    rows, options = document.rows, house.options
    first = rows[0].fields
    draft.said = {name: first[name] for name in HEAD if name in first}
    draft.said_by = dict.fromkeys(draft.said, rows[0])
    says_same = _same_as(first, draft.said)
    for row in rows:
        if row is not rows[0] and not says_same(row.fields):
            for name, text in row.fields.items():
                if name in _OF_HEAD and first.get(name) != text:
                    _say(draft, row, name, text)
        draft.fields.append((row, options.filled(row.fields)))
    for name, text in options.constants.items():
        if name in _OF_HEAD:
            draft.said.setdefault(name, text)
    if not draft.number:
        draft.refuse(Wrong("number", "", "import.run.empty"))
    return draft


def _same_as(first: Fields, said: Mapping[str, str]) -> Callable[[Fields], bool]:
    """Whether a row says of the whole order exactly what the first one says; most rows do, so it is a quick look."""
    if not said:
        return lambda fields: False
    heads = itemgetter(*said)
    wanted = heads(first)

    def look(fields: Fields) -> bool:
        try:
            return bool(heads(fields) == wanted) and fields.keys() <= first.keys()
        except KeyError:
            return False

    return look


def _say(draft: _Draft, row: Staged, name: str, text: str) -> None:
    """What one row says of the whole order."""
    before = draft.said.setdefault(name, text)
    if before == text or _agrees(name, before, text):
        draft.said_by.setdefault(name, row)
        return
    args: dict[str, Value] = {"other": before, "line": draft.said_by[name].line, "document": draft.number}
    draft.verdict.refuse(row, Wrong(name, text, "import.run.contradiction", args))


def _hand_over(draft: _Draft) -> Iterator[tuple[int, Fields]]:
    """What only rows that are left out say of the whole order: the first that stays takes it over."""
    left_out = draft.verdict.left_out
    stays = next((row for row in draft.verdict.document.rows if row.id not in left_out), None)
    said = {name: draft.said[name] for name, row in draft.said_by.items() if row.id in left_out}
    if draft.service_of and "service" not in draft.said_by:
        said["service"] = draft.service_of
    if stays is not None and said.keys() - stays.fields.keys():
        yield stays.id, {**said, **stays.fields}


def _agrees(name: str, first: str, text: str) -> bool:
    """Whether two rows may say different things of one order: minutes of the same day, and notes."""
    return name == "note" or (name == "placed_at" and first[:10] == text[:10])


def _lines(house: House, draft: _Draft, catalog: Catalog) -> Iterator[Asked]:
    """The lines of a document whose article is known; the others are named, or left out where that was chosen."""
    numbers: dict[int, Staged] = {}
    for row, fields in draft.fields:
        if row.id in draft.verdict.wrongs:
            continue
        try:
            goods = catalog.find(fields)
            if goods is None:
                _no_article(house, draft, row, fields)
                continue
            yield _line(draft, row, fields, catalog.counted(fields, goods), numbers)
        except BadField as bad:
            draft.verdict.refuse(row, bad.wrong)


def _no_article(house: House, draft: _Draft, row: Staged, fields: Fields) -> None:
    column = next((name for name in ("sku", "barcode", "name") if fields.get(name)), "sku")
    code = fields.get(column, "")
    options, verdict = house.options, draft.verdict
    if not code:
        verdict.refuse(row, Wrong(column, code, "import.run.empty"))
    elif not options.is_not_goods(code):
        verdict.refuse(row, Wrong(column, code, "import.run.unknown_product"))
    elif code in options.service_of:
        draft.service_of = options.service_of[code]
        verdict.left_out[row.id] = Wrong(column, code, "import.run.is_service", {"service": options.service_of[code]})
    elif options.leaves_out:
        verdict.left_out[row.id] = Wrong(column, code, "import.run.left_out")
        verdict.counts["left_out"] += 1
    else:
        verdict.refuse(row, Wrong(column, code, "import.run.not_goods"))


def _line(draft: _Draft, row: Staged, fields: Fields, goods: Goods, numbers: dict[int, Staged]) -> Asked:
    qty = whole(fields, "qty", -MOST_UNITS)
    if not qty:
        raise BadField("qty", fields.get("qty", ""), "too_small", least=1)
    cancelled = whole(fields, "cancelled", 0)
    if cancelled > abs(qty):
        raise BadField("cancelled", fields["cancelled"], "too_large", most=abs(qty))
    line_no = whole(fields, "line_no", 0, most=MOST_LINE_NO)
    if line_no:
        first = numbers.setdefault(line_no, row)
        if first is not row:
            raise BadField("line_no", str(line_no), "line_twice", line=first.line, document=draft.number)
    price = amount(fields, "price")
    counts = draft.verdict.counts
    if goods.units > 1:
        counts["by_case"] += 1
        price = (price / goods.units).quantize(Decimal("0.0001"))
    if "price" in fields and not price:
        counts["zero_price"] += 1
    return Asked(
        row=row, goods=goods, sku=fields.get("sku") or fields.get("barcode") or fields.get("name", ""),
        qty=qty * goods.units, cancelled=cancelled * goods.units, price=price, has_price="price" in fields,
        line_no=line_no, made_to_order=flag(fields, "made_to_order"), release_on=day(fields, "line_release_on"),
    )  # fmt: skip


def _buyer_code(said: Mapping[str, str]) -> str:
    """A customer's code; where the file has none, the customer's name stands for it."""
    return said.get("customer_code") or said.get("customer_name", "")


def _judge_fresh(house: House, draft: _Draft, lines: Sequence[Asked], buyers: Mapping[str, Buyer]) -> None:
    verdict, said = draft.verdict, draft.said
    alive = [line for line in lines if line.qty > line.cancelled]
    try:
        is_cancelled = flag(said, "is_cancelled")
    except BadField as bad:
        return draft.refuse(bad.wrong)
    if is_cancelled or (lines and not alive and not verdict.wrongs):
        verdict.effect = "untouched"
        verdict.counts["cancelled_never_here"] += 1
        return None
    for line in lines:
        if line.qty <= line.cancelled:
            verdict.left_out[line.row.id] = Wrong("cancelled", str(line.cancelled), "import.run.line_cancelled")
    buyer = _buyer(house, draft, buyers)
    service_id = _service(house, draft)
    head = _head(house, draft)
    if buyer is None or service_id is None or head is None or verdict.wrongs:
        return None
    rule = said.get("ship_rule") or buyer.ship_rule
    head |= {"customer_id": buyer.id, "service_id": service_id, "ship_complete": rule != "available",
             "must_ask": rule == "ask", "priority_class": head["priority_class"] or buyer.priority_class}  # fmt: skip
    name = said.get("customer_name") or said.get("ship_name") or buyer.code
    made = [_order_line(house, head["promise"], line) for line in alive]
    _number_lines(made)
    verdict.plan = Fresh(head, made, [line.row.id for line in alive], buyer, name, said.get("note", ""))
    verdict.counts["new_customers"] += not buyer.id
    return None


def _buyer(house: House, draft: _Draft, buyers: Mapping[str, Buyer]) -> Buyer | None:
    """The order's customer, or one to come in with the file; names what is missing."""
    code = _buyer_code(draft.said)
    column = "customer_code" if draft.said.get("customer_code") else "customer_name"
    if not code:
        draft.refuse(Wrong("customer_code", "", "import.run.no_customer"))
        return None
    if code in buyers:
        return buyers[code]
    if not house.options.makes_customers:
        draft.refuse(Wrong(column, code, "import.run.unknown_customer"))
        return None
    try:
        Entry("customers", 1).code(column, code)
    except BadInput as refused:
        draft.refuse(of_refusal(refused))
        return None
    return Buyer(0, code)


def _service(house: House, draft: _Draft) -> int | None:
    """The carrier's service: the file's, that of a postage line, else the house's own; names what is missing."""
    text = draft.said.get("service", "") or draft.service_of
    found = house.services.find(text)
    if found is not None:
        return found
    if house.services.default is None:
        rule = "import.run.unknown_service" if text else "import.run.no_service"
        draft.refuse(Wrong("service", text, rule))
        return None
    draft.verdict.counts["default_service"] += bool(text)
    return house.services.default


def _head(house: House, draft: _Draft) -> dict[str, Any] | None:
    """The plain columns of an order's head, checked as every order's are; ``promise`` None: the house says it."""
    said = draft.said
    try:
        placed_at = instant(said, "placed_at", house.zone) or house.now
        promise, release_on = day(said, "promise"), day(said, "release_on")
        leave_by = instant(said, "leave_by", house.zone) or _leave_by(house, promise, release_on)
        priority, is_paid = whole(said, "priority_class", 1, most=9), flag(said, "is_paid")
        rule = word(said, "ship_rule", SHIP_RULES)
    except BadField as bad:
        draft.refuse(bad.wrong)
        return None
    row = NewOrder(
        number=draft.number, customer="", service="", placed_at=placed_at, leave_by=leave_by,
        promise=promise or house.today, ship_name=said.get("ship_name", ""), street=said.get("street", ""),
        city=said.get("city", ""), postcode=said.get("postcode", ""), country=said.get("country") or house.country,
        currency=said.get("currency") or house.currency, priority_class=priority or 1, ship_rule=rule,
        release_on=release_on, is_paid=is_paid, channel=said.get("channel") or house.channel,
    )  # fmt: skip
    if not _is_whole(draft, row):
        return None
    names = ("number", "placed_at", "leave_by", *ADDRESS, "currency", "release_on", "is_paid", "channel")
    return {name: getattr(row, name) for name in names} | {"promise": promise, "priority_class": priority}


def _is_whole(draft: _Draft, row: NewOrder) -> bool:
    try:
        orders.check_head(Entry("orders", 1), row)
    except BadInput as refused:
        draft.refuse(of_refusal(refused))
        return False
    return True


def _leave_by(house: House, promise: date | None, release_on: date | None) -> datetime:
    """The end of the day on which it must leave: the promised day less the journey, and never one that is over."""
    first = house.today + timedelta(days=house.handling_days)
    wanted = promise - timedelta(days=house.travel_days) if promise else first
    return house.day_end(max(wanted, release_on or house.today, house.today))


def _order_line(house: House, promise: date | None, line: Asked) -> dict[str, Any]:
    goods_on = line.goods.release_on
    release_on = line.release_on or (goods_on if goods_on and goods_on > house.today else None)
    return {
        "product_id": line.goods.id, "ordered": line.qty - line.cancelled, "price": line.price,
        "release_on": release_on, "made_to_order": line.made_to_order, "first_promise": promise, "promise": promise,
        "promise_rule": orders.GIVEN, "line_no": line.line_no,
    }  # fmt: skip


def _number_lines(lines: Sequence[dict[str, Any]]) -> None:
    """Gives a line that has no number the first that is free."""
    taken = {line["line_no"] for line in lines}
    free = (number for number in count(1) if number not in taken)
    for line in lines:
        line["line_no"] = line["line_no"] or next(free)


def _judge_repeat(house: House, draft: _Draft, lines: Sequence[Asked], order: KnownOrder) -> None:
    """An order that is here: what the file says otherwise is changed as far as it may be."""
    verdict = draft.verdict
    if verdict.wrongs:
        return
    repeat = Repeat(order)
    try:
        if flag(draft.said, "is_cancelled"):
            repeats.cancel_all(repeat)
        else:
            _compare(house, draft, repeat, lines)
    except BadField as bad:
        draft.refuse(bad.wrong)
        return
    verdict.effect = "updated" if repeat.changes else "untouched"
    verdict.notes += repeat.kept
    verdict.plan = repeat


def _compare(house: House, draft: _Draft, repeat: Repeat, lines: Sequence[Asked]) -> None:
    constants = house.options.constants
    said = {name: text for name, text in draft.said.items() if name in draft.said_by and constants.get(name) != text}
    row = repeat.order.row
    new: dict[str, Any] = {name: said[name] for name in (*ADDRESS, "currency") if name in said}
    new |= {name: value for name in ("promise", "release_on") if (value := day(said, name))}
    leave_by = instant(said, "leave_by", house.zone)
    new |= {"leave_by": leave_by} if leave_by else {}
    new |= {"priority_class": whole(said, "priority_class", 1, most=9)} if "priority_class" in said else {}
    new |= {"is_paid": flag(said, "is_paid")} if "is_paid" in said else {}
    new |= {"ship_rule": word(said, "ship_rule", SHIP_RULES)} if "ship_rule" in said else {}
    service_id = house.services.find(said.get("service", ""))
    new |= {"service_id": service_id} if service_id else {}
    customer = _buyer_code(said)
    merged = {name: new.get(name, getattr(row, name)) for name in (*ADDRESS, "currency")}
    if not _is_whole(draft, NewOrder(number=draft.number, customer="", service="", placed_at=row.placed_at,
                                     leave_by=row.leave_by, promise=row.promise, **merged)):  # fmt: skip
        return
    if customer and customer != row.customer:
        repeat.keep("customer_id", customer, "import_other_order")
    if said.get("note"):
        repeat.note(repeats.NOTE, {"text": said["note"]})
    repeats.compare_head(repeat, new, house.show)
    repeats.compare_lines(
        repeat,
        [
            AskedLine(
                row_id=line.row.id, line_no=line.line_no, product_id=line.goods.id, sku=line.sku,
                units=line.qty - line.cancelled, price=line.price, has_price=line.has_price,
                line=_order_line(house, None, line),
            )
            for line in lines
        ],
    )  # fmt: skip
