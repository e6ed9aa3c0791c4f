"""One order on one page, for the customer's question: where each unit is, what happened, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import CarrierService, Customer, Order, OrderLine, Product, Station
from wms_desktop.domain.documents import OrderPage, PageLine, PageParcel, PageStep
from wms_desktop.domain.states import BACKORDERED, IN_WORK, NOTHING, ON_HOLD, PRE_ORDER, READY, add, strongest
from wms_desktop.errors import Refusal, Value
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Message
from wms_desktop.services import backlog, printing, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.story_events import list_events
from wms_desktop.services.story_places import list_parcels, list_places
from wms_desktop.views.backlog import BacklogLine
from wms_desktop.views.orders import OrderStory, StoryLine, StoryParcel, StoryPlace

Line = Row[OrderLine, str, str]


def story(session: Session, now: datetime, order_id: int) -> OrderStory | None:
    """Everything about one order, open or over; None where there is no such order.

    ``short`` answers "where is my order?"; the places of each line add up to what was ordered of it; the events are
    in the order in which they happened.
    """
    found = session.execute(
        select(Order, Customer.code, Customer.name, CarrierService.carrier, CarrierService.name.label("service"))
        .join(Customer, Customer.id == Order.customer_id)
        .join(CarrierService, CarrierService.id == Order.service_id)
        .where(Order.id == order_id)
    ).one_or_none()
    if found is None:
        return None
    order = found.Order
    rows = _list_lines(session, order_id)
    open_lines = {
        line.line_id: line
        for line in backlog.backlog_of(session, now, sorted({row.OrderLine.product_id for row in rows})).lines
        if line.order_id == order_id
    }
    lines = [row.OrderLine for row in rows]
    places = list_places(session, lines, {line_id: line.by_state for line_id, line in open_lines.items()})
    parcels = list_parcels(session, order_id)
    return OrderStory(
        order_id=order.id, number=order.number, customer_code=found.code, customer=found.name,
        channel=order.channel, address=_address(order), service=f"{found.carrier} {found.service}",
        placed_at=order.placed_at, leave_by=order.leave_by, promise=order.promise,
        ship_rule=backlog.rule_of(order.ship_complete, order.must_ask), priority_class=order.priority_class,
        is_pinned=order.is_pinned, is_held=order.is_held, hold_reason=order.hold_reason, is_paid=order.is_paid,
        value_open=sum((line.value for line in open_lines.values()), Decimal(0)), currency=order.currency,
        short=_Short(session, order, found.carrier, lines, parcels).say(list(open_lines.values())),
        lines=tuple(_line(row, rows, open_lines.get(row.OrderLine.id), places, order) for row in rows),
        parcels=parcels, events=list_events(session, order, lines),
    )  # fmt: skip


def _list_lines(session: Session, order_id: int) -> Sequence[Line]:
    return session.execute(
        select(OrderLine, Product.sku, Product.name)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.line_no)
        .execution_options(populate_existing=True)
    ).all()


def _address(order: Order) -> tuple[str, ...]:
    street = (part.strip() for part in order.street.splitlines())
    town = " ".join(part for part in (order.postcode, order.city) if part)
    return tuple(part for part in (order.ship_name, *street, town, order.country) if part)


def _line(row: Line, rows: Sequence[Line], waiting: BacklogLine | None, places: Mapping[int, tuple[StoryPlace, ...]],
          order: Order) -> StoryLine:  # fmt: skip
    line = row.OrderLine
    replaced = next((other.sku for other in rows if other.OrderLine.id == line.replaces_id), "")
    over = Message("story.waits.left" if line.shipped else "story.waits.cancelled")
    return StoryLine(
        line_id=line.id, line_no=line.line_no, sku=row.sku, product=row.name, ordered=line.ordered,
        shipped=line.shipped, cancelled=line.cancelled, replaced=line.replaced, replaces=replaced,
        by_state=waiting.by_state if waiting else NOTHING, price=line.price,
        first_promise=line.first_promise or order.promise, promise=line.promise or order.promise,
        promise_rule=line.promise_rule, eta=waiting.eta if waiting else None,
        eta_late=waiting.eta_late if waiting else None, eta_from=waiting.eta_from if waiting else "",
        cause=waiting.cause if waiting else line.cause, waits=waiting.waits if waiting else over,
        places=places[line.id],
    )  # fmt: skip


class _Short:
    """The one sentence that answers the customer."""

    def __init__(self, session: Session, order: Order, carrier: str, lines: Sequence[OrderLine],
                 parcels: Sequence[StoryParcel]) -> None:  # fmt: skip
        self._order = order
        self._parcels = parcels
        left = [parcel.shipped_at for parcel in parcels if parcel.shipped_at is not None]
        zone = site_time.zone_of(session)
        self._sent = sum(line.shipped for line in lines)
        self._said: dict[str, Value] = {
            "sent": self._sent,
            "parcels": len(left),
            "carrier": carrier,
            "promise": order.promise.isoformat(),
            "leave_by": order.leave_by.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        }
        if left:
            self._said["day"] = max(left).astimezone(zone).date().isoformat()

    def say(self, waiting: Sequence[BacklogLine]) -> Message:
        """The sentence for what of the order is still open."""
        if not waiting:
            over = "cancelled" if not self._sent else "sent" if "day" in self._said else "sent_all"
            return Message(f"story.short.{over}", self._said)
        whole = add([line.by_state for line in waiting])
        state = strongest(whole)
        self._said |= {"units": whole[state], "open": sum(whole)}
        return Message(f"story.short.{self._name(state, waiting)}{'_rest' if self._sent else ''}", self._said)

    def _name(self, state: int, waiting: Sequence[BacklogLine]) -> str:
        if state == ON_HOLD:
            self._said["reason"] = self._order.hold_reason or "-"
            return "held"
        if state == PRE_ORDER:
            self._said["day_of"] = max(str(line.waits.args.get("day", "")) for line in waiting)
            return "pre_order"
        if state == BACKORDERED:
            return self._name_waiting([line for line in waiting if line.by_state[BACKORDERED]])
        if state == IN_WORK and all(parcel.state != "open" for parcel in self._parcels) and self._parcels:
            on_truck = all(parcel.state in ("loaded", "shipped") for parcel in self._parcels)
            return "loaded" if on_truck else "packed"
        return {READY: "ready", IN_WORK: "in_work"}.get(state, "blocked")

    def _name_waiting(self, lines: Sequence[BacklogLine]) -> str:
        etas = [line.eta for line in lines if line.eta is not None]
        if len(etas) < len(lines):
            return "no_date"
        last = max(lines, key=lambda line: (line.eta or line.promise, line.line_no))
        self._said |= {"eta": max(etas).isoformat(), "purchase": last.eta_from}
        return "waits" if last.eta_from else "waits_stock"


# --- on paper -------------------------------------------------------------------------------------------------


def print_story(session: Session, context: Context, order_id: int) -> Message:
    """Queues the order's story as one page for the station's office printer. Refuses `story.gone`."""
    page = make_page(session, context.at, order_id)
    printer = session.get_one(Station, context.station_id).paper_printer
    printing.enqueue(session, context, page, printer=printer, reason="story")
    return Message("story.printed", {"order": page.number})


def make_page(session: Session, now: datetime, order_id: int) -> OrderPage:
    """The order's story as a document. Refuses `story.gone`."""
    told = story(session, now, order_id)
    if told is None:
        raise Refusal("story.gone")
    return OrderPage(
        number=told.number,
        customer=f"{told.customer} ({told.customer_code})",
        address=told.address,
        service=told.service,
        placed=told.placed_at,
        leave_by=told.leave_by,
        promise=told.promise,
        answer=_text(told.short),
        lines=tuple(_page_line(line) for line in told.lines),
        parcels=tuple(PageParcel(parcel.sscc, _text(_parcel(parcel))) for parcel in told.parcels),
        steps=tuple(PageStep(at=event.at, text=_text(event.what), who=event.who) for event in told.events),
        made=now,
    )


def _parcel(parcel: StoryParcel) -> Message:
    said: dict[str, Value] = {"manifest": parcel.manifest}
    return Message(f"story.parcel.{parcel.state}", said)


def _page_line(line: StoryLine) -> PageLine:
    return PageLine(
        sku=line.sku,
        name=line.product,
        ordered=line.ordered,
        shipped=line.shipped,
        where=tuple(_text(place.where) for place in line.places),
        expected=line.eta if sum(line.by_state) else None,
        instead_of=line.replaces,
    )


def _text(message: Message) -> str:
    return sentence(message.code, message.args)
