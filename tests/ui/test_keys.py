"""What a code means as an event."""

from __future__ import annotations

import pytest

from tests.ui.fakes import BADGE, GS, PICK
from wms_desktop.prompts import Event, Key, Prompt, Scan
from wms_desktop.ui.keys import BAR, LOCAL, function_keys, interpret, key_text
from wms_desktop.ui.wording import say

CHOOSE = Prompt(workflow="receive", state="choose", keys=("choose", "quantity"))
PIN = Prompt(workflow="sign_on", state="pin")


@pytest.mark.parametrize(
    ("text", "prompt", "event"),
    [
        ("12", PICK, Key("quantity", "12")),
        ("9999", PICK, Key("quantity", "9999")),
        ("3", CHOOSE, Key("choose", "3")),
        ("12345", PICK, Scan("12345")),
        ("012", PICK, Scan("012")),
        ("4711", PIN, Scan("4711")),
        ("12", BADGE, Scan("12")),
        ("12", None, Scan("12")),
        ("*144", PICK, Key("quantity", "144")),
        ("*", PICK, Scan("*")),
        ("WMS-KEY-SHORT", PICK, Key("short")),
        ("]C0WMS-KEY-NEXT_PARCEL", PICK, Key("next_parcel")),
        ("WMS-KEY-short", PICK, Scan("WMS-KEY-short")),
        (f"]C110AB{GS}21X", PICK, Scan(f"]C110AB{GS}21X")),
        ("²", PICK, Scan("²")),
    ],
)
def test_a_text_is_a_key_a_number_or_a_code(text: str, prompt: Prompt | None, event: Event) -> None:
    assert interpret(text, prompt) == event


@pytest.mark.parametrize("workflow", sorted(BAR))
def test_every_key_on_a_bar_is_reached_from_the_keyboard_and_explained(workflow: str) -> None:
    for name in BAR[workflow]:
        assert key_text(workflow, name)
        assert say(f"ui.key.{name}")
        assert say(f"ui.help.{name}")


def test_help_and_lock_are_the_windows_own() -> None:
    assert {"help", "lock"} == LOCAL
    assert {"help", "lock"} <= set(function_keys("pick").values())
