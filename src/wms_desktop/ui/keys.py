"""The keys of the floor: which function key means what at which station, and what a code means as an event."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt

from wms_desktop.prompts import Event, Key, Prompt, Scan

GS = "\x1d"

_F = Qt.Key
_EVERYWHERE = {
    _F.Key_F3: "find",
    _F.Key_F4: "undo",
    _F.Key_F5: "reprint",
    _F.Key_F6: "next_parcel",
    _F.Key_F7: "skip",
    _F.Key_F8: "yes",
    _F.Key_F9: "why",
    _F.Key_F10: "done",
    _F.Key_F11: "damaged",
    _F.Key_F12: "lock",
    _F.Key_F1: "help",
}
_SECOND = {"receive": "decline", "putaway": "full"}
_SIXTH = {"receive": "blind"}

BAR = {
    "sign_on": ("help",),
    "receive": ("help", "decline", "find", "undo", "reprint", "blind", "yes", "why", "done", "damaged", "lock"),
    "putaway": ("help", "full", "find", "undo", "skip", "yes", "why", "done", "damaged", "lock"),
    "pick": ("help", "short", "find", "undo", "reprint", "skip", "yes", "why", "done", "damaged", "lock"),
    "pack": ("help", "short", "find", "undo", "reprint", "next_parcel", "yes", "why", "done", "damaged", "lock"),
    "dispatch": ("help", "short", "find", "undo", "reprint", "yes", "why", "done", "lock"),
}
"""The keys each station shows, in the order of the keyboard; their places never change."""

LOCAL = frozenset({"help", "lock"})
"""Keys that the window answers itself."""

_DESK_SHEET = re.compile(r"(?:\][A-Za-z][0-9A-Za-z])?WMS-KEY-([A-Z][A-Z_0-9]{0,30})\Z")
_QUANTITY = re.compile(r"[1-9][0-9]{0,3}\Z")
_STARRED = re.compile(r"\*([0-9]{1,5})\Z")


def function_keys(workflow: str) -> dict[int, str]:
    """Qt key codes of a station and the floor key each one is."""
    keys = dict(_EVERYWHERE)
    keys[_F.Key_F2] = _SECOND.get(workflow, "short")
    keys[_F.Key_F6] = _SIXTH.get(workflow, "next_parcel")
    return {int(code): name for code, name in keys.items()}


def key_text(workflow: str, name: str) -> str:
    """What stands on the keyboard for a floor key ("F2"); empty where there is none."""
    for code, known in function_keys(workflow).items():
        if known == name:
            return f"F{code - int(_F.Key_F1) + 1}"
    return "Esc" if name == "back" else ""


def desk_sheet_key(text: str) -> str:
    """The floor key (lower case) a desk-sheet barcode stands for; empty for every other code."""
    found = _DESK_SHEET.match(text)
    return found.group(1).lower() if found else ""


def interpret(text: str, prompt: Prompt | None) -> Event:
    """What a scanned or typed text means while ``prompt`` waits.

    Desk-sheet codes and ``*n`` are keys; one to four digits are a quantity or a row number only where the prompt
    takes one (no barcode is that short); everything else is a code, handed on as it came.
    """
    name = desk_sheet_key(text)
    if name:
        return Key(name)
    starred = _STARRED.match(text)
    if starred:
        return Key("quantity", starred.group(1))
    if prompt is not None and _QUANTITY.match(text):
        for taken in ("choose", "quantity"):
            if taken in prompt.keys:
                return Key(taken, text)
    return Scan(text)
