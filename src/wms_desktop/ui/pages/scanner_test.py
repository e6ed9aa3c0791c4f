"""The scanner test: one known symbol on the screen, and which setting is wrong when it reads otherwise."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui.keys import GS, function_keys
from wms_desktop.ui.pages.page import ScanPage
from wms_desktop.ui.stations.band import OutcomeBand
from wms_desktop.ui.widgets import FitText, plain
from wms_desktop.ui.wording import say

CONTENT = f"010401234500000910AbYz{GS}21Q7"
"""GTIN, lot AbYz, GS, serial Q7: capital and small letters, y and z, and one separator tell most faults apart."""
EXPECTED = "]C1" + CONTENT
_QUIET_MODULES = 10
_PATIENCE_MS = 1_500


def diagnose(text: str) -> str:
    """The phrase code of what a scan of the test symbol says about the scanner's settings."""
    bare = CONTENT.replace(GS, "")
    if text == EXPECTED:
        return "ui.scanner.ok"
    body = text[3:] if text.startswith("]") else text
    if text == CONTENT:
        return "ui.scanner.no_prefix"
    if body == bare:
        return "ui.scanner.no_gs"
    if len(body) == len(CONTENT) and body[:22] == CONTENT[:22] and body[23:] == CONTENT[23:]:
        return "ui.scanner.gs_stand_in"
    if body.swapcase() in (CONTENT, bare) or body.lower() in (CONTENT.lower(), bare.lower()):
        return "ui.scanner.caps"
    swapped = body.translate(str.maketrans("yzYZ", "zyZY"))
    if any(swapped.endswith(end) for end in (CONTENT, bare)) or body.endswith(bare[4:18]) or _only_digits_fit(body):
        return "ui.scanner.layout"
    return "ui.scanner.other"


def stand_in_of(text: str) -> str:
    """The character that came where GS should be."""
    body = text[3:] if text.startswith("]") else text
    return body[22:23]


class TestSymbol(QWidget):
    """The test code as a GS1-128 symbol in whole pixels, black on white in every theme."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("ui.scanner.symbol"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        bits = _bits()
        painter = QPainter(self)
        modules = len(bits) + 2 * _QUIET_MODULES
        width = max(1, self.width() // modules)
        left = (self.width() - modules * width) // 2
        painter.fillRect(QRectF(left, 0, modules * width, self.height()), QColor("#FFFFFF"))
        for number, bit in enumerate(bits):
            if bit == "1":
                x = left + (number + _QUIET_MODULES) * width
                painter.fillRect(QRectF(x, 14, width, self.height() - 28), QColor("#000000"))


class ScannerTestPage(ScanPage):
    """Shows the symbol, takes one scan, says what to set; ``stand_in_found(character)`` is kept by the window."""

    stand_in_found = Signal(str)

    def __init__(self) -> None:
        super().__init__("scanner", function_keys("sign_on"), "desk-scanner")
        self.title.set_text(say("ui.scanner.title"))
        self.sub.set_text(say("ui.scanner.sub"))
        self.symbol = TestSymbol()
        self.expected = FitText(14, 9, weight=QFont.Weight.Medium)
        self.received = FitText(14, 9, weight=QFont.Weight.Medium)
        self.band = OutcomeBand()
        for line in (self.expected, self.received):
            line.fix_height(32)
        self.band.setFixedHeight(96)
        self.body.addWidget(self.symbol, 1)
        self.body.addWidget(self.expected)
        self.body.addWidget(self.received)
        self.body.addWidget(self.band)
        self.expected.set_text(say("ui.scanner.expected", text=EXPECTED))
        self.band.show_resting(say("ui.scanner.waiting"))
        self.foot.addStretch(1)
        self._quiet = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._quiet.timeout.connect(self._miss_suffix)
        self.field.textChanged.connect(lambda: self._quiet.start())
        self.field.submitted.connect(self.take)

    def take(self, text: str) -> None:
        """Judge one scan."""
        self._quiet.stop()
        code = diagnose(text)
        self.received.set_text(say("ui.scanner.received", text=text))
        args = {"char": plain(stand_in_of(text))} if code == "ui.scanner.gs_stand_in" else {}
        good = code in ("ui.scanner.ok", "ui.scanner.gs_stand_in")
        self.band.show_outcome(Outcome.STEP_DONE if good else Outcome.LOOK_HERE, say(code, **args))
        if args:
            self.stand_in_found.emit(stand_in_of(text))

    def _miss_suffix(self) -> None:
        if len(self.field.code()) > 8:
            self.received.set_text(say("ui.scanner.received", text=self.field.code()))
            self.band.show_outcome(Outcome.LOOK_HERE, say("ui.scanner.no_suffix"))
            self.field.drop()


def _only_digits_fit(body: str) -> bool:
    digits = "".join(c for c in CONTENT if c.isdigit())
    return len(body) >= len(digits) and "".join(c for c in body[3:] if c.isdigit()).startswith(digits[:16])


@cache
def _bits() -> str:
    from barcode.codex import Gs1_128  # late: start-up

    symbol = Gs1_128(CONTENT.replace(GS, Gs1_128.FNC1_CHAR))
    return str(symbol.build()[0])
