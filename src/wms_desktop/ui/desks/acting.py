"""A desk that does things: a panel to think an act over in, a band that says how it went, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent

from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.desks.panel import ActPanel, Proposal, Step
from wms_desktop.ui.desks.result_band import ResultBand
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say
from wms_desktop.views.rehearsal import Rehearsal

GOOD = frozenset({Outcome.ACCEPTED, Outcome.STEP_DONE, Outcome.JOB_COMPLETE, Outcome.LOOK_HERE})


class ActingDesk(Desk):
    """Places :attr:`panel` and :attr:`band` in its layout; F4 takes the last act back where there is a way."""

    def __init__(self, place: str, settings: Settings) -> None:
        super().__init__(place, settings)
        self.panel = ActPanel()
        self.band = ResultBand(self.note)
        for part in (self.panel, self.band):
            part.setParent(self)  # shown before the layout has them, they would be windows of their own
        self._undo: tuple[Step, ...] = ()
        self._asked = 0
        self.panel.rehearsed.connect(self._rehearse)
        self.panel.accepted.connect(self.carry_out)
        self.panel.left.connect(self.take_keyboard)
        self.panel.opened.connect(lambda order: self.go("story", order=order))
        self.band.undo_wanted.connect(self.undo)

    def take_keyboard(self) -> None:
        """Give the keyboard to the desk's main part; a desk says which that is."""

    def showEvent(self, event: QShowEvent) -> None:
        """The desk's main part has the keys when it comes up."""
        super().showEvent(event)
        self.take_keyboard()

    def propose(self, proposal: Proposal) -> None:
        """Let somebody think an act over."""
        self._asked += 1
        self.panel.show_proposal(proposal)

    def carry_out(self, step: Step, undo: tuple[Step, ...] = ()) -> None:
        """Do it; a refusal is shown, and the panel stays as it is."""
        name, args = step
        self.do(name, args, lambda answer: self._note_done(answer, undo))

    def undo(self) -> None:
        """Take the last act back by its opposite."""
        steps, self._undo = self._undo, ()
        self.band.offer_undo(False)
        if not steps:
            self.tell(say("ui.act.nothing_to_undo"), Outcome.LOOK_HERE)
        for name, args in steps:
            self.do(name, args)

    def tell(self, sentence: str, outcome: Outcome | None = None) -> None:
        """Show a sentence in the band; a refusal wears its red stamp."""
        super().tell(sentence)
        self.band.show_sentence(sentence, outcome)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F4 takes back, F8 does what the panel proposes."""
        if event.key() == Qt.Key.Key_F4 or (
            event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            self.undo()
        elif event.key() in (Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_Escape) and self.panel.isVisible():
            self.panel.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _rehearse(self, args: Mapping[str, Any]) -> None:
        self._asked += 1
        self.ask("rehearse", args, self._latest(self.panel.show_rehearsal), self._latest(self.panel.tell_problem))

    def _latest(self, show: Callable[[Any], None]) -> Callable[[Any], None]:
        """Shows an answer only while it is the last one asked for: another proposal may stand there by now."""
        asked = self._asked

        def shown(answer: Rehearsal | Message) -> None:
            if asked == self._asked and self.panel.proposal is not None:
                show(answer)

        return shown

    def _note_done(self, answer: Answer, undo: tuple[Step, ...]) -> None:
        if answer.outcome not in GOOD:
            return
        self._undo = undo
        self.band.offer_undo(bool(undo))
        if self.panel.isVisible():
            self.panel.close_panel()
