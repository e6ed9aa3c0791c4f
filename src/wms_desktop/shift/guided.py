"""The guided shift: a fresh demo warehouse, the real window, a player at it, pictures, papers, and a page about it."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PySide6.QtWidgets import QApplication

from wms_desktop.errors import Refusal
from wms_desktop.phrases import sentence
from wms_desktop.services import shift_report
from wms_desktop.services.dialogue import Clock
from wms_desktop.services.intake import Engine, Session
from wms_desktop.shift import captions, demo, floor, papers, restart, script, summary, world
from wms_desktop.shift.pictures import Camera
from wms_desktop.shift.player import Pace, Player, Stage
from wms_desktop.shift.watching import Stopped
from wms_desktop.ui.main_window import MainWindow

SEED = 2011
GOALS = {"orders_shipped": 20, "orders_by_lane_alone": 5, "shorts": 1, "declined": 1, "units_damaged": 1}
"""What a whole shift must come to, at the least."""
_DAY_BEGINS = 8
T = TypeVar("T")


class Station(Protocol):
    """One window on one profile, as the application puts it together; ``ask`` puts a question to its database."""

    @property
    def window(self) -> MainWindow: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def ask(self, question: Callable[[Session], T]) -> T: ...


OpenStation = Callable[[Path, Callable[[Engine], None], Clock], Station]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of a shift: one page of text, its figures, and whether everything adds up."""

    text: str
    figures: Mapping[str, Any]
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How a shift is played: a seed, its first instant (None: today at eight), pictures or not, pace, and who hears."""

    keep: bool = False
    stop_after: int | None = None
    seed: int = SEED
    now: datetime | None = None
    has_pictures: bool = True
    pace: Pace = field(default_factory=Pace)
    is_captioned: bool = False
    trace: Callable[[Mapping[str, object]], None] = lambda record: None
    say: Callable[[str], None] = lambda text: None


def play(out: Path, open_station: OpenStation, how: Play) -> Summary:
    """Plays the shift in ``out``: profile, pictures and papers below it, ``summary.md`` and ``summary.json`` in it.

    With ``how.keep`` a shift that was killed goes on where it stood. There must be an application object.
    """
    began = time.monotonic()
    home = _prepare_folder(out, how)
    stand = floor.Floor(home)
    station = open_station(out / "profile", lambda engine: _fill(engine, home, stand), clock_of(home))
    window = station.window
    camera = Camera(window, out / "pictures") if how.has_pictures else None
    player = Player(window, stand, _stage(how, window, camera))
    station.open()
    try:
        restart.begin(player)
        script.run(player, out / "profile" / "prints" / "labels")
        player.wait_until(lambda: station.ask(shift_report.count_unprinted) == 0, "the printers")
        made = _sum_up(out, station, stand, round(time.monotonic() - began, 1))
    except Stopped:
        made = _cut(stand)
    else:
        if how.is_captioned:
            _linger(player)
    finally:
        station.close()
        stand.close()
    return made


def _linger(player: Player) -> None:
    """A window that was watched stays until it is closed."""
    with contextlib.suppress(Stopped):
        player.stay()


def _prepare_folder(out: Path, how: Play) -> Path:
    """The player's folder: the one that stands there when the shift goes on, else a new one."""
    home = out / "player"
    if how.keep and (home / "floor.json").exists():
        return home
    for name in ("player", "profile", "pictures"):
        shutil.rmtree(out / name, ignore_errors=True)
    home.mkdir(parents=True)
    profile = out / "profile"
    profile.mkdir()
    morning = datetime.now(UTC).replace(hour=_DAY_BEGINS, minute=0, second=0, microsecond=0)
    made = world.build(how.seed, how.now or morning)
    (profile / "settings.json").write_text(json.dumps({"timezone": made.site.timezone, "seed": made.seed}))
    (profile / "window.ini").write_text("[sound]\non=false\n" if not how.is_captioned else "")
    (home / "started").write_text(str(time.time()))
    floor.furnish(home, made)
    return home


def _fill(engine: Engine, home: Path, stand: floor.Floor) -> None:
    """Makes the demo warehouse, unless an earlier run has; killed in between, it is begun again."""
    if (home / "house-stands").exists():
        return
    made = world.build(stand.seed, datetime.fromisoformat(stand.began))
    try:
        demo.load(engine, made)
    except Refusal as refusal:
        if refusal.code != "demo_not_empty":
            raise
    demo.first_allocation(engine, made)
    (home / "house-stands").touch()


def clock_of(home: Path) -> Clock:
    """The shift's own day: it begins at its first instant and then runs like any clock, also while killed."""
    began = json.loads((home / "floor.json").read_text(encoding="utf-8"))["began"]
    first, started = datetime.fromisoformat(began), float((home / "started").read_text())
    return lambda: first + timedelta(seconds=max(0.0, time.time() - started))


def _stage(how: Play, window: MainWindow, camera: Camera | None) -> Stage:
    bar = captions.CaptionBar(window) if how.is_captioned else None

    def tell(code: str, args: Mapping[str, str | int]) -> None:
        text = sentence(code, args)
        how.say(text)
        if bar is not None:
            bar.show_caption(text)

    return Stage(
        pace=how.pace,
        tell=tell,
        shoot=camera.shoot if camera is not None else lambda name: None,
        trace=how.trace,
        stop_after=how.stop_after,
    )


def _sum_up(out: Path, station: Station, stand: floor.Floor, seconds: float) -> Summary:
    facts = station.ask(shift_report.tell)
    prints = out / "profile" / "prints"
    figures: dict[str, Any] = dict(facts.figures)
    figures |= {
        "acts": stand.acts,
        "pages": papers.count_pages(prints),
        "papers": sum(1 for _ in prints.rglob("*.pdf")),
        "pictures": sum(1 for _ in (out / "pictures").glob("*.png")),
        "seconds": seconds,
    }
    text = summary.write(figures, facts, world.GENERATED, world.CITATIONS)
    out.joinpath("summary.md").write_text(text, encoding="utf-8")
    out.joinpath("summary.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    is_good = not facts.differences and all(figures[name] >= least for name, least in GOALS.items())
    return Summary(text=text, figures=figures, is_good=is_good)


def _cut(stand: floor.Floor) -> Summary:
    figures = {"acts": stand.acts, "is_whole": False}
    return Summary(text=sentence("shift.cut", {"acts": stand.acts}), figures=figures, is_good=True)


def make_application(name: str) -> QApplication:
    """The one application object of this process, made where there is none."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([name])
