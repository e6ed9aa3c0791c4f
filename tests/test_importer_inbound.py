"""Files of purchase orders and notices on their whole way: from the reader's process to trucks and promised days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.builders import House
from tests.gateways import import_samples as samples
from tests.gateways.import_samples import SSCCS, Sample
from wms_desktop import cli
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine
from wms_desktop.db.tables import Notice, NoticeLine, NoticePackage, OrderLine, Product, PurchaseOrder
from wms_desktop.errors import Refusal
from wms_desktop.importer import Importer
from wms_desktop.services import inbound, selfcheck


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house in a profile's folder, with two articles that somebody waits for."""
    engine = open_engine(f"sqlite:///{tmp_path / 'warehouse.db'}")
    schema.upgrade(engine)
    made = House(engine, now=datetime(2026, 11, 21, 12, tzinfo=UTC)).furnish()
    made.order("O-1", (made.product("A-1", "036000291452"), 4), (made.product("D-4", "5020436373108"), 6))
    yield made
    engine.dispose()


def _take_in(house: House, tmp_path: Path, sample: Sample) -> list[str]:
    """Stages a file as it is proposed, publishes it; gives the notes of its preview."""
    path = tmp_path / "day"
    path.write_bytes(sample.data)
    importer = Importer(house.engine, lambda: house.now)
    run = importer.stage(path, importer.glance(path).reading)
    notes = [note.code for note in importer.preview(run).notes]
    assert importer.publish(run, good_only=True).message.code == "import.run.published"
    return notes


def _announced(house: House) -> list[tuple[str, str, str, int, str]]:
    query = (
        select(Notice.number, PurchaseOrder.number, Product.sku, NoticeLine.qty, NoticePackage.code)
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id)
        .join(Product, Product.id == NoticeLine.product_id)
        .join(NoticePackage, NoticePackage.id == NoticeLine.package_id)
        .order_by(NoticeLine.id)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def test_an_856_makes_orders_notices_and_days_and_its_cartons_can_be_scanned(house: House, tmp_path: Path) -> None:
    notes = _take_in(house, tmp_path, samples.x12_notices())
    days = house.read(lambda s: s.scalars(select(OrderLine.eta).order_by(OrderLine.id)).all())
    scanned = house.read(lambda s: inbound.find_by_code(s, f"]C100{SSCCS[3]}"))

    assert "import.run.count_new_purchases" in notes
    assert _announced(house) == [
        ("SHIP-1", "PO-1", "A-1", 4, SSCCS[1]), ("SHIP-1", "PO-1", "D-4", 6, SSCCS[2]),
        ("SHIP-1", "PO-2", "A-1", 3, SSCCS[3]),
    ]  # fmt: skip
    assert days == [date(2026, 11, 24), date(2026, 11, 24)]
    assert (scanned.kind, scanned.purchase_order_id) == ("package", 2)
    assert house.read(selfcheck.find_differences) == []


def test_a_desadv_deals_its_lines_out_over_the_cartons(house: House, tmp_path: Path) -> None:
    _take_in(house, tmp_path, samples.desadv())

    assert [row[1:] for row in _announced(house)] == [
        ("PO-1", "A-1", 5, SSCCS[1]), ("PO-1", "A-1", 5, SSCCS[2]), ("PO-2", "D-4", 3, SSCCS[3]),
    ]  # fmt: skip


def test_a_table_of_notices_comes_in_from_the_command_line_and_only_once(house: House, tmp_path: Path) -> None:
    path = tmp_path / "asn.csv"
    path.write_bytes(samples.notice_table().data)
    args = ["import", str(path), "--home", str(tmp_path), "--kind", "notices"]
    first, again = CliRunner().invoke(cli.commands, args), CliRunner().invoke(cli.commands, args)

    assert first.exit_code == 0, first.output
    assert isinstance(again.exception, Refusal)
    assert again.exception.code == "import.run.published_already"
    assert len(_announced(house)) == 2
