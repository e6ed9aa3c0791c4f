"""Recomputes everything that can be recomputed from the movements and the documents, and names what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from wms_desktop.errors import Value


@dataclass(frozen=True, slots=True)
class Difference:
    """One cached figure that is not what its source adds up to: where, what is stored, what it should be."""

    code: str
    args: dict[str, Value]


@dataclass(frozen=True, slots=True)
class _Proof:
    """A query whose rows are the differences: (label, stored, should)."""

    code: str
    sql: str


_LEDGER = """
WITH sums AS (
    SELECT product_id, lot_id, location_id, plate_id, condition, SUM(qty) AS qty FROM (
        SELECT product_id, lot_id, to_location_id AS location_id, to_plate_id AS plate_id,
               to_condition AS condition, qty FROM movement
        UNION ALL
        SELECT product_id, lot_id, from_location_id, from_plate_id, from_condition, -qty FROM movement
    ) AS both_sides
    GROUP BY product_id, lot_id, location_id, plate_id, condition
)"""
_SPOT = "p.sku || ' ' || l.code || ' plate ' || {0}.plate_id || ' lot ' || {0}.lot_id || ' ' || {0}.condition"

_PROOFS = (
    _Proof("stock_differs", f"""{_LEDGER}
SELECT {_SPOT.format("s")} AS label, s.on_hand AS stored, COALESCE(sums.qty, 0) AS should
FROM stock s JOIN product p ON p.id = s.product_id JOIN location l ON l.id = s.location_id
LEFT JOIN sums ON sums.product_id = s.product_id AND sums.lot_id = s.lot_id AND sums.location_id = s.location_id
    AND sums.plate_id = s.plate_id AND sums.condition = s.condition
WHERE s.on_hand <> COALESCE(sums.qty, 0) ORDER BY s.id"""),
    _Proof("stock_missing", f"""{_LEDGER}
SELECT {_SPOT.format("sums")} AS label, 0 AS stored, sums.qty AS should
FROM sums JOIN product p ON p.id = sums.product_id JOIN location l ON l.id = sums.location_id
WHERE sums.qty <> 0 AND NOT EXISTS (
    SELECT 1 FROM stock s WHERE s.product_id = sums.product_id AND s.lot_id = sums.lot_id
    AND s.location_id = sums.location_id AND s.plate_id = sums.plate_id AND s.condition = sums.condition)
ORDER BY label"""),
    _Proof("reserved_differs", f"""
SELECT {_SPOT.format("s")} AS label, s.reserved AS stored, COALESCE(r.qty, 0) AS should
FROM stock s JOIN product p ON p.id = s.product_id JOIN location l ON l.id = s.location_id
LEFT JOIN (SELECT stock_id, SUM(qty) AS qty FROM reservation WHERE state = 'held' GROUP BY stock_id) r
    ON r.stock_id = s.id
WHERE s.reserved <> COALESCE(r.qty, 0) ORDER BY s.id"""),
    _Proof("line_reserved_differs", """
SELECT o.number || ' line ' || ol.line_no AS label, ol.reserved AS stored, COALESCE(r.qty, 0) AS should
FROM order_line ol JOIN sales_order o ON o.id = ol.order_id
LEFT JOIN (SELECT order_line_id, SUM(qty) AS qty FROM reservation WHERE state = 'held' GROUP BY order_line_id) r
    ON r.order_line_id = ol.id
WHERE ol.reserved <> COALESCE(r.qty, 0) ORDER BY ol.id"""),
    _Proof("wrong_product_reserved", """
SELECT o.number || ' line ' || ol.line_no AS label, s.product_id AS stored, ol.product_id AS should
FROM reservation r JOIN stock s ON s.id = r.stock_id JOIN order_line ol ON ol.id = r.order_line_id
JOIN sales_order o ON o.id = ol.order_id
WHERE r.state = 'held' AND s.product_id <> ol.product_id ORDER BY r.id"""),
    _Proof("shipped_differs", """
SELECT o.number || ' line ' || ol.line_no AS label, ol.shipped AS stored, COALESCE(m.qty, 0) AS should
FROM order_line ol JOIN sales_order o ON o.id = ol.order_id
LEFT JOIN (
    SELECT order_line_id, SUM(qty) AS qty FROM movement JOIN location ON location.id = to_location_id
    WHERE location.kind = 'customer' GROUP BY order_line_id) m ON m.order_line_id = ol.id
WHERE ol.shipped <> COALESCE(m.qty, 0) ORDER BY ol.id"""),
    _Proof("received_differs", """
SELECT po.number || ' line ' || pl.line_no AS label, pl.received AS stored, COALESCE(r.qty, 0) AS should
FROM purchase_line pl JOIN purchase_order po ON po.id = pl.purchase_order_id
LEFT JOIN (
    SELECT purchase_line_id, SUM(qty) AS qty FROM receipt_line WHERE state = 'received' GROUP BY purchase_line_id
) r ON r.purchase_line_id = pl.id
WHERE pl.received <> COALESCE(r.qty, 0) ORDER BY pl.id"""),
    _Proof("announced_differs", """
SELECT n.number || ' line ' || nl.line_no AS label, nl.received AS stored, COALESCE(r.qty, 0) AS should
FROM notice_line nl JOIN notice n ON n.id = nl.notice_id
LEFT JOIN (
    SELECT notice_line_id, SUM(qty) AS qty FROM receipt_line WHERE state = 'received' GROUP BY notice_line_id
) r ON r.notice_line_id = nl.id
WHERE nl.received <> COALESCE(r.qty, 0) ORDER BY nl.id"""),
    _Proof("planned_differs", """
SELECT po.number || ' line ' || pl.line_no AS label, pl.planned AS stored, COALESCE(pg.qty, 0) AS should
FROM purchase_line pl JOIN purchase_order po ON po.id = pl.purchase_order_id
LEFT JOIN (
    SELECT purchase_line_id, SUM(qty) AS qty FROM peg WHERE state IN ('proposed', 'firm') GROUP BY purchase_line_id
) pg ON pg.purchase_line_id = pl.id
WHERE pl.planned <> COALESCE(pg.qty, 0) ORDER BY pl.id"""),
    _Proof("planned_too_much", """
SELECT po.number || ' line ' || pl.line_no AS label, pl.planned AS stored,
    CASE WHEN pl.received < pl.ordered THEN pl.ordered - pl.received ELSE 0 END AS should
FROM purchase_line pl JOIN purchase_order po ON po.id = pl.purchase_order_id
WHERE pl.planned > CASE WHEN pl.received < pl.ordered THEN pl.ordered - pl.received ELSE 0 END ORDER BY pl.id"""),
    _Proof("supplier_differs", """
SELECT p.sku AS label, COALESCE(r.qty, 0) AS stored, COALESCE(m.qty, 0) AS should
FROM product p
LEFT JOIN (
    SELECT product_id, SUM(qty) AS qty FROM receipt_line WHERE state = 'received' GROUP BY product_id
) r ON r.product_id = p.id
LEFT JOIN (
    SELECT m.product_id, SUM(CASE WHEN f.kind = 'supplier' THEN m.qty ELSE -m.qty END) AS qty
    FROM movement m JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
    WHERE (f.kind = 'supplier') <> (t.kind = 'supplier') AND m.reason <> 'opening' GROUP BY m.product_id
) m ON m.product_id = p.id
WHERE COALESCE(r.qty, 0) <> COALESCE(m.qty, 0) ORDER BY p.id"""),
    _Proof("pegged_differs", """
SELECT r.number || ' line ' || rl.id AS label, rl.pegged AS stored, COALESCE(pg.qty, 0) AS should
FROM receipt_line rl JOIN receipt r ON r.id = rl.receipt_id
LEFT JOIN (SELECT receipt_line_id, SUM(qty) AS qty FROM peg WHERE state <> 'released' GROUP BY receipt_line_id) pg
    ON pg.receipt_line_id = rl.id
WHERE rl.pegged <> COALESCE(pg.qty, 0) ORDER BY rl.id"""),
    _Proof("plate_in_two_places", """
SELECT pl.code AS label, 1 AS stored, COUNT(DISTINCT s.location_id) AS should
FROM stock s JOIN plate pl ON pl.id = s.plate_id
WHERE s.plate_id <> 0 AND s.on_hand > 0 AND s.is_virtual = 0
GROUP BY pl.code HAVING COUNT(DISTINCT s.location_id) > 1 ORDER BY pl.code"""),
)  # fmt: skip


def find_differences(session: Session, most: int = 20) -> list[Difference]:
    """Every cached figure that its movements or documents do not prove, the first ones first; empty: all is true.

    Reads only; nothing is repaired.
    """
    found = []
    for difference in _differences(session):
        found.append(difference)
        if len(found) >= most:
            break
    return found


def count_proved(session: Session) -> tuple[int, int]:
    """How many movements and balances the check went through."""
    row = session.execute(
        text("SELECT (SELECT COUNT(*) FROM movement) AS movements, (SELECT COUNT(*) FROM stock) AS balances")
    ).one()
    return int(row.movements), int(row.balances)


def _differences(session: Session) -> Iterator[Difference]:
    for proof in _PROOFS:
        for row in session.execute(text(proof.sql)):
            args: dict[str, Value] = {"label": str(row.label), "stored": int(row.stored), "should": int(row.should)}
            yield Difference(proof.code, args)
