"""Turns codes into sentences in the worker's language; the last step before a word is shown."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from wms_desktop.errors import Value
from wms_desktop.phrases import sentence, texts
from wms_desktop.prompts import Message

CONTEXT = "phrases"
"""The translation context of every phrase, the same for the extractor and for look-ups."""

_log = logging.getLogger(__name__)


def say(code: str, **args: Value) -> str:
    """The window's own sentence for ``code``; an unknown code is a bug and raises."""
    return sentence(code, args, _translated)


def say_message(message: Message) -> str:
    """What a dialogue said; where a phrase is missing the code is shown, for the floor must go on."""
    return say_or_code(message.code, message.args)


def say_or_code(code: str, args: Mapping[str, Value]) -> str:
    """The sentence for ``code`` filled with ``args``; a missing phrase or argument is logged and shown as the code."""
    try:
        return sentence(code, _named(args), _translated)
    except (KeyError, IndexError, ValueError):
        _log.error("no sentence can be made of %s with %s", code, sorted(args))
        return " ".join([code, *(str(value) for value in args.values())])


def find_sentence(code: str, args: Mapping[str, Value]) -> str:
    """The sentence for ``code``, or nothing where there is no such phrase (sub-lines are optional)."""
    return say_or_code(code, args) if code in texts() else ""


_NAMES = {
    "kind": "kind.",
    "expected": "kind.",
    "key": "ui.key.",
    "work": "ui.place.",
    "reason": "reason.",
    "role": "role.",
    "state": "state.",
}
"""Arguments that dialogues give as codes, and where their words stand; lists are joined by commas."""


def _named(args: Mapping[str, Value]) -> dict[str, Value]:
    known = texts()
    named = dict(args)
    for name, prefix in _NAMES.items():
        if isinstance(args.get(name), str):
            parts = str(args[name]).split(",")
            words = [_translated(known[prefix + part]) if prefix + part in known else part for part in parts]
            named[name] = ", ".join(words)
    return named


def _translated(template: str) -> str:
    return QCoreApplication.translate(CONTEXT, template)
