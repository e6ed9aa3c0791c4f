"""A dock on a bad day: random receipts against many waiting orders, declined, undone, recounted and cancelled.

The player knows what a clerk knows: the papers in his hand and the prompt on the screen. Each answer to a code of goods
is a *verdict*.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wms_desktop.prompts import Answer, Event, Key, Outcome, Scan

Send = Callable[[Event], Answer]
_LINES = 12
"""Codes scanned of one delivery before its receipt is closed or left."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A purchase order's number and the codes (with their units) of the goods that it brings."""

    number: str
    codes: tuple[str, ...]


@dataclass
class DockDay:
    """One clerk at one dock; ``cancel(number)`` is somebody at a desk who cancels that order.

    ``verdicts`` are the places, among all events sent, of those that a verdict answered.
    """

    send: Send
    cancel: Callable[[str], Answer]
    papers: Sequence[Paper]
    seed: int = 1
    verdicts: list[int] = field(default_factory=list)
    sent: int = 0
    did: Counter[str] = field(default_factory=Counter)

    def play(self, most: int) -> None:
        """Works until so many codes of goods were answered."""
        self._random = random.Random(self.seed)
        while len(self.verdicts) < most:
            paper = self._random.choice(self.papers)
            if self._say(Scan(paper.number)).prompt.state not in ("count", "carry"):
                self.did["closed"] += 1
                continue
            for _ in range(_LINES):
                if len(self.verdicts) < most:
                    self._receive(self._random.choice(paper.codes))
            self._end()

    def _receive(self, code: str) -> None:
        self.verdicts.append(self.sent)
        answer = self._say(Scan(code))
        state = answer.prompt.state
        if state == "over":
            answer = self._say(Key("yes"))
        elif state == "over_far":
            answer = self._say(Key("back"))
        if answer.prompt.state == "carry":
            self._carry(answer)
        elif self._random.random() < 0.2:
            self._turn(answer)

    def _carry(self, answer: Answer) -> None:
        """Most verdicts are carried out; some are declined, undone, or overtaken by a cancellation."""
        chance = self._random.random()
        if chance < 0.12:
            self._say(Key("decline"))
            answer = self._say(Key("choose", str(self._random.randint(1, 4))))
            self.did["declined"] += 1
        elif chance < 0.22:
            self._turn(answer)
            return
        elif chance < 0.3:
            self.cancel(str(answer.prompt.args["order"]))
            self.did["cancelled"] += 1
            answer = self._say(Key("why"))
        while answer.prompt.state == "carry":
            answer = self._say(Scan(answer.prompt.big))
            if answer.outcome is Outcome.STOP:
                raise AssertionError(f"{answer.message} at {answer.prompt.args}")
            self.did["carried"] += 1

    def _turn(self, answer: Answer) -> None:
        """A mistake is taken back, or the quantity keyed."""
        if self._random.random() < 0.5:
            self._say(Key("undo"))
            self.did["undone"] += 1
        else:
            after = self._say(Key("quantity", str(self._random.randint(2, 4))))
            self.did["recounted"] += 1
            if after.prompt.state in ("over", "over_far"):
                self._say(Key("back"))

    def _end(self) -> None:
        """Closes the receipt, or leaves it open for another time."""
        answer = self._say(Key("why"))
        while answer.prompt.state == "carry":
            answer = self._say(Scan(answer.prompt.big))
        closes = self._random.random() < 0.4
        answer = self._say(Key("done" if closes else "back"))
        self.did["closed_short" if closes else "left"] += 1
        if answer.prompt.state != "open":
            self._say(Key("back"))

    def _say(self, event: Event) -> Answer:
        self.sent += 1
        return self.send(event)
