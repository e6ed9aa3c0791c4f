"""Makes the virtual environment with the locked packages and the application; at once when all is there.

Usage: `python3 tools/set_up.py runtime` or `... dev` (test tools and PostgreSQL too).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import doctor

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STATE = VENV / "wms-set-up.json"
LOCKS = {
    "runtime": ROOT / "packaging" / "requirements.lock",
    "dev": ROOT / "packaging" / "requirements-dev.lock",
}
OLDEST_PYTHON = (3, 11)


class SetUpRefused(Exception):
    """Raised with a sentence that says why nothing can be installed, and what to do."""


def find_broken_pyside(lock: str, python: tuple[int, ...]) -> str | None:
    """Finds a PySide6 in a lock that would crash on this Python.

    PySide6 6.12 gives back one reference to None too many on Python below 3.12 (where None is not yet
    immortal); after some 5,000 calls the process dies. Returns the version, None if all is well.
    """
    found = re.search(r"^pyside6-essentials==(\d+)\.(\d+)(\S*)", lock, re.MULTILINE | re.IGNORECASE)
    if found is None or python[:2] >= (3, 12):
        return None
    return found[0].partition("==")[2] if (int(found[1]), int(found[2])) >= (6, 12) else None


def read_requirement(lock: str, name: str) -> str:
    """Gives one package's entry of a lock file with its hashes, as a requirements text of its own."""
    found = re.search(rf"^{re.escape(name)}==.*(?:\n[ \t]+.*)*", lock, re.MULTILINE)
    if found is None:
        raise SetUpRefused(f"{name} is not in the lock file: run make lock.")
    return found[0] + "\n"


def describe(level: str) -> dict[str, str]:
    """Describes what the environment must have been made from; equal ones mean nothing to do."""
    files = [LOCKS[level], ROOT / "pyproject.toml", ROOT / "src" / "wms_desktop" / "__init__.py"]
    made_from = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return {**made_from, "python": sys.version, "checkout": str(ROOT)}


def is_ready(level: str) -> bool:
    """Tells whether the environment serves this level already; the dev one serves as the runtime one too."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = [level] if level == "dev" else ["dev", "runtime"]
    return PYTHON.exists() and any(state == describe(each) for each in wanted)


def make(level: str) -> None:
    """Makes or mends the environment: the locked packages, each proved by its hash, and the application."""
    if _was_dev():
        level = "dev"  # never take the test tools away again: make run and make test would undo each other
    lock = LOCKS[level].read_text(encoding="utf-8")
    broken = find_broken_pyside(lock, tuple(sys.version_info[:3]))
    if broken:
        raise SetUpRefused(f"PySide6 {broken} crashes on Python below 3.12: lock 6.11.3, or use a newer Python.")
    STATE.unlink(missing_ok=True)
    if not _runs_same_python():
        print("Making the virtual environment .venv ...", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    print("Installing the locked packages (about a minute the first time) ...", flush=True)
    if not (_has_uv(lock) and _install_by_uv(LOCKS[level])):
        _install_by_pip(LOCKS[level])
    _compile()
    STATE.write_text(json.dumps(describe(level)), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Runs the doctor, then makes the environment if it is not there yet."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=python3.12 ...")
        return 1
    level = arguments[0] if arguments and arguments[0] in LOCKS else "runtime"
    status = doctor.check_libraries(may_install=True)
    if status == 0 and level == "dev":
        status = doctor.check_postgres(may_install=True)
    if status != 0 or is_ready(level):
        return status
    try:
        make(level)
    except SetUpRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"The set-up stopped at: {' '.join(map(str, failed.cmd))}", file=sys.stderr)
        return 1
    return 0


def _was_dev() -> bool:
    return STATE.exists() and LOCKS["dev"].name in STATE.read_text(encoding="utf-8")


def _runs_same_python() -> bool:
    question = [str(PYTHON), "-c", "import sys, pip; print(sys.version)"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == sys.version.strip()


def _has_uv(lock: str) -> bool:
    wanted = read_requirement(lock, "uv")
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.lock"
        only_uv.write_text(wanted, encoding="utf-8")
        return subprocess.run(_pip("install", "--no-deps", "--require-hashes", "-r", str(only_uv))).returncode == 0


def _install_by_uv(lock: Path) -> bool:
    uv = [str(SCRIPTS / "uv"), "pip"]
    quiet = ["--quiet", "--python", str(PYTHON)]
    steps = (
        [*uv, "sync", *quiet, "--require-hashes", str(lock)],
        [*uv, "install", *quiet, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    )
    return all(subprocess.run(step, env=_environment()).returncode == 0 for step in steps)


def _install_by_pip(lock: Path) -> None:
    print("uv cannot be used here: pip does it, more slowly ...", flush=True)
    _run(_pip("install", "--require-hashes", "-r", str(lock)))
    _run(_pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)))


def _compile() -> None:
    """Compiles all modules once, so that no start of a process has to (some environments forbid doing it later).

    A module of a package that does not compile is that package's matter and found when somebody imports it.
    """
    question = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(question, capture_output=True, text=True, check=True).stdout.strip()
    step = [str(PYTHON), "-m", "compileall", "-q", "-q", "-j", "0", packages, str(ROOT / "src")]
    subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _pip(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]


def _environment() -> dict[str, str]:
    """Gives uv's environment: it uses the Python that is here and never fetches one of its own."""
    return {**os.environ, "UV_PYTHON_PREFERENCE": "only-system", "UV_PYTHON_DOWNLOADS": "never"}


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
