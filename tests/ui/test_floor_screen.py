"""A floor screen: one instruction, whole words, a place for everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import CARRY, COUNT, PICK, Tour, accepted, press, type_into
from wms_desktop.prompts import Detail, Key, Outcome, Prompt
from wms_desktop.ui import theme
from wms_desktop.ui.keys import BAR
from wms_desktop.ui.scan_field import ScanField
from wms_desktop.ui.stations import make_screen
from wms_desktop.ui.stations.floor import FloorScreen
from wms_desktop.ui.stations.instruction import split_headline
from wms_desktop.ui.widgets import FitText, FloorButton

ROWS = ("6 to LANE 4, order SO-1, Harbour Café Ltd", "3 to LANE 1, order SO-2, M. Okafor", "15 to bin B-02-1")
LONG = "That is Red mug 300 ml. This pick needs Blue mug 300 ml. Put it back in A-03-04-A-01, or press F2."


class Longer(QTranslator):
    """Every text 40 % longer and in brackets, as German would be."""

    def translate(self, context: str, text: str, note: str = "", n: int = -1) -> str:  # type: ignore[override]
        return f"[{text} {'öü' * (len(text) // 5 + 1)}]"


@pytest.fixture
def longer(qapp: QApplication) -> Iterator[None]:
    translator = Longer()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def screen_of(qtbot: QtBot, prompt: Prompt, width: int = 1280, height: int = 690) -> FloorScreen:
    screen = make_screen(prompt.workflow)
    qtbot.addWidget(screen)
    screen.strip.set_people("Station P3", "Ana Martins")
    screen.resize(width, height)
    screen.show()
    rows = tuple(Detail("row", {"text": text}) for text in ROWS)
    screen.show_outcome(Outcome.STOP, LONG)
    screen.show_prompt(Prompt(**{n: getattr(prompt, n) for n in Prompt.__slots__} | {"details": rows}))
    screen.show_tour(Tour())
    QApplication.processEvents()
    return screen


def cut(screen: FloorScreen) -> list[str]:
    return [w.text() for w in screen.findChildren(FitText) if w.isVisible() and w.text() and not w.is_whole()]


def rect_of(widget: QWidget, screen: QWidget) -> QRect:
    return QRect(widget.mapTo(screen, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("prompt", [PICK, CARRY, COUNT], ids=lambda p: p.state)
@pytest.mark.parametrize("size", [(1280, 690), (1920, 1040)])
def test_every_word_is_whole(qtbot: QtBot, prompt: Prompt, size: tuple[int, int]) -> None:
    screen = screen_of(qtbot, prompt, *size)

    assert cut(screen) == []
    assert screen.details.text_pixels() >= 12


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("prompt", [PICK, CARRY, COUNT], ids=lambda p: p.state)
def test_every_word_of_a_longer_language_is_whole_too(qtbot: QtBot, prompt: Prompt) -> None:
    screen = screen_of(qtbot, prompt)

    assert screen.instruction.sub.text().startswith("[") or not screen.instruction.sub.text()
    assert cut(screen) == []


@pytest.mark.parametrize("workflow", sorted(BAR))
@pytest.mark.parametrize("size", [(1280, 690), (1920, 1040), (960, 560)])
def test_nothing_overlaps_and_nothing_leaves_the_screen(qtbot: QtBot, workflow: str, size: tuple[int, int]) -> None:
    screen = screen_of(qtbot, Prompt(workflow=workflow, state="x", keys=BAR[workflow]), *size)
    parts = [screen.strip, screen.instruction, screen.details, screen.band, screen.field]
    parts += [p for p in (screen.map, *screen.buttons.values()) if p.isVisible()]
    boxes = [rect_of(part, screen) for part in parts]

    assert all(screen.rect().contains(box) for box in boxes)
    assert not [(i, j) for i in range(len(boxes)) for j in range(i) if boxes[i].intersects(boxes[j])]


def test_a_verdict_is_readable_from_five_metres(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, CARRY)
    pixels = screen.instruction.main.shown_pixels()

    assert screen.instruction.main.text() == "LANE 4"
    assert pixels * 72 / screen.logicalDpiY() >= theme.points_for(5.0) - 1
    assert not screen.map.isVisible()


def test_a_bin_is_readable_from_two_metres(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    pixels = screen.instruction.main.shown_pixels()

    assert screen.instruction.main.text() == "A-03-02-B-04"
    assert pixels * 72 / screen.logicalDpiY() >= theme.points_for(2.0)
    assert screen.map.isVisible()


@pytest.mark.parametrize(
    ("headline", "big", "parts"),
    [
        ("Scan bin A-01", "A-01", ("Scan bin", "A-01")),
        ("Carry 6 to LANE 4.", "LANE 4", ("Carry 6 to", "LANE 4")),
        ("LANE 4: carry 6", "LANE 4", ("", "LANE 4: carry 6")),
        ("Carry them", "LANE 4", ("Carry them", "LANE 4")),
        ("Scan item", "", ("", "Scan item")),
    ],
)
def test_the_big_word_is_said_once(headline: str, big: str, parts: tuple[str, str]) -> None:
    assert split_headline(headline, big) == parts


def test_the_layout_stays_where_it_is_whatever_is_said(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    watched = [screen.strip, screen.band, screen.field, *screen.buttons.values()]
    before = [rect_of(part, screen) for part in watched]
    screen.show_answer(accepted("x " * 200, COUNT))
    QApplication.processEvents()

    assert [rect_of(part, screen) for part in watched] == before


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_is_told_by_word_shape_and_frame(qtbot: QtBot, outcome: Outcome) -> None:
    screen = screen_of(qtbot, PICK)
    screen.show_outcome(outcome, "Something")
    corner = screen.grab().toImage().pixelColor(3, 300).name().upper()

    assert corner == theme.current().bands[outcome].edge.upper()
    assert screen.band.word.text()
    assert screen.band.accessibleName().endswith("Something")


def test_a_stop_stays_until_the_next_outcome(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    screen.show_prompt(COUNT)
    screen.show_tour(None)

    assert screen.band.outcome is Outcome.STOP


def test_scans_kept_after_a_stop_are_counted_in_the_band(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    screen.add_kept(1)
    screen.add_kept(1)

    assert screen.band.sentence.text().startswith(LONG)
    assert "not carried out: 2" in screen.band.sentence.text()


def test_only_keys_that_do_something_are_awake(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    awake = {name for name, button in screen.buttons.items() if button.is_awake()}

    assert awake == {"help", "lock", "undo", "short", "skip", "find", "why", "done"}


def test_a_key_touched_after_a_number_carries_it(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    sent: list[tuple[object, int]] = []
    screen.submitted.connect(lambda raw, epoch: sent.append((raw, epoch)))
    type_into(screen.field, "2")
    qtbot.mouseClick(screen.buttons["short"], Qt.MouseButton.LeftButton)

    assert sent == [(Key("short", "2"), PICK.epoch)]


def test_a_touched_row_is_its_number(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, COUNT)
    screen.details.show_rows(["1   crushed", "2   wet", "3   broken"])
    with qtbot.waitSignal(screen.submitted) as told:
        qtbot.mouseClick(screen.details, Qt.MouseButton.LeftButton, pos=screen.details.boxes()[1].center().toPoint())

    assert told.args == ["2", 0]
    assert screen.details.rows() == ("crushed", "wet", "broken")


def test_rows_beyond_the_eighth_are_counted(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, COUNT)
    screen.details.show_rows([f"row {n}" for n in range(20)])

    assert screen.details.count() == 8
    assert screen.details.rows()[-1] == "and 13 more"


def test_help_opens_by_f1_and_closes_at_the_next_key(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    press(screen.field, Qt.Key.Key_F1)
    opened = screen.help.isVisible()
    press(screen.field, Qt.Key.Key_Escape)

    assert opened
    assert not screen.help.isVisible()


def test_escape_leaves_the_station_only_where_the_dialogue_has_no_step_back(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    with qtbot.waitSignal(screen.left):
        press(screen.field, Qt.Key.Key_Escape)
    screen.show_prompt(Prompt(workflow="pick", state="bin", args=PICK.args, keys=("back",)))
    with qtbot.assertNotEmitted(screen.left), qtbot.waitSignal(screen.submitted) as told:
        press(screen.field, Qt.Key.Key_Escape)

    assert told.args == [Key("back", ""), 0]


def test_a_pin_is_typed_in_dots(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, Prompt(workflow="sign_on", state="pin"))
    hidden = screen.field.echoMode()
    screen.show_prompt(Prompt(workflow="sign_on", state="badge"))

    assert hidden is ScanField.EchoMode.Password
    assert screen.field.echoMode() is ScanField.EchoMode.Normal


def test_touch_targets_are_large_and_hold_no_focus(qtbot: QtBot) -> None:
    screen = screen_of(qtbot, PICK)
    least = theme.touch_pixels(theme.OTHER_TOUCH_MM)

    for button in screen.findChildren(FloorButton):
        assert button.height() >= least
        assert button.width() >= least
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("workflow", sorted(BAR))
def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, workflow: str) -> None:
    screen = screen_of(qtbot, Prompt(workflow=workflow, state="x"))

    for control in (*screen.findChildren(QAbstractButton), screen.field, screen.band, screen.instruction):
        assert control.accessibleName(), control


def test_a_phrase_that_is_missing_shows_its_code_and_the_work_goes_on(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    screen = screen_of(qtbot, Prompt(workflow="pick", state="unheard_of", args={"bin": "A-01"}))

    assert "prompt.pick.unheard_of" in screen.instruction.main.text()
    assert "no sentence" in caplog.text


def test_codes_in_arguments_are_shown_as_words(qtbot: QtBot, said: dict[str, str]) -> None:
    said |= {"wrong": "That is {kind}. Wanted: {expected}.", "kind.bin": "a bin", "kind.tote": "a tote"}
    from wms_desktop.ui.wording import say_or_code

    assert say_or_code("wrong", {"kind": "tote", "expected": "bin,x9"}) == "That is a tote. Wanted: a bin, x9."
