"""The house keeps its own rules: budgets, one ledger writer, plain text, locks without addresses, commands listed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from check_budgets import PACKAGE, ROOT, check_source
from set_up import LOCKS

ONE_MACHINE = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+|tmp)/[\w.]+|pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org"
)
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def rules_broken_by(source: str, place: str = "services/orders.py") -> list[str]:
    return [breach.rule for breach in check_source(PACKAGE / place, f'"""A module."""\n{source}')]


def test_a_long_file_and_a_long_function_are_found() -> None:
    source = "def long() -> None:\n" + "    x = 1\n" * 500

    assert rules_broken_by(source) == [
        "file of 502 lines, 500 allowed: split it by role",
        "function long has 501 lines, 50 allowed",
    ]


def test_a_crowded_class_and_a_greedy_signature_are_found() -> None:
    crowd = "class Crowd:\n" + "".join(f"    def m{n}(self) -> None: ...\n" for n in range(21))
    greedy = "def greedy(a, b, c, d, e, f, *, g): ...\n"

    assert rules_broken_by(crowd + greedy) == [
        "class Crowd has 21 methods, 20 allowed",
        "function greedy takes 6 positional arguments, 5 allowed",
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import reportlab  # late: start-up", False),
        ("from biip import parse  # late: start-up", False),
        ("import reportlab", True),
        ("import json  # late: because", True),
    ],
)
def test_a_local_import_needs_a_place_on_the_list_and_a_reason(line: str, found: bool) -> None:
    assert bool(rules_broken_by(f"def draw() -> None:\n    {line}\n")) is found


@pytest.mark.parametrize("line", ["QLabel('x')", "QtWidgets.QMessageBox.warning(a)", "field.setToolTip(name)"])
def test_raw_rich_text_is_found_everywhere_but_where_it_is_tamed(line: str) -> None:
    assert rules_broken_by(line, "ui/stations/picking.py")
    assert not rules_broken_by(line, "ui/widgets.py")


@pytest.mark.parametrize(
    "line", ["text(f'select {x}')", "text('select ' + x)", "sa.text('%s' % x)", "c.exec_driver_sql('{}'.format(x))"]
)
def test_sql_put_together_from_strings_is_found(line: str) -> None:
    assert rules_broken_by(line) == ["SQL put together from strings: bind the values"]


@pytest.mark.parametrize(
    "source",
    [
        "from wms_desktop.db.ledger import Movement\nMovement(quantity=1)",
        "from wms_desktop.db.ledger import Stock as S\nfrom wms_desktop.db.ledger import Stock\nupdate(Stock)",
        "from wms_desktop.db import tables\nsession.execute(insert(tables.Movement))",
    ],
)
def test_only_inventory_may_write_the_ledger(source: str) -> None:
    assert rules_broken_by(source)
    assert not rules_broken_by(source, "services/inventory/moves.py")


def test_a_rule_may_have_a_stock_of_its_own() -> None:
    assert not rules_broken_by("class Stock: ...\nStock()\n", "domain/allocation.py")


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_every_locked_package_carries_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|index-url|find-links|@ ", text)


def test_the_test_lock_holds_every_runtime_package_in_the_same_version() -> None:
    runtime, dev = (dict(PINNED.findall(LOCKS[level].read_text(encoding="utf-8"))) for level in ("runtime", "dev"))

    assert runtime.items() <= dev.items()
    assert {"pytest", "ruff", "mypy"} <= dev.keys() - runtime.keys()


def test_the_locks_belong_to_this_pyproject() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = {name.lower() for name in re.findall(r'^\s+"([A-Za-z0-9_.-]+)(?:\[\w+\])?[=><]', text, re.MULTILINE)}
    locked = PINNED.findall(LOCKS["dev"].read_text(encoding="utf-8"))

    assert wanted
    assert wanted <= {name for name, _ in locked}


def test_make_alone_lists_every_command() -> None:
    recipes = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"run", "setup", "test", "test-reliability", "lint", "lock", "clean"} <= set(recipes)
    assert all(f"make {recipe} " in listed for recipe in recipes)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: nothing is committed here")
def test_no_committed_file_names_a_place_of_one_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kinds = (".py", ".toml", ".md", ".lock", ".sh", "Makefile", "run")
    paths = [path for name in tracked.split("\0") if name.endswith(kinds) and (path := ROOT / name).exists()]
    named = [str(path) for path in paths if ONE_MACHINE.search(path.read_text(encoding="utf-8"))]

    assert named == []
