"""Which column of the file is which field of ours: one line a field, by keyboard from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from wms_desktop.phrases import texts
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say
from wms_desktop.views.imports import Glance

CONSTANT = "constant:"
"""Before the name of a field in a saved mapping: what it maps to is the same in every row."""
_GOODS = ("sku", "barcode", "name")
"""Any one of these tells which article a row means; a product alone must have its SKU."""
_WIDE = 110
_AROUND = 12
_NONE = 0
_SAMPLES = 3


class CalmCombo(QComboBox):
    """A choice that the wheel changes only where the keyboard is: else scrolling past it would change it unseen."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(18)

    def sizeHint(self) -> QSize:
        """The layout gives the width; Qt's own answer would measure every column's title, for every field."""
        return QSize(_WIDE, self.fontMetrics().height() + _AROUND)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll unless the keyboard is here."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def field_word(name: str) -> str:
    """What a field of ours is called; a name that is none stays as it is."""
    code = f"ui.imports.field.{name}"
    return say(code) if code in texts() else plain(name, 60)


class MappingForm(QWidget):
    """``changed()``: another column or constant was chosen. One column means one field; the last choice counts."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapping")
        self._columns: tuple[str, ...] = ()
        self._titles = QStringListModel(self)
        self._combos: dict[str, CalmCombo] = {}
        self._constants: dict[str, QLineEdit] = {}
        self._samples: dict[str, Label] = {}
        self._musts: tuple[str, ...] = ()
        self._values: tuple[str, ...] = ()
        self._is_quiet = False
        self._kind = ""
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)

    def show_glance(self, glance: Glance) -> None:
        """Offer this file's columns, chosen as the glance proposes."""
        self._columns, self._kind = glance.columns, glance.reading.kind
        self._values = tuple(_samples(glance.sample, place) for place in range(len(glance.columns)))
        self._titles.setStringList([say("ui.imports.no_column"), *(plain(title, 60) for title in glance.columns)])
        fields = sorted(glance.fields, key=lambda field: not field[1])
        self._musts = tuple(name for name, must in fields if must)
        self._is_quiet = True
        if [name for name, _ in fields] != list(self._combos):
            self._build(fields)
        self.choose(glance.reading.mapping, glance.reading.constants)

    def choose(self, mapping: Mapping[str, str], constants: Mapping[str, str] | None = None) -> None:
        """Take a mapping of columns to fields; columns that this file does not have are left out."""
        self._is_quiet = True
        places = {field: place for place, title in enumerate(self._columns, 1) if (field := mapping.get(title))}
        for name, combo in self._combos.items():
            combo.setCurrentIndex(places.get(name, _NONE))
            if constants is not None:
                self._constants[name].setText(constants.get(name, ""))
            self._show_sample(name)
        self._is_quiet = False

    def mapping(self) -> dict[str, str]:
        """The column (its title) of each field that has one."""
        chosen = {name: combo.currentIndex() for name, combo in self._combos.items()}
        return {self._columns[place - 1]: name for name, place in chosen.items() if place > _NONE}

    def constants(self) -> dict[str, str]:
        """What fills the fields that have no column."""
        return {
            name: text
            for name, entry in self._constants.items()
            if (text := entry.text().strip()) and self._combos[name].currentIndex() == _NONE
        }

    def saved(self) -> dict[str, str]:
        """Columns and constants as they are kept under a name."""
        return {**self.mapping(), **{f"{CONSTANT}{name}": text for name, text in self.constants().items()}}

    def take_saved(self, saved: Mapping[str, str]) -> None:
        """Take up what :meth:`saved` gave, as far as this file has the columns."""
        constants = {title.removeprefix(CONSTANT): text for title, text in saved.items() if title.startswith(CONSTANT)}
        self.choose(saved, {**self.constants(), **constants})

    def missing(self) -> tuple[str, ...]:
        """Fields that must be there and have neither a column nor a constant."""
        given = {*self.mapping().values(), *self.constants()}
        named = self._kind != "products" and any(name in given for name in _GOODS)
        return tuple(n for n in self._musts if n not in given and not (named and n in _GOODS))

    def _build(self, fields: Sequence[tuple[str, bool]]) -> None:
        self._combos, self._constants, self._samples = {}, {}, {}
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for place, code in enumerate(("ours", "column", "constant", "sample")):
            grid.addWidget(Label(say(f"ui.imports.mapping.{code}"), 11, bold=True), 0, place)
        for place, (name, must) in enumerate(fields, start=1):
            word = field_word(name)
            grid.addWidget(Label(say("ui.imports.must", field=word) if must else word, 12, bold=must), place, 0)
            grid.addWidget(self._combo(name, word), place, 1)
            grid.addWidget(self._constant(name, word), place, 2)
            self._samples[name] = Label("", 11, role="soft")
            self._samples[name].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(self._samples[name], place, 3)
        for column, share in ((1, 4), (2, 3), (3, 5)):
            grid.setColumnStretch(column, share)
        grid.setRowStretch(len(fields) + 1, 1)
        self._area.setWidget(table)

    def _combo(self, name: str, word: str) -> CalmCombo:
        combo = CalmCombo(f"map-{name}", say("ui.imports.column_of", field=word))
        combo.setModel(self._titles)
        combo.currentIndexChanged.connect(lambda _: self._change(name))
        self._combos[name] = combo
        return combo

    def _constant(self, name: str, word: str) -> QLineEdit:
        entry = QLineEdit()
        entry.setObjectName(f"always-{name}")
        entry.setAccessibleName(say("ui.imports.always_of", field=word))
        entry.setMaxLength(100)
        entry.setAcceptDrops(False)
        entry.textChanged.connect(lambda _: self._tell())
        self._constants[name] = entry
        return entry

    def _change(self, name: str) -> None:
        here = self._combos[name].currentIndex()
        if not self._is_quiet and here > _NONE:
            for other, combo in self._combos.items():
                if other != name and combo.currentIndex() == here:
                    combo.setCurrentIndex(_NONE)
        self._show_sample(name)
        self._tell()

    def _show_sample(self, name: str) -> None:
        here = self._combos[name].currentIndex()
        self._constants[name].setEnabled(here == _NONE)
        self._constants[name].setPlaceholderText(say("ui.imports.always") if here == _NONE else "")
        self._samples[name].setText(self._values[here - 1] if here > _NONE else "")

    def _tell(self) -> None:
        if not self._is_quiet:
            self.changed.emit()


def _samples(rows: Sequence[Sequence[str]], place: int) -> str:
    """The first different values of a column."""
    values = dict.fromkeys(row[place].strip() for row in rows if place < len(row) and row[place].strip())
    return "  ·  ".join(plain(value, 40) for value in list(values)[:_SAMPLES])
