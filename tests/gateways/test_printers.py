"""Printers of both kinds: whole files or none, and a printer's every trouble named in time."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.gateways.fake_ipp import printer
from wms_desktop.gateways import ipp, printers
from wms_desktop.gateways.printers import FolderPrinter, IppPrinter, PrinterFault

PDF = b"%PDF-1.4 a page\n%%EOF\n"


def fast(uri: str, **facts: object) -> IppPrinter:
    settings: dict[str, object] = {"timeout_s": 0.3, "wait_s": 0.2, "poll_s": 0.01, **facts}
    return IppPrinter(uri, **settings)  # type: ignore[arg-type]


def test_a_folder_gets_whole_files_in_the_order_of_printing(tmp_path: Path) -> None:
    folder = FolderPrinter(tmp_path / "out")
    for number in range(3):
        folder.send(PDF + bytes([number]), f"label {number}", 1)

    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == [f"00000{n + 1}-label_{n}.pdf" for n in range(3)]
    assert [file.read_bytes() for file in files] == [PDF + bytes([n]) for n in range(3)]


def test_a_restarted_folder_counts_on_and_overwrites_nothing(tmp_path: Path) -> None:
    FolderPrinter(tmp_path).send(PDF, "a", 1)
    (tmp_path / "000002-theirs.pdf").write_bytes(b"theirs")
    (tmp_path / "notes.pdf").write_bytes(b"mine")

    FolderPrinter(tmp_path).send(PDF, "b", 2)

    assert (tmp_path / "000003-b-x2.pdf").read_bytes() == PDF
    assert (tmp_path / "000002-theirs.pdf").read_bytes() == b"theirs"


@pytest.mark.parametrize("title", ["../../etc/passwd", "C:\\x\\y", "a/b", "CON", "\x00\n", "漢字", "x" * 999, ""])
def test_a_files_name_comes_from_us(tmp_path: Path, title: str) -> None:
    FolderPrinter(tmp_path / "in").send(PDF, title, 1)

    (file,) = (tmp_path / "in").iterdir()
    assert list(tmp_path.iterdir()) == [tmp_path / "in"]
    assert len(file.name) < 80
    assert set(file.name) <= set(map(chr, range(33, 127))) - set('\\/:*?"<>|')


@pytest.mark.parametrize("broken", ["fsync", "link"])
@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EIO, "folder_not_writable")])
def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, number: int, code: str
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(printers.os, broken, fail)
    monkeypatch.setattr(Path, "rename", fail)

    with pytest.raises(PrinterFault, match=code):
        FolderPrinter(tmp_path).send(PDF, "a", 1)
    assert list(tmp_path.iterdir()) == []


def test_nobody_ever_sees_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[Path]] = []
    monkeypatch.setattr(printers.os, "fsync", lambda handle: seen.append(list(tmp_path.glob("*.pdf"))))

    FolderPrinter(tmp_path).send(PDF, "a", 1)

    assert seen[0] == []
    assert [file.read_bytes() for file in seen[-1]] == [PDF]


def test_a_file_system_without_hard_links_is_served_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(printers.os, "link", refuse)
    FolderPrinter(tmp_path).send(PDF, "a", 1)
    (tmp_path / "000002-a.pdf").write_bytes(b"other")
    second = FolderPrinter(tmp_path)
    second._number = 1
    second.send(PDF, "a", 1)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["000001-a.pdf", "000002-a.pdf", "000003-a.pdf"]


def test_a_folder_that_is_a_file_is_a_fault_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")

    with pytest.raises(PrinterFault, match="folder_not_writable") as fault:
        FolderPrinter(tmp_path / "out").send(PDF, "a", 1)
    assert fault.value.args_["folder"] == str(tmp_path / "out")


def test_a_job_is_handed_over_whole_with_its_name_copies_and_paper() -> None:
    with printer() as fake:
        fast(fake.uri, media="na_index-4x6_4x6in").send(PDF * 5000, "shipping_label\n34012", 2)

    assert fake.jobs == [PDF * 5000]
    facts = fake.facts[0]
    assert facts["job-name"] == ["shipping_label_34012"]
    assert (facts["copies"], facts["media"]) == ([2], ["na_index-4x6_4x6in"])
    assert (facts["document-format"], facts["print-scaling"]) == (["application/pdf"], ["none"])
    assert fake.asked == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x0403, "printer_forbids"),
        (0x0406, "printer_unknown"),
        (0x040A, "printer_cannot_read"),
        (0x0506, "printer_not_accepting"),
        (0x0507, "printer_busy"),
        (0x0500, "printer_refused"),
    ],
)
def test_a_refusal_is_named_for_what_it_means(status: int, code: str) -> None:
    with printer("refuse", status=status) as fake, pytest.raises(PrinterFault, match=code) as fault:
        fast(fake.uri).send(PDF, "a", 1)

    assert fault.value.args_["status"] == f"{status:04X}"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("hang", "printer_timeout"),
        ("dribble", "printer_timeout"),
        ("cut", "printer_cut"),
        ("lost", "printer_cut"),
        ("garbage", "printer_cut"),
        ("abort", "printer_gave_up"),
    ],
)
def test_a_printer_in_trouble_is_left_in_time(behaviour: str, code: str) -> None:
    with printer(behaviour) as fake:
        begun = time.monotonic()
        with pytest.raises(PrinterFault, match=code):
            fast(fake.uri).send(PDF, "a", 1)
        took = time.monotonic() - begun

    assert took < 5


def test_a_stopped_printer_loses_the_job_before_we_try_again() -> None:
    with printer("stopped") as fake, pytest.raises(PrinterFault, match="printer_stopped"):
        fast(fake.uri).send(PDF, "a", 1)

    assert fake.cancelled == [1]


def test_a_printer_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(PrinterFault, match="printer_unreachable"):
        fast(f"ipp://127.0.0.1:{port}/printers/x").send(PDF, "a", 1)


def test_a_printer_that_does_not_speak_http_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            wire, _ = server.accept()
            with wire:
                wire.recv(10)
                wire.sendall(b"@PJL READY\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(PrinterFault, match="printer_cut"):
            fast(f"ipp://127.0.0.1:{server.getsockname()[1]}/").send(PDF, "a", 1)
        thread.join()


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "lp0", "ipp:///x", ""])
def test_what_is_no_printers_address_is_not_taken(uri: str) -> None:
    with pytest.raises(ValueError, match="address"):
        IppPrinter(uri)


@pytest.mark.parametrize("data", [b"", b"\x01\x01", b"\x01\x01\x00\x00\x00\x00\x00\x01", b"\x01" * 40, b"\xff" * 9])
def test_an_answer_that_is_not_whole_is_cut_never_a_crash(data: bytes) -> None:
    with pytest.raises(ipp.NotAnswered, match="printer_cut"):
        ipp.parse(data)
