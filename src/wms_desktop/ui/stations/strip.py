"""The strip along the top: station, person, the work in hand, what waits, the time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTime, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from wms_desktop.prompts import Prompt
from wms_desktop.ui import theme
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say

_WORK = {
    "receive": ("receipt",),
    "pick": ("batch", "cart"),
    "pack": ("order",),
    "dispatch": ("manifest",),
}
_NONE = ("", "-", 0)
_CENTRE = int(Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignCenter)


class Strip(QWidget):
    """One row of facts on a dark ground, left what is being done, right how the station does."""

    def __init__(self, station: str = "") -> None:
        super().__init__()
        self.setObjectName("strip")
        self._station, self._person = plain(station, 30), ""
        self._work: list[str] = []
        self._waiting = 0
        self._training = False
        self._time: Callable[[], str] = lambda: QTime.currentTime().toString("HH:mm")
        self._minute = QTimer(self, interval=5_000)
        self._minute.timeout.connect(self.update)
        self._minute.start()

    def set_people(self, station: str, person: str) -> None:
        """Who works where."""
        self._station, self._person = plain(station, 30), plain(person, 40)
        self.update()

    def set_clock(self, time: Callable[[], str]) -> None:
        """What tells the time of the house, as it is shown."""
        self._time = time
        self.update()

    def set_training(self, training: bool) -> None:
        """Show the word TRAINING."""
        self._training = training
        self.update()

    def set_waiting(self, count: int) -> None:
        """How many scans have no answer yet; one is the normal case and is not shown."""
        self._waiting = count
        self.update()

    def show_work(self, prompt: Prompt) -> None:
        """The document in hand, its progress and its walk, where the prompt tells them."""
        args = prompt.args
        facts = [
            say(f"ui.strip.{name}", **{name: args[name]})
            for name in _WORK.get(prompt.workflow, ())
            if args.get(name, "") not in _NONE
        ]
        if prompt.progress[1]:
            facts.append(say("ui.strip.progress", done=prompt.progress[0], total=prompt.progress[1]))
        if args.get("metres"):
            facts.append(say("ui.strip.metres", metres=args["metres"]))
        self._work = [plain(fact, 60) for fact in facts]
        self.update()

    def words(self) -> tuple[str, ...]:
        """Everything the strip says, left to right."""
        training = (say("ui.training"),) if self._training else ()
        return (*self._left(), *training, *self._right())

    def _left(self) -> list[str]:
        return [fact for fact in (self._station, self._person, *self._work) if fact]

    def _right(self) -> list[str]:
        scanner = say("ui.waiting", count=self._waiting) if self._waiting > 1 else say("ui.scanner_ok")
        return [scanner, self._time()]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the facts with thin rules between them; the left ones make room for the right ones."""
        painter = QPainter(self)
        wears = theme.current()
        painter.fillRect(self.rect(), QColor(wears.strip))
        font = theme.font(13.5, QFont.Weight.Medium)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        right = self.width() - 16.0
        for fact in reversed(self._right()):
            wide = metrics.horizontalAdvance(fact) + 4
            attention = self._waiting > 1 and fact == self._right()[0]
            painter.setPen(QColor(wears.training if attention else wears.strip_soft))
            painter.drawText(QRectF(right - wide, 0, wide, self.height()), _CENTRE, fact)
            right -= wide + 22
        if self._training:
            right = self._draw_training(painter, metrics, right)
        self._draw_left(painter, metrics, right)

    def _draw_left(self, painter: QPainter, metrics: QFontMetrics, right: float) -> None:
        wears = theme.current()
        left = 16.0
        for number, fact in enumerate(self._left()):
            shown = metrics.elidedText(fact, Qt.TextElideMode.ElideRight, max(0, round(right - left)))
            wide = metrics.horizontalAdvance(shown) + 2
            painter.setPen(QColor(wears.on_strip if number < 1 else wears.strip_soft))
            painter.drawText(QRectF(left, 0, wide, self.height()), _CENTRE, shown)
            left += wide + 14
            if number + 1 < len(self._left()) and left < right:
                painter.fillRect(QRectF(left, self.height() * 0.32, 1, self.height() * 0.36), QColor(wears.strip_soft))
            left += 14

    def _draw_training(self, painter: QPainter, metrics: QFontMetrics, right: float) -> float:
        word = say("ui.training")
        wide = metrics.horizontalAdvance(word) + 24
        box = QRectF(right - wide, 6, wide, self.height() - 12)
        painter.fillRect(box, QColor(theme.current().training))
        painter.setPen(QColor("#000000"))
        painter.drawText(box, _MIDDLE, word)
        return right - wide - 20
