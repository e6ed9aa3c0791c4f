"""How a file is read: what was found out about it, which column is what, and its first rows as they are understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from wms_desktop.ui.desks.imports_mapping import CalmCombo, MappingForm, field_word
from wms_desktop.ui.desks.imports_steps import foot_of
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message, say_or_code
from wms_desktop.views.imports import FORMATS, KINDS, Fault, Glance, Reading, Record

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso-8859-15", "utf-16", "cp1250", "cp437")
DELIMITERS = (",", ";", "\t", "|")
DECIMALS = (".", ",")
DATES = ("ymd", "dmy", "mdy")
ZEROS = ("keep", "restore")
HEADERS = ("1", "2", "3", "4", "5", "6", "0")
_TABLES = ("csv", "xlsx", "shopify", "amazon", "woocommerce")
_LEFT = 330
_NOTES = 3
_WIDEST = 240


class ReadingPage(QWidget):
    """``reshaped()``: a choice that makes other columns of the file; ``remeant()``: the same columns mean something
    else. ``rekinded(kind)``: the file is of another kind, find out anew. ``saving(name)``: keep this mapping.
    """

    reshaped = Signal()
    remeant = Signal()
    rekinded = Signal(str)
    saving = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("imports-reading")
        self.glance: Glance | None = None
        self._saved: dict[str, Mapping[str, str]] = {}
        self._is_quiet = False
        self.choices: dict[str, CalmCombo] = {}
        self._lines: dict[str, tuple[Label, CalmCombo]] = {}
        self.file = Label("", 15, bold=True)
        self.notes = Label("", 11, wrap=True, role="soft")
        self.mapping = MappingForm()
        self.mapping.changed.connect(self.remeant)
        self.saved = CalmCombo("saved-mappings", say("ui.imports.saved_mappings"))
        self.saved.activated.connect(self._take_saved)
        self.save_name = QLineEdit()
        self.save_name.setObjectName("mapping-name")
        self.save_name.setAccessibleName(say("ui.imports.mapping_name"))
        self.save_name.setPlaceholderText(say("ui.imports.mapping_name"))
        self.save_name.setMaxLength(60)
        self.save_name.setAcceptDrops(False)
        self.save = QPushButton(say("ui.imports.save_mapping"))
        self.save.setObjectName("save-mapping")
        self.save.clicked.connect(self._save)
        self.save_name.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.save.setEnabled(False)
        self.rows = RowsModel(())
        self.sample = Table(self.rows, say("ui.imports.sample"))
        self.told = Label("", 11, role="soft")
        self.next = QPushButton(say("ui.imports.read"))
        self.next.setObjectName("imports-next")
        self.next.setDefault(True)
        self.foot = foot_of([self.next], [])
        self.split = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()

    def show_glance(self, glance: Glance) -> None:
        """Show what was found out about a file."""
        self.glance = glance
        self._is_quiet = True
        self.file.setText(say("ui.imports.file", file=plain(glance.file_name, 80)))
        reading = glance.reading
        self._offer("kind", KINDS, reading.kind)
        self._offer("format", _formats(reading.kind), reading.format)
        self._offer("encoding", ENCODINGS, reading.encoding)
        self._offer("delimiter", DELIMITERS, reading.delimiter)
        self._offer("decimal", DECIMALS, reading.decimal)
        self._offer("dates", DATES, reading.dates)
        self._offer("header", HEADERS, str(reading.header))
        self._offer("sheet", glance.sheets, reading.sheet)
        self._offer("zeros", ZEROS, "restore" if reading.restore_zeros else "keep")
        self._show_what_applies(reading.format)
        self.mapping.show_glance(glance)
        self.mapping.setVisible(bool(glance.fields))
        self.notes.setText("\n".join(say_message(note) for note in glance.notes[:_NOTES]))
        self._is_quiet = False

    def show_mappings(self, saved: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """Offer the mappings that were kept for this kind."""
        self._saved = dict(saved)
        self.saved.clear()
        self.saved.addItem(say("ui.imports.choose_mapping" if saved else "ui.imports.no_mapping"), "")
        for name in self._saved:
            self.saved.addItem(plain(name, 60), name)
        self.saved.setEnabled(bool(saved))

    def show_sample(self, rows: Sequence[Record | Fault]) -> None:
        """Show the first rows as they are understood now."""
        names = list(dict.fromkeys(name for row in rows for name, value in row.fields.items() if value))
        columns = [
            Column(title=say("ui.imports.line"), text=lambda r: str(r.line), sort=lambda r: r.line, is_number=True),
            *(_field_column(name) for name in names),
        ]
        if any(isinstance(row, Fault) for row in rows):
            columns.insert(1, Column(title=say("ui.imports.refused"), text=_fault, sort=_fault, tone=lambda _: "alarm"))
        self.rows.show_columns(columns, rows)
        self.sample.fit_columns(_WIDEST)
        self.told.setText(say("ui.imports.understood", rows=len(rows)) if rows else say("ui.imports.no_rows"))

    def reading(self) -> Reading | None:
        """How the file is to be read, as chosen now; None: no file was looked at yet."""
        if self.glance is None:
            return None
        chosen = {name: str(combo.currentData() or "") for name, combo in self.choices.items()}
        return replace(
            self.glance.reading,
            kind=chosen["kind"],
            format=chosen["format"],
            encoding=chosen["encoding"],
            delimiter=chosen["delimiter"],
            decimal=chosen["decimal"],
            dates=chosen["dates"],
            sheet=chosen["sheet"],
            header=int(chosen["header"] or 0),
            restore_zeros=chosen["zeros"] == "restore",
            mapping=self.mapping.mapping(),
            constants=self.mapping.constants(),
        )

    def problem(self) -> str:
        """Why the file cannot be read like this, in a sentence; empty: it can."""
        missing = self.mapping.missing() if self.glance is not None and self.glance.fields else ()
        return say("ui.imports.missing", fields=", ".join(field_word(name) for name in missing)) if missing else ""

    def _show_what_applies(self, form: str) -> None:
        """A workbook has sheets, a text file letters and delimiters, a message neither."""
        is_table = form in _TABLES
        for name, (word, combo) in self._lines.items():
            applies = {
                "sheet": form == "xlsx",
                "encoding": form != "xlsx",
                "delimiter": is_table and form != "xlsx",
            }.get(name, is_table or name in ("kind", "format"))
            word.setVisible(applies)
            combo.setVisible(applies)

    def _offer(self, name: str, values: Sequence[str], chosen: str) -> None:
        combo = self.choices[name]
        combo.clear()
        for value in values if chosen in values else (chosen, *values):
            combo.addItem(_word(name, value), value)
        combo.setCurrentIndex(combo.findData(chosen))

    def _chosen(self, name: str) -> None:
        if self._is_quiet:
            return
        if name == "kind":
            self.rekinded.emit(str(self.choices[name].currentData()))
        elif name in ("decimal", "dates", "zeros"):
            self._mean()
        else:
            self.reshaped.emit()

    def _mean(self) -> None:
        if not self._is_quiet:
            self.remeant.emit()

    def _take_saved(self, place: int) -> None:
        name = str(self.saved.itemData(place) or "")
        if name in self._saved:
            self.mapping.take_saved(self._saved[name])
            self.save_name.setText(name)
            self.remeant.emit()

    def _save(self) -> None:
        if self.save_name.text().strip():
            self.saving.emit(self.save_name.text().strip())

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setVerticalSpacing(5)
        form.setHorizontalSpacing(10)
        form.setColumnStretch(1, 1)
        for place, name in enumerate(
            ("kind", "format", "sheet", "encoding", "delimiter", "header", "decimal", "dates", "zeros")
        ):
            word = say(f"ui.imports.{name}")
            combo = CalmCombo(f"read-{name}", word)
            combo.currentIndexChanged.connect(lambda _, chosen=name: self._chosen(chosen))
            self.choices[name] = combo
            self._lines[name] = (Label(word, 12), combo)
            form.addWidget(self._lines[name][0], place, 0)
            form.addWidget(combo, place, 1)
        keep = QHBoxLayout()
        keep.addWidget(self.save_name, 1)
        keep.addWidget(self.save)
        left = QWidget()
        left.setFixedWidth(_LEFT)
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 8, 0)
        side.setSpacing(8)
        side.addLayout(form)
        side.addSpacing(4)
        side.addWidget(Label(say("ui.imports.saved_mappings"), 12, bold=True))
        side.addWidget(self.saved)
        side.addLayout(keep)
        side.addWidget(self.notes)
        side.addStretch(1)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(4)
        lower.addWidget(self.told)
        lower.addWidget(self.sample, 1)
        split = self.split
        split.setChildrenCollapsible(False)
        split.addWidget(self.mapping)
        split.addWidget(below)
        split.setSizes([300, 230])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.file)
        row = QHBoxLayout()
        row.addWidget(left)
        row.addWidget(split, 1)
        column.addLayout(row, 1)


def _formats(kind: str) -> tuple[str, ...]:
    wanted = {
        "products": ("woocommerce", "csv", "xlsx"),
        "stock": ("csv", "xlsx"),
        "purchases": ("csv", "xlsx"),
        "notices": ("x12", "edifact", "csv", "xlsx"),
    }
    return wanted.get(kind, tuple(name for name in FORMATS if name != "woocommerce"))


def _word(name: str, value: str) -> str:
    if name in ("kind", "format", "delimiter", "decimal", "dates", "zeros"):
        codes = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}
        return say(f"ui.imports.{name}.{codes.get(value, value)}") if value else ""
    if name == "header":
        return say("ui.imports.header.none") if value == "0" else say("ui.imports.header.row", row=value)
    return plain(value, 60)


def _field_column(name: str) -> Column:
    def text(row: Record | Fault) -> str:
        return row.fields.get(name, "")

    return Column(title=field_word(name), text=text, sort=text, tone=lambda r: "soft" if isinstance(r, Fault) else "")


def _fault(row: Record | Fault) -> str:
    return (
        say_or_code(row.rule, {**row.args, "column": row.column, "value": row.value}) if isinstance(row, Fault) else ""
    )
