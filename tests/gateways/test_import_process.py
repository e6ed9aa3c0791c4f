"""The limited process: what it reads comes back whole; what it does wrong harms nobody."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateways import import_samples as samples
from wms_desktop.errors import Refusal
from wms_desktop.gateways import imports
from wms_desktop.gateways.imports import caps, process, wire

SAMPLE = samples.orders_csv()
REQUEST = {"what": "read", "path": "/x/orders.csv", "reading": wire.pack_reading(SAMPLE.reading)}
POSIX = pytest.mark.skipif(os.name == "nt", reason="links, pipes and limits of POSIX")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small sound file."""
    path = tmp_path / "orders é.csv"
    path.write_bytes(SAMPLE.data)
    return path


@pytest.fixture
def acted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets the process run this Python instead of the reader."""

    def act(code: str) -> None:
        monkeypatch.setattr(process, "command", lambda: [sys.executable, "-S", "-c", code])

    return act


def _refusal(path: Path = Path("/x/orders.csv"), **how: object) -> Refusal:
    with pytest.raises(Refusal) as refused:
        list(process.answers({**REQUEST, "path": str(path)}, **how))
    return refused.value


def test_rows_and_ending_come_through_the_pipe_as_they_are_read_here(file: Path) -> None:
    here, ending = samples.run(SAMPLE.data, SAMPLE.reading)

    assert list(imports.read(file, SAMPLE.reading)) == [*here, ending]


def test_many_rows_come_whole_and_in_order_and_progress_is_told(tmp_path: Path) -> None:
    sample = samples.orders_csv(*((f"S{n}", "A-1", "1", "5", "2026-11-01", "Ada") for n in range(5000)))
    path = tmp_path / "many.csv"
    path.write_bytes(sample.data)
    told: list[tuple[int, int]] = []
    *rows, ending = imports.read(path, sample.reading, progress=lambda done, total: told.append((done, total)))

    assert [row.key for row in rows if isinstance(row, imports.Record)] == [f"S{n}" for n in range(5000)]
    assert isinstance(ending, imports.Ending)
    assert told == sorted(told)
    assert told[-1][0] <= len(sample.data) == told[-1][1]


def test_a_glance_comes_through_the_pipe_as_it_is_made_here(file: Path) -> None:
    seen = imports.glance(file)

    assert (seen.file_name, seen.reading.mapping) == ("orders é.csv", SAMPLE.reading.mapping)
    assert seen.sample == samples.glance_at(SAMPLE.data).sample


def test_the_hash_is_that_of_the_bytes(file: Path) -> None:
    assert imports.file_hash(file) == hashlib.sha256(SAMPLE.data).hexdigest()


def test_refusals_and_broken_bytes_come_through_the_pipe(file: Path) -> None:
    file.write_bytes(SAMPLE.data.replace(b"Grace", b"Gr\xe9ce\xff"))
    *rows, _ = imports.read(file, SAMPLE.reading)
    fault = rows[2]

    assert isinstance(fault, imports.Fault)
    assert (fault.rule, fault.value) == ("import.read.characters", "Gr<E9>ce<FF>")


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("import os; os.abort()", "SIGABRT" if os.name != "nt" else ""),
        ("import os, signal; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("raise SystemExit(3)", "3"),
        ("print('no JSON')", "0"),
        ("print('[1]')", "0"),
        ("import sys; sys.stdout.write('{\"rows\":[[0,'); sys.exit(1)", "1"),
        ("1/0", "1"),
    ],
)
@POSIX
def test_a_reader_that_breaks_down_is_a_refusal_and_nothing_else(
    code: str, how: str, acted: Callable[[str], None]
) -> None:
    acted(code)
    refused = _refusal()

    assert (refused.code, refused.args_["file"]) == ("import.read.died", "orders.csv")
    assert refused.args_["how"] in (how, "-9", "SIGKILL")
    assert not [thread for thread in threading.enumerate() if thread.name == "import-reader"]


def test_a_reader_that_says_nothing_is_stopped(acted: Callable[[str], None]) -> None:
    acted("import time; time.sleep(60)")
    began = time.monotonic()
    refused = _refusal(hang_s=0.3)

    assert refused.code == "import.read.hung"
    assert time.monotonic() - began < 30


def test_a_reader_that_goes_on_for_ever_is_cancelled(acted: Callable[[str], None]) -> None:
    acted('while True: print(\'{"at":1,"of":9}\', flush=True)')
    asked = iter([False] * 20)
    refused = _refusal(is_cancelled=lambda: next(asked, True))

    assert (refused.code, refused.args_) == ("import.read.cancelled", {"file": "orders.csv"})


def test_closing_the_iterator_ends_the_process(acted: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    acted('while True: print(\'{"at":1,"of":9}\', flush=True)')
    started: list[subprocess.Popen[bytes]] = []
    start = process._start
    monkeypatch.setattr(process, "_start", lambda *args: started.append(start(*args)) or started[-1])
    rows = process.answers(REQUEST)
    next(iter(rows))
    rows.close()

    assert started[0].returncode is not None


@POSIX
def test_the_process_gives_up_memory_time_and_writing_before_it_opens_anything() -> None:
    code = (
        "import resource; from wms_desktop.gateways.imports.child import limit_self; limit_self(); R = resource\n"
        "print([R.getrlimit(w)[0] for w in (R.RLIMIT_AS, R.RLIMIT_CPU, R.RLIMIT_FSIZE, R.RLIMIT_CORE)])"
    )
    command = [sys.executable, "-c", code]
    env = {**os.environ, "PYTHONPATH": str(Path(imports.__file__).parents[3])}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout

    assert said.strip() == str([caps.MEMORY_BYTES, caps.CPU_S, 0, 0])


@POSIX
def test_a_reader_that_takes_too_much_memory_says_so(acted: Callable[[str], None]) -> None:
    acted(
        "import sys, io; sys.path.insert(0, " + repr(str(Path(imports.__file__).parents[3])) + ")\n"
        "from wms_desktop.gateways.imports import child\n"
        "child.open_file = lambda *a: bytearray(1 << 30)\n"
        "child.limit_self(256 << 20)\n"
        "child.serve({'what': 'read', 'path': 'a.csv'}, sys.stdout.buffer)"
    )

    assert _refusal().code == "import.read.memory"


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda path: None, "no_file"),
        (lambda path: path.mkdir(), "not_a_file"),
        (lambda path: path.write_bytes(b""), "empty_file"),
        pytest.param(lambda path: path.symlink_to("/etc/hostname"), "is_link", marks=POSIX),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "is_link", marks=POSIX),
        pytest.param(lambda path: os.mkfifo(path), "not_a_file", marks=POSIX),
    ],
)
def test_what_is_no_plain_file_is_refused_by_every_door(
    make: Callable[[Path], object], rule: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    make(path)
    doors = (imports.file_hash, imports.glance, lambda p: list(imports.read(p, SAMPLE.reading)))
    for door in doors:
        with pytest.raises(Refusal) as refused:
            door(path)

        assert (refused.value.code, refused.value.args_["file"]) == (f"import.read.{rule}", "file.csv")


def test_a_file_that_is_too_big_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, "MOST_BYTES", 100)
    with pytest.raises(Refusal) as refused:
        imports.file_hash(file)

    assert refused.value.code == "import.read.too_big"
