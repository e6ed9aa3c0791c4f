"""Item models over frozen rows that are already in memory; they sort, filter and copy, and never query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from wms_desktop.ui.widgets import plain, plain_tip

Index = QModelIndex | QPersistentModelIndex
_FORMULA = ("=", "+", "-", "@")
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its title, the text of a row, what rows sort by, and whether figures stand on the right."""

    title: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any]
    is_number: bool = False


class RowsModel(QAbstractTableModel):
    """Rows in the order given until a column is sorted; the filter keeps rows that hold every word of it."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._all: tuple[Any, ...] = ()
        self._texts: dict[int, tuple[str, ...]] = {}
        self._shown: list[Any] = []
        self._words: tuple[str, ...] = ()
        self._accepts: Callable[[Any], bool] = lambda row: True
        self._order: tuple[int, Qt.SortOrder] | None = None

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Replace the rows; sorting and filter stay."""
        self.beginResetModel()
        self._all = tuple(rows)
        self._texts = {id(row): tuple(plain(c.text(row), 200) for c in self._columns) for row in self._all}
        self._select()
        self.endResetModel()

    def set_filter(self, words: str, accepts: Callable[[Any], bool] | None = None) -> None:
        """Keep rows whose texts hold every word, whatever the case, and that ``accepts`` takes."""
        self.beginResetModel()
        self._words = tuple(words.casefold().split())
        self._accepts = accepts or (lambda row: True)
        self._select()
        self.endResetModel()

    def shown(self) -> tuple[Any, ...]:
        """The rows that pass the filter, in the order of the screen."""
        return tuple(self._shown)

    def row_at(self, index: Index) -> Any:
        """The row under an index of this model."""
        return self._shown[index.row()]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; text from outside is plain."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[id(self._shown[index.row()])][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._texts[id(self._shown[index.row()])][index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[index.column()].is_number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles; rows have none."""
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._columns[section].is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 gives back the order in which the rows came. The selection goes with its rows."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [self._shown[index.row()] for index in before]
        self._order = (column, order) if column >= 0 else None
        self._select()
        places = {id(row): number for number, row in enumerate(self._shown)}
        after = [self.index(places[id(row)], i.column()) for row, i in zip(rows, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _select(self) -> None:
        self._shown = [row for row in self._all if self._accepts(row) and self._holds_words(row)]
        if self._order is not None:
            column, order = self._order
            key = self._columns[column].sort
            self._shown.sort(key=key, reverse=order is Qt.SortOrder.DescendingOrder)

    def _holds_words(self, row: Any) -> bool:
        if not self._words:
            return True
        whole = " ".join(self._texts[id(row)]).casefold()
        return all(word in whole for word in self._words)


class Table(QTableView):
    """A desk table: whole rows are chosen, a click on a title sorts, Ctrl+C copies with titles."""

    def __init__(self, model: RowsModel, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setObjectName(f"table-{name}")
        self.setAccessibleName(name)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setSectionsMovable(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the chosen rows on the clipboard as tab-separated text; nothing in it computes in a spreadsheet."""
        model = self.model()
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        across = range(model.columnCount())
        role = Qt.ItemDataRole.DisplayRole
        lines = [[str(model.headerData(c, Qt.Orientation.Horizontal, role)) for c in across]]
        lines += [[_harmless(str(model.index(r, c).data(role))) for c in across] for r in rows]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))


def _harmless(text: str) -> str:
    flat = text.replace("\t", " ").replace("\n", " ")
    return f"'{flat}" if flat.startswith(_FORMULA) else flat
