"""Where this workstation keeps its things, which database it speaks to, and that it is the only one who does."""

from __future__ import annotations

import importlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wms_desktop.errors import BadInput, Refusal

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ncpfs"})
_KINDS = {"receive": "dock", "putaway": "dock", "pick": "pick", "pack": "pack", "dispatch": "ship"}


class AlreadyOpen(Refusal):
    """Another window has this profile's database open."""

    code = "database_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One workstation's settings, read from ``settings.json`` in its folder; unset ones have defaults.

    ``url`` empty: an SQLite file in the folder. ``printers`` maps a printer's name to ``folder:PATH``,
    ``ipp:URL`` or ``system:NAME``. ``stations`` says which station's work a screen does, by workflow.
    """

    folder: Path
    url: str = ""
    station: str = ""
    stations: Mapping[str, str] = field(default_factory=dict)
    printers: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    label_dpi: int = 203
    seed: int = 2011

    @property
    def database_url(self) -> str:
        """The database this workstation speaks to."""
        return self.url or f"sqlite:///{self.folder / 'warehouse.db'}"

    @property
    def is_local(self) -> bool:
        """Whether the database is this folder's own SQLite file."""
        return not self.url

    @property
    def journal(self) -> Path:
        """The file of scans."""
        return self.folder / "scans.journal"

    @property
    def look(self) -> Path:
        """The window's own small settings."""
        return self.folder / "window.ini"

    @property
    def log(self) -> Path:
        """The program's log."""
        return self.folder / "wms-desktop.log"

    @property
    def marks(self) -> Path:
        """The high-water marks of numbers that must not come twice, even after a restore."""
        return self.folder / "numbers.json"

    def kind_of(self, workflow: str) -> str:
        """The kind of station a workflow belongs to (`desk` for everything else)."""
        return _KINDS.get(workflow, "desk")


def default_folder() -> Path:
    """The folder of the default profile: ``$WMS_HOME``, else where the system keeps a person's program data."""
    chosen = os.environ.get("WMS_HOME")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path  # late: not every command needs it

    return Path(user_data_path("wms-desktop", appauthor=False))


def read_profile(folder: Path) -> Profile:
    """The profile in a folder, which is made, readable by its owner only.

    Raises BadInput naming file, line, column and cure when ``settings.json`` cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "settings.json"
    if not file.exists():
        return Profile(folder=folder)
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as wrong:
        raise BadInput("settings_unreadable", file=file.name, line=wrong.lineno, column=wrong.colno) from wrong
    known = {
        "url": str,
        "station": str,
        "stations": dict,
        "printers": dict,
        "timezone": str,
        "label_dpi": int,
        "seed": int,
    }
    for name, value in raw.items():
        if name not in known:
            raise BadInput("settings_unknown", file=file.name, name=name, known=", ".join(known))
        if not isinstance(value, known[name]):
            raise BadInput("settings_wrong", file=file.name, name=name, wanted=known[name].__name__)
    return Profile(folder=folder, **raw)


def with_url(profile: Profile, url: str) -> Profile:
    """The same profile on another database."""
    return replace(profile, url=url)


def write_settings(folder: Path, **settings: str | int) -> None:
    """Writes a profile's first ``settings.json``; one that is there already is left alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "settings.json"
    if not file.exists():
        file.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def refuse_network_drive(folder: Path) -> None:
    """Raises Refusal when the folder lies on a network drive, where SQLite's locks do not hold (best effort)."""
    mounts = Path("/proc/mounts")
    if str(folder).startswith("\\\\"):
        raise Refusal("database_remote", path=str(folder))
    if not mounts.exists():
        return
    best = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, where, kind, *_ = line.split(" ")
        if folder.resolve().is_relative_to(where) and len(where) > len(best[0]):
            best = (where, kind)
    if best[1] in _NETWORK:
        raise Refusal("database_remote", path=str(folder))


class OnlyOne:
    """Holds a profile's lock file, naming this process; the system lets go of it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "open.lock"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(self._file):
            os.close(self._file)
            holder = self._path.read_text(encoding="utf-8").split()
            pid, host = [*holder, "?", "?"][:2]
            raise AlreadyOpen(path=str(folder), pid=pid, host=host)
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()} {platform.node()}".encode())

    def release(self) -> None:
        """Lets go."""
        os.close(self._file)


def read_marks(path: Path) -> dict[str, int]:
    """The high-water marks kept outside the database; an unreadable file counts as none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): value for name, value in raw.items() if isinstance(value, int)}


def keep_marks(path: Path, marks: Mapping[str, int]) -> None:
    """Writes the marks whole or not at all."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(dict(marks), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _lock(file: int) -> bool:
    """Takes the exclusive lock of an open file; False when somebody else has it."""
    try:
        import fcntl  # late: not on Windows
    except ImportError:
        return _lock_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_on_windows(file: int) -> bool:
    msvcrt = importlib.import_module("msvcrt")
    try:
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    os.lseek(file, 0, os.SEEK_SET)
    return True
