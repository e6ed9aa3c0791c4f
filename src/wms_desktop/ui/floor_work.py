"""Joins the floor screens to the queue of scans: what is scanned goes in, what is answered is shown and heard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from wms_desktop.prompts import Answer, Key, Outcome, Prompt, Who
from wms_desktop.ui.operations import SIGN_ON, Operations
from wms_desktop.ui.stations.floor import FloorScreen
from wms_desktop.ui.wording import say


class FloorWork(QObject):
    """Owns the floor screens, one for each workflow, made when first needed.

    ``go(place)`` asks the window to show a screen: after signing on ("chooser" or the station that was locked), and
    when a dialogue leads into another workflow.
    """

    go = Signal(str)
    signed_on = Signal(object)
    heard = Signal(object)
    touched = Signal()

    def __init__(self, operations: Operations, make: Callable[[str], FloorScreen], station: str) -> None:
        super().__init__()
        self._operations = operations
        self._make = make
        self._station = station
        self._screens: dict[str, FloorScreen] = {}
        self._toured = ""
        self._carted = ""
        self.who: Who | None = None
        self.locked_place = ""
        operations.answered.connect(self._answered)
        operations.prompted.connect(self._prompted)
        operations.signed_on.connect(self._signed)
        operations.waiting.connect(self._show_waiting)
        operations.kept.connect(self._kept)

    def screen(self, workflow: str) -> FloorScreen:
        """The screen of a workflow."""
        if workflow not in self._screens:
            screen = self._make(workflow)
            screen.strip.set_people(self._station, self.who.name if self.who else "")
            screen.show_resting(say("ui.ready"))
            screen.submitted.connect(lambda raw, epoch: self.send(workflow, raw, epoch))
            screen.locked.connect(lambda: self.lock(workflow))
            self._screens[workflow] = screen
        return self._screens[workflow]

    def screens(self) -> tuple[FloorScreen, ...]:
        """Every screen made so far."""
        return tuple(self._screens.values())

    def send(self, workflow: str, raw: str | Key, epoch: int = 0) -> None:
        """Queue a text or a key."""
        self.touched.emit()
        self._operations.submit(workflow, raw, epoch)

    def open_place(self, workflow: str) -> None:
        """A station comes up: its prompt is derived anew."""
        screen = self.screen(workflow)
        screen.show_resting(say("ui.ready_again" if screen.prompt else "ui.ready"))
        self._operations.ask(workflow)

    def lock(self, place: str = "") -> None:
        """Lock the station; the same or another badge opens it at the same work."""
        if self.who is None:
            return
        self.locked_place = place
        self.screen(SIGN_ON).show_resting(say("ui.locked", name=self.who.name), "locked")
        self._operations.submit(SIGN_ON, Key("lock"))
        self.go.emit(SIGN_ON)

    def stop_here(self, code: str) -> None:
        """A scan that could not be taken whole is told on whatever floor screen is up."""
        self.tell_here(Outcome.NOT_UNDERSTOOD, say(code))

    def tell_here(self, outcome: Outcome, sentence: str) -> None:
        """Something that is no answer to a scan is told on whatever floor screen is up."""
        for screen in self._screens.values():
            if screen.isVisible():
                screen.show_outcome(outcome, sentence)
        self.heard.emit(outcome)

    def _answered(self, workflow: str, answer: Answer) -> None:
        self.heard.emit(answer.outcome)
        target = answer.prompt.workflow
        screen = self.screen(target)
        if workflow == SIGN_ON and self.who is None:
            self._show_sign_on(screen, answer)
            return
        if workflow == SIGN_ON:
            place, self.locked_place = self.locked_place or "chooser", ""
            self.go.emit(place)
            return
        screen.show_answer(answer)
        self._find_tour(answer.prompt)
        if target != workflow:
            self.go.emit(target)

    def _show_sign_on(self, screen: FloorScreen, answer: Answer) -> None:
        locked = self.locked_place and answer.outcome is Outcome.ACCEPTED and answer.prompt.state == "badge"
        if locked:
            screen.show_prompt(answer.prompt)  # the band goes on saying whose work is locked
        else:
            screen.show_answer(answer)

    def _prompted(self, workflow: str, prompt: Prompt) -> None:
        self.screen(workflow).show_prompt(prompt)
        self._find_tour(prompt)
        if workflow == SIGN_ON and self.who is not None and self.screen(SIGN_ON).isVisible():
            self.go.emit("chooser")  # but the tray of open scans is read first

    def _signed(self, who: Who | None) -> None:
        self.who = who
        for screen in self._screens.values():
            screen.strip.set_people(self._station, who.name if who else "")
        self.signed_on.emit(who)

    def _find_cart_tour(self, prompt: Prompt) -> None:
        """The walk with a cart, drawn again at each stop."""
        cart = str(prompt.args.get("cart", "")) if prompt.state.startswith("stop") else ""
        key = f"{cart}/{prompt.big}/{prompt.progress}"
        if prompt.workflow != "putaway" or key == self._carted:
            return
        self._carted = key
        screen = self.screen("putaway")
        if cart:
            self._operations.read(lambda reads: reads.ask("cart_tour", {"cart": cart}), screen.show_tour)
        else:
            screen.show_tour(None)

    def _find_tour(self, prompt: Prompt) -> None:
        self._find_cart_tour(prompt)
        batch = str(prompt.args.get("batch", "")) if prompt.workflow == "pick" else ""
        key = f"{batch}/{prompt.epoch}"
        if prompt.workflow != "pick" or key == self._toured:
            return
        self._toured = key
        screen = self.screen("pick")
        if batch:
            self._operations.read(lambda reads: reads.tour(batch), screen.show_tour)
        else:
            screen.show_tour(None)

    def _show_waiting(self, count: int) -> None:
        for screen in self._screens.values():
            screen.strip.set_waiting(count)

    def _kept(self, reason: str, count: int) -> None:
        if reason != "stop":
            return
        for screen in self._screens.values():
            if screen.isVisible():
                screen.add_kept(count)
