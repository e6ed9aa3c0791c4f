"""The last net: an error that nobody caught is told calmly, can be copied, and takes neither scans nor focus."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import QWidget

from wms_desktop.ui.widgets import Choice, Notice
from wms_desktop.ui.wording import say

_log = logging.getLogger(__name__)
_MOST = 3


class ErrorWindow(QObject):
    """Shows uncaught errors of every thread, at most three windows at a time; all of them are logged."""

    _caught = Signal(str)

    def __init__(self, parent: QWidget, version: str) -> None:
        super().__init__(parent)
        self._parent = parent
        self._version = version
        self._open: list[Notice] = []
        self._caught.connect(self._show)

    def install(self) -> None:
        """Become the hook of this process."""
        sys.excepthook = self.catch
        threading.excepthook = lambda told: self.catch(
            told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
        )

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log the error and show it; an interrupt from the keyboard goes its usual way."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.critical("an error that nobody caught", exc_info=(kind, error, trace))
        self._caught.emit(self.report("".join(traceback.format_exception(kind, error, trace))))

    def report(self, trace: str) -> str:
        """What the developers need: versions and the trace, no scans and no names."""
        facts = (
            f"WMS Desktop {self._version}",
            f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
        )
        return "\n".join((*facts, "", trace))

    def windows(self) -> tuple[Notice, ...]:
        """The error windows that are open."""
        return tuple(self._open)

    def _show(self, report: str) -> None:
        if len(self._open) >= _MOST:
            return
        notice = Notice(self._parent, say("ui.error.title"), say("ui.error.text"), (Choice("close", say("ui.close")),))
        notice.add_report(report)
        notice.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._open.append(notice)
        notice.destroyed.connect(lambda: self._forget(notice))
        notice.show()

    def _forget(self, notice: Notice) -> None:
        self._open = [known for known in self._open if known is not notice]
