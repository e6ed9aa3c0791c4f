"""Files made to harm, through the real limited process: each is refused at once, and harms nobody."""

from __future__ import annotations

import io
import os
import random
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import bare_xlsx
from wms_desktop import phrases
from wms_desktop.errors import Refusal
from wms_desktop.gateways import imports

MOST_CPU_S = 2.0
MB = 1 << 20
ORDERS = samples.orders_csv()
HEADER = ORDERS.data.splitlines()[0]
SHEET = "xl/worksheets/sheet1.xml"


def _huge_cell() -> bytes:
    out = io.BytesIO(bare_xlsx("<row/>").replace(b"worksheets/sheet1", b"worksheets/sheet0"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package, package.open(SHEET, "w") as part:
        part.write(b"<worksheet><row r='1'><c t='inlineStr'><is><t>")
        for _ in range(200):
            part.write(b"x" * MB)
        part.write(b"</t></is></c></row></worksheet>")
    return out.getvalue()


def _many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for number in range(3000):
            package.writestr(f"xl/{number}.xml", "")
    return out.getvalue()


def _lying_directory() -> bytes:
    data = bytearray(bare_xlsx("<row/>"))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<HHII", data, end + 8, 65_000, 65_000, 0x7FFF_FFFF, 0)
    return bytes(data)


def _entities() -> str:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><worksheet>&a11;</worksheet>'


OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "million-tiny-rows": (lambda: bare_xlsx("<row><c><v>1</v></c></row>" * 1_000_000), "xlsx_ratio"),
    "far-corners": (
        lambda: bare_xlsx(
            "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
        ),
        "xlsx_corner",
    ),
    "one-cell-of-200-mb": (_huge_cell, "xlsx_ratio"),
    "one-cell-of-3-mb": (
        lambda: bare_xlsx(f"<row r='1'><c t='inlineStr'><is><t>{'x' * 3 * MB}</t></is></c></row>"),
        "xlsx_cell_long",
    ),
    "nested-zip": (lambda: bare_xlsx("<row/>", **{"xl/embeddings/inner.zip": "PK"}), "xlsx_nested"),
    "ratio": (lambda: bare_xlsx("<row/>", **{"xl/media/x.xml": " " * 50 * MB}), "xlsx_ratio"),
    "entities": (lambda: bare_xlsx("", **{SHEET: _entities()}), "xlsx_entity"),
    "outside-entity": (lambda: bare_xlsx("", **{SHEET: OUTSIDE}), "xlsx_entity"),
    "traversal": (lambda: bare_xlsx("<row/>", **{"../../../tmp/x.xml": "x"}), "xlsx_name"),
    "reserved-name": (lambda: bare_xlsx("<row/>", **{"xl/nul.xml": "x"}), "xlsx_name"),
    "many-members": (_many_members, "xlsx_members"),
    "lying-directory": (_lying_directory, "xlsx_members"),
    "deep": (lambda: bare_xlsx("<a>" * 200_000), "xlsx_damaged"),
    "name-of-1-mb": (
        lambda: bare_xlsx("<row/>", **{"xl/workbook.xml": f"<w><sheet name='{'n' * MB}' id='a'/></w>"}),
        "xlsx_damaged",
    ),
    "title-of-1-mb": (lambda: b"Order," + b"n" * (MB - 100) + b"\nS1,1\n", "title_long"),
    "line-of-30-mb": (lambda: HEADER + b"\nS1," + b"x" * 30 * MB, "line_long"),
    "million-lines": (lambda: HEADER + b"\n1,2,3" * 1_100_000, "many_lines"),
    "many-columns": (lambda: b"a," * 5000 + b"\n" + b"1," * 5000, "many_columns"),
    "open-quotes": (lambda: HEADER + b'\n"S1,\n,"x"' * 20_000, "quotes"),
    "junk": (lambda: random.Random(1).randbytes(2 * MB), "binary"),
    "zip-junk": (lambda: b"PK\x03\x04" + random.Random(2).randbytes(MB), "xlsx_damaged"),
    "zeros": (lambda: b"\0" * MB, "binary"),
}


def _cpu_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_made_to_harm_is_refused_at_once_and_harms_nobody(name: str, tmp_path: Path) -> None:
    make, rule = BOMBS[name]
    data = make()
    path = tmp_path / "bomb"
    path.write_bytes(data)
    reading = samples.xlsx().reading if data.startswith(b"PK") else ORDERS.reading
    before = _cpu_s()
    with pytest.raises(Refusal) as refused:
        list(imports.read(path, reading))
    spent = _cpu_s() - before

    assert refused.value.code == f"import.read.{rule}"
    assert spent < MOST_CPU_S
    assert phrases.sentence(refused.value.code, refused.value.args_).startswith("bomb")
    assert not [thread for thread in threading.enumerate() if thread.name == "import-reader"]


def test_behind_a_file_made_to_harm_the_next_one_reads_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(BOMBS["entities"][0]())
    with pytest.raises(Refusal):
        list(imports.read(path, samples.xlsx().reading))
    path.write_bytes(ORDERS.data)

    assert len(list(imports.read(path, ORDERS.reading))) == 7


@pytest.mark.parametrize(
    "name", ["million-tiny-rows", "far-corners", "entities", "junk", "line-of-30-mb", "many-members"]
)
def test_a_first_look_at_a_file_made_to_harm_is_refused_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name][0]())

    with pytest.raises(Refusal):
        imports.glance(path)
