"""Hands and eyes of the guided shift: types on the real window as a scanner does, reads what it shows, waits for it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from wms_desktop.prompts import Answer, Outcome, Prompt
from wms_desktop.shift.floor import Floor, Intent, Move
from wms_desktop.ui.keys import GS, function_keys
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.operations import Failure

PATIENCE_MS = 60_000
"""Longer than the slowest answer on a loaded machine; beyond it the player says what it waited for and gives up."""
_GLANCE_MS = 10
_REFUSED = frozenset({Outcome.STOP, Outcome.NOT_UNDERSTOOD})
_CONTROL = Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_GS_KEY = int(Qt.Key.Key_BracketRight)
_log = logging.getLogger(__name__)


class Lost(Exception):
    """The window did not do what a person would wait for; the text says what that was."""


class Stopped(Exception):
    """Enough was played: the asked number of acts, or the window was closed."""


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


class Player(QObject):
    """One pair of hands at the window. It reads only what is on the screen or printed, and its own floor."""

    def __init__(self, window: MainWindow, floor: Floor, stage: Stage) -> None:
        super().__init__()
        self.window, self.floor, self.stage = window, floor, stage
        self._answers: list[Answer] = []
        self._prompted: list[str] = []
        self._failure: Failure | None = None
        self._loop: QEventLoop | None = None
        self._keys = function_keys("")
        operations = window.operations
        operations.answered.connect(self._hear)
        operations.prompted.connect(self._see)
        operations.failed.connect(self._fail)
        for signal in (operations.signed_on, operations.changed, operations.recovered):
            signal.connect(self._look)

    # --------------------------------------------------------------------------------------- beginning

    def begin(self) -> None:
        """Waits for the first screen; after a kill reads the tray, and settles by the screen what became of the act."""
        self.wait_until(lambda: "sign_on" in self._prompted, "the first prompt")
        applied: list[str] = []
        if self.window.place == "tray":
            applied = self._read_tray()
        was_at = self.floor.notes.get("at", "")
        if was_at and self.window.place == "chooser":
            self.open(was_at)
            shown = fingerprint(self.prompt())
            self.stage.trace({"restarted": was_at, "prompt": shown})
            self._settle(applied, shown)
        elif self.floor.pending is not None:
            self.floor.drop()

    def _read_tray(self) -> list[str]:
        rows = self.window.trouble.tray.model.shown()
        self.stage.shoot("tray")
        self.stage.trace({"tray": [[row.text, row.outcome] for row in rows]})
        self._tap(Qt.Key.Key_F8)
        self.wait_until(lambda: self.window.place != "tray", "the tray to close")
        return [row.text for row in rows if row.outcome == "applied"]

    def _settle(self, applied: list[str], shown: str) -> None:
        """Whether the last act before the kill was carried out: the tray says so and the screen has moved on."""
        intent = self.floor.pending
        if intent is None:
            return
        kind, text, value = intent.raw
        names = {text, f"quantity {text}", f"choose {text}"} if kind == "scan" else {f"{text} {value}".strip()}
        if names.isdisjoint(applied) or shown == intent.seen:
            self.floor.drop()
            return
        state = self.prompt().state
        moved = not intent.only_in or state in intent.only_in
        self.floor.done({"outcome": "settled", "state": state}, moved=moved)

    # ------------------------------------------------------------------------------------- what is seen

    @property
    def place(self) -> str:
        """The screen that is up."""
        return self.window.place

    def prompt(self) -> Prompt:
        """The instruction on the screen."""
        shown = self.window.floor.screen(self.window.place).prompt
        if shown is None:
            raise Lost(f"{self.window.place} shows no instruction")
        return shown

    def person(self) -> str:
        """The name on the strip, "" where nobody is signed on."""
        return self.window.floor.who.name if self.window.floor.who else ""

    # ---------------------------------------------------------------------------------- what hands do

    def scan(
        self,
        text: str,
        *,
        moves: tuple[Move, ...] = (),
        notes: tuple[str, ...] = (),
        only_in: tuple[str, ...] = (),
    ) -> Answer:
        """Scans (or types) a code and Enter, and waits for its answer; ``moves`` happen when the program took it."""
        return self._act(("scan", text, ""), (moves, notes, only_in), lambda: self._type(text, enter=True))

    def press(
        self,
        name: str,
        value: str = "",
        *,
        moves: tuple[Move, ...] = (),
        notes: tuple[str, ...] = (),
        only_in: tuple[str, ...] = (),
    ) -> Answer:
        """Presses a floor key, with a number typed before it where ``value`` is given."""
        return self._act(("key", name, value), (moves, notes, only_in), lambda: self._key(name, value))

    def leave(self) -> None:
        """Back to the choice of stations (Ctrl+0)."""
        self._tap(Qt.Key.Key_0, _CONTROL)
        self.wait_until(lambda: self.window.place == "chooser", "the choice of stations")

    def open(self, place: str) -> None:
        """Opens a station or desk by its number on the chooser."""
        if self.window.place == place:
            return
        if self.window.place != "chooser":
            self.leave()
        offered = self.window.chooser.places()
        if place not in offered:
            raise Lost(f"{self.person()} is not offered {place}")
        self._prompted.clear()
        self._type(str(offered.index(place) + 1), enter=True)
        self.wait_until(lambda: self.window.place == place, f"{place} to open")
        if place not in ("batches", "backlog"):
            self.wait_until(lambda: place in self._prompted, f"the prompt of {place}")
            self.floor.note("at", place)
        self.rest(self.stage.pace.act_ms)

    def sign_on(self, badge: str) -> None:
        """Locks the station where somebody else works, and signs on with a badge and its PIN."""
        who = self.floor.people[badge]
        if self.person() == who["name"]:
            return
        if self.window.place not in ("sign_on", "chooser"):
            self.leave()
        if self.window.place == "chooser":
            self._send(lambda: self._tap(Qt.Key.Key_F12))
            self.wait_until(lambda: not self.person() and self.window.place == "sign_on", "the lock")
        answer = self._send(lambda: self._type(badge, enter=True))
        if answer.prompt.state == "pin":
            self.rest(self.stage.pace.act_ms)
            self._send(lambda: self._type(who["pin"], enter=True))
        self.wait_until(lambda: self.window.place == "chooser" and self.person() == who["name"], f"badge {badge}")
        self.floor.note("at", "")
        self.rest(self.stage.pace.act_ms)

    def tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        """Presses any key of the keyboard, where it goes in this moment (an open menu first)."""
        self._tap(key, modifiers)

    def moment(self, name: str) -> None:
        """A moment worth a picture."""
        self.stage.shoot(name)
        self.rest(self.stage.pace.moment_ms)

    def tell(self, code: str, **args: str | int) -> None:
        """Says a caption, and gives time to read it."""
        self.stage.tell(code, args)
        self.rest(self.stage.pace.caption_ms)

    def tell_once(self, code: str, **args: str | int) -> None:
        """Says a caption unless it was said before, also before a kill."""
        if not self.floor.has(f"told {code}"):
            self.floor.note(f"told {code}")
            self.tell(code, **args)

    # ----------------------------------------------------------------------------------------- waiting

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the window live until something is so; raises Lost, naming ``what``, when it never comes."""
        if self._is_over() or is_so():
            return
        loop = QEventLoop()
        late = QTimer(singleShot=True, interval=PATIENCE_MS)
        glance = QTimer(interval=_GLANCE_MS)  # for what no signal tells: a folder, a closed window
        late.timeout.connect(loop.quit)
        glance.timeout.connect(lambda: loop.quit() if is_so() or not self.window.isVisible() else None)
        self._loop = loop
        late.start()
        glance.start()
        while not is_so() and late.isActive() and not self._is_over():
            loop.exec()
        self._loop = None
        if not is_so():
            raise Lost(f"waited for {what}, but {self._shown()}")

    def rest(self, milliseconds: int) -> None:
        """Lets a person look; the window lives on."""
        if milliseconds <= 0:
            return
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
        self._is_over()

    def stay(self) -> None:
        """Leaves the window to whoever watches, until they close it."""
        while self.window.isVisible():
            self.rest(_GLANCE_MS * 20)

    def _is_over(self) -> bool:
        if self._failure is not None:
            raise Lost(f"the window halted: {self._failure.report}")
        if not self.window.isVisible():
            raise Stopped
        return False

    def _shown(self) -> str:
        screen = self.window.floor.screen(self.window.place) if self.window.place in _FLOOR else None
        state = f" in {screen.prompt.state}: {screen.band.sentence.text()}" if screen and screen.prompt else ""
        return f"{self.window.place} is up{state}"

    # ------------------------------------------------------------------------------------------ inside

    def _act(
        self,
        raw: tuple[str, str, str],
        does: tuple[tuple[Move, ...], tuple[str, ...], tuple[str, ...]],
        make: Callable[[], None],
    ) -> Answer:
        stop = self.stage.stop_after
        if stop is not None and self.floor.acts >= stop:
            raise Stopped
        moves, notes, only_in = does
        self.floor.intend(
            Intent(workflow=self.place, raw=raw, moves=moves, notes=notes, only_in=only_in,
                   seen=fingerprint(self.prompt()))
        )  # fmt: skip
        answer = self._send(make)
        taken = answer.outcome not in _REFUSED
        moved = taken and (not only_in or answer.prompt.state in only_in)
        told = {"outcome": answer.outcome.value, "code": answer.message.code, "state": answer.prompt.state}
        self.floor.done(told, moved=moved)
        self.stage.trace({"act": self.floor.acts, "raw": raw, **told})
        self.rest(self.stage.pace.act_ms)
        return answer

    def _send(self, make: Callable[[], None]) -> Answer:
        self._answers.clear()
        make()
        self.wait_until(lambda: bool(self._answers), "an answer")
        return self._answers[-1]

    def _type(self, text: str, *, enter: bool) -> None:
        target = self._target()
        for character in text:
            key, modifiers = (_GS_KEY, _CONTROL) if character == GS else (ord(character.upper()), _PLAIN)
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QCoreApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, character))
        if enter:
            self._tap(Qt.Key.Key_Return)

    def _key(self, name: str, value: str) -> None:
        self._type(value, enter=False)
        if name == "back":
            self._tap(Qt.Key.Key_Escape)
            return
        code = next(code for code, known in function_keys(self.place).items() if known == name)
        self._tap(Qt.Key(code))

    def _tap(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        QTest.keyClick(self._target(), key, modifiers)

    def _target(self) -> QWindow:
        """The window of the system that has the keyboard: an open menu, else ours."""
        popup = QApplication.activePopupWidget()
        handle = (popup or self.window).windowHandle()
        if handle is None:
            raise Stopped
        return handle

    def _hear(self, _workflow: str, answer: Answer) -> None:
        self._answers.append(answer)
        self._look()

    def _see(self, workflow: str, _prompt: Prompt) -> None:
        self._prompted.append(workflow)
        self._look()

    def _fail(self, failure: Failure) -> None:
        self._failure = failure
        self._look()

    def _look(self, *_args: object) -> None:
        if self._loop is not None:
            self._loop.quit()


_FLOOR = frozenset({"sign_on", "receive", "putaway", "pick", "pack", "dispatch"})


def fingerprint(prompt: Prompt) -> str:
    """A short mark of everything an instruction says; equal marks, equal instructions."""
    said = [
        prompt.workflow, prompt.state, sorted(prompt.args.items()), prompt.accepts, prompt.keys,
        [[detail.code, sorted(detail.args.items())] for detail in prompt.details], prompt.big, prompt.epoch,
        prompt.progress,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]
