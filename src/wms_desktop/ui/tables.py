"""Item models over frozen rows that are already in memory; they sort, filter, copy and export, and never query.

Made for 20,000 rows of 14 columns: the text of a cell is made when it is first seen, and what the filter looks in is
made in the pauses between two keys.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.export_dialog import ExportDialog
from wms_desktop.ui.jobs import Job
from wms_desktop.ui.row_texts import Column, RowTexts, value_of
from wms_desktop.ui.table_files import harmless, write_table
from wms_desktop.ui.widgets import plain, plain_tip
from wms_desktop.ui.wording import say, say_message

Index = QModelIndex | QPersistentModelIndex
__all__ = ["Column", "RowsModel", "Table", "wrap_lines"]
_NOWHERE = QModelIndex()
_PAUSE_S = 0.006
"""So long at a time the filter's text is made while nobody presses a key."""
_TWO_LINES = 54
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RowsModel(QAbstractTableModel):
    """Rows in the order given until a column is sorted; the filter keeps rows that hold every word of it.

    ``key`` tells that a row read anew is the same one (its number in the database), so that what was chosen stays
    chosen.
    """

    def __init__(self, columns: Sequence[Column], key: Callable[[Any], Hashable] = id) -> None:
        super().__init__()
        self.key = key
        self.columns = tuple(columns)
        self.texts = RowTexts(columns, (), range(len(columns)))
        self._sorted: Sequence[int] = ()
        self._shown: list[int] = []
        self._words: tuple[str, ...] = ()
        self._accepts: Callable[[Any], bool] | None = None
        self._order: tuple[int, Qt.SortOrder] | None = None
        self._pause = QTimer(self, interval=0)
        self._pause.timeout.connect(self._use_pause)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Replace the rows; sorting and filter stay."""
        self._replace(RowTexts(self.columns, rows, self.texts.searched))

    def show_columns(self, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """Replace columns and rows: another file, another kind of list; the sorting is given up."""
        self._order = None
        self._replace(RowTexts(columns, rows, range(len(columns))))

    def search_in(self, columns: Sequence[int]) -> None:
        """The filter looks in these columns only: those on the screen, or nobody would know why a row is there."""
        if tuple(columns) != self.texts.searched:
            self._replace(RowTexts(self.columns, self.texts.rows, columns))

    def set_filter(self, words: str, accepts: Callable[[Any], bool] | None = None) -> None:
        """Keep rows whose texts hold every word, whatever the case, and that ``accepts`` takes."""
        self.beginResetModel()
        self._words = tuple(words.casefold().split())
        self._accepts = accepts
        self._select()
        self.endResetModel()

    def shown(self) -> tuple[Any, ...]:
        """The rows that pass the filter, in the order of the screen."""
        rows = self.texts.rows
        return tuple(rows[number] for number in self._shown)

    def rows(self) -> tuple[Any, ...]:
        """Every row, filtered or not, in the order given."""
        return self.texts.rows

    def row_at(self, index: Index) -> Any:
        """The row under an index of this model."""
        return self.texts.rows[self._shown[index.row()]]

    def places_of(self, keys: Iterable[Hashable]) -> list[int]:
        """On which lines of the screen the rows with these keys stand now, top to bottom; those not shown are left."""
        wanted = set(keys)
        if not wanted:
            return []
        rows, key = self.texts.rows, self.key
        return [place for place, number in enumerate(self._shown) if key(rows[number]) in wanted]

    def text_at(self, place: int, column: int) -> str:
        """The text of a cell on a line of the screen."""
        return self.texts.text(self._shown[place], column)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows; text from outside is plain."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[index.column()].is_number else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.text_at(index.row(), index.column()))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles; rows have none."""
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].is_number else _LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 gives back the order in which the rows came."""
        self.beginResetModel()
        self._order = (column, order) if 0 <= column < len(self.columns) else None
        self._sort()
        self._select()
        self.endResetModel()

    def _replace(self, texts: RowTexts) -> None:
        self.beginResetModel()
        self.columns, self.texts = texts.columns, texts
        self._pause.start()
        self._sort()
        self._select()
        self.endResetModel()

    def _ink(self, index: Index) -> QColor | None:
        tone = self.columns[index.column()].tone
        name = tone(self.row_at(index)) if tone is not None else ""
        return QColor(getattr(theme.current(), name)) if name else None

    def _sort(self) -> None:
        self._sorted = range(len(self.texts.rows))
        if self._order is not None:
            column, order = self._order
            keys = self.texts.sort_keys(column)
            self._sorted = sorted(self._sorted, key=keys.__getitem__, reverse=order is Qt.SortOrder.DescendingOrder)

    def _select(self) -> None:
        chosen: Iterable[int] = self._sorted
        if self._accepts is not None:
            rows, accepts = self.texts.rows, self._accepts
            chosen = [number for number in chosen if accepts(rows[number])]
        self._shown = self.texts.holding(chosen, self._words) if self._words else list(chosen)

    def _use_pause(self) -> None:
        self.texts.prepare(_PAUSE_S)
        if self.texts.is_prepared():
            self._pause.stop()


def runs_of(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rising numbers as stretches without a gap: first and last of each."""
    first = last = -1
    for place in places:
        if first >= 0 and place == last + 1:
            last = place
            continue
        if first >= 0:
            yield first, last
        first = last = place
    if first >= 0:
        yield first, last


class Table(QTableView):
    """A desk table: whole rows are chosen, a click on a title sorts, Ctrl+C copies, Ctrl+E exports.

    ``opened(row)``: a double click, or Enter. ``worked(job)`` and ``told(sentence, outcome)`` are for the desk, which
    hears them by :meth:`Desk.add_table`; ``filed(folder)`` says where an export went. What is chosen, and the place in
    the list, stay when the rows are read anew.
    """

    opened = Signal(object)
    worked = Signal(object)
    told = Signal(str, object)
    filed = Signal(str)

    def __init__(self, model: RowsModel, name: str) -> None:
        super().__init__()
        self.rows = model
        self.folder = ""
        self._kept: tuple[set[Hashable], Hashable, int] = (set(), None, 0)
        self.setModel(model)
        self.setObjectName(f"table-{name}")
        self.setAccessibleName(name)
        _dress(self)
        head = self.horizontalHeader()
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(lambda at: self.open_columns(head.mapToGlobal(at)))
        for number, column in enumerate(model.columns):
            self.setColumnHidden(number, column.is_hidden)
        model.search_in(sorted(self.columns_shown()))
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._find_place)

    # ------------------------------------------------------------------------------------- what is chosen

    def chosen(self) -> tuple[Any, ...]:
        """The chosen rows, top to bottom."""
        places = sorted({p for r in self.selectionModel().selection().toList() for p in range(r.top(), r.bottom() + 1)})
        return tuple(self.rows.row_at(self.rows.index(place, 0)) for place in places)

    def current(self) -> Any | None:
        """The row the keyboard is on; None: there is none."""
        index = self.currentIndex()
        return self.rows.row_at(index) if index.isValid() else None

    def choose(self, keys: Iterable[Hashable], current: Hashable = None) -> None:
        """Choose the rows with these keys; the keyboard goes to ``current``, else to the first of them."""
        wanted = set(keys)
        model = self.rows
        places = model.places_of(wanted | {current})
        found = {place: model.key(model.row_at(model.index(place, 0))) for place in places}
        across = max(0, self.rows.columnCount() - 1)
        flags = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        for first, last in runs_of([p for p in places if found[p] in wanted]):
            selection.select(self.rows.index(first, 0), self.rows.index(last, across))
        here = next((p for p in places if found[p] == current), places[0] if places else -1)
        if here >= 0:
            first_shown = self.horizontalHeader().logicalIndexAt(0)
            self.selectionModel().setCurrentIndex(self.rows.index(here, max(0, first_shown)), flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)

    def selectRow(self, row: int) -> None:
        """Choose the line ``row`` of the screen and no other, whatever keys are held: Qt's own adds to what is chosen
        while Ctrl is down, and chooses nothing while Shift is.
        """
        key = self.rows.key(self.rows.row_at(self.rows.index(row, 0)))
        self.choose({key}, key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Ctrl+E exports, Enter opens."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif control and event.key() == Qt.Key.Key_E:
            self.export()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the row under the mouse."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(self.rows.row_at(index))
        else:
            super().mouseDoubleClickEvent(event)

    def _keep_place(self) -> None:
        current = self.current()
        keys = {self.rows.key(row) for row in self.chosen()}
        here = self.rows.key(current) if current is not None else None
        self._kept = (keys, here, self.verticalScrollBar().value())

    def _find_place(self) -> None:
        keys, here, scrolled = self._kept
        if keys or here is not None:
            self.choose(keys, here)
        self.verticalScrollBar().setValue(scrolled)

    # ------------------------------------------------------------------------------------ copy and export

    def copy(self) -> None:
        """Put the chosen rows on the clipboard as tab-separated text; nothing in it computes in a spreadsheet."""
        across = self.columns_shown()
        lines = [[self.rows.columns[c].title for c in across]]
        selected = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines += [[_flat(self.rows.text_at(place, c)) for c in across] for place in selected]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def export(self) -> None:
        """Ask for a file name beside the work, then write every row and column shown; CSV or XLSX by the name."""
        ExportDialog(self, self.accessibleName(), self.folder, self.export_to).show()

    def export_to(self, target: Path) -> None:
        """Write every row and column shown, in their order, to the file ``target`` on a thread of its own."""
        rows = self.rows.shown()
        columns = [self.rows.columns[c] for c in self.columns_shown()]
        values = ([value_of(column, row) for column in columns] for row in rows)
        titles = [column.title for column in columns]
        self.told.emit(say("ui.table.exporting", rows=f"{len(rows):,}"), None)

        def done(count: int) -> None:
            self.folder = str(target.parent)
            self.filed.emit(self.folder)
            self.told.emit(say("ui.table.exported", rows=f"{count:,}", file=str(target)), Outcome.STEP_DONE)

        def failed(message: Message) -> None:
            self.told.emit(say("ui.table.not_exported", file=target.name, why=say_message(message)), Outcome.STOP)

        self.worked.emit(
            Job(
                lambda progress, is_cancelled: write_table(
                    target, titles, values, total=len(rows), progress=progress, is_cancelled=is_cancelled
                ),
                done,
                failed,
            )
        )

    # -------------------------------------------------------------------------------------------- columns

    def columns_shown(self) -> list[int]:
        """The columns on the screen, from left to right."""
        head = self.horizontalHeader()
        across = (head.logicalIndex(place) for place in range(head.count()))
        return [column for column in across if not self.isColumnHidden(column)]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy, export, columns."""
        menu = self.make_menu()
        for code, act in (("copy", self.copy), ("export", self.export)):
            action = QAction(say(f"ui.table.{code}"), menu)
            action.triggered.connect(act)
            menu.addAction(action)
        menu.addSeparator()
        _offer_columns(self, menu)
        menu.popup(event.globalPos())

    def open_columns(self, at: QPoint) -> QMenu:
        """Offer which columns are shown."""
        menu = self.make_menu()
        _offer_columns(self, menu)
        menu.popup(at)
        return menu

    def make_menu(self) -> QMenu:
        """A menu of this table that goes away with its choice."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def show_column(self, section: int, *, shown: bool) -> None:
        """Show a column, or put it away; the filter looks in what is shown."""
        self.setColumnHidden(section, not shown)
        self.rows.search_in(sorted(self.columns_shown()))

    def fit_columns(self, widest: int) -> None:
        """Make each column as wide as its first rows need, but no wider than that many pixels."""
        self.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            self.setColumnWidth(column, min(widest, self.columnWidth(column)))

    def header_state(self) -> QByteArray:
        """The columns' order, widths, sorting and which are hidden, for the settings."""
        return QByteArray(f"{self.rows.columnCount():03d}".encode()).append(self.horizontalHeader().saveState())

    def restore(self, state: QByteArray, widths: Sequence[int] = ()) -> None:
        """Take up what :meth:`header_state` gave; nothing saved, or by a version with other columns: the widths."""
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        if bytes(state.data()[:3]) == f"{self.rows.columnCount():03d}".encode():
            self.horizontalHeader().restoreState(state.mid(3))
            self.rows.search_in(sorted(self.columns_shown()))


def wrap_lines(table: Table) -> None:
    """Give each row two lines, so that a long name is read to its end: for lists of a few dozen rows."""
    table.setWordWrap(True)
    table.verticalHeader().setDefaultSectionSize(_TWO_LINES)


def _offer_columns(table: Table, menu: QMenu) -> None:
    shown = table.columns_shown()
    for number, column in enumerate(table.rows.columns):
        action = QAction(plain(column.title, 60), menu)
        action.setCheckable(True)
        action.setChecked(number in shown)
        action.setEnabled(shown != [number])  # a table without a column could not be asked for one
        action.toggled.connect(lambda on, section=number: table.show_column(section, shown=on))
        menu.addAction(action)


def _dress(table: QTableView) -> None:
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setSortingEnabled(True)
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(36)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    head = table.horizontalHeader()
    head.setHighlightSections(False)
    head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    head.setStretchLastSection(True)
    head.setSectionsMovable(True)


def _flat(text: str) -> str:
    return harmless(text.replace("\t", " ").replace("\n", " "))
