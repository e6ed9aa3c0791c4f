"""The player of the guided shift: scans, presses keys and reads the real window, one pair of hands at it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Qt

from wms_desktop.prompts import Answer, Outcome, Prompt
from wms_desktop.shift import hands
from wms_desktop.shift.floor import Floor, Intent, Move
from wms_desktop.shift.watching import GLANCE_MS, Lost, Stopped, Watcher
from wms_desktop.ui.main_window import MainWindow

_REFUSED = frozenset({Outcome.STOP, Outcome.NOT_UNDERSTOOD})
_DESKS = frozenset({"batches", "backlog", "inbound", "lanes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the player is, in milliseconds: between two scans, on a telling moment, on a caption."""

    act_ms: int = 0
    moment_ms: int = 0
    caption_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What watches the player: ``tell(code, args)`` says a caption, ``shoot(name)`` takes pictures, ``trace`` logs."""

    pace: Pace = field(default_factory=Pace)
    tell: Callable[[str, Mapping[str, str | int]], None] = lambda code, args: None
    shoot: Callable[[str], None] = lambda name: None
    trace: Callable[[Mapping[str, object]], None] = lambda record: None
    stop_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Does:
    """What an act does to the floor once it was taken: moves and notes, where the screen is then ``only_in``."""

    moves: tuple[Move, ...] = ()
    notes: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()


class Player:
    """One pair of hands at the window. It reads only what is on the screen or printed, and its own floor."""

    def __init__(self, window: MainWindow, floor: Floor, stage: Stage) -> None:
        self.window, self.floor, self.stage = window, floor, stage
        self.eyes = Watcher(window)

    # ------------------------------------------------------------------------------------- what is seen

    @property
    def place(self) -> str:
        """The screen that is up."""
        return self.window.place

    def prompt(self) -> Prompt:
        """The instruction on the screen."""
        shown = self.window.floor.screen(self.place).prompt
        if shown is None:
            raise Lost(f"{self.place} shows no instruction")
        return shown

    def person(self) -> str:
        """The name on the strip, "" where nobody is signed on."""
        return self.window.floor.who.name if self.window.floor.who else ""

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the window live until something is so; raises Lost, naming ``what``, when it never comes."""
        self.eyes.wait_until(is_so, what)

    # ---------------------------------------------------------------------------------- what hands do

    def scan(self, text: str, *, moves: tuple[Move, ...] = (), notes: tuple[str, ...] = (),
             only_in: tuple[str, ...] = ()) -> Answer:  # fmt: skip
        """Scans (or types) a code and Enter, and waits for its answer; ``moves`` happen when the program took it."""
        does = Does(moves=moves, notes=notes, only_in=only_in)
        return self._act(("scan", text, ""), does, lambda: hands.type_line(self.window, text))

    def press(self, name: str, value: str = "", *, moves: tuple[Move, ...] = (), notes: tuple[str, ...] = (),
              only_in: tuple[str, ...] = ()) -> Answer:  # fmt: skip
        """Presses a floor key, with a number typed before it where ``value`` is given."""
        does = Does(moves=moves, notes=notes, only_in=only_in)
        place = self.place
        return self._act(("key", name, value), does, lambda: hands.press_floor_key(self.window, place, name, value))

    def tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = hands.PLAIN) -> None:
        """Presses any key of the keyboard, where it goes in this moment (an open menu first)."""
        hands.tap(self.window, key, modifiers)

    def leave(self) -> None:
        """Back to the choice of stations (Ctrl+0)."""
        self.tap(Qt.Key.Key_0, hands.CONTROL)
        self.wait_until(lambda: self.place == "chooser", "the choice of stations")

    def open(self, place: str) -> None:
        """Opens a station or desk by its number on the chooser."""
        if self.place == place:
            return
        if self.place != "chooser":
            self.leave()
        offered = self.window.chooser.places()
        if place not in offered:
            raise Lost(f"{self.person()} is not offered {place}")
        self.eyes.prompted.clear()
        hands.type_line(self.window, str(offered.index(place) + 1))
        self.wait_until(lambda: self.place == place, f"{place} to open")
        if place not in _DESKS:
            self.wait_until(lambda: place in self.eyes.prompted, f"the prompt of {place}")
            self.floor.note("at", place)
        self.eyes.rest(self.stage.pace.act_ms)

    def sign_on(self, badge: str) -> None:
        """Locks the station where somebody else works, and signs on with a badge and its PIN."""
        who = self.floor.people[badge]
        if self.person() == who["name"]:
            return
        if self.place not in ("sign_on", "chooser"):
            self.leave()
        if self.place == "chooser":
            self._send(lambda: self.tap(Qt.Key.Key_F12))
            self.wait_until(lambda: not self.person() and self.place == "sign_on", "the lock")
        answer = self._send(lambda: hands.type_line(self.window, badge))
        if answer.prompt.state == "pin":
            self.eyes.rest(self.stage.pace.act_ms)
            self._send(lambda: hands.type_line(self.window, who["pin"]))
        self.wait_until(lambda: self.place == "chooser" and self.person() == who["name"], f"badge {badge}")
        self.floor.note("at", "")
        self.eyes.rest(self.stage.pace.act_ms)

    # ----------------------------------------------------------------------------------- who watches

    def moment(self, name: str) -> None:
        """A moment worth a picture."""
        self.stage.shoot(name)
        self.eyes.rest(self.stage.pace.moment_ms)

    def tell(self, code: str, **args: str | int) -> None:
        """Says a caption, and gives time to read it."""
        self.stage.tell(code, args)
        self.eyes.rest(self.stage.pace.caption_ms)

    def tell_once(self, code: str, **args: str | int) -> None:
        """Says a caption unless it was said before, also before a kill."""
        if not self.floor.has(f"told {code}"):
            self.floor.note(f"told {code}")
            self.tell(code, **args)

    def stay(self) -> None:
        """Leaves the window to whoever watches; raises Stopped when they close it."""
        while True:
            self.eyes.rest(GLANCE_MS * 20)

    # ------------------------------------------------------------------------------------------ inside

    def _act(self, raw: tuple[str, str, str], does: Does, make: Callable[[], None]) -> Answer:
        stop = self.stage.stop_after
        if stop is not None and self.floor.acts >= stop:
            raise Stopped
        seen = fingerprint(self.prompt())
        self.floor.intend(
            Intent(workflow=self.place, raw=raw, moves=does.moves, notes=does.notes, only_in=does.only_in, seen=seen)
        )
        answer = self._send(make)
        taken = answer.outcome not in _REFUSED
        told = {"outcome": answer.outcome.value, "code": answer.message.code, "state": answer.prompt.state}
        self.floor.done(told, moved=taken and (not does.only_in or answer.prompt.state in does.only_in))
        self.stage.trace({"act": self.floor.acts, "raw": raw, **told})
        self.eyes.rest(self.stage.pace.act_ms)
        return answer

    def _send(self, make: Callable[[], None]) -> Answer:
        self.eyes.answers.clear()
        try:
            make()
        except hands.NoWindow as gone:
            raise Stopped from gone
        self.wait_until(lambda: bool(self.eyes.answers), "an answer")
        return self.eyes.answers[-1]


def fingerprint(prompt: Prompt) -> str:
    """A short mark of everything an instruction says; equal marks, equal instructions."""
    said = [
        prompt.workflow, prompt.state, sorted(prompt.args.items()), prompt.accepts, prompt.keys,
        [[detail.code, sorted(detail.args.items())] for detail in prompt.details], prompt.big, prompt.epoch,
        prompt.progress,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]
