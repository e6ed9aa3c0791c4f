"""What every test may use: an offscreen screen, a private PostgreSQL, hypothesis profiles, shared data."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from doctor import find_postgres
from tests.engines import share_compiled_statements

CHECKOUT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))


def _choose_offscreen() -> None:
    """Gives Qt a screen of 1920x1080 before PySide6 is imported (its own offscreen one is 800x800)."""
    if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") != "offscreen" or os.name == "nt":
        return
    screen = {"name": "s0", "x": 0, "y": 0, "width": 1920, "height": 1080}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    config = {"synchronousWindowSystemEvents": False, "windowFrameMargins": True, "screens": [screen]}
    folder = Path(tempfile.mkdtemp(prefix="wms-screen-"))
    (folder / "screen.json").write_text(json.dumps(config), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={folder / 'screen.json'}"
    os.environ["WMS_TEST_SCREEN"] = str(folder)  # workers of xdist inherit both; the first process tidies up


_choose_offscreen()
share_compiled_statements()

_PATIENT = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("desk", _PATIENT, max_examples=60)
settings.register_profile("ci", _PATIENT, max_examples=60)
settings.register_profile("deep", _PATIENT, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "desk"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the screen description when the first process ends."""
    folder = os.environ.get("WMS_TEST_SCREEN")
    if folder and not hasattr(config, "workerinput"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data: $WMS_SHARED, else `shared` beside the checkout; skips without."""
    folder = Path(os.environ.get("WMS_SHARED") or CHECKOUT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no shared data: set WMS_SHARED, or put the folder `shared` beside the checkout")
    return folder


# The shell that holds the server stops it and removes its folder as soon as its own input closes, so that
# neither a killed nor a timed-out test run leaves a server behind. `fsync` stays on: the application refuses
# a server without it.
_SERVER = """
"$1/initdb" -A trust --no-sync -U wms -E UTF8 --locale=C -D "$2/data" >"$2/log" 2>&1 &&
"$1/pg_ctl" start -w -s -D "$2/data" -l "$2/log" \
    -o "-k $2 -c listen_addresses= -c max_connections=60 -c shared_buffers=64MB -c autovacuum=off" \
    >>"$2/log" 2>&1 </dev/null &&
echo ready || { cat "$2/log" >&2; echo failed; }
cat >/dev/null
"$1/pg_ctl" stop -s -m immediate -D "$2/data" >/dev/null 2>&1
rm -rf "$2"
"""


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Path]:
    """A private PostgreSQL server on a socket in this folder, started once for each test process."""
    binaries = find_postgres()
    if binaries is None:
        sentence = "PostgreSQL is not installed: make setup-dev says how"
        pytest.fail(sentence) if IN_CI else pytest.skip(sentence)
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="wms-pg-", dir=memory if os.access(memory, os.W_OK) else None))
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if as_root:
        shutil.chown(folder, "postgres", "postgres")  # the server refuses to run as root
    shell = subprocess.Popen(
        ["sh", "-c", _SERVER, "sh", str(binaries), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        text=True,
        start_new_session=True,
        **({"user": "postgres", "group": "postgres", "extra_groups": []} if as_root else {}),
    )
    assert shell.stdin is not None
    assert shell.stdout is not None
    with shell.stdout, shell:
        if shell.stdout.readline().strip() != "ready":
            shell.stdin.close()
            pytest.fail("the private PostgreSQL server did not start; its words are above")
        yield folder
        shell.stdin.close()
    shutil.rmtree(folder, ignore_errors=True)  # what the shell, no longer root, could not remove


class PostgresDatabases:
    """The databases of one private server: fresh ones, and copies of one that was furnished once."""

    def __init__(self, cluster: Path) -> None:
        import psycopg  # late: most tests need no PostgreSQL

        self._cluster = cluster
        self._templates: set[str] = set()
        self._washers: dict[str, list[Any]] = defaultdict(list)
        self._lent: dict[str, tuple[str, Any]] = {}
        self._number = count(1)
        self._admin = psycopg.connect(host=str(cluster), user="wms", dbname="postgres", autocommit=True)
        # Copying the files is twice as fast as writing them to the log where the disk is memory.
        self._how = "STRATEGY FILE_COPY" if self._admin.info.server_version >= 150000 else ""

    def create(self, template: str = "template0") -> str:
        """Creates a database from a template; gives its name."""
        name = f"t{next(self._number)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} {self._how}")
        return name

    def copy(self, template: str, furnish: Callable[[str], object]) -> str:
        """Copies a database that `furnish(url)` fills the first time; it must leave no connection open."""
        if template not in self._templates:
            self._administer(f"CREATE DATABASE {template} TEMPLATE template0")
            furnish(self.url(template))
            self._templates.add(template)
        return self.create(template)

    def lend(self, template: str, furnish: Callable[[str], object]) -> str:
        """The same as `copy`, but it may be one that served before and was washed; `give_back` takes it."""
        from tests.warm import STOCK, Washer  # late: most tests need no PostgreSQL

        free = self._washers[template]
        washer = free.pop() if free else Washer(str(self._cluster), self.copy(template, furnish))
        self._lent[washer.name] = template, washer
        STOCK.lend(washer.name)
        return str(washer.name)

    def give_back(self, name: str) -> None:
        """Washes a lent database for the next; drops it when it cannot be washed."""
        from tests.warm import STOCK  # late: most tests need no PostgreSQL

        template, washer = self._lent.pop(name)
        if washer.wash():
            self._washers[template].append(washer)
            return
        washer.close()
        STOCK.forget(name)
        self.drop(name)

    def drop(self, name: str) -> None:
        """Drops a database, whoever is still connected to it."""
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Gives the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://wms@/{name}?host={self._cluster}"

    def close(self) -> None:
        """Lets go of the server."""
        from tests.warm import STOCK  # late: most tests need no PostgreSQL

        for washer in [one for free in self._washers.values() for one in free]:
            washer.close()
            STOCK.forget(washer.name)
        self._admin.close()

    def _administer(self, statement: str) -> None:
        self._admin.execute(statement)


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Path) -> Iterator[PostgresDatabases]:
    """The maker of databases on this process's private server."""
    databases = PostgresDatabases(postgres_cluster)
    yield databases
    databases.close()


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of an empty database of this test's own; it is dropped afterwards."""
    name = postgres_databases.create()
    yield postgres_databases.url(name)
    postgres_databases.drop(name)


@pytest.fixture
def postgres_copy(postgres_databases: PostgresDatabases) -> Iterator[Callable[[str, Callable[[str], object]], str]]:
    """Gives a function `(template, furnish) -> URL`: this test's own copy of a database furnished once a process.

    Five times faster than migrating and furnishing an empty one. `furnish(url)` must dispose of its engine.
    """
    copies: list[str] = []

    def copy(template: str, furnish: Callable[[str], object]) -> str:
        copies.append(postgres_databases.copy(template, furnish))
        return postgres_databases.url(copies[-1])

    yield copy
    for name in copies:
        postgres_databases.drop(name)


_LONG = (
    "shift.test_guided", "services.test_planning_machine", "services.test_promising_always",
    "scenarios.test_dock_storm", "services.test_backlog_machine", "services.test_ledger_machine", "test_importer",
    "benchmarks.test_benchmarks_run", "gateways.test_import_fuzz", "services.test_putaway_undo",
    "services.test_states_add_up", "services.test_importing_any", "services.test_importing_inbound_any",
    "scenarios.test_complaints_dock", "services.test_receiving_together", "services.test_allocation", "test_sharer",
    "test_runner", "test_wheel", "ui.test_scan_capture", "ui.test_imports_fixing", "ui.test_theme", "shift.test_demo",
    "benchmarks.test_crossdock", "benchmarks.test_truck_plan", "domain.test_arrivals", "scenarios.test_day",
    "test_exporter",
)  # fmt: skip
"""Modules whose few tests take long: they go first, so that no worker is alone with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses the private server (for `-m "not postgres"`); gives the heavy proofs their longer limit.

    Sorts the modules: the long ones, then those with the most tests. The workers take them in this order.
    """
    for item in items:
        if item.get_closest_marker("reliability") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1200))
        if "postgres_cluster" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")
    of_module = {item: item.nodeid.partition("::")[0] for item in items}
    tests = Counter(of_module.values())
    long = {f"tests/{name.replace('.', '/')}.py": at for at, name in enumerate(_LONG)}
    items.sort(key=lambda item: (long.get(of_module[item], len(long)), -tests[of_module[item]], of_module[item]))


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
