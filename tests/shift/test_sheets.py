"""The demo's sheets print, and every barcode on them decodes to what a person is meant to scan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gateways.paper_reader import page_texts, read_all
from wms_desktop.shift import sheets, world


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.stem: path for path in sheets.write(tmp_path_factory.mktemp("sheets"), 2011)}


@pytest.fixture(scope="module")
def demo() -> world.World:
    return world.build(2011, datetime.now(UTC))


def decoded(path: Path, dpi: int = 300) -> list[str]:
    return [data.decode() for data, _ in read_all(path.read_bytes(), dpi)]


@pytest.mark.parametrize("dpi", [203, 300])
def test_your_turn_is_five_barcodes_that_receive_the_first_case(
    written: dict[str, Path], demo: world.World, dpi: int
) -> None:
    codes = decoded(written["1-your-turn"], dpi)

    assert len(codes) == 5
    assert codes[0] == "OP-1001"
    assert codes[1] == demo.physical.deliveries[0].po_number
    assert demo.physical.deliveries[0].packs[0].barcode in codes[2]
    assert all(code.startswith("LANE-") for code in codes[3:])


def test_the_sheet_to_work_by_hand_bears_every_code_once(written: dict[str, Path], demo: world.World) -> None:
    codes = decoded(written["2-by-hand"])
    wanted = [row.code.removeprefix("]C1") for row in demo.barcode_sheet()]

    assert len(codes) == len(wanted)
    assert {code[-12:] for code in codes} == {code[-12:] for code in wanted}


def test_badges_name_people_and_carry_their_codes(written: dict[str, Path], demo: world.World) -> None:
    assert set(decoded(written["3-badges"])) == {person.badge for person in demo.operators}
    assert all(person.name in "".join(page_texts(written["3-badges"].read_bytes())) for person in demo.operators)


def test_the_desk_sheet_has_every_key(written: dict[str, Path]) -> None:
    assert set(decoded(written["4-desk-sheet"])) == {f"WMS-KEY-{key}" for key, _ in world.DESK_KEYS}


def test_labels_of_places_carts_and_totes_are_all_there(written: dict[str, Path], demo: world.World) -> None:
    labels = {code for name in ("5-places", "6-carts", "7-totes") for code in decoded(written[name])}
    kinds = ("dock", "hold", "lane", "bench", "truck", "cart")

    assert labels == {p.code for p in demo.locations if p.kind in kinds} | set(demo.totes)
