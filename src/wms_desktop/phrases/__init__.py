"""Every sentence the application says, by code; the English text is the source that translations start from."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache

from wms_desktop.errors import Value

PARTS = (
    "paper",
    "app",
    "common",
    "receive",
    "putaway",
    "pick",
    "pack",
    "dispatch",
    "desks",
    "sign_on",
    "setup",
    "orders",
    "shift",
    "imports",
    "import_runs",
    "stock_rules",
    "promises",
    "cockpit",
    "order_desk",
    "ui_imports",
    "ui_backlog",
    "ui_orders",
    "ui_dock",
    "dock",
    "inbound",
    "crossdock",
)
_LIMIT = 500
_NAMES = ("kind.", "key.", "reason.", "why.", "role.", "ship_rule.", "cause.", "step.")


@cache
def texts() -> Mapping[str, str]:
    """All codes and their English templates, from every part; a code stands in one part only."""
    merged: dict[str, str] = {}
    for part in PARTS:
        module = importlib.import_module(f"wms_desktop.phrases.{part}")
        for code, template in module.TEXTS.items():
            if code in merged:
                raise KeyError(f"the phrase {code} stands in two parts")
            merged[code] = template
    return merged


def sentence(code: str, args: Mapping[str, Value], translate: Callable[[str], str] = str) -> str:
    """The sentence for a code, filled in; foreign text in it is capped and its control characters made visible.

    ``translate`` turns the English template into the worker's language before it is filled.
    """
    template = translate(texts()[code])
    return template.format_map({name: _shown(_word(name, value, translate)) for name, value in args.items()})


def _word(name: str, value: Value, translate: Callable[[str], str]) -> Value:
    """An argument that is a code itself, in words: the kinds of a wrong scan, a key, a reason."""
    if not isinstance(value, str):
        return value
    if name in ("kind", "expected"):
        codes = [f"key.{kind[4:]}" if kind.startswith("key:") else f"kind.{kind}" for kind in value.split(",")]
        if all(code in texts() for code in codes):
            return ", ".join(translate(texts()[code]) for code in codes)
    if value.startswith(_NAMES) and value in texts():
        return translate(texts()[value])
    return value


def _shown(value: Value) -> str:
    text = str(value)[:_LIMIT]
    return "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in text)
