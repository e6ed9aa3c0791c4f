"""The rules of the house, by name, with their defaults; and the numbers given out in series."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Counter, Setting

_KNOWN = "settings"
"""Where a transaction keeps the house's rules once they are read."""
DEFAULTS = {
    "company_prefix": "952000",
    "sender": "WMS Desktop demo house\n1 Harbour Road\nHULL HU1 1AA\nGB",
    "site": "MAIN",
    "currency": "GBP",
    "pick_scans": "bin,item,tote",
    "over_receipt_percent": "10",
    "receivers_teach": "0",
    "hold_days": "5",
    "totes_per_cart": "6",
    # What a cart bears that has no limits of its own when goods are put away with it, in litres and kg ("": any).
    "cart_litres": "",
    "cart_kg": "",
    "label_dpi": "203",
    "page": "A4",
    "empty_check": "1",
    "cross_aisles_mm": "0,13000,26000",
    "depot": "0,0",
    "demo_note": "",
    # Orders and promises.
    "reserve_horizon_days": "",
    "removal": "fefo",
    "promise_days": "1",
    "handling_days": "0",
    "lead_days": "14",
    "late_days": "7",
    "decide_after_days": "7",
    "ship_window_days": "1",
    "default_service": "",
    "not_goods": "POST,DOT,M,D,C2,S,B,BANK CHARGES,AMAZONFEE,CRUK,PADS,ADJUST*,GIFT_*",
    "export_folder": "",
    "export_minutes": "15",
    # The dock: days ahead that trucks are planned, minutes that units need from the truck to their carrier's cut-off,
    # days that arriving units may expire after the oldest in stock ("": no limit), seconds the best sharing-out is
    # sought for (0: never), minutes after which a lane or a truck is late.
    "plan_days": "2",
    "crossdock_minutes": "30",
    "fefo_gap_days": "",
    "solver_seconds": "20",
    "late_truck_minutes": "60",
    "stale_lane_minutes": "240",
    # The backlog's limits and its goal ("": none).
    "backlog_limit_units": "",
    "clear_limit_days": "",
    "backlog_target_units": "",
    "backlog_target_day": "",
    "backlog_target_from": "",
    "inflow_limit_units": "",
}


def get(session: Session, name: str) -> str:
    """The value of a setting, or its default; an unknown name is a bug and raises KeyError."""
    known: dict[str, str] | None = session.info.get(_KNOWN)
    if known is None:
        known = session.info[_KNOWN] = {
            row.name: row.value for row in session.execute(select(Setting.name, Setting.value))
        }
    return known[name] if name in known else DEFAULTS[name]


def get_int(session: Session, name: str) -> int:
    """The value of a setting that is a whole number."""
    return int(get(session, name))


def put(session: Session, name: str, value: str) -> None:
    """Sets a rule of the house."""
    if name not in DEFAULTS:
        raise KeyError(name)
    row = session.get(Setting, name)
    if row is None:
        session.add(Setting(name=name, value=value))
    else:
        row.value = value
    session.flush()
    session.info.pop(_KNOWN, None)


def next_number(session: Session, series: str) -> int:
    """The next number of a series; never given twice, gaps allowed. The row is locked until the commit."""
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    upsert = (
        maker(Counter)
        .values(name=series, value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
    )
    return int(session.execute(upsert.returning(Counter.value)).scalar_one())


def raise_to(session: Session, series: str, value: int) -> None:
    """Makes sure that a series goes on above a number (the high-water mark kept outside the database)."""
    found = session.scalar(select(Counter.value).where(Counter.name == series))
    if found is None:
        session.execute(insert(Counter).values(name=series, value=value))
    elif found < value:
        session.execute(update(Counter).where(Counter.name == series).values(value=value))
