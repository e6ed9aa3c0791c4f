"""After a kill the player settles its last act by the tray, even when the start that showed the tray was killed too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wms_desktop.prompts import Prompt
from wms_desktop.shift import restart, world
from wms_desktop.shift.floor import Floor, Intent, furnish
from wms_desktop.shift.player import Player


class Killed(Exception):
    """The process ends here."""


@dataclass
class Window:
    """A stand-in for the program at its start: shows the tray while it has rows, and may be killed at the station."""

    floor: Floor
    tray: list[Any]
    dies: bool = False
    place: str = "chooser"
    stage: Any = field(default_factory=lambda: SimpleNamespace(trace=lambda record: None))
    eyes: Any = field(default_factory=lambda: SimpleNamespace(prompted=["sign_on"]))

    def __post_init__(self) -> None:
        self.place = "tray" if self.tray else "chooser"
        model = SimpleNamespace(shown=lambda: list(self.tray))
        self.window = SimpleNamespace(trouble=SimpleNamespace(tray=SimpleNamespace(model=model)))

    def wait_until(self, is_so: Any, _what: str) -> None:
        assert is_so()

    def moment(self, _name: str) -> None: ...

    def tap(self, _key: Any) -> None:
        self.tray, self.place = [], "chooser"

    def open(self, place: str) -> None:
        if self.dies:
            raise Killed
        self.place = place

    def prompt(self) -> Prompt:
        return Prompt(workflow="pick", state="item")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    furnish(tmp_path, world.build(2011, datetime(2026, 3, 2, 8, tzinfo=UTC)))
    return tmp_path


def scan_then_kill(home: Path) -> None:
    floor = Floor(home)
    floor.note("at", "pick")
    floor.intend(Intent(workflow="pick", raw=("scan", "01-01-L-1", ""), seen="before"))
    floor.close()


def start(home: Path, tray: list[Any], *, dies: bool = False) -> None:
    floor = Floor(home)
    try:
        restart.begin(cast(Player, Window(floor, tray, dies=dies)))
    finally:
        floor.close()


APPLIED = SimpleNamespace(text="01-01-L-1", outcome="applied")


def test_an_act_that_the_tray_calls_applied_is_done_though_the_next_start_is_killed_before_it_is_settled(
    home: Path,
) -> None:
    scan_then_kill(home)
    with pytest.raises(Killed):
        start(home, [APPLIED], dies=True)

    start(home, [])

    settled = Floor(home)
    assert (settled.acts, settled.pending) == (1, None)


def test_what_the_tray_said_of_one_act_is_not_believed_of_the_next(home: Path) -> None:
    scan_then_kill(home)
    start(home, [APPLIED])
    scan_then_kill(home)

    start(home, [])

    settled = Floor(home)
    assert (settled.acts, settled.pending) == (1, None)
