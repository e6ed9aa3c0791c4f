"""Finds what the machine lacks for Qt, the virtual environment and the PostgreSQL tests, and installs it.

Needs nothing but Python's own library, because it runs before anything is installed. Where it may (root, or
sudo that asks no password) it calls apt-get; elsewhere it prints the one line to type and ends with status 3.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

MISSING = 3

# Shared object -> Debian and Ubuntu package. Measured on bare Debian: nothing less will do for each case.
OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libcups.so.2": "libcups2",  # printing to the system's own queues
}
WAYLAND_SCREEN = {"libwayland-cursor.so.0": "libwayland-cursor0"}


def can_load(soname: str) -> bool:
    """Tells whether the dynamic loader finds a library, exactly as it will for Qt."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def needed_libraries(environment: dict[str, str]) -> dict[str, str]:
    """Lists the libraries Qt will want here, library to package: a screen's only where there is one."""
    if not sys.platform.startswith("linux"):
        return {}  # the wheels for Windows and macOS bring their own
    needed = dict(OFFSCREEN)
    if environment.get("DISPLAY"):
        needed.update(X11_SCREEN)
    if environment.get("WAYLAND_DISPLAY"):
        needed.update(WAYLAND_SCREEN)
    return needed


def list_missing_packages(environment: dict[str, str]) -> list[str]:
    """Lists the packages to install before Qt can start, and before a virtual environment can be made."""
    packages = [package for soname, package in needed_libraries(environment).items() if not can_load(soname)]
    if importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")
    return packages


def find_postgres() -> Path | None:
    """Finds the folder that holds initdb and postgres (Debian keeps them off the PATH), newest first."""

    def version(folder: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())

    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def find_privilege() -> list[str] | None:
    """Finds how apt-get may be called without asking: directly, through sudo, or (None) not at all."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install(packages: Iterable[str]) -> bool:
    """Installs packages by apt-get where that needs no question; False where it may not or does not work."""
    privilege = find_privilege()
    if privilege is None:
        return False
    apt = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    wanted = [*apt, "install", "-y", "--no-install-recommends", *packages]
    print("Installing system packages:", *packages, flush=True)
    if _is_done(wanted):
        return True
    # The package lists of a fresh machine are empty or old: fetch them once, then let apt say what is wrong.
    return _is_done([*apt, "update"]) and subprocess.run(wanted, stdout=subprocess.DEVNULL).returncode == 0


def explain(packages: Iterable[str], purpose: str) -> str:
    """Says in one paragraph what is missing and the one line that mends it."""
    line = shlex.join(["apt-get", "install", "-y", *packages])
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{purpose} Type this line, then try again:\n\n    {sudo}{line}\n"


def check_libraries(*, may_install: bool) -> int:
    """Checks, and where allowed mends, what Qt and venv need: 0, or 3 after printing the line to type."""
    missing = list_missing_packages(dict(os.environ))
    if not missing or (may_install and install(missing) and not list_missing_packages(dict(os.environ))):
        return 0
    still = list_missing_packages(dict(os.environ))
    print(explain(still, "Some system libraries that the window needs are not installed."), file=sys.stderr)
    return MISSING


def check_postgres(*, may_install: bool) -> int:
    """Checks, and where allowed mends, that tests can start a PostgreSQL; 3 only where CI demands it."""
    if find_postgres() or (may_install and install(["postgresql"]) and find_postgres()):
        return 0
    print(explain(["postgresql"], "PostgreSQL is not installed: its tests will be SKIPPED."), file=sys.stderr)
    return MISSING if os.environ.get("CI") else 0


def main() -> int:
    """Runs the checks that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--install", action="store_true", help="install what is missing, if no password is asked")
    parser.add_argument("--postgres", action="store_true", help="check PostgreSQL for the tests too")
    options = parser.parse_args()
    status = check_libraries(may_install=options.install)
    if status == 0 and options.postgres:
        status = check_postgres(may_install=options.install)
    return status


def _is_done(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
