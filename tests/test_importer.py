"""A file on its whole way: through the reader's process into a run, looked at, mended, published, or given up."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from tests.builders import House
from tests.services import import_desk as desk
from wms_desktop import cli
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import Customer, ImportRow, ImportRun, Order, OrderLine, Product
from wms_desktop.errors import BadInput, NotPermitted, Refusal
from wms_desktop.gateways import imports as gateway
from wms_desktop.importer import Importer
from wms_desktop.phrases import sentence
from wms_desktop.services import orders, people, selfcheck, settings
from wms_desktop.services.importing.fields import wrong_of
from wms_desktop.views.imports import Reading, Record

TITLES = "number,sku,qty,price,customer_code,service,ship_name,street,postcode,city,country"
ADDRESS = "C1,PARCEL,Acme Ltd,1 High Street,LS1 1AA,Leeds,GB"
UCI_TITLES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
NOT_GOODS = {"POST", "DOT", "M", "D", "C2", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "gift_0001_30"}


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A furnished house to copy from; in memory-backed storage where there is some, for its cheap syncs."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        file = Path(folder) / "template.db"
        engine = open_engine(f"sqlite:///{file}")
        schema.upgrade(engine)
        House(engine).furnish().product("MUG", "4006381333931", name="Blue mug")
        engine.dispose()
        yield file


@pytest.fixture
def house(template: Path) -> Iterator[House]:
    """A house in a profile's folder, as the command line finds it."""
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        shutil.copy(template, Path(folder) / "warehouse.db")
        engine = open_engine(f"sqlite:///{Path(folder) / 'warehouse.db'}")
        yield House(engine)
        engine.dispose()


@pytest.fixture
def importer(house: House) -> Importer:
    """The house's own importer."""
    return Importer(house.engine, lambda: house.now)


def write(path: Path, *rows: str, titles: str = TITLES) -> Path:
    path.write_text("\n".join((titles, *rows)) + "\n", encoding="utf-8")
    return path


def order(number: str, sku: str = "MUG", qty: int = 1) -> str:
    return f"{number},{sku},{qty},2.50,{ADDRESS}"


def take_in(importer: Importer, path: Path, kind: str = "", change: Callable[[Reading], Reading] = lambda r: r) -> int:
    """Stages and publishes a file as it is proposed; gives the run."""
    run = importer.stage(path, change(importer.glance(path, kind).reading))
    importer.publish(run, good_only=True)
    return run


def count(house: House, table: Any) -> int:
    return house.read(lambda s: s.scalar(select(func.count()).select_from(table)))


def explained(house: House, run: int) -> Counter[str]:
    """How many rows are in, and why the others are not."""
    rows = house.read(
        lambda s: s.execute(select(ImportRow.state, ImportRow.problem).where(ImportRow.run_id == run)).all()
    )
    return Counter(row.state if row.state == "published" else wrong_of(row.problem).rule for row in rows)


# --- through the reader's process ------------------------------------------------------------------------------------


def test_a_file_comes_in_with_progress_and_is_shown_before_it_counts(
    house: House, importer: Importer, tmp_path: Path
) -> None:
    path = write(tmp_path / "day.csv", order("W1", qty=2), order("W2"), order("W3", "NO-SUCH"))
    told: list[tuple[int, int]] = []
    run = importer.stage(path, importer.glance(path).reading, lambda done, total: told.append((done, total)))
    shown = importer.preview(run)

    assert (shown.good.rows, shown.bad.rows, shown.total.amounts) == (2, 1, {"GBP": Decimal("10")})
    assert (count(house, Order), told[-1], [d for d, _ in told] == sorted(d for d, _ in told)) == (0, (100, 100), True)
    assert importer.publish(run, good_only=True).message.args["rows"] == 2
    assert count(house, Order) == 2


def test_a_sample_is_read_as_the_reading_says(importer: Importer, tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", *(order(f"W{n}") for n in range(3000)))
    rows = importer.sample(path, importer.glance(path).reading, 3)

    assert [row.fields["number"] for row in rows if isinstance(row, Record)] == ["W0", "W1", "W2"]


def test_a_cancelled_import_leaves_nothing(house: House, importer: Importer, tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", *(order(f"W{n}") for n in range(5000)))
    as_read = importer.glance(path).reading
    for most in (1, 70):  # while it is read, while it is checked
        told = [0]
        with pytest.raises(Refusal, match="cancelled"):
            importer.stage(
                path, as_read, lambda done, _, told=told: told.append(done), lambda m=most, t=told: t[-1] >= m
            )

    assert (count(house, ImportRun), count(house, ImportRow)) == (0, 0)
    assert importer.preview(importer.stage(path, as_read)).good.rows == 5000


def test_a_file_that_breaks_in_the_middle_leaves_nothing(
    house: House, importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "day.csv", *(order(f"W{n}") for n in range(100)))
    as_read = importer.glance(path).reading

    def broken(*_: Any, **__: Any) -> Iterator[Any]:
        yield from (Record(line=n, key=f"W{n}", fields={"number": f"W{n}"}) for n in range(5000))
        raise BadInput("import.read.cells", line=7)

    monkeypatch.setattr(gateway, "read", broken)
    with pytest.raises(BadInput):
        importer.stage(path, as_read)

    assert (count(house, ImportRun), count(house, ImportRow)) == (0, 0)


def test_after_a_crash_in_the_middle_the_run_can_only_be_dropped(
    house: House, importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "day.csv", *(order(f"W{n}") for n in range(5000)))
    as_read = importer.glance(path).reading
    for place in ("_check", "_read"):
        monkeypatch.setattr(Importer, place, lambda *_, **__: sys.exit(9))
        monkeypatch.setattr(Importer, "_give_up", lambda *_: None)  # the process is gone
        with pytest.raises(SystemExit):
            importer.stage(path, as_read)
    monkeypatch.undo()
    runs = house.read(lambda s: s.scalars(select(ImportRun.id)).all())
    answers = [importer.publish(run, good_only=True).message.code for run in runs]

    assert (answers, count(house, Order)) == (["import.run.incomplete"] * 2, 0)
    assert all(importer.preview(run).notes[0].code == "import.run.not_complete" for run in runs)
    for run in runs:
        assert desk.act(house, "drop", run=run).message.code == "import.run.was_dropped"
    assert count(house, ImportRow) == 0


def test_a_crash_between_the_look_and_publishing_loses_nothing(
    house: House, importer: Importer, tmp_path: Path
) -> None:
    path = write(tmp_path / "day.csv", order("W1"))
    run = importer.stage(path, importer.glance(path).reading)
    other = open_engine(str(house.engine.url))
    answer = Importer(other, lambda: house.now).publish(run, good_only=True)
    other.dispose()

    assert answer.message.code == "import.run.published"
    with pytest.raises(Refusal, match="published_already"):
        importer.stage(path, importer.glance(path).reading)


def test_a_picker_may_not_read_a_file_in(house: House, tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", order("W1"))
    desk_of = Importer(
        house.engine, lambda: house.now, lambda s, k, at: house.context(station="PICK-1", badge="OP-picker")
    )

    with pytest.raises(NotPermitted):
        desk_of.stage(path, desk_of.glance(path).reading)
    assert count(house, ImportRun) == 0


def test_the_fix_list_is_mended_and_comes_in_as_it_is(house: House, importer: Importer, tmp_path: Path) -> None:
    rows = [order("W1"), order("W1", "=cmd|' /C calc'!A0", 3), order("W2", qty=2)]
    path, fixes = write(tmp_path / "day.csv", *rows), tmp_path / "fixes.csv"
    run = take_in(importer, path)
    assert importer.export_problems(run, fixes) == 2
    written = fixes.read_text(encoding="utf-8-sig")
    table = list(csv.DictReader(written.splitlines()))

    assert [row["file_line"] for row in table] == ["2", "3"]
    assert table[1]["sku"] == "'=cmd|' /C calc'!A0"
    assert "No article has the code" in table[1]["reason"]
    fixes.write_text(written.replace("'=cmd|' /C calc'!A0", "MUG"), encoding="utf-8-sig")
    take_in(importer, fixes)
    assert desk.lines(house, "W1") == [(1, "MUG", 1, 0), (2, "MUG", 3, 0)]
    assert list(tmp_path.glob(".*.new")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_no_text_comes_in(house: House, importer: Importer, tmp_path: Path) -> None:
    run = take_in(importer, write(tmp_path / "d\udcffy.csv", order("W1")))

    assert importer.preview(run).file_name == "d?y.csv"
    assert count(house, Order) == 1


def test_a_fix_list_that_cannot_be_written_leaves_the_old_one(importer: Importer, tmp_path: Path) -> None:
    run = take_in(importer, write(tmp_path / "day.csv", order("W1", "NO")))
    with pytest.raises(OSError, match="No such"):
        importer.export_problems(run, tmp_path / "gone" / "fixes.csv")

    (tmp_path / "fixes.csv").write_text("old")
    importer.export_problems(run, tmp_path / "fixes.csv")
    assert (tmp_path / "fixes.csv").read_text(encoding="utf-8-sig").startswith("number,sku,qty")


# --- real files ------------------------------------------------------------------------------------------------------


def uci(shared: Path) -> Path:
    return shared / "data" / "orders-uci-online-retail" / "online-retail-2011-09.csv"


def uci_goods(source: Path, target: Path) -> Path:
    """The articles that a month's order lines name, each once, as a list of products."""
    names: dict[str, str] = {}
    with source.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(row["StockCode"], row["Description"] or row["StockCode"])
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("sku", "name"))
        writer.writerows((code, name) for code, name in names.items() if code not in NOT_GOODS)
    return target


def as_the_wizard_maps(found: Reading, **constants: str) -> Reading:
    """The month has no addresses: they are said to be made up."""
    made_up = {"ship_name": "Generated", "street": "1 Generated Street", "city": "Town", "postcode": "G1 1GG",
               "service": "PARCEL", "currency": "GBP"}  # fmt: skip
    return replace(found, constants={**found.constants, **made_up, **constants})


def test_a_months_real_documents_are_in_or_explained_row_by_row(
    house: House, importer: Importer, shared: Path, tmp_path: Path
) -> None:
    source = uci(shared)
    take_in(importer, uci_goods(source, tmp_path / "goods.csv"), "products")
    run = take_in(importer, source, "orders", as_the_wizard_maps)
    shown, found = importer.preview(run), explained(house, run)

    assert (shown.total.rows, shown.total.documents, sum(found.values())) == (50_226, 2327, 50_226)
    assert shown.total.amounts["GBP"] == Decimal("1019687.622")
    assert found["published"] == shown.good.rows == count(house, OrderLine)
    assert shown.fresh == shown.good.documents == count(house, Order)
    assert house.read(lambda s: s.scalar(select(func.sum(OrderLine.ordered)))) == shown.good.units
    assert set(found) == {"published", "import.run.waits", "import.run.not_goods", "import.run.no_customer",
                          "import.run.cancels_unknown", "import.read.country"}  # fmt: skip
    assert found["import.run.cancels_unknown"] > 850
    assert count(house, Customer) > 800
    assert house.read(selfcheck.find_differences) == []
    said = [(one.line, sentence(one.cure.code, one.cure.args)) for one in importer.each_problem(run)]
    assert len(said) == shown.problem_count == len({line for line, _ in said})
    assert all(why.endswith(".") for _, why in said)


def test_blank_customers_and_postage_go_in_where_the_reading_says_how(
    house: House, importer: Importer, shared: Path, tmp_path: Path
) -> None:
    days = uci(shared).read_text(encoding="utf-8").splitlines()[1:4001]
    source = write(tmp_path / "days.csv", *days, titles=UCI_TITLES)
    take_in(importer, uci_goods(source, tmp_path / "goods.csv"), "products")
    run = take_in(
        importer, source, "orders", lambda r: as_the_wizard_maps(r, customer_code="SHOP", not_goods="leave_out")
    )
    found = explained(house, run)

    assert sum(found.values()) == 4000
    assert found["import.run.left_out"] > 10
    assert found["import.run.no_customer"] == found["import.run.not_goods"] == 0
    assert found["published"] == count(house, OrderLine) > 3800


def test_a_shops_partial_export_comes_in_with_what_it_lacks_set_for_all(
    house: House, importer: Importer, shared: Path
) -> None:
    for name in ("Deluxe Bundle", "Blue Widget", "Red Gadget", "Refill Pack"):
        house.product(name.upper().replace(" ", "-"), name=name)
    source = shared / "data" / "import-samples" / "shopify-orders-partial.csv"
    bare = importer.preview(importer.stage(source, importer.glance(source).reading))
    run = take_in(importer, source, "orders", as_the_wizard_maps)
    found = explained(house, run)

    assert (bare.total.rows, bare.good.rows) == (249, 0)
    assert sum(found.values()) == 249
    assert found["published"] == count(house, OrderLine) > 0
    assert {rule for rule in found if rule != "published"} <= {
        "import.run.unknown_product", "import.run.waits", "import.run.no_customer"
    }  # fmt: skip


def test_an_edifact_order_comes_in_by_its_eans(house: House, importer: Importer, shared: Path) -> None:
    source = shared / "data" / "import-samples" / "edifact-orders-d96a.edi"
    for sku, ean in (("A", "5020436373085"), ("B", "5020436373108")):
        house.product(sku, ean)
    as_read = importer.glance(source).reading
    run = importer.stage(source, as_the_wizard_maps(as_read, country="GB"))
    importer.publish(run, good_only=True)

    number = house.read(lambda s: s.scalars(select(Order.number)).one())

    assert [(sku, qty) for _, sku, qty, _ in desk.lines(house, number)] == [("A", 8), ("B", 8)]


# --- the command line ------------------------------------------------------------------------------------------------


def line(house: House, *arguments: object) -> Any:
    """The command line on the house's profile."""
    folder = Path(str(house.engine.url.database)).parent
    return CliRunner().invoke(cli.commands, ["import", *map(str, arguments), "--home", str(folder)])


def test_the_command_line_says_how_it_read_and_what_went_in(house: House, tmp_path: Path) -> None:
    path, fixes = write(tmp_path / "day.csv", order("W1", qty=2), order("W2", "NO-SUCH")), tmp_path / "fixes.csv"
    done = line(house, path, "--fix-list", fixes)

    assert done.exit_code == 1
    for words in ("encoding utf-8, delimiter ,", "column sku is sku", "In the file: 2 documents, 2 rows, 3 units",
                  "line 3, document W2, column sku, value 'NO-SUCH', import.run.unknown_product: No article",
                  "1 rows are in the house; 1 stay in the fix list", str(fixes)):  # fmt: skip
        assert words in done.output
    assert (count(house, Order), fixes.exists()) == (1, True)


def test_the_command_line_ends_with_0_when_every_row_is_in(house: House, tmp_path: Path) -> None:
    done = line(house, write(tmp_path / "day.csv", order("W1")))

    assert (done.exit_code, count(house, Order)) == (0, 1)


def test_a_dry_run_writes_nothing(house: House, tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.csv", order("W1")), write(tmp_path / "b.csv", order("W2", "NO"))

    assert [line(house, path, "--dry-run").exit_code for path in (good, bad)] == [0, 1]
    assert [count(house, table) for table in (Order, ImportRun, ImportRow)] == [0, 0, 0]


def test_all_or_nothing_is_nothing_when_a_row_is_bad(house: House, tmp_path: Path) -> None:
    path = write(tmp_path / "day.csv", order("W1"), order("W2", "NO"))

    assert (line(house, path, "--all-or-nothing").exit_code, count(house, Order)) == (1, 0)
    assert (line(house, path).exit_code, count(house, Order)) == (1, 1)


def test_a_saved_mapping_is_used_by_its_name(house: House, tmp_path: Path) -> None:
    mapping = {
        "Nr": "number",
        "Code": "sku",
        "Menge": "qty",
        "constant:customer_code": "C1",
        "constant:service": "PARCEL",
    }
    mapping |= {f"constant:{name}": text for name, text in desk.ADDRESS.items()}
    desk.act(house, "save_mapping", kind="orders", name="Shop", mapping=mapping)
    path = write(tmp_path / "day.csv", "W1,MUG,3", titles="Nr,Code,Menge")

    assert line(house, path, "--kind", "orders", "--mapping", "Shop").exit_code == 0
    assert desk.lines(house, "W1") == [(1, "MUG", 3, 0)]
    unknown = line(house, path, "--kind", "orders", "--mapping", "Other")
    assert isinstance(unknown.exception, Refusal)
    assert unknown.exception.args_["known"] == "Shop"


def test_a_file_that_cannot_be_read_ends_with_2_and_a_sentence(house: House, tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_bytes(b"")
    home = str(Path(str(house.engine.url.database)).parent)
    done = subprocess.run(
        [sys.executable, "-m", "wms_desktop", "import", str(tmp_path / "day.csv"), "--home", home],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "day.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_products_then_stock_then_orders_make_a_house_from_files(house: House, tmp_path: Path) -> None:
    house.bin("A-1")
    goods = write(tmp_path / "goods.csv", "CUP,Cup,4006381333948", titles="sku,name,barcode")
    stock = write(tmp_path / "stock.csv", "A-1,CUP,5", titles="location,sku,qty")
    statuses = [line(house, goods, "--kind", "products").exit_code, line(house, stock, "--kind", "stock").exit_code,
                line(house, write(tmp_path / "day.csv", order("W1", "CUP", 3))).exit_code]  # fmt: skip

    assert statuses == [0, 0, 0]
    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 3
    assert count(house, Product) == 2


@pytest.mark.postgres
def test_the_whole_way_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    engine = open_engine(postgres_url)
    schema.upgrade(engine)
    house = House(engine).furnish()
    house.product("MUG", name="Blue mug")
    path = write(tmp_path / "day.csv", *(order(f"W{n // 3}", qty=n % 4 + 1) for n in range(6000)), order("W9999", "NO"))
    run = take_in(Importer(engine, lambda: house.now), path)

    assert explained(house, run) == {"published": 6000, "import.run.unknown_product": 1}
    assert count(house, Order) == 2000
    assert house.read(lambda s: s.scalar(text("SELECT sum(ordered) FROM order_line"))) == 15_000
    engine.dispose()


@pytest.mark.postgres
def test_of_two_people_with_the_same_file_one_takes_it_in(postgres_url: str, tmp_path: Path) -> None:
    engine = open_engine(postgres_url)
    schema.upgrade(engine)
    house = House(engine).furnish()
    house.product("MUG", name="Blue mug")
    path = write(tmp_path / "day.csv", *(order(f"W{n}") for n in range(800)))
    both = [Importer(engine, lambda: house.now) for _ in range(2)]
    runs = [one.stage(path, one.glance(path).reading) for one in both]
    with ThreadPoolExecutor(2) as threads:
        codes = list(threads.map(lambda one, run: one.publish(run, good_only=True).message.code, both, runs))

    assert codes.count("import.run.published") == 1
    assert set(codes) - {"import.run.published"} <= {"import.run.published_already", "import.run.meanwhile"}
    assert count(house, Order) == 800
    engine.dispose()


def test_the_house_itself_imports_from_the_command_line(house: House) -> None:
    with reading(house.engine) as session:
        context = people.house_context(house.now, "key")
        assert orders.prompt(session, context).state == "backlog"
    with writing(house.engine) as session:
        assert "POST" in settings.get(session, "not_goods")
