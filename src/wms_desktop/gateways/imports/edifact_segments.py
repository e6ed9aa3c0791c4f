"""One EDIFACT segment: its marks, its elements, its components."""

from __future__ import annotations

from typing import NamedTuple

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.segments import split, unescape


class Marks(NamedTuple):
    """The marks of a file: between components, between elements, release, terminator."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"


def marks_of(head: str) -> tuple[Marks, int]:
    """The marks as a UNA sets them, or the usual ones, and where the first segment begins. Refuses a wrong UNA."""
    if not head.startswith("UNA"):
        return Marks(), 0
    una = head[3:9]
    marks = Marks(una[0:1], una[1:2], una[3:4].strip(), una[5:6])
    signs = [sign for sign in marks if sign]
    if len(una) < 6 or len(set(signs)) < len(signs) or any(sign.isalnum() for sign in signs) or len(signs) < 3:
        raise BadInput("import.read.edifact_una", line=1)
    return marks, 9


class Segment:
    """One segment: its name and its elements, each of components."""

    def __init__(self, number: int, text: str, marks: Marks) -> None:
        self.number = number
        self._marks = marks
        self._elements = split(text, marks.element, marks.release)
        self.name = self._elements[0].strip().upper().partition(marks.component)[0]

    def get(self, element: int, component: int = 0) -> str:
        """A component, without its release characters; "" where there is none."""
        parts = self.parts(element)
        return parts[component] if component < len(parts) else ""

    def parts(self, element: int) -> list[str]:
        """All components of an element."""
        if element >= len(self._elements):
            return []
        marks = self._marks
        return [
            unescape(part, marks.release) for part in split(self._elements[element], marks.component, marks.release)
        ]

    def joined(self, element: int) -> str:
        """The components of an element that say something, as one text."""
        return ", ".join(part for part in self.parts(element) if part)


def point(text: str) -> str:
    """A number with a point; EDIFACT allows either mark, and none between thousands."""
    return text.replace(",", ".")
