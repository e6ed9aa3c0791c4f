"""Sounds that never wait, and pages that reach a system printer dot for dot."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication
from tools.make_sounds import SOUNDS, write

from wms_desktop.gateways.printers import PrinterFault
from wms_desktop.prompts import Outcome
from wms_desktop.resources import get_resource, read_bytes
from wms_desktop.ui import devices
from wms_desktop.ui.devices import QtPrinter, Sounds


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    monkeypatch.setattr(devices, "_find_player", lambda: ("/usr/bin/aplay", ("-q",)))
    return []


def test_each_outcome_is_played_by_the_player_of_the_machine(started: list[tuple[str, list[str]]]) -> None:
    sounds = Sounds(start=lambda program, arguments: started.append((program, arguments)))
    for outcome in Outcome:
        sounds.play(outcome)

    assert [Path(arguments[-1]).name for _, arguments in started] == [f"{o.value}.wav" for o in Outcome]
    assert started[0][1][0] == "-q"


def test_without_a_player_it_beeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_find_player", lambda: None)
    beeps: list[None] = []
    Sounds(beep=lambda: beeps.append(None)).play(Outcome.STOP)

    assert len(beeps) == 1


def test_switched_off_it_is_silent(started: list[tuple[str, list[str]]]) -> None:
    sounds = Sounds(start=lambda program, arguments: started.append((program, arguments)))
    sounds.is_on = False
    sounds.play(Outcome.STOP)

    assert started == []


def test_the_six_sounds_differ_and_are_short() -> None:
    seen = set()
    for outcome in Outcome:
        data = read_bytes(f"sounds/{outcome.value}.wav")
        with wave.open(io.BytesIO(data)) as sound:
            assert 0.03 < sound.getnframes() / sound.getframerate() < 0.7
        seen.add(data)

    assert len(seen) == 6


def test_the_shipped_sounds_are_what_the_tool_makes(tmp_path: Path) -> None:
    write(tmp_path)

    for name in SOUNDS:
        assert (tmp_path / f"{name}.wav").read_bytes() == get_resource(f"sounds/{name}.wav").read_bytes()


def barcode_pdf(text: str) -> bytes:
    """A 4 x 6 inch page with one Code 128 symbol of four dots a module at 203 dpi, as the labels have."""
    from barcode.codex import Code128

    bits = Code128(text).build()[0]
    image = Image.new("1", (812, 1218), 1)
    draw = ImageDraw.Draw(image)
    for number, bit in enumerate(bits):
        if bit == "1":
            draw.rectangle((60 + number * 3, 200, 60 + number * 3 + 2, 500), fill=0)
    stored = io.BytesIO()
    image.save(stored, "PDF", resolution=203)
    return stored.getvalue()


@pytest.mark.usefixtures("qapp")
def test_a_page_printed_through_the_system_keeps_its_size_and_its_barcode(tmp_path: Path) -> None:
    file = tmp_path / "out.pdf"
    QtPrinter("", dots_per_inch=203, file=str(file)).send(barcode_pdf("WMS-KEY-YES"), "Label", 1)
    document = pypdfium2.PdfDocument(file.read_bytes())
    wide, high = document[0].get_size()
    picture = document[0].render(scale=203 / 72, grayscale=True).to_pil()
    document.close()

    assert (round(wide), round(high)) == (288, 432)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["WMS-KEY-YES"]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("name", "file", "pdf", "code"), [
    ("no such printer", "", b"%PDF", "printer_gone"),
    ("", "out.pdf", b"this is no PDF", "document_damaged"),
    ("", "no/such/folder/out.pdf", b"", "printer_refuses"),
])  # fmt: skip
@pytest.mark.qt_log_ignore("QPainter::begin", "QPrinter", extend=True)
def test_a_printer_that_cannot_says_why(tmp_path: Path, name: str, file: str, pdf: bytes, code: str) -> None:
    where = str(tmp_path / file) if file else ""
    with pytest.raises(PrinterFault) as refused:
        QtPrinter(name, file=where).send(pdf or barcode_pdf("X"), "Label", 1)

    assert refused.value.code == code


def test_the_application_beeps_where_nothing_else_is(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_find_player", lambda: None)

    Sounds().play(Outcome.ACCEPTED)
