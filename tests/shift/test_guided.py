"""The guided shift on the real window: what it must come to, and what a cut of it proves on every run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QToolBar

from tests.gateways.paper_reader import page_texts, read_all
from tests.shift import auditor
from wms_desktop import app, config, runner
from wms_desktop.db.engine import reading
from wms_desktop.domain import documents
from wms_desktop.domain.documents import Document, ShippingLabel
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.services import selfcheck
from wms_desktop.shift import guided
from wms_desktop.shift.floor import Floor
from wms_desktop.ui import theme

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CUT = 330
"""Acts of the short cut: both deliveries with everything odd about them, and the beginning of the first walk."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """A shift, and the folder it left."""

    out: Path
    summary: guided.Summary
    captions: tuple[str, ...]


def play(out: Path, **how: object) -> Played:
    """Plays in this process, and gives the application its looks back."""
    said: list[str] = []
    summary = guided.play(out, app.open_station, guided.Play(now=MORNING, say=said.append, **how))  # type: ignore[arg-type]
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.wear(application, theme.ThemeName.LIGHT)
    return Played(out=out, summary=summary, captions=tuple(said))


@pytest.fixture(scope="module")
def cut(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The morning at the dock; stopped once on its way and gone on with, as after a pause."""
    out = tmp_path_factory.mktemp("cut")
    play(out, has_pictures=False, stop_after=40)
    return play(out, has_pictures=False, stop_after=CUT, keep=True)


@pytest.fixture(scope="module")
def whole(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The whole shift, with its pictures."""
    return play(tmp_path_factory.mktemp("whole"))


def differences(out: Path) -> list[selfcheck.Difference]:
    """What the self-check finds in a shift's database."""
    engine = runner.open_house(config.read_profile(out / "profile"))
    with reading(engine) as session:
        found = selfcheck.find_differences(session)
    engine.dispose()
    return found


def untrue_places(out: Path) -> set[str]:
    """Places where the book differs from what really lies there, beyond the differences that were planted."""
    floor = Floor(out / "player")
    piles = [(place, pile.sku, pile.units) for place in floor.places() for pile in floor.piles(place)]
    floor.close()
    planted = json.loads((out / "player" / "floor.json").read_text(encoding="utf-8"))["planted"]
    return auditor.untrue_places(out, piles) - set(planted)


def test_both_deliveries_are_received_as_they_really_were(cut: Played) -> None:
    (scans, units, damaged) = auditor.ask(
        cut.out,
        """
        SELECT COUNT(*), SUM(qty), SUM(CASE WHEN condition = 'damaged' THEN qty ELSE 0 END) FROM receipt_line""",
    )[0]
    closed = auditor.ask(cut.out, "SELECT COUNT(*) FROM receipt WHERE state = 'closed'")

    assert scans >= 120
    assert (units, damaged) == (574, 2)
    assert closed == [(2,)]


def test_a_verdict_is_declined_and_goods_nobody_ordered_are_put_aside(cut: Played) -> None:
    declined = auditor.ask(cut.out, "SELECT COUNT(*) FROM peg WHERE why LIKE 'declined%'")
    aside = [a for a in auditor.acts(cut.out) if a["did"]["code"] == "not_on_order"]

    assert declined == [(1,)]
    assert len(aside) == 3


def test_every_act_is_one_command_and_every_command_one_act(cut: Played) -> None:
    assert auditor.unmatched_commands(cut.out) == []
    assert sum(1 for _ in auditor.acts(cut.out)) == CUT


def test_the_book_is_what_really_lies_there(cut: Played) -> None:
    assert untrue_places(cut.out) == set()
    assert differences(cut.out) == []


def test_the_auditor_notices_a_lost_command_and_a_doubled_one(cut: Played, tmp_path: Path) -> None:
    lost, doubled = tmp_path / "lost", tmp_path / "doubled"
    for copy in (lost, doubled):
        shutil.copytree(cut.out, copy)
    auditor.tamper(lost, "DELETE FROM command WHERE workflow = 'receive' AND seq = 50")
    auditor.tamper(
        doubled,
        """INSERT INTO command (id, workflow, content, operator_id, station_id, at, state, answer,
        undo, seq) SELECT 'again', workflow, content, operator_id, station_id, at, state, answer, undo, 9999
        FROM command WHERE workflow = 'receive' AND seq = 50""",
    )

    assert auditor.unmatched_commands(lost)
    assert auditor.unmatched_commands(doubled)


def test_the_auditor_notices_a_unit_that_is_not_where_the_book_says(cut: Played) -> None:
    floor = Floor(cut.out / "player")
    piles = [(place, pile.sku, pile.units) for place in floor.places() for pile in floor.piles(place)]
    floor.close()
    place, sku, units = next(row for row in piles if row[0].startswith("LANE"))

    assert place in auditor.untrue_places(cut.out, [*piles, (place, sku, 1)])
    assert place in auditor.untrue_places(cut.out, [row for row in piles if row != (place, sku, units)])


def test_help_watch_plays_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(app.QProcess, "startDetached", lambda _program, words: started.append(words))
    monkeypatch.setattr(app.tempfile, "mkdtemp", lambda prefix: str(tmp_path))

    app.watch_a_shift()

    assert started == [["-m", "wms_desktop", "shift", "--watch", "--plain", "--out", str(tmp_path)]]


def test_a_watched_shift_says_under_the_window_what_it_shows(qapp: QApplication, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(text: str) -> None:
        bars = [bar for top in QApplication.topLevelWidgets() for bar in top.findChildren(QToolBar, "caption-bar")]
        seen.extend(f"{bar.isVisible()}" for bar in bars)

    watched = guided.Play(now=MORNING, has_pictures=False, is_captioned=True, stop_after=2, say=look)
    summary = guided.play(tmp_path, app.open_station, watched)

    assert summary.figures == {"acts": 2, "is_whole": False}
    assert seen[:3] == ["True"] * 3


@pytest.mark.reliability
def test_the_whole_shift_comes_to_what_it_must(whole: Played) -> None:
    figures = whole.summary.figures

    assert whole.summary.is_good
    assert figures["orders_shipped"] >= 20
    assert figures["orders_by_lane_alone"] >= 5
    assert min(figures[f"units_{how}"] for how in ("planned", "opportunistic")) >= 1
    assert min(figures[f"units_{what}"] for what in ("did_not_come", "inspected", "walked_back")) >= 1
    assert figures["declined"] == 1
    assert figures["shorts"] >= 1
    assert figures["shorts_found_elsewhere"] + figures["shorts_backordered"] >= 1
    assert figures["batches_picked"] >= 2
    assert figures["differences"] == 0


@pytest.mark.reliability
def test_the_whole_shift_leaves_a_true_book(whole: Played) -> None:
    assert untrue_places(whole.out) == set()
    assert auditor.unmatched_commands(whole.out) == []
    assert differences(whole.out) == []


@pytest.mark.reliability
def test_the_page_says_the_figures_the_story_and_where_the_data_comes_from(whole: Played) -> None:
    page = (whole.out / "summary.md").read_text(encoding="utf-8")

    assert f"| {whole.summary.figures['orders_shipped']} |" in page
    assert "from SUPPLIER to DOCK-1" in page
    assert "to CUSTOMER" in page
    assert "10.24432/C5BW33" in page
    assert json.loads((whole.out / "summary.json").read_text()) == dict(whole.summary.figures)


@pytest.mark.reliability
def test_every_telling_moment_has_its_four_pictures(whole: Played) -> None:
    taken = {path.name for path in (whole.out / "pictures").glob("*.png")}
    moments = ("sign-on", "verdict-lane", "receive-inspect", "inspect-passing", "cancel-asked", "putaway",
               "walk-back", "pick-map", "pick-wrong-refused", "hand-over", "batches-board",
               "backlog", "pack-wrong-refused", "pack-confirm", "pack-label", "dispatch-missing",
               "manifest-closed")  # fmt: skip

    assert {f"{m}-{s}-{t}.png" for m in moments for s in ("1280x720", "1920x1080") for t in ("light", "dark")} <= taken
    assert any(name.startswith("pick-short") for name in taken)
    assert len(whole.captions) >= 15


def printed(out: Path) -> Iterator[tuple[Path, Document]]:
    """Every page that came out of a printer, with the document it was made from."""
    rows = auditor.ask(out, "SELECT kind, number, payload FROM print_job WHERE state = 'printed' ORDER BY id")
    documents_by_name = {f"{kind}-{number}": documents.from_payload(kind, payload) for kind, number, payload in rows}
    for page in sorted((out / "profile" / "prints").rglob("*.pdf")):
        yield page, documents_by_name[page.stem.partition("-")[2]]


def wanted(document: Document) -> list[bytes]:
    """What the barcodes of a document must say, from the top."""
    if not isinstance(document, ShippingLabel):
        return [document.number.encode()]
    ship_to = document.find_ship_to()
    return [*(["".join(ship_to).encode()] if ship_to else []), b"00" + document.sscc.encode()]


@pytest.mark.reliability
def test_every_barcode_on_every_printed_page_decodes_to_the_right_content(whole: Played) -> None:
    pages = list(printed(whole.out))
    symbols = 0
    for page, document in pages:
        sheets = len(page_texts(page.read_bytes()))
        for pdf, dpi in ((page.read_bytes(), 203), (render(document, dpi=300, zone="Europe/London"), 300)):
            found = [data for data, _ in read_all(pdf, dpi)]
            assert found == wanted(document) * (1 if isinstance(document, ShippingLabel) else sheets), page.name
            symbols += len(found)

    assert len(pages) == whole.summary.figures["papers"] >= 60
    assert symbols >= 2 * len(pages)
