"""How fast the house works, and how many people that takes: by the cut-off, and on the days when goods arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import HOUSE, Command, Movement, PurchaseLine, PurchaseOrder
from wms_desktop.domain.clearing import people_for, people_for_a_day
from wms_desktop.domain.states import IN_WORK, READY
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import site_time
from wms_desktop.services.flow import quarter
from wms_desktop.services.states import Reading
from wms_desktop.views.backlog import Backlog, BacklogLine
from wms_desktop.views.figures import ArrivalDay, Hands, Rate

DEFAULTS: Mapping[str, float] = {"receive": 150.0, "pick": 80.0, "pack": 60.0}
"""Units a person does in an hour, until the house's own work is known."""
KNOWN_AFTER = 200
"""So many moves of a kind of work must be on the ledger before their rate is believed."""
LOOK_BACK = timedelta(days=14)
HOURS_A_DAY = 8.0
DAYS_AHEAD = 14


def read_rates(session: Session, now: datetime) -> dict[str, Rate]:
    """Units per person and hour of receiving, picking and packing in the last fourteen days, from the ledger.

    A person's hour is four quarters of an hour in each of which they did at least one thing of that kind. Until
    200 moves of a kind are known its rate is the default, and says so.
    """
    since = Command.at >= now - LOOK_BACK
    done = since, Command.state == "done", Command.workflow.in_(tuple(DEFAULTS)), Command.operator_id != HOUSE
    moved = session.connection().execute(
        select(Command.workflow, func.count(Movement.id), func.sum(Movement.qty))
        .join(Movement, Movement.command_id == Command.id)
        .where(*done, Movement.reason == Command.workflow)
        .group_by(Command.workflow)
    )
    units = {work: (int(moves), int(qty)) for work, moves, qty in moved}
    busy = select(Command.workflow, Command.operator_id, quarter(Command.at).label("quarter")).where(*done).distinct()
    spent = busy.subquery()
    hours = {
        work: quarters / 4
        for work, quarters in session.connection().execute(
            select(spent.c.workflow, func.count()).group_by(spent.c.workflow)
        )
    }
    return {work: _rate(work, *units.get(work, (0, 0)), hours.get(work, 0.0)) for work in DEFAULTS}


def _rate(work: str, moves: int, units: int, hours: float) -> Rate:
    is_measured = moves >= KNOWN_AFTER and hours > 0
    speed = units / hours if is_measured else DEFAULTS[work]
    return Rate(work=work, units_per_hour=speed, is_measured=is_measured, measured_from=moves)


@dataclass(frozen=True, slots=True)
class _Work:
    """What of a line is still to be picked and to be packed, and by when."""

    cut_off: datetime
    to_pick: int
    to_pack: int


def plan_hands(session: Session, now: datetime, reading: Reading, book: Backlog, rates: Mapping[str, Rate]) -> Hands:
    """People needed to send what can be sent by the last cut-off of the day (else by the next one there is).

    Counted are units that are ready or in work and must leave by then, those whose cut-off has passed among them; what
    lies in closed cartons is done. No cut-off on the way may be missed: the tightest decides.
    """
    works = [one for line in book.lines if (one := _work(reading, line)) is not None]
    until = _until(session, now, [one.cut_off for one in works])
    due = [one for one in works if one.cut_off <= until]
    to_pick, to_pack = sum(one.to_pick for one in due), sum(one.to_pack for one in due)
    pick, pack = rates["pick"], rates["pack"]
    pickers = people_for([(one.cut_off, one.to_pick) for one in due], pick.units_per_hour, now, until)
    packers = people_for([(one.cut_off, one.to_pack) for one in due], pack.units_per_hour, now, until)
    said: dict[str, Value] = {
        "pickers": pickers, "packers": packers, "units": to_pack, "until": site_time.clock_time(session, until),
        "day": site_time.today(session, until).isoformat(),
    }  # fmt: skip
    is_today = site_time.today(session, until) == reading.today
    code = "nothing" if not to_pack else "today" if is_today else "later"
    return Hands(
        until=until, units_to_pick=to_pick, units_to_pack=to_pack, pick_hours=to_pick / pick.units_per_hour,
        pack_hours=to_pack / pack.units_per_hour, pickers=pickers, packers=packers,
        rates=tuple(rates.values()), message=Message(f"cockpit.hands.{code}", said),
    )  # fmt: skip


def _work(reading: Reading, line: BacklogLine) -> _Work | None:
    ready, in_work = line.by_state[READY], line.by_state[IN_WORK]
    if not ready and not in_work:
        return None
    begun = min(in_work, reading.begun.get(line.line_id, 0))
    packed = min(in_work - begun, reading.packed.get(line.line_id, 0))
    return _Work(line.leave_by, ready + begun, ready + in_work - packed)


def _until(session: Session, now: datetime, cut_offs: Sequence[datetime]) -> datetime:
    """The last cut-off ahead of today; else the first one of a later day; else the day's end."""
    ahead = [at for at in cut_offs if at > now]
    end = site_time.day_end(session, now)
    today = [at for at in ahead if at < end]
    return max(today) if today else min(ahead, default=end)


def plan_arrivals(
    session: Session, reading: Reading, book: Backlog, rates: Mapping[str, Rate]
) -> tuple[ArrivalDay, ...]:
    """What is due on each of the next fourteen days, who waits for it, and how many people that takes.

    What is overdue is counted on today. ``units_waited_for`` are units of lines whose ETA comes from these purchases;
    pickers are for what those orders have in the bins already and can then leave with.
    """
    today, until = reading.today, reading.today + timedelta(days=DAYS_AHEAD - 1)
    rows = session.execute(
        select(PurchaseOrder.number, PurchaseOrder.due, func.sum(PurchaseLine.ordered - PurchaseLine.received))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseLine.received < PurchaseLine.ordered, PurchaseOrder.state == "open", PurchaseOrder.due <= until)
        .group_by(PurchaseOrder.number, PurchaseOrder.due)
        .order_by(PurchaseOrder.due, PurchaseOrder.number)
    )
    due: dict[date, list[tuple[str, int]]] = {today + timedelta(days=n): [] for n in range(DAYS_AHEAD)}
    for number, day, units in rows:
        due[max(day, today)].append((number, int(units)))
    unheld = {line.id: line.open - line.reserved for lines in reading.lines.values() for line in lines}
    waiting: dict[str, list[tuple[BacklogLine, int]]] = {}
    ready: dict[int, int] = {}
    for row in book.lines:
        ready[row.order_id] = ready.get(row.order_id, 0) + row.by_state[READY]
        units = min(row.units_open - row.by_state[READY] - row.by_state[IN_WORK], unheld[row.line_id])
        if row.eta_from and units > 0:
            waiting.setdefault(row.eta_from, []).append((row, units))
    return tuple(_arrival(day, purchases, waiting, ready, rates) for day, purchases in due.items())


def _arrival(day: date, purchases: Sequence[tuple[str, int]], waiting: Mapping[str, Sequence[tuple[BacklogLine, int]]],
             ready: Mapping[int, int], rates: Mapping[str, Rate]) -> ArrivalDay:  # fmt: skip
    lines = [line for number, _ in purchases for line in waiting.get(number, ())]
    units, waited = sum(units for _, units in purchases), sum(units for _, units in lines)
    orders = {line.order_id for line, _ in lines}
    amounts: dict[str, Decimal] = {}
    for line, waits in lines:
        value = line.value / line.units_open * waits
        amounts[line.currency] = amounts.get(line.currency, Decimal(0)) + value
    speed = {work: rate.units_per_hour for work, rate in rates.items()}
    to_pick = sum(ready[order_id] for order_id in orders)
    return ArrivalDay(
        day=day,
        purchases=tuple(number for number, _ in purchases),
        units=units,
        units_waited_for=waited,
        orders_served=len(orders),
        amounts=amounts,
        receivers=people_for_a_day(units, speed["receive"], HOURS_A_DAY),
        pickers=people_for_a_day(to_pick, speed["pick"], HOURS_A_DAY),
        packers=people_for_a_day(waited + to_pick, speed["pack"], HOURS_A_DAY),
    )
