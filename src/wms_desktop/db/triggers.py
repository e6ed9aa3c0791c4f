"""The triggers that keep counters true and the ledger unchangeable, as SQL for SQLite and for PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Total:
    """``parent.counter`` is the sum of ``child.qty`` over the child rows for which ``living`` holds."""

    child: str
    key: str
    parent: str
    counter: str
    living: str = ""

    def added(self, row: str) -> str:
        """SQL that adds one child row (NEW or OLD) to the parent's counter."""
        return self._change(row, "+")

    def taken(self, row: str) -> str:
        """SQL that takes one child row from the parent's counter."""
        return self._change(row, "-")

    def _change(self, row: str, sign: str) -> str:
        alive = f" AND {row}.{self.living}" if self.living else ""
        return (
            f"UPDATE {self.parent} SET {self.counter} = {self.counter} {sign} {row}.qty"  # noqa: S608 constants
            f" WHERE id = {row}.{self.key}{alive};"
        )


TOTALS = (
    Total("reservation", "stock_id", "stock", "reserved", "state = 'held'"),
    Total("reservation", "order_line_id", "order_line", "reserved", "state = 'held'"),
    Total("peg", "receipt_line_id", "receipt_line", "pegged", "state <> 'released'"),
    Total("peg", "purchase_line_id", "purchase_line", "planned", "state IN ('proposed', 'firm')"),
    Total("receipt_line", "purchase_line_id", "purchase_line", "received", "state = 'received'"),
    Total("receipt_line", "notice_line_id", "notice_line", "received", "state = 'received'"),
)

APPEND_ONLY = ("movement",)

_FRESH = """NEW.on_hand = 0 OR EXISTS (
    SELECT 1 FROM movement m WHERE m.id = NEW.last_movement_id AND m.product_id = NEW.product_id
    AND NEW.location_id IN (m.from_location_id, m.to_location_id))"""
_FRESHER = f"NEW.last_movement_id > OLD.last_movement_id AND ({_FRESH.removeprefix('NEW.on_hand = 0 OR ')})"


def statements(dialect: str) -> list[str]:
    """Every CREATE statement, in order, for ``sqlite`` or ``postgresql``."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _children() -> dict[str, list[Total]]:
    by_child: dict[str, list[Total]] = {}
    for total in TOTALS:
        by_child.setdefault(total.child, []).append(total)
    return by_child


def _watched(totals: list[Total]) -> str:
    columns = ["qty", *(t.key for t in totals)]
    if totals[0].living:
        columns.append("state")
    return ", ".join(columns)


def _sqlite() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    made.append(
        f"CREATE TRIGGER stock_added BEFORE INSERT ON stock WHEN NOT ({_FRESH}) BEGIN"
        " SELECT RAISE(ABORT, 'stock needs a movement'); END"
    )
    made.append(
        f"CREATE TRIGGER stock_changed BEFORE UPDATE OF on_hand ON stock WHEN NOT ({_FRESHER}) BEGIN"
        " SELECT RAISE(ABORT, 'stock needs a movement'); END"
    )
    for child, totals in _children().items():
        add = " ".join(t.added("NEW") for t in totals)
        take = " ".join(t.taken("OLD") for t in totals)
        made += [
            f"CREATE TRIGGER {child}_counted_insert AFTER INSERT ON {child} BEGIN {add} END",
            f"CREATE TRIGGER {child}_counted_update AFTER UPDATE OF {_watched(totals)} ON {child}"
            f" BEGIN {take} {add} END",
            f"CREATE TRIGGER {child}_counted_delete AFTER DELETE ON {child} BEGIN {take} END",
        ]
    return made


def _postgresql() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        made += [
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'check_violation'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        ]
    refuse = "BEGIN RAISE EXCEPTION 'stock needs a movement' USING ERRCODE = 'check_violation'; END"
    for name, rule in (("stock_added", _FRESH), ("stock_changed", _FRESHER)):
        event = "INSERT" if name == "stock_added" else "UPDATE OF on_hand"
        made += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF NOT ({rule}) THEN {refuse}; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {name} BEFORE {event} ON stock FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    for child, totals in _children().items():
        add = " ".join(t.added("NEW") for t in totals)
        take = " ".join(t.taken("OLD") for t in totals)
        made += [
            f"CREATE FUNCTION {child}_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP <> 'INSERT' THEN {take} END IF; IF TG_OP <> 'DELETE' THEN {add} END IF;"
            " RETURN NULL; END $$",
            f"CREATE TRIGGER {child}_counted AFTER INSERT OR DELETE OR UPDATE OF {_watched(totals)} ON {child}"
            f" FOR EACH ROW EXECUTE FUNCTION {child}_counted()",
        ]
    return made
