"""Everything that the readers say has a sentence that its arguments fill."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from wms_desktop import phrases

PACKAGE = Path(phrases.__file__).parents[1]
FILES = [*sorted((PACKAGE / "gateways" / "imports").glob("*.py")), PACKAGE / "domain" / "written.py",
         PACKAGE / "domain" / "barcode_cleaning.py"]  # fmt: skip
# What a row's problem always has, and a whole file's refusal.
GIVEN = {"column", "value", "file"}
CODE = re.compile(r"import\.read\.[a-z0-9_]+")


def _codes() -> Iterator[str]:
    """Every code that stands whole in a text of the readers."""
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                yield from [node.value] if CODE.fullmatch(node.value) else []


def _raised() -> Iterator[tuple[str, str, set[str]]]:
    """Where a code is said together with all that fills it."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            place = next(
                (
                    n
                    for n, arg in enumerate(node.args)
                    if isinstance(arg, ast.Constant) and CODE.fullmatch(str(arg.value))
                ),
                -1,
            )
            if place < 0 or any(keyword.arg is None for keyword in node.keywords):
                continue
            rest = node.args[place + 1 :]
            if (
                any(not isinstance(arg, ast.Dict) for arg in rest if not isinstance(arg, ast.Constant))
                and not node.keywords
            ):
                continue
            args = {keyword.arg for keyword in node.keywords if keyword.arg}
            for arg in rest:
                if isinstance(arg, ast.Dict):
                    args |= {key.value for key in arg.keys if isinstance(key, ast.Constant)}
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("BadInput", "Refusal", "Message", "refuse", "fault", "broken"):
                yield f"{file.name}:{node.lineno}", str(node.args[place].value), args


@pytest.mark.parametrize("code", sorted(set(_codes())))
def test_each_code_has_a_sentence(code: str) -> None:
    assert code in phrases.texts()


@pytest.mark.parametrize(("where", "code", "args"), [pytest.param(*said, id=said[0]) for said in _raised()])
def test_each_sentence_asks_for_no_more_than_is_given(where: str, code: str, args: set[str]) -> None:
    wanted = {name for _, name, _, _ in string.Formatter().parse(phrases.texts()[code]) if name}

    assert wanted <= args | GIVEN, where


def test_no_sentence_of_the_readers_is_left_over() -> None:
    made = {f"import.read.{part}" for part in (
        "lines_count", "units_count", "levels_count", "said_levels",
        "doubt_goods_by_name", "doubt_goods_by_barcode", "said_segments", "said_lines",
        "said_units", "said_documents", "said_groups", *(f"cleaned_{how}" for how in (
            "ignored", "zeros", "gaps", "formula", "apostrophe", "fraction", "brackets")))}  # fmt: skip
    known = {code for code in phrases.texts() if code.startswith("import.read.")}

    assert known == made | set(_codes())
