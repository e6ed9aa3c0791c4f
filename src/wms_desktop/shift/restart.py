"""The first minute at the window: after a kill the tray is read, and the screen says what became of the last act."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt

from wms_desktop.shift.floor import Intent
from wms_desktop.shift.player import Player, fingerprint


def begin(player: Player) -> None:
    """Waits for the first screen; where a shift goes on, opens the station the player stood at and settles its act."""
    player.wait_until(lambda: "sign_on" in player.eyes.prompted, "the first prompt")
    if player.place == "tray":
        _read_tray(player)
    was_at = player.floor.notes.get("at", "")
    if was_at and player.place == "chooser":
        player.open(was_at)
        shown = fingerprint(player.prompt())
        player.stage.trace({"restarted": was_at, "prompt": shown})
        _settle(player, shown)
    elif player.floor.pending is not None:
        player.floor.drop()


def _read_tray(player: Player) -> None:
    """Writes down what the tray of open scans says was carried out, for it shows it once; then closes it with F8."""
    rows = player.window.trouble.tray.model.shown()
    player.moment("tray")
    player.stage.trace({"tray": [[row.text, row.outcome] for row in rows]})
    player.floor.note("tray", json.dumps(_applied(player) + [row.text for row in rows if row.outcome == "applied"]))
    player.tap(Qt.Key.Key_F8)
    player.wait_until(lambda: player.place != "tray", "the tray to close")


def _applied(player: Player) -> list[str]:
    """What the tray has said since the pending act was meant, also to a start that was killed in its turn."""
    said: list[str] = json.loads(player.floor.notes.get("tray", "[]"))
    return said


def _settle(player: Player, shown: str) -> None:
    """The last act before the kill was carried out when the tray says so and the screen has moved on."""
    intent = player.floor.pending
    if intent is None:
        return
    if _names(intent).isdisjoint(_applied(player)) or shown == intent.seen:
        player.floor.drop()
        return
    state = player.prompt().state
    moved = not intent.only_in or state in intent.only_in
    player.floor.done({"outcome": "settled", "state": state}, moved=moved)


def _names(intent: Intent) -> set[str]:
    """How the tray may call an act: a typed number is a key there."""
    kind, text, value = intent.raw
    return {text, f"quantity {text}", f"choose {text}"} if kind == "scan" else {f"{text} {value}".strip()}
