"""The head of the work list: orders or lines, the words and the state it is narrowed to, the figure it came from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wms_desktop.ui.desks.backlog_rows import Filter, Narrow, Sums, amounts_in_words
from wms_desktop.ui.desks.charts import SHAPES
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say
from wms_desktop.views.backlog import STATES

MODES = ("orders", "lines")


class BacklogHead(QWidget):
    """``changed()``: another filter; ``switched(mode)``: orders or lines; ``left()``: Down or Esc in the filter."""

    changed = Signal()
    switched = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.narrow: Narrow | None = None
        self.modes = {mode: self._mode_button(mode) for mode in MODES}
        self._group = QButtonGroup(self)
        for button in self.modes.values():
            self._group.addButton(button)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(say(f"ui.backlog.filter.{MODES[0]}"))
        self.filter.setAccessibleName(say("ui.backlog.filter"))
        self.switched.connect(lambda mode: self.filter.setPlaceholderText(say(f"ui.backlog.filter.{mode}")))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaxLength(100)
        self.filter.setMinimumWidth(260)
        self.filter.returnPressed.connect(self.left)
        self.states = QComboBox()
        self.states.setAccessibleName(say("ui.backlog.all_states"))
        self.states.setMinimumHeight(37)
        self.states.addItem(say("ui.backlog.all_states"), "")
        for state in STATES:
            self.states.addItem(f"{SHAPES[state]}  {say(f'ui.backlog.state.{state}')}", state)
        self.chip = QPushButton()
        self.chip.setObjectName("backlog-chip")
        self.chip.hide()
        self.totals = Label("", 12, bold=True)
        self.as_of = Label("", 11, role="soft")
        self._lay_out()
        self.filter.textChanged.connect(lambda _: self.changed.emit())
        self.states.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.chip.clicked.connect(lambda _=False: self.set_narrow(None))

    def wanted(self) -> Filter:
        """What the list is narrowed to, but for the words."""
        return Filter(narrow=self.narrow, state=str(self.states.currentData()))

    def mode(self) -> str:
        """Orders or lines."""
        return next(mode for mode, button in self.modes.items() if button.isChecked())

    def set_mode(self, mode: str) -> None:
        """Show orders or lines."""
        if self.mode() != mode:
            self.modes[mode].setChecked(True)
            self.switched.emit(mode)

    def set_narrow(self, narrow: Narrow | None) -> None:
        """Come from a figure (whose other filters go), or let it go."""
        self.narrow = narrow
        self.chip.setVisible(narrow is not None)
        if narrow is not None:
            self.chip.setText(say("ui.backlog.chip", what=plain(narrow.label, 80).replace("&", "&&")))
            self.chip.setAccessibleName(say("ui.backlog.chip_name", what=plain(narrow.label, 80)))
            self._clear()
        self.changed.emit()

    def clear(self) -> None:
        """Show everything again."""
        self._clear()
        self.set_narrow(None)

    def show_sums(self, sums: Sums) -> None:
        """What the rows that are left come to."""
        self.totals.setText(
            say("ui.backlog.totals", orders=f"{sums.orders:,}", lines=f"{sums.lines:,}", units=f"{sums.units:,}")
            + (f" · {amounts_in_words(sums.amounts)}" if sums.amounts else "")
        )

    def _clear(self) -> None:
        for box in (self.filter, self.states):
            box.blockSignals(True)
        self.filter.clear()
        self.states.setCurrentIndex(0)
        for box in (self.filter, self.states):
            box.blockSignals(False)

    def _mode_button(self, mode: str) -> QPushButton:
        button = QPushButton(say(f"ui.backlog.mode.{mode}"))
        button.setObjectName(f"backlog-{mode}")
        button.setAccessibleName(say("ui.backlog.show_mode", what=say(f"ui.backlog.mode.{mode}")))
        button.setCheckable(True)
        button.setChecked(mode == MODES[0])
        button.clicked.connect(lambda _=False: self.switched.emit(mode))
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(Label(say("ui.backlog.title"), 22, bold=True))
        top.addSpacing(8)
        switch = QHBoxLayout()
        switch.setSpacing(0)
        for button in self.modes.values():
            switch.addWidget(button)
        top.addLayout(switch)
        top.addStretch(1)
        top.addWidget(self.filter, 2)
        top.addWidget(self.states)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.totals)
        below.addWidget(self.chip)
        below.addStretch(1)
        below.addWidget(self.as_of, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addLayout(below)
