"""The guided shift, scene by scene; each scene can be entered again where a killed program left it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from wms_desktop.shift import script_bench, script_desk, script_dock, script_walk
from wms_desktop.shift.player import Player

_MOST_BATCHES = 6
_FEWEST_BATCHES = 4
Scene = Callable[[Player], None]


def run(player: Player, labels: Path) -> None:
    """Plays every scene that has not been played; ``labels`` is the tray of the label printer."""
    for name, scene in _scenes(player, labels):
        if not player.floor.has(f"scene {name}"):
            scene(player)
            player.floor.note(f"scene {name}")


def _scenes(player: Player, labels: Path) -> list[tuple[str, Scene]]:
    deliveries: list[tuple[str, Scene]] = [
        (f"receive {po}", partial(script_dock.receive, po=po)) for po in player.floor.deliveries
    ]
    return [
        ("cockpit", script_desk.look_at_the_backlog),
        ("trucks", script_desk.look_at_the_trucks),
        *deliveries,
        ("inspect", script_dock.inspect),
        ("regret", script_desk.cancel_the_regretted),
        ("lanes", script_desk.look_at_the_lanes),
        ("hand-over", script_walk.walk_and_hand_over),
        ("walks", _walk_the_rest),
        ("putaway", script_dock.put_away),
        ("pack", script_bench.pack),
        ("dispatch", lambda p: script_bench.dispatch(p, labels)),
        ("close", _look_at_the_end),
    ]


def _walk_the_rest(player: Player) -> None:
    """More batches, until one pick was short; at least four in all, at most six."""
    for number in range(2, _MOST_BATCHES + 1):
        has_short = any(note.startswith("short ") for note in player.floor.notes)
        if number > _FEWEST_BATCHES and has_short and not player.floor.has(f"begun {number}"):
            return
        player.floor.note(f"begun {number}")
        script_walk.walk_next(player, str(number))


def _look_at_the_end(player: Player) -> None:
    player.sign_on(script_desk.SUPERVISOR)
    player.open("batches")
    player.tell("shift.end")
