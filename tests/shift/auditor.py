"""Audits a played shift with raw SQL on its file and the player's own notes: none of the product's code decides."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

REFUSED = {"stop", "not_understood", "refused"}
STOPPED_WITH_AN_OFFER = {"not_on_order", "on_other_order", "expired_to_hold", "unknown_item", "unknown_plate"}
"""Answers in red that are commands all the same: the dialogue now offers what may be done about it."""
_OUTSIDE = ("ASIDE", "PO-", "CARTON ", "TRUCK-")
"""Places of the player's floor that are no places of the book (any more)."""


def ask(out: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a question to the shift's database."""
    with closing(sqlite3.connect(out / "profile" / "warehouse.db")) as database:
        return database.execute(sql).fetchall()


def tamper(out: Path, sql: str) -> None:
    """Changes a shift's database behind its back, to see whether the auditor notices."""
    with closing(sqlite3.connect(out / "profile" / "warehouse.db")) as database:
        assert database.execute(sql).rowcount == 1
        database.commit()


def end_state(out: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    """What a shift came to, in no order: shipped, received and stocked units, and parcels, each by what they are of."""
    questions = {
        "shipped": """SELECT o.number, l.line_no, l.shipped FROM order_line l JOIN sales_order o ON o.id = l.order_id
            WHERE l.shipped > 0""",
        "received": """SELECT po.number, l.line_no, l.received FROM purchase_line l
            JOIN purchase_order po ON po.id = l.purchase_order_id WHERE l.received > 0""",
        "stocked": """SELECT p.sku || ' ' || lo.code || ' ' || pl.kind, l.code || ' ' || s.condition, SUM(s.on_hand)
            FROM stock s JOIN product p ON p.id = s.product_id JOIN location l ON l.id = s.location_id
            JOIN lot lo ON lo.id = s.lot_id JOIN plate pl ON pl.id = s.plate_id
            WHERE l.is_virtual = 0 AND s.on_hand > 0 GROUP BY 1, 2""",
        "parcels": """SELECT o.number, c.seq, 1 FROM carton c JOIN shipment s ON s.id = c.shipment_id
            JOIN sales_order o ON o.id = s.order_id WHERE c.state = 'shipped'""",
    }
    return {name: Counter({row[:2]: row[2] for row in ask(out, sql)}) for name, sql in questions.items()}


def acts(out: Path) -> Iterator[dict[str, Any]]:
    """Every act the player saw an answer to (or settled after a kill), in order."""
    for line in (out / "player" / "moves.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if "did" in record:
            yield record


def unmatched_commands(out: Path) -> list[str]:
    """Where the acts that were taken and the commands that were carried out part company; empty: one for one."""
    found = []
    for workflow in ("receive", "putaway", "pick", "pack", "dispatch"):
        taken = [a["raw"] for a in acts(out) if a["workflow"] == workflow and _was_taken(a["did"])]
        sql = f"SELECT content FROM command WHERE workflow = '{workflow}' AND state = 'done' ORDER BY seq"
        carried_out = [row[0] for row in ask(out, sql)]
        if len(taken) != len(carried_out):
            found.append(f"{workflow}: {len(taken)} acts were taken, {len(carried_out)} commands carried out")
        pairs = enumerate(zip(taken, carried_out, strict=False))
        found += [f"{workflow} {at}: {raw}" for at, (raw, content) in pairs if content not in _digests(workflow, raw)]
    return found


def _was_taken(did: Mapping[str, Any]) -> bool:
    """Whether the dialogue went on: it was not refused, or it was stopped with something offered."""
    return did["outcome"] not in REFUSED or did["code"] in STOPPED_WITH_AN_OFFER


def untrue_places(out: Path, piles: Iterable[tuple[str, str, int]]) -> set[str]:
    """Bins, lanes, dock, hold and totes where the book is not what really lies there: rows of (place, sku, units)."""
    real: Counter[tuple[str, str]] = Counter()
    for place, sku, units in piles:
        if not place.startswith(_OUTSIDE):
            real[place, sku] += units
    book: Counter[tuple[str, str]] = Counter()
    for place, sku, units in ask(
        out,
        """
        SELECT CASE WHEN s.plate_id = 0 THEN l.code ELSE pl.code END, p.sku, SUM(s.on_hand)
        FROM stock s JOIN location l ON l.id = s.location_id JOIN plate pl ON pl.id = s.plate_id
        JOIN product p ON p.id = s.product_id
        WHERE s.on_hand > 0 AND pl.kind <> 'carton'
          AND (s.condition = 'good' AND (l.kind IN ('bin', 'lane', 'dock') OR pl.kind = 'tote') OR l.kind = 'hold')
        GROUP BY 1, 2""",
    ):
        book[place, sku] = units
    return {place for place, sku in book.keys() | real.keys() if book[place, sku] != real[place, sku]}


def _digests(workflow: str, raw: list[str]) -> set[str]:
    kind, text, value = raw
    contents = {f"scan {text}"} if kind == "scan" else {f"key {text} {value}"}
    if kind == "scan" and text.isdigit() and len(text) <= 4:
        contents |= {f"key quantity {text}", f"key choose {text}"}
    return {hashlib.sha256(f"{workflow}\x00{content}".encode()).hexdigest() for content in contents}
