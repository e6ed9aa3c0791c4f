"""Whatever is asked of the ledger, in any order: nothing is lost, nothing doubled, nothing promised twice."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.orm import Session

from tests.builders import House
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine
from wms_desktop.db.tables import OrderLine, Stock
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import commands, inventory, selfcheck, undoing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

PLACES = ("ADJUSTMENT", "DOCK-1", "A-1", "CART-1", "LANE-1")
OWED = {1: 5, 2: 3}
PROMPT = Prompt(workflow="setup", state="x")
QTY = st.integers(1, 4)
PLACE = st.sampled_from(PLACES[1:])
LINE = st.sampled_from((1, 2))


def _folder() -> Path:
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))


@cache
def _furnished() -> Path:
    """A house with one product, made once and copied for every example."""
    path = _folder() / "furnished.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    house = House(engine).furnish()
    mug = house.product("MUG")
    house.bin("A-1")
    house.order("O1", (mug, 5))
    house.order("O2", (mug, 3))
    engine.dispose()
    return path


class Ledger(RuleBasedStateMachine):
    """Commands against a real database beside a model that is a dictionary."""

    @initialize()
    def furnish(self) -> None:
        """One product, two order lines of five and three units, a handful of places."""
        self.folder = _folder()
        shutil.copy(_furnished(), self.folder / "x.db")
        self.house = House(open_engine(f"sqlite:///{self.folder / 'x.db'}"))
        self.mug = 1
        self.places = {code: self.house.place(code) for code in PLACES}
        self.on_hand: dict[str, int] = defaultdict(int)
        self.held: dict[tuple[str, int], int] = defaultdict(int)
        self.past: list[tuple[dict[str, int], dict[tuple[str, int], int]]] = []

    def _command(self, act: object) -> bool:
        def carry_out(session: Session, context: Context) -> Answer:
            act(session, context)
            return Answer(outcome=Outcome.ACCEPTED, message=Message("undone"), prompt=PROMPT)

        answer = commands.run(self.house.engine, "setup", "x", self.house.context(), carry_out, lambda *_: PROMPT)
        return answer.outcome is Outcome.ACCEPTED

    def _remember(self) -> None:
        self.past.append((dict(self.on_hand), dict(self.held)))

    def _serve(self) -> None:
        """What stands free in the bin goes to whoever waits, the first line first, before the command ends."""
        for line, owed in OWED.items():
            lacking = owed - sum(q for (_, which), q in self.held.items() if which == line)
            self.held["A-1", line] += min(lacking, self._free("A-1"))

    def _free(self, place: str) -> int:
        return self.on_hand[place] - sum(q for (p, _), q in self.held.items() if p == place)

    def _stock(self, session: Session, place: str) -> Stock:
        found = inventory.find_stock(session, Goods(product_id=self.mug, qty=1), self._spot(place))
        if found is None:
            raise Refusal("unknown_code", text=place)
        return found

    def _spot(self, place: str) -> Spot:
        return Spot(location_id=self.places[place])

    @rule(source=st.sampled_from(PLACES), goal=PLACE, qty=QTY)
    def move(self, source: str, goal: str, qty: int) -> None:
        """Free units go from place to place; the adjustment has any number."""
        if source == goal:
            return
        goods = Goods(product_id=self.mug, qty=qty)
        may = source == "ADJUSTMENT" or self._free(source) >= qty
        done = self._command(lambda s, c: inventory.post(s, c, goods, self._spot(source), self._spot(goal), reason="x"))
        assert done == may
        if done:
            self._remember()
            self.on_hand[source] -= qty
            self.on_hand[goal] += qty
            self._serve()

    @rule(place=PLACE, line=LINE, qty=QTY)
    def hold(self, place: str, line: int, qty: int) -> None:
        """Units are held for a line: only free ones, only as many as it is owed."""
        owed = OWED[line] - sum(q for (_, which), q in self.held.items() if which == line)
        may = self._free(place) >= qty and owed >= qty
        done = self._command(lambda s, _c: inventory.hold(s, self._stock(s, place).id, line, qty, "x"))
        assert done == may
        if done:
            self._remember()
            self.held[place, line] += qty

    @rule(place=PLACE, line=LINE, qty=QTY)
    def free(self, place: str, line: int, qty: int) -> None:
        """Held units are let go, and whoever waits gets what stands free: only those that are held."""
        may = self.held[place, line] >= qty
        done = self._command(lambda s, _c: inventory.free(s, self._stock(s, place).id, line, qty))
        assert done == may
        if done:
            self._remember()
            self.held[place, line] -= qty
            self._serve()

    @rule(source=PLACE, goal=PLACE, line=LINE, qty=QTY)
    def carry(self, source: str, goal: str, line: int, qty: int) -> None:
        """Held units travel with their reservation."""
        if source == goal:
            return
        may = self.held[source, line] >= qty
        done = self._command(
            lambda s, c: inventory.carry(s, c, self._stock(s, source).id, line, qty, self._spot(goal), reason="x")
        )
        assert done == may
        if done:
            self._remember()
            self.on_hand[source] -= qty
            self.on_hand[goal] += qty
            self.held[source, line] -= qty
            self.held[goal, line] += qty

    @rule()
    def undo(self) -> None:
        """The last command is taken back, then the one before it."""

        def act(session: Session, context: Context) -> None:
            undoing.undo_last(session, context, "setup")

        done = self._command(act)
        assert done == bool(self.past)
        if done:
            on_hand, held = self.past.pop()
            self.on_hand = defaultdict(int, on_hand)
            self.held = defaultdict(int, held)

    @invariant()
    def the_book_is_the_model(self) -> None:
        """Balances, reservations and the lines' sums are what the model says, and the self-check is clean."""
        if not hasattr(self, "house"):
            return
        for place in PLACES:
            assert self.house.on_hand(place, self.mug) == self.on_hand[place]
        for line in (1, 2):
            wanted = sum(q for (_, which), q in self.held.items() if which == line)
            assert self.house.read(lambda s, line=line: s.get_one(OrderLine, line).reserved) == wanted
        assert self.house.read(selfcheck.find_differences) == []

    def teardown(self) -> None:
        """Lets go of the database."""
        if hasattr(self, "house"):
            self.house.engine.dispose()
            shutil.rmtree(self.folder)


TestLedger = Ledger.TestCase
TestLedger.settings = hypothesis_settings(max_examples=20, stateful_step_count=20, deadline=None)
