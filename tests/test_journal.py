"""The station's own file of scans."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop import journal
from wms_desktop.journal import Entry, Journal, kept
from wms_desktop.prompts import Key, Scan

AT = datetime(2026, 3, 2, 13, 5, 7, 123456, tzinfo=UTC)
ENTRY = Entry(key="k1", workflow="pick", event=Scan("10AB\x1d21X"), at=AT, operator_id=2, station_id=3, epoch=7)


def again(path: Path) -> tuple[Entry, ...]:
    opened = Journal(path)
    found = opened.unanswered()
    opened.close()
    return found


def test_a_scan_without_an_answer_is_found_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "station" / "scans.journal"
    written = Journal(path)
    written.write(ENTRY)
    written.write(replace(ENTRY, key="k2", event=Key("short", "2"), epoch=0))
    written.close()

    assert again(path) == (ENTRY, replace(ENTRY, key="k2", event=Key("short", "2"), epoch=0))


def test_an_answered_scan_is_not(tmp_path: Path) -> None:
    written = Journal(tmp_path / "j")
    written.write(ENTRY)
    written.write(kept(replace(ENTRY, key="k2")))
    written.answer("k1")
    written.answer("never written")
    written.close()

    assert [(entry.key, entry.applied) for entry in again(tmp_path / "j")] == [("k2", False)]


def test_a_scan_is_on_the_disk_before_write_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    written = Journal(tmp_path / "j")
    monkeypatch.setattr(os, "fsync", lambda number: synced.append((tmp_path / "j").read_bytes()))
    written.write(ENTRY)

    assert b"21X" in synced[0]
    written.close()


def test_a_full_disk_is_told_and_the_scan_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Journal(tmp_path / "j")
    monkeypatch.setattr(os, "write", lambda number, data: len(data) // 2)
    with pytest.raises(OSError, match="journal"):
        written.write(ENTRY)

    assert written.unanswered() == ()
    monkeypatch.undo()
    written.close()


@pytest.mark.parametrize("cut", [1, 5, 40, 100])
def test_a_line_torn_by_a_power_cut_costs_only_itself(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "j"
    written = Journal(path)
    written.write(ENTRY)
    written.write(replace(ENTRY, key="torn"))
    written.close()
    path.write_bytes(path.read_bytes()[:-cut])
    mended = Journal(path)
    mended.write(replace(ENTRY, key="k3"))
    mended.close()

    assert [entry.key for entry in again(path)] in (["k1", "k3"], ["k1", "torn", "k3"])
    assert cut == 1 or "torn" not in [entry.key for entry in again(path)]


def test_a_changed_line_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "j"
    written = Journal(path)
    written.write(ENTRY)
    written.close()
    path.write_bytes(path.read_bytes().replace(b'"epoch":7', b'"epoch":8'))

    assert again(path) == ()


@given(st.text(max_size=60), st.integers(0, 2**31))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str, epoch: int) -> None:
    path = tmp_path_factory.mktemp("j") / "scans"
    entry = replace(ENTRY, event=Scan(text), epoch=epoch)
    written = Journal(path)
    written.write(entry)
    written.close()

    assert again(path) == (entry,)


def test_a_long_file_is_begun_anew_once_everything_in_it_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_FRESH_AT", 100)
    path = tmp_path / "scans.journal"
    written = Journal(path)
    written.write(ENTRY)
    written.close()
    kept_whole = again(path)
    closing = Journal(path)
    closing.answer("k1")
    closing.close()

    assert again(path) == ()
    assert kept_whole == (ENTRY,)
    assert path.stat().st_size == 0
    assert (tmp_path / "scans.journal.old").exists()
