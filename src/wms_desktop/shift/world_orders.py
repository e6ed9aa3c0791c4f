"""The demo's orders: real lines of one real week moved to end today; addresses, services and promises generated."""

from __future__ import annotations

import random
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from wms_desktop.resources import read_bytes
from wms_desktop.shift.world_facts import Address, CarrierService, Order, OrderLine, Product
from wms_desktop.shift.world_places import SERVICES
from wms_desktop.shift.world_products import read_table

SITE_ZONE = "Europe/London"
EUROPE = frozenset({"FR", "DE", "IE", "ES", "PT", "DK", "NO", "SE", "NL", "CH", "CY"})
DOMESTIC = frozenset({"GB", "JE"})

# A cut-off nearer than this cannot be reached by an order that nobody has begun.
SHORTEST_NOTICE = timedelta(minutes=90)
HEAVY_G, SMALL_G = 30_000, 2_000
SHIP_COMPLETE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant the demo is made for, and the site's calendar day of it."""

    now: datetime

    @property
    def today(self) -> date:
        """The site-local day."""
        return self.now.astimezone(ZoneInfo(SITE_ZONE)).date()

    def at(self, day: date, clock: time) -> datetime:
        """That site-local day and time as an instant in UTC."""
        return datetime.combine(day, clock, ZoneInfo(SITE_ZONE)).astimezone(self.now.tzinfo)

    def next_cut_off(self, service: CarrierService) -> date:
        """The first day on which the service's cut-off can still be reached."""
        reachable = self.at(self.today, service.cut_off) >= self.now + SHORTEST_NOTICE
        return self.today if reachable else self.today + timedelta(days=1)


@cache
def words() -> Mapping[str, Any]:
    """The word lists for names and addresses."""
    return tomllib.loads(read_bytes("demo/words.toml").decode("utf-8"))


def orders(seed: int, now: datetime, products: Iterable[Product]) -> tuple[Order, ...]:
    """Every order, oldest first; quantities, articles, customer codes and countries are the real ones."""
    weights = {product.sku: product.weight_g for product in products}
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in read_table("orders.csv"):
        rows[row["order"]].append(row)
    moment = Moment(now)
    placed = _placed(rows, moment)
    made = [_order(seed, moment, its_rows, placed[number], weights) for number, its_rows in rows.items()]
    return tuple(sorted(made, key=lambda order: (order.placed_at, order.number)))


def demand_key(order: Order, now: datetime) -> tuple[bool, datetime, int, date, datetime, str]:
    """Sorts orders as the house ranks demand: broken promise, cut-off, class, then promise, age and number."""
    kept = order.promised_on >= Moment(now).today
    return kept, order.leave_by, order.priority, order.promised_on, order.placed_at, order.number


def demand_by_sku(orders: Iterable[Order]) -> dict[str, dict[str, int]]:
    """For each article the units that each order asks for."""
    demand: dict[str, dict[str, int]] = defaultdict(dict)
    for order in orders:
        for line in order.lines:
            demand[line.sku][order.number] = demand[line.sku].get(order.number, 0) + line.quantity
    return dict(demand)


def address(rng: random.Random, country: str, name: str) -> Address:
    """A generated address in that country (as the source writes it) for a shop or firm of that name."""
    lists, place = words(), words()["countries"][country]
    contact = f"{rng.choice(lists['first_names'])} {rng.choice(lists['last_names'])}"
    street, number = rng.choice(place["streets"]), rng.randrange(1, 140)
    domestic = place["code"] in DOMESTIC
    return Address(
        name=name,
        contact=contact,
        street=f"{number} {street}" if domestic or place["code"] == "FR" else f"{street} {number}",
        town=rng.choice(place["towns"]),
        postcode="".join(_filled(rng, sign) for sign in place["pattern"]),
        country_code=place["code"],
        country=place.get("name", country),
        email=f"{contact.lower().replace(' ', '.')}@customer.example",
        # 01632 960000 to 960999 are kept free for drama by Ofcom.
        phone=f"+44 1632 960{rng.randrange(1000):03}" if domestic else "",
    )


def shop_name(rng: random.Random) -> str:
    """A generated name of a customer's shop."""
    return " ".join(rng.choice(words()[part]) for part in ("shop_first", "shop_second", "shop_third"))


def _filled(rng: random.Random, sign: str) -> str:
    if sign == "#":
        return str(rng.randrange(10))
    return rng.choice(string.ascii_uppercase) if sign == "@" else sign


def _placed(rows: Mapping[str, Sequence[Mapping[str, str]]], moment: Moment) -> dict[str, datetime]:
    """When each order was placed: the days moved so that the last is today, none of them after now."""
    real = {number: datetime.fromisoformat(its_rows[0]["at"]) for number, its_rows in rows.items()}
    last = max(real.values())
    moved = {number: moment.at(moment.today - (last.date() - at.date()), at.time()) for number, at in real.items()}
    midnight, latest = moment.at(moment.today, time()), moment.at(moment.today, last.time())
    if latest <= moment.now:
        return moved
    # The demo is made before the real day was over: its orders are pressed into the hours that have passed.
    part = (moment.now - midnight) / (latest - midnight)
    return {
        number: midnight + timedelta(seconds=int((at - midnight).total_seconds() * part)) if at >= midnight else at
        for number, at in moved.items()
    }


def _order(
    seed: int, moment: Moment, rows: Sequence[Mapping[str, str]], placed_at: datetime, weights: Mapping[str, int]
) -> Order:
    first = rows[0]
    rng = random.Random(f"{seed}:order:{first['order']}")
    customer = random.Random(f"{seed}:customer:{first['customer']}")
    ship_to = address(customer, first["country"], shop_name(customer))
    priority = customer.choices((1, 2, 3), (10, 50, 40))[0]
    weight = sum(weights[row["code"]] * int(row["quantity"]) for row in rows)
    service = _service(rng, ship_to.country_code, weight, priority)
    age = (moment.today - placed_at.astimezone(ZoneInfo(SITE_ZONE)).date()).days
    leave_on = moment.next_cut_off(service) + timedelta(days=_days_to_leave(rng, age))
    promised = leave_on + timedelta(days=service.transit_days)
    if age >= 4 and rng.random() < 0.2:
        # Told on the day of the order, before anybody knew of the delay: some of these promises are broken by now.
        promised = moment.today - timedelta(days=age) + timedelta(days=service.transit_days)
    lines = tuple(
        OrderLine(line_no=line_no, sku=row["code"], quantity=int(row["quantity"]), unit_price=Decimal(row["price_gbp"]))
        for line_no, row in enumerate(rows, start=1)
    )
    return Order(
        number=first["order"],
        customer_code=first["customer"],
        ship_to=ship_to,
        placed_at=placed_at,
        service=service.code,
        leave_by=moment.at(leave_on, service.cut_off),
        promised_on=promised,
        priority=priority,
        ship_policy="complete" if rng.random() < SHIP_COMPLETE_SHARE else "available",
        value=sum((line.quantity * line.unit_price for line in lines), Decimal(0)),
        lines=lines,
    )


def _service(rng: random.Random, country_code: str, weight_g: int, priority: int) -> CarrierService:
    if country_code in EUROPE:
        code = "CELAND-EU"
    elif country_code not in DOMESTIC:
        code = "CELAND-WORLD"
    elif weight_g > HEAVY_G:
        code = "BRACK-CARGO"
    elif weight_g <= SMALL_G:
        code = "DOVE-POST"
    else:
        code = "ALDER-24" if priority == 1 or rng.random() < 0.25 else "ALDER-48"
    return next(service for service in SERVICES if service.code == code)


def _days_to_leave(rng: random.Random, age_days: int) -> int:
    """How many cut-offs the order may let pass: old orders none, new ones up to three."""
    if age_days >= 3:
        return rng.choices((0, 1), (80, 20))[0]
    if age_days >= 1:
        return rng.choices((0, 1, 2), (45, 35, 20))[0]
    return rng.choices((0, 1, 2, 3), (25, 35, 25, 15))[0]
