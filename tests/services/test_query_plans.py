"""Every hot question of the floor is answered through an index: no scan reads a table that grows with the years."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from benchmarks import big_house, floor_work
from benchmarks.floor_work import Player
from tests.builders import NOON
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import Movement, Stock
from wms_desktop.errors import CannotUndo
from wms_desktop.prompts import Answer, Event
from wms_desktop.runner import StationRunner
from wms_desktop.services import (
    bins,
    codes,
    crossdocking,
    dispatch_reads,
    dock_figures,
    dock_reasons,
    explaining,
    finding,
    flow,
    hands,
    inbound,
    inbound_board,
    inventory,
    kits,
    lane_board,
    lookups,
    outlooks,
    packing_queue,
    picking_walks,
    picturing,
    printing,
    promising,
    putaway,
    receipts,
    rematching,
    replenishing,
    spare_units,
    states,
    story,
    undoing,
    waited,
    waiting_orders,
    walk_backs,
)
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.lanes import Lanes
from wms_desktop.views.backlog import Backlog

GROWING = frozenset(
    {
        "movement", "stock", "order_line", "sales_order", "reservation", "peg", "pick", "command", "print_job",
        "receipt", "receipt_line", "purchase_order", "purchase_line", "shipment", "carton", "batch", "batch_order",
        "plate", "product", "barcode", "location", "lot", "count_task", "notice", "notice_line", "notice_package",
        "delivery", "delivery_part",
    }
)  # fmt: skip
# Indexes of what is open at this moment: reading one whole is reading today's work, not the house's history.
OF_TODAY = frozenset(
    {"ix_peg_open", "ix_peg_arrived", "ix_carton_closed", "uq_reservation_held", "ix_order_line_owed",
     "ix_order_line_waiting", "ix_order_line_promised", "ix_purchase_line_due", "uq_count_task_open",
     "ix_delivery_open"}
)  # fmt: skip
_SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
CONTEXT = Context(operator_id=1, station_id=1, command_id="plans", at=NOON)
STOOD = Stock(location_id=5, product_id=1, lot_id=0, plate_id=0)

QUESTIONS: dict[str, Callable[[Session], Any]] = {
    "what a code means": lambda s: codes.resolve(s, "BIN-1000001"),
    "who waits for a product": lambda s: waiting_orders.list_waiting(s, [1], ()),
    "what else is due of products": lambda s: waiting_orders.due_soon(s, CONTEXT, {1, 2}),
    "who gets what arrives": lambda s: crossdocking.decide(s, CONTEXT, 1, 5),
    "who can be served from what came free": lambda s: rematching._list_servable(s, {1, 2}),
    "who waits for what is free, the first in line": lambda s: picturing.read(s, NOON, product_ids=[1], brief=True),
    "everybody who waits for a product": lambda s: picturing.read(s, NOON, product_ids=[1, 2]),
    "what one order wants and others hold": lambda s: picturing.read(s, NOON, order_ids=[1], takes_back=[1]),
    "what cross-docking has come to": lambda s: dock_figures.figures(s, NOON),
    "why this order and not that one": lambda s: dock_reasons.tell(s, NOON, 1),
    "whether the dock has anything to say": lambda s: dock_reasons.tell_beside(s, NOON, 1),
    "why a line waits": lambda s: explaining.explain(s, NOON, 1),
    "which kits are made of these": lambda s: kits.list_parts(s, [1, 2]),
    "what is free beyond the safety stock": lambda s: picturing.free_in_bins(s, NOON, [1, 2]),
    "which order expects a product": lambda s: receipts.list_expecting(s, 1),
    "what units on a dock came with": lambda s: list(spare_units._on_dock(s, STOOD)),
    "what units in a lane came with": lambda s: list(spare_units._in_lane(s, STOOD)),
    "what is to be carried": lambda s: crossdocking.list_carries(s, 1, 1),
    "what stands on the dock": lambda s: putaway.list_waiting(s, 5),
    "which bin for goods": lambda s: bins.propose(s, Goods(product_id=1, qty=1)),
    "which bin for a whole plate": lambda s: bins.propose_whole(
        s, [Goods(product_id=1, qty=1), Goods(product_id=2, qty=1)]
    ),
    "which bins are to be counted": putaway.list_looks,
    "whether a pick waits for a product": lambda s: bins.is_wanted(s, 1),
    "which pick faces run low": lambda s: replenishing.list_refills(s),
    "what is walked back": lambda s: walk_backs.list_walk_backs(s),
    "which lane an order gets": lambda s: Lanes(s),
    "what stands at a place": lambda s: inventory.find_stock(s, Goods(product_id=1, qty=1), Spot(location_id=101)),
    "what is held at a place": lambda s: inventory.list_held_on(s, location_id=7),
    "what is held on a plate": lambda s: inventory.list_held_on(s, plate_id=1),
    "what is held for an order": lambda s: inventory.list_held_on(s, order_id=1),
    "the held units of a line": lambda s: inventory.find_held(s, 1, 1),
    "which empty rows of a cart go": lambda s: inventory.forget_empty(s, 11),
    "whose batch is next": lambda s: picking_walks.find_next(s, CONTEXT),
    "which batch a picker walks": lambda s: picking_walks.find_walk(s, CONTEXT),
    "the stops of a batch": lambda s: picking_walks.list_halts(s, 1),
    "the lane board": lambda s: lane_board.read_board(s, NOON),
    "trucks and what is on order": lambda s: inbound_board.read_board(s, NOON),
    "the docks of a day": lambda s: inbound_board.read_calendar(s, NOON, NOON.date()),
    "the rows behind the dock's figures": lambda s: [
        dock_figures.list_rows(s, NOON, what)
        for what in ("crossed", "declined", "orders", "minutes", "saved", "walked", "trucks", "received")
    ],
    "what waits for a packer": lambda s: packing_queue.list_waiting(s, NOON),
    "what waits in a tote": lambda s: packing_queue.list_waiting(s, NOON, plate_id=1),
    "which single order wants an item": lambda s: packing_queue.list_singles(s, NOON, 1, 7),
    "an order on the bench": lambda s: packing_queue.get_work(s, 1),
    "which cartons wait for trucks": lambda s: dispatch_reads.list_doors(s),
    "the last command of a station": lambda s: undoing.undo_last(s, CONTEXT, "pick"),
    "the print queue": lambda s: printing.PrintOutbox(s.get_bind(), lambda: NOON).next_jobs("labels"),  # type: ignore[arg-type]
    "the papers of a carton": lambda s: printing.find_latest(s, "shipping_label", carton_id=1),
    "the days of what waits for products": lambda s: promising.refresh(s, CONTEXT, {1, 2}),
    "the backlog's lines and their states": lambda s: states.read(s, NOON),
    "what a scan finds": lambda s: [
        finding.find(s, NOON, text) for text in ("W1000001", "TOTE-1000", "BIN-1000001", "P10000001", "PC1000001")
    ],
    "an order's story": lambda s: story.story(s, NOON, 1),
    "what came and left of late": lambda s: flow.read(s, NOON),
    "how fast the house works": lambda s: hands.read_rates(s, NOON),
    "what left too late": lambda s: waited.list_waited(s, NOON, Backlog(at=NOON, lines=(), orders=())),
    "when goods of a product come": lambda s: outlooks.list_inbounds(s, NOON.date(), {1, 2}),
    "which truck, notice or package a code names": lambda s: [
        inbound.find_by_code(s, text) for text in ("T000001", "ASN-1", "340123450000000017")
    ],
    "which truck brings an order": lambda s: inbound.find_booked(s, 1),
    "the walk of a batch on the map": lambda s: lookups.find_tour(s, "BH1000000"),
}


@dataclass
class Recorder:
    """The statements an engine was given, each once, with the parameters it came with last."""

    engine: Engine

    def __post_init__(self) -> None:
        self.seen: dict[str, Any] = {}
        event.listen(self.engine, "before_cursor_execute", self._note)

    def full_scans(self) -> dict[str, list[str]]:
        """Statements that read a growing table whole, with the tables."""
        connection = self.engine.raw_connection()
        found = {}
        for statement, parameters in list(self.seen.items()):
            rows = connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            tables = [table for row in rows for table in _scanned(row[3], statement)]
            if tables:
                found[" ".join(statement.split())] = tables
        connection.close()
        return found

    def steps(self) -> list[str]:
        """Every step of every plan."""
        connection = self.engine.raw_connection()
        cursor = connection.cursor()
        found = [
            row[3]
            for statement, parameters in list(self.seen.items())
            for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        ]
        connection.close()
        return found

    def _note(self, *told: Any) -> None:
        _, _, statement, parameters, _, many = told
        # An INSERT's plan lists the look-ups of foreign keys that its conflict clause never makes.
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            self.seen[statement] = parameters[0] if many else parameters


def _scanned(step: str, statement: str) -> list[str]:
    found = _SCAN.match(step)
    if found is None or found.group(2) in OF_TODAY:
        return []
    alias = re.search(rf"\b(\w+) (?:AS )?{found.group(1)}\b", statement)
    names = {found.group(1), alias.group(1) if alias else ""}
    return sorted(names & GROWING)


@pytest.fixture(scope="module")
def old_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with a history, on SQLite as the application leaves it: without statistics."""
    return big_house.open_sqlite(tmp_path_factory.mktemp("plans"), 1200)


@pytest.fixture
def engine(old_house: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of it."""
    shutil.copy(old_house, tmp_path / "house.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'house.db'}")
    yield engine
    engine.dispose()


MANY = list(range(1, 1200))
OF_MANY: dict[str, Callable[[Session], Any]] = {
    "which of many products could be served": lambda s: list(rematching._list_there(s, MANY)),
    "what is free of many products": lambda s: picturing.free_in_bins(s, NOON, MANY),
    "who waits for many products": lambda s: picturing.read(s, NOON, product_ids=MANY),
    "what others hold of many products": lambda s: picturing.list_held(s, MANY, ()),
}


@pytest.mark.parametrize("question", OF_MANY)
def test_many_products_are_not_looked_for_bin_by_bin(engine: Engine, question: str) -> None:
    recorder = Recorder(engine)

    with writing(engine) as session:
        OF_MANY[question](session)

    assert recorder.seen
    assert not [step for step in recorder.steps() if "kind=?" in step]
    assert recorder.full_scans() == {}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hot_question_uses_an_index(engine: Engine, question: str) -> None:
    recorder = Recorder(engine)

    with writing(engine) as session, suppress(CannotUndo):
        QUESTIONS[question](session)

    assert recorder.seen
    assert recorder.full_scans() == {}


def test_no_event_of_a_whole_day_reads_a_growing_table_whole(engine: Engine, tmp_path: Path) -> None:
    papers = floor_work.lay_out(engine, 8)
    runner = StationRunner(floor_work.profile(tmp_path / "station", str(engine.url), papers.floor), engine)
    recorder = Recorder(engine)
    epochs: dict[str, int] = {}

    def send(flow: str, happened: Event) -> Answer:
        answer = runner.send(flow, happened, epochs.get(flow, 0))
        epochs[flow] = answer.prompt.epoch
        return answer

    player = Player(send=send, prompt_of=runner.prompt, papers=papers, most=8)
    for station in floor_work.FLOWS:
        player.play(station)

    assert sum(player.counts.values()) > 60
    assert recorder.full_scans() == {}


def test_the_test_sees_a_question_without_an_index(engine: Engine) -> None:
    recorder = Recorder(engine)

    with writing(engine) as session:
        session.scalars(select(Movement.id).where(Movement.reason == "receive")).all()

    assert list(recorder.full_scans().values()) == [["movement"]]
