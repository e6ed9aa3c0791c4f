"""The one floor screen: a strip, one instruction, what belongs to it, how the last scan went, and the keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from wms_desktop.prompts import Answer, Key, Outcome, Prompt
from wms_desktop.ui import theme
from wms_desktop.ui.keys import BAR, LOCAL, function_keys, key_text
from wms_desktop.ui.rows import TourView
from wms_desktop.ui.scan_field import ScanField
from wms_desktop.ui.stations.band import OutcomeBand
from wms_desktop.ui.stations.details import DetailRows
from wms_desktop.ui.stations.help_page import HelpPage
from wms_desktop.ui.stations.instruction import Instruction
from wms_desktop.ui.stations.picture import Picture
from wms_desktop.ui.stations.strip import Strip
from wms_desktop.ui.stations.tour_map import TourMap
from wms_desktop.ui.widgets import FloorButton
from wms_desktop.ui.wording import find_sentence, say, say_message, say_or_code

_EDGE = 9
_ALWAYS = LOCAL | {"undo"}
_WORD = "step."
"""A large word that is no name of a place but what is to be done; it is said in the worker's language."""
_SHORT = 24
"""Letters of rows that stand in two columns, so that they can be read from afar."""
_HEADLINE = "prompt.{0}.{1}"


class FloorScreen(QWidget):
    """Shows a prompt and an answer, and hands on codes and keys; it decides nothing.

    ``submitted(raw, epoch)``: a text or a :class:`Key` for the dialogue, with the epoch of the prompt on the screen.
    ``locked()``: F12. ``left()``: Esc where the dialogue has no step back. Subclasses say only which workflow they are,
    which states fill the screen with a verdict, and which picture stands where no map is.
    """

    submitted = Signal(object, int)
    locked = Signal()
    left = Signal()
    workflow = ""
    verdicts: frozenset[str] = frozenset()
    picture = ""

    def __init__(self, station: str = "") -> None:
        super().__init__()
        self.setObjectName(f"floor-{self.workflow}")
        self.prompt: Prompt | None = None
        self._edge = ""
        self._told, self._kept = "", 0
        self.strip = Strip(station)
        self.instruction = Instruction()
        self.details = DetailRows()
        self.map = TourMap()
        self.band = OutcomeBand()
        self.field = ScanField()
        self.help = HelpPage(self.workflow)
        self.buttons = {
            name: FloorButton(name, key_text(self.workflow, name), say(f"ui.key.{name}")) for name in BAR[self.workflow]
        }
        self._lay_out()
        self._connect()
        self.set_training(False)

    # ------------------------------------------------------------------------------------- what is shown

    def show_prompt(self, prompt: Prompt) -> None:
        """Show the instruction; the band stays as it was."""
        self.prompt = prompt
        headline = say_or_code(_HEADLINE.format(prompt.workflow, prompt.state), prompt.args)
        sub = find_sentence(_HEADLINE.format(prompt.workflow, prompt.state) + ".sub", prompt.args)
        is_verdict = bool(prompt.big) and prompt.state in self.verdicts
        big = say(prompt.big) if prompt.big.startswith(_WORD) else prompt.big
        self.instruction.show_words(headline, sub, big, is_verdict=is_verdict)
        rows = [say_or_code(d.code, d.args) for d in prompt.details]
        short = len(rows) > 2 and max(map(len, rows)) <= _SHORT
        self.details.show_rows(rows, columns=4 if is_verdict else 2 if short else 0)
        self.map.set_here(str(prompt.args.get("bin", "")))
        self.strip.show_work(prompt)
        self.field.set_secret(prompt.workflow == "sign_on" and prompt.state == "pin")
        for name, button in self.buttons.items():
            button.set_awake(name in _ALWAYS or name in prompt.keys)
        self._divide()

    def show_answer(self, answer: Answer) -> None:
        """Show how the last scan went, and the instruction that follows."""
        self.show_outcome(answer.outcome, say_message(answer.message))
        self.show_prompt(answer.prompt)

    def show_outcome(self, outcome: Outcome, sentence: str) -> None:
        """Show an outcome in colour, shape and word; the frame at the screen's edge repeats the colour."""
        self._told, self._kept = sentence, 0
        self.band.show_outcome(outcome, sentence)
        self._edge = theme.current().bands[outcome].edge
        self._close_help()
        self.update()

    def add_kept(self, count: int) -> None:
        """Scans made before a stop was seen were not carried out: say how many, after what was said."""
        self._kept += count
        if self.band.outcome is not None:
            kept = say("ui.kept_after_stop", count=self._kept)
            self.band.show_outcome(self.band.outcome, f"{self._told} {kept}")

    def show_resting(self, sentence: str, state: str = "ready") -> None:
        """Nothing has been scanned yet, or the station is locked."""
        self.band.show_resting(sentence, state)
        self._edge = ""
        self.update()

    def show_tour(self, tour: TourView | None) -> None:
        """Draw the walk beside the instruction, or leave the room to the words."""
        self.map.show_tour(tour)
        self._divide()

    def set_training(self, training: bool) -> None:
        """Whether this is the training database: orange frame and the word TRAINING."""
        self.strip.set_training(training)
        self._training = training
        self.update()

    def restyle(self) -> None:
        """Take up the theme of the moment."""
        if self.band.outcome is not None:
            self._edge = theme.current().bands[self.band.outcome].edge
        self.update()

    # --------------------------------------------------------------------------------------- what is done

    def press(self, name: str, value: str = "") -> None:
        """A floor key was pressed, by hand, by thumb or by barcode."""
        if self.help.isVisible() and name in ("help", "back"):
            self._close_help()
        elif name == "help":
            self._stage.setCurrentWidget(self.help)
        elif name == "lock":
            self.locked.emit()
        elif name == "back" and self.prompt is not None and "back" not in self.prompt.keys:
            self.left.emit()
        else:
            self._close_help()
            self.submitted.emit(Key(name, value), self.prompt.epoch if self.prompt else 0)

    def submit(self, text: str) -> None:
        """A whole code arrived."""
        self._close_help()
        self.submitted.emit(text, self.prompt.epoch if self.prompt else 0)

    # ------------------------------------------------------------------------------------------- inside

    def _lay_out(self) -> None:
        work = QWidget()
        self._columns = QHBoxLayout(work)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(20)
        self._words = QVBoxLayout()
        self._words.setSpacing(8)
        self._words.addWidget(self.instruction)
        self._words.addWidget(self.details)
        self._columns.addLayout(self._words)
        self._columns.addWidget(self.map)
        if self.picture:
            self._columns.addWidget(Picture(self.picture), 34)
        self._stage = QStackedWidget()
        self._stage.addWidget(work)
        self._stage.addWidget(self.help)
        keys = QHBoxLayout()
        keys.setSpacing(6)
        self.field.setFont(theme.font(16))
        self.field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        keys.addWidget(self.field)
        for button in self.buttons.values():
            keys.addWidget(button, 1)
            button.setMaximumWidth(theme.touch_pixels(theme.MAIN_TOUCH_MM * 2))
        keys.addStretch(0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        self._column.setSpacing(0)
        self._column.addWidget(self.strip)
        inner = QVBoxLayout()
        inner.setContentsMargins(22, 10, 22, 10)
        inner.setSpacing(10)
        inner.addWidget(self._stage, 1)
        inner.addWidget(self.band)
        inner.addLayout(keys)
        self._column.addLayout(inner, 1)
        self._set_heights()
        self._divide()

    def _connect(self) -> None:
        self.field.set_keys(function_keys(self.workflow))
        self.field.submitted.connect(self.submit)
        self.field.pressed.connect(self.press)
        self.field.refused.connect(lambda code: self.show_outcome(Outcome.NOT_UNDERSTOOD, say(code)))
        self.details.chosen.connect(lambda row: self.submit(str(row)))
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, key=name: self.press(key, self.field.take_number()))

    def _close_help(self) -> None:
        self._stage.setCurrentIndex(0)

    def _divide(self) -> None:
        """Share the stage between words, rows and map, always in the same proportions for the same content."""
        share = (21 if self.instruction.is_verdict else 36) if self.details.count() else 0
        self._words.setStretch(0, 100 - share)
        self._words.setStretch(1, share)
        self.details.setVisible(self.details.count() > 0)
        shows_map = self.map.has_tour() and not self.instruction.is_verdict
        self.map.setVisible(shows_map)
        self._columns.setStretch(0, 66)
        self._columns.setStretch(1, 34 if shows_map else 0)

    def _set_heights(self) -> None:
        scale = self.scale()
        self.strip.setFixedHeight(round(40 * scale))
        self.band.setFixedHeight(round(96 * scale))
        main = theme.touch_pixels(theme.MAIN_TOUCH_MM, self.screen())
        tall = max(48, min(round(main * 0.98), round(self.height() * 0.105)))
        self.field.setFixedSize(round(250 * scale), tall)
        for button in self.buttons.values():
            button.setFixedHeight(tall)
        self.instruction.set_scale(scale)
        self.details.set_scale(scale)
        self.band.set_scale(scale)

    def scale(self) -> float:
        """How much larger than 1280 x 720 the screen is, 1 to 2."""
        return max(1.0, min(2.0, self.width() / 1280, self.height() / 690))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions."""
        super().resizeEvent(event)
        self._set_heights()

    def showEvent(self, event: QShowEvent) -> None:
        """Keys belong to the scan field."""
        super().showEvent(event)
        self.field.take_keys_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame at the screen's edge."""
        painter = QPainter(self)
        wears = theme.current()
        painter.fillRect(self.rect(), QColor(wears.ground))
        colour = self._edge or (wears.training if self._training else wears.strip)
        for rect in (
            (0, 0, self.width(), _EDGE),
            (0, self.height() - _EDGE, self.width(), _EDGE),
            (0, 0, _EDGE, self.height()),
            (self.width() - _EDGE, 0, _EDGE, self.height()),
        ):
            painter.fillRect(*rect, QColor(colour))
