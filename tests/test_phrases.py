"""Every code that the program says has its sentence, and the sentence asks for no more than the code brings."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from wms_desktop import errors, phrases

PACKAGE = Path(phrases.__file__).parents[1]
SAYING = {"Message", "Detail"}


def _is_refusal(name: str) -> bool:
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.Refusal)


def _said() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where, which code, and the names of its arguments (None: not told in the call itself)."""
    for file in sorted((PACKAGE / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            name, first = node.func.id, node.args[0] if node.args else None
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            where = f"{file.name}:{node.lineno}"
            if name in SAYING:
                yield where, first.value, _keys(node.args[1]) if len(node.args) > 1 else set()
            elif _is_refusal(name) and not any(k.arg is None for k in node.keywords):
                yield where, first.value, {k.arg for k in node.keywords if k.arg}


def _keys(node: ast.expr) -> set[str] | None:
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return {key.value for key in node.keys}
    return None


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize(("where", "code", "args"), [pytest.param(*said, id=said[0]) for said in _said()])
def test_what_is_said_has_a_sentence_that_its_arguments_fill(where: str, code: str, args: set[str] | None) -> None:
    template = phrases.texts()[code]

    assert args is None or _fields(template) <= args, f"{where} says {code} without {_fields(template) - args}"


def test_every_refusal_class_has_its_own_sentence() -> None:
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)]

    assert [kind.code for kind in classes if kind.code not in phrases.texts()] == []


def test_foreign_text_in_a_sentence_is_capped_and_its_control_characters_shown() -> None:
    said = phrases.sentence("unknown_code", {"text": "A\x1b[31m" + "x" * 1000})

    assert "\x1b" not in said
    assert "<1B>" in said
    assert len(said) < 700
