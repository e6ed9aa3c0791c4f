"""Every prompt the dialogues really say fits its screen, in English and in a longer language."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.test_floor_screen import Longer, cut
from wms_desktop.errors import Value
from wms_desktop.phrases import PARTS
from wms_desktop.prompts import Detail, Outcome, Prompt
from wms_desktop.ui.keys import BAR
from wms_desktop.ui.stations import make_screen

REAL = {
    code: text for part in PARTS for code, text in importlib.import_module(f"wms_desktop.phrases.{part}").TEXTS.items()
}
HEADLINES = sorted(
    code for code in REAL if code.startswith("prompt.") and not code.endswith(".sub") and code.split(".")[1] in BAR
)
BIG = {"pick.bin": "A-03-02-B-04", "putaway.place": "A-03-02-B-04", "receive.carry": "LANE 14",
       "receive.aside": "step.relabel", "receive.bring": "LANE 14",
       "putaway.back": "A-03-02-B-04", "putaway.stop": "A-03-02-B-04",
       "putaway.plate": "A-03-02-B-04", "putaway.apart_place": "A-03-02-B-04", "putaway.look": "A-03-02-B-04",
       "putaway.refill": "A-03-02-B-04", "putaway.refill_put": "A-03-02-B-04"}  # fmt: skip
SAMPLES: dict[str, Value] = {
    "product": "WHITE HANGING HEART T-LIGHT HOLDER",
    "sku": "85123A",
    "bin": "A-03-02-B-04",
    "lane": "LANE 14",
    "truck": "DOOR 3",
    "customer": "Harbour Café & Delicatessen Ltd",
    "receiver": "Harbour Café & Delicatessen Ltd",
    "supplier": "Ceramica Lusitana S.A.",
    "carrier": "Parcel Express",
    "who": "Alexandra Papadopoulou",
    "station": "RECEIVE-1",
    "place": "TOTE-0042",
    "tote": "TOTE-0042",
    "cart": "CART-03",
    "order": "SO-204817",
    "manifest": "M-000123",
}


def args_of(*codes: str) -> dict[str, Value]:
    names = {name for code in codes for _, name, _, _ in Formatter().parse(REAL.get(code, "")) if name}
    return {name: SAMPLES.get(name, 118) for name in names}


def prompt_of(code: str) -> Prompt:
    _, workflow, state = code.split(".", 2)
    args = args_of(code, f"{code}.sub")
    big = BIG.get(f"{workflow}.{state}", "")
    rows = [known for known in sorted(REAL) if known.startswith(f"{workflow}.") and "{" in REAL[known]][:4]
    return Prompt(
        workflow=workflow,
        state=state,
        args=args,
        big=big,
        keys=BAR[workflow],
        progress=(14, 132),
        details=tuple(Detail(row, args_of(row)) for row in rows),
    )


@pytest.fixture(params=["English", "longer"])
def language(request: pytest.FixtureRequest, said: dict[str, str], qapp: QApplication) -> Iterator[None]:
    said.update(REAL)
    translator = Longer()
    if request.param == "longer":
        QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("code", HEADLINES)
def test_a_real_prompt_is_whole(qtbot: QtBot, code: str, caplog: pytest.LogCaptureFixture) -> None:
    prompt = prompt_of(code)
    screen = make_screen(prompt.workflow)
    qtbot.addWidget(screen)
    screen.resize(1280, 690)
    screen.show()
    screen.show_outcome(Outcome.STOP, REAL["wrong_scan"])
    screen.show_prompt(prompt)
    QApplication.processEvents()

    assert cut(screen) == []
    assert not prompt.details or screen.details.text_pixels() >= 12
    assert caplog.text == ""


def test_the_prompts_were_found() -> None:
    assert {code.split(".")[1] for code in HEADLINES} == set(BAR)
    assert all(f"{code}.sub" in REAL for code in HEADLINES)
