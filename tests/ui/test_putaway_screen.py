"""The putaway screen: the walk with a cart is drawn beside its stop."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.fakes import TAKE, FakeReads, FakeRunner, Tour
from wms_desktop.prompts import Prompt
from wms_desktop.ui.main_window import MainWindow

STOP = Prompt(
    workflow="putaway", state="stop", args={"cart": "CART-03", "bin": "A-03-02-B-04"}, big="A-03-02-B-04",
    progress=(1, 6),
)  # fmt: skip


def test_the_walk_with_a_cart_is_drawn_until_it_is_over(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner, reads: FakeReads
) -> None:
    asked: list[str] = []
    reads.answers["cart_tour"] = lambda args: asked.append(args["cart"]) or Tour()
    runner.prompts["putaway"] = STOP
    window.show_place("putaway")
    screen = window.floor.screen("putaway")
    qtbot.waitUntil(screen.map.isVisible)

    runner.prompts["putaway"] = TAKE
    screen.submit("A-03-02-B-04")
    qtbot.waitUntil(lambda: not screen.map.isVisible())

    assert asked == ["CART-03"]
