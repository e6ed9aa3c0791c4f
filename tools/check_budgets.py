"""Checks the house rules that no other linter knows: sizes, late imports, plain text, bound SQL, one ledger writer.

Prints `file:line: rule` for each breach and ends with status 1. A rule that hurts is changed here, in one place, with
its reason; there is no comment that switches one off.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "wms_desktop"
FOLDERS = ("src", "tools", "tests", "benchmarks")

MOST_FILE_LINES = 500
MOST_FUNCTION_LINES = 50
MOST_METHODS = 20
MOST_POSITIONAL = 5
# Not counted: the object itself, and the two that every service takes first.
GIVEN = {"self", "cls", "session", "context"}

# Modules that may be imported inside a function, each with its reason. The line must say `# late: ...` as well.
LATE = {
    "alembic": "0.2 s, needed only when a database is made or brought up to date",
    "argon2": "a compiled module that only log-in needs",
    "barcode": "only when a paper is drawn",
    "biip": "0.1 to 0.4 s, first needed by the first scan",
    "openpyxl": "0.2 s, only when a spreadsheet is read or written",
    "PIL": "only for the preview and the system printer",
    "psycopg": "0.45 s, and most stations use SQLite",
    "fcntl": "not on Windows",
    "resource": "not on Windows",
    "platformdirs": "only where the default folder is wanted",
    "pypdfium2": "only for the preview and the system printer",
    "pysqlite3": "has no wheel for every machine",
    "reportlab": "0.1 s, only when a paper is drawn",
    "sqlalchemy": "0.8 s: the window shows first",
    "PySide6": "0.3 s, and the command line must work where Qt's libraries are missing",
    "wms_desktop.app": "the command line must work without a window",
    "wms_desktop.db": "brings SQLAlchemy: the window shows first",
    "wms_desktop.exporter": "brings SQLAlchemy: the window shows first",
    "wms_desktop.importer": "brings SQLAlchemy: the window shows first",
    "wms_desktop.sharer": "brings SQLAlchemy: the window shows first",
    "wms_desktop.runner": "brings SQLAlchemy: the window shows first",
    "wms_desktop.services": "brings SQLAlchemy: the window shows first",
    "wms_desktop.gateways": "brings what draws papers",
    "wms_desktop.shift": "only where a shift is played",
    "wms_desktop.ui": "brings Qt: the command line must work without a window",
}

# Text from outside in these may freeze the window (16 nested HTML tables: 23 s); ui/widgets.py has tame ones.
RICH_CLASSES = {"QLabel", "QMessageBox", "QToolTip"}
RICH_CALLS = {"setToolTip", "setWhatsThis"}
TAME = Path("ui/widgets.py")

# One writer for the movements and the balances they add up to.
LEDGER = {"Movement", "Stock"}
LEDGER_WRITERS = (Path("services/inventory"), Path("db"))
WRITES = {"insert", "update", "delete", "upsert"}


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One place where a rule is broken, as an editor can jump to it."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        """Gives the breach in the form that editors and CI read."""
        return f"{self.path}:{self.line}: {self.rule}"


def list_files(root: Path = ROOT) -> list[Path]:
    """Lists the project's own Python files, sorted."""
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))


def check_source(path: Path, source: str) -> list[Breach]:
    """Checks one file's text against every rule that concerns the place where it stands."""
    tree = ast.parse(source, filename=str(path))
    found = list(_sizes(path, source, tree))
    inside = _place_in_package(path)
    if inside is not None:
        found += [(1, "no docstring that says in one sentence what the module is")] * (not ast.get_docstring(tree))
        found += [*_late_imports(tree, source.splitlines()), *_formatted_sql(tree)]
        found += [] if inside == TAME else _rich_text(tree)
        found += [] if any(inside.is_relative_to(place) for place in LEDGER_WRITERS) else _ledger_writes(tree)
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    return sorted(Breach(name, line, rule) for line, rule in found)


def check_all(root: Path = ROOT) -> list[Breach]:
    """Checks every file of the project."""
    return [breach for path in list_files(root) for breach in check_source(path, path.read_text(encoding="utf-8"))]


def main(arguments: Sequence[str]) -> int:
    """Checks the files named, else all of them."""
    paths = [Path(argument).resolve() for argument in arguments] or list_files()
    breaches = [breach for path in paths for breach in check_source(path, path.read_text(encoding="utf-8"))]
    for breach in breaches:
        print(breach)
    print(f"budgets: {len(paths)} files, {len(breaches)} breaches")
    return 1 if breaches else 0


def _place_in_package(path: Path) -> Path | None:
    return path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else None


def _sizes(path: Path, source: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if "versions" in path.parts:
        return  # migrations are generated, and never edited once released
    lines = len(source.splitlines())
    if lines > MOST_FILE_LINES:
        yield 1, f"file of {lines} lines, {MOST_FILE_LINES} allowed: split it by role"
    for node in _walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function_sizes(node)
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
            if methods > MOST_METHODS:
                yield node.lineno, f"class {node.name} has {methods} methods, {MOST_METHODS} allowed"


def _function_sizes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    docstring = node.body[0] if ast.get_docstring(node) else None
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if docstring is not None and docstring.end_lineno is not None:
        lines -= docstring.end_lineno - docstring.lineno + 1
    if lines > MOST_FUNCTION_LINES:
        yield node.lineno, f"function {node.name} has {lines} lines, {MOST_FUNCTION_LINES} allowed"
    positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    count = len([name for name in positional if name not in GIVEN])
    if count > MOST_POSITIONAL:
        yield node.lineno, f"function {node.name} takes {count} positional arguments, {MOST_POSITIONAL} allowed"


@lru_cache(maxsize=1)
def _walk(tree: ast.Module) -> list[ast.AST]:
    """Gives every node of a file; walked through once for all rules."""
    return list(ast.walk(tree))


def _late_imports(tree: ast.Module, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    imports = [node for node in _walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if all(node.col_offset == 0 for node in imports):
        return  # none stands in a function
    for function in _walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            for module in _imported_modules(node):
                if not any(module == late or module.startswith(late + ".") for late in LATE):
                    yield _line(node), f"imports {module} inside a function: move it to the top"
                elif "# late:" not in "".join(lines[max(_line(node) - 2, 0) : _end(node)]):
                    yield _line(node), f"imports {module} inside a function without `# late: why`"


def _imported_modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        whole = node.module == "wms_desktop"
        return [f"wms_desktop.{alias.name}" for alias in node.names] if whole else [node.module or "."]
    return []


def _rich_text(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in _walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and _last_name(node) in RICH_CLASSES:
            yield node.lineno, f"raw {_last_name(node)}: use the plain-text one of ui.widgets"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RICH_CALLS:
            yield node.lineno, f"raw {node.func.attr}: use ui.widgets"


def _formatted_sql(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in _walk(tree):
        if isinstance(node, ast.Call) and node.args and _takes_sql(node.func):
            statement = node.args[0]
            joined = isinstance(statement, ast.BinOp) and isinstance(statement.op, ast.Mod | ast.Add)
            formatted = isinstance(statement, ast.Call) and _last_name(statement.func) == "format"
            if isinstance(statement, ast.JoinedStr) or joined or formatted:
                yield node.lineno, "SQL put together from strings: bind the values"


def _takes_sql(function: ast.expr) -> bool:
    # Papers and widgets have a method `text` of their own: SQLAlchemy's is called bare or from its module.
    return _full_name(function) in {"text", "sa.text", "sqlalchemy.text"} or _last_name(function) == "exec_driver_sql"


def _ledger_writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    tables = _ledger_names(tree)
    for node in _walk(tree):
        if not isinstance(node, ast.Call):
            continue
        written = node.args[0] if _last_name(node.func) in WRITES and node.args else node.func
        if _full_name(written) in tables:
            yield node.lineno, f"writes {_full_name(written)}: only services/inventory may"


def _ledger_names(tree: ast.Module) -> set[str]:
    """Gives every name under which this file reaches a ledger table (a rule's own `Stock` is another thing)."""
    names: set[str] = set()
    for node in _walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wms_desktop.db"):
            for alias in node.names:
                known = alias.asname or alias.name
                names |= {known} if alias.name in LEDGER else {f"{known}.{table}" for table in LEDGER}
    return names


def _last_name(node: ast.expr) -> str:
    return _full_name(node).rpartition(".")[2]


def _full_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def _end(node: ast.AST) -> int:
    return int(getattr(node, "end_lineno", 1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
