"""Read the single picker routing instances of Hessler & Irnich (doi 10.1287/ijoc.2023.0075) and their optima.

Cell 0 lies at the top end of its aisle: the figure of the format description reads the other way round, but only
this reading gives the published lengths. The two-block floor is the same with a cross-aisle in the middle, one unit
from the cells on either side of it.
"""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from wms_desktop.domain.tours import Layout, Place, Stop

LAYOUTS = ("one-block", "two-block")
CHOICE_OF_LOCATION = re.compile(r"_F([2-9]|\d\d)_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One file on one floor: `scale` of our whole units are one unit of the instance."""

    name: str
    layout_name: str
    layout: Layout
    stops: tuple[Stop, ...]
    scale: int
    optimum: float | None


def list_files(folder: Path) -> list[Path]:
    """The instance files in `folder` or in its `instances`, by name; other texts beside them are passed over."""
    inner = folder / "instances"
    source = inner if inner.is_dir() else folder
    return sorted(path for path in source.glob("*.txt") if "SKU_SECTION" in path.read_text(encoding="latin-1"))


def read_optima(folder: Path) -> dict[tuple[str, str], float]:
    """Proven lengths by file name and layout, from the value file in `folder` or above it; empty without one."""
    for path in (folder / "optima.csv", folder.parent / "optima.csv"):
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as lines:
                rows = list(csv.DictReader(lines))
            columns = dict(zip(LAYOUTS, ("single_block_optimum", "two_block_optimum"), strict=True))
            return {
                (row["filename"], layout): float(row[column])
                for row in rows
                for layout, column in columns.items()
                if row.get(column)
            }
    return {}


def read_instances(path: Path, optima: dict[tuple[str, str], float]) -> tuple[Instance, ...]:
    """The file on both floors; empty if it leaves open which of several locations serves an article.

    F2 and F5 in a name say that there are two or five of them for each article.
    """
    if CHOICE_OF_LOCATION.search(path.name):
        return ()
    text = path.read_text(encoding="latin-1")
    head = _read_head(text)
    picks = _read_picks(text)
    if picks is None:
        return ()
    lengths = {key: Decimal(value) for key, value in head.items() if key.startswith("DISTANCE_")}
    scale = 10 ** max(0, *(-int(length.normalize().as_tuple().exponent) for length in lengths.values()))
    units = {key: int(length * scale) for key, length in lengths.items()}
    return tuple(
        Instance(
            name=path.name,
            layout_name=layout_name,
            layout=_lay_out(head, units, rows),
            stops=tuple(Stop(n, aisle, _find_y(cell, head, units, rows)) for n, (aisle, cell) in enumerate(picks)),
            scale=scale,
            optimum=optima.get((path.name, layout_name)),
        )
        for layout_name, rows in (
            ("one-block", _list_rows(head, units, None)),
            ("two-block", _list_rows(head, units, scale)),
        )
    )


def _read_head(text: str) -> dict[str, str]:
    lines = text.split("ARTICLE_SECTION", 1)[0].splitlines()
    return {key.strip(): value.strip() for key, colon, value in (line.partition(":") for line in lines) if colon}


def _read_picks(text: str) -> list[tuple[int, int]] | None:
    """Aisle and cell of each ordered article, or None if one has a choice of locations or needs several."""
    shelves: dict[str, list[tuple[int, int, int]]] = {}
    stock, orders = text.split("SKU_SECTION", 1)[1].split("ORDER_SECTION", 1)
    for line in stock.splitlines():
        words = line.split()
        if words[:1] == ["ID"]:
            row = dict(zip(words[::2], words[1::2], strict=True))
            shelves.setdefault(row["ID"], []).append((int(row["AISLE"]), int(row["CELL"]), int(row["QUANTITY"])))
    picks = []
    for line in orders.splitlines():
        words = line.split()
        if words[:1] == ["ID"]:
            found = shelves[words[1]]
            if len(found) != 1 or found[0][2] < int(words[3]):
                return None
            picks.append(found[0][:2])
    return picks


def _list_rows(head: dict[str, str], units: dict[str, int], middle: int | None) -> tuple[int, ...]:
    """The y of the cross-aisles; `middle` is the way from the middle one to the cells beside it, None without it."""
    cells, step = int(head["NUM_CELLS"]), units["DISTANCE_CELL_TO_CELL"]
    top, bottom = units["DISTANCE_TOP_TO_CELL"], units["DISTANCE_BOTTOM_TO_CELL"]
    if middle is None:
        return (0, top + (cells - 1) * step + bottom)
    upper = cells // 2
    across = top + (upper - 1) * step + middle
    return (0, across, across + middle + (cells - upper - 1) * step + bottom)


def _find_y(cell: int, head: dict[str, str], units: dict[str, int], rows: tuple[int, ...]) -> int:
    step = units["DISTANCE_CELL_TO_CELL"]
    if len(rows) == 3 and cell >= int(head["NUM_CELLS"]) // 2:
        return rows[-1] - units["DISTANCE_BOTTOM_TO_CELL"] - (int(head["NUM_CELLS"]) - 1 - cell) * step
    return units["DISTANCE_TOP_TO_CELL"] + cell * step


def _lay_out(head: dict[str, str], units: dict[str, int], rows: tuple[int, ...]) -> Layout:
    aisles = tuple(n * units["DISTANCE_AISLE_TO_AISLE"] for n in range(int(head["NUM_AISLES"])))
    away = units["DISTANCE_TOP_OR_BOTTOM_TO_DEPOT"]
    y = -away if head["DEPOT_LOCATION"] == "top" else rows[-1] + away
    return Layout(aisles, rows, Place(aisles[int(head["DEPOT_AISLE"])], y))
