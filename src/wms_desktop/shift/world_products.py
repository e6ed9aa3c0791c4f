"""The demo's articles: real names or real barcodes from the resources, sizes and weights generated and said to be."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from wms_desktop.resources import read_bytes
from wms_desktop.shift.world_facts import Product, with_check_digit

# First word found in the name decides; weights (g) and volumes (litres) are typical of such goods, not measured.
CATEGORIES: tuple[tuple[str, tuple[str, ...], tuple[int, int], tuple[float, float]], ...] = (
    ("Christmas", ("CHRISTMAS", "XMAS", "ADVENT", "REINDEER", "SANTA", "SNOWFLAKE"), (20, 220), (0.1, 2.0)),
    ("Bags", ("BAG", "SHOPPER", "PURSE", "RUCKSACK", "LUGGAGE"), (40, 180), (0.2, 1.5)),
    (
        "Stationery",
        ("CARD", "WRAP", "PAPER", "PENCIL", "NOTEBOOK", "STICKER", "RIBBON", "TISSUE"),
        (10, 120),
        (0.05, 0.6),
    ),
    ("Lights and candles", ("LIGHT", "CANDLE", "LANTERN", "LAMP"), (60, 350), (0.2, 2.5)),
    ("Kitchen", ("MUG", "CUP", "TEA", "CAKE", "BOWL", "PLATE", "JAR", "TIN", "BOTTLE", "LUNCH"), (90, 480), (0.3, 3.0)),
    ("Home", ("CLOCK", "FRAME", "SIGN", "HANGER", "DRAWER", "CUSHION", "MIRROR", "DOORMAT"), (90, 600), (0.3, 4.5)),
    ("Toys and games", ("DOLL", "GAME", "TOY", "PUZZLE", "DOMINOES", "SPACEBOY", "SKITTLES"), (40, 300), (0.2, 2.0)),
)
OTHER = ("Gifts", (30, 260), (0.1, 2.0))
FOOD = ((90, 900), (0.2, 1.6))

CASE_SIZES = (6, 6, 8, 10, 12, 12, 24)
CASE_PERCENT = 60
FAST_SHARE, MIDDLE_SHARE = 0.20, 0.50


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of ``demo/<name>`` of the resources, as text."""
    return tuple(csv.DictReader(io.StringIO(read_bytes(f"demo/{name}").decode("utf-8"))))


def products(seed: int) -> tuple[Product, ...]:
    """Every article, the wholesaler's first; suppliers are filled in once the purchase orders are known."""
    rows = read_table("products.csv")
    velocity = _velocities(rows)
    gifts = [_gift(number, row, velocity[row["code"]], seed) for number, row in enumerate(rows, start=1)]
    return (*gifts, *(_food(row, seed) for row in read_table("barcodes.csv")))


def case_barcode(gtin: str) -> str:
    """The GTIN-14 of a case of that article: packaging indicator 1 before the unit's number."""
    return with_check_digit("1" + gtin.zfill(13)[:12])


def _velocities(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    ranked = sorted(rows, key=lambda row: (-int(row["orders_in_month"]), row["code"]))
    fast, middle = round(len(rows) * FAST_SHARE), round(len(rows) * MIDDLE_SHARE)
    return {row["code"]: "A" if i < fast else "B" if i < middle else "C" for i, row in enumerate(ranked)}


def _gift(number: int, row: Mapping[str, str], velocity: str, seed: int) -> Product:
    rng = random.Random(f"{seed}:product:{row['code']}")
    words = row["name"].upper()
    category, weights, litres = next(
        ((name, w, v) for name, keys, w, v in CATEGORIES if any(key in words for key in keys)), OTHER
    )
    gtin = with_check_digit(f"29{number:010}")
    return _product(
        rng,
        sku=row["code"],
        name=row["name"],
        brand="",
        category=category,
        source="uci",
        gtin=gtin,
        size=(weights, litres),
        velocity=velocity,
        orders_in_month=int(row["orders_in_month"]),
        price=Decimal(row["price_gbp"]),
    )


def _food(row: Mapping[str, str], seed: int) -> Product:
    rng = random.Random(f"{seed}:product:{row['fdc_id']}")
    expires = rng.random() < 0.6
    return _product(
        rng,
        sku=f"F{row['fdc_id']}",
        name=f"{row['brand']}: {row['category']}",
        brand=row["brand"],
        category=row["category"],
        source="usda",
        gtin=row["gtin"],
        size=FOOD,
        velocity="C",
        price=Decimal(rng.randrange(95, 795, 5)) / 100,
        expiry_tracked=expires,
        lot_tracked=expires or rng.random() < 0.2,
    )


def _product(
    rng: random.Random,
    *,
    size: tuple[tuple[int, int], tuple[float, float]],
    sku: str,
    name: str,
    brand: str,
    category: str,
    source: str,
    gtin: str,
    velocity: str,
    price: Decimal,
    orders_in_month: int = 0,
    lot_tracked: bool = False,
    expiry_tracked: bool = False,
) -> Product:
    weights, litres = size
    # Dear goods are larger and heavier than cheap ones of the same kind, up to three times.
    scale = 0.6 + min(float(price), 15.0) / 6
    length, width, height = _box(rng, rng.uniform(*litres) * scale * 1_000_000)
    has_case = rng.random() * 100 < CASE_PERCENT
    return Product(
        sku=sku,
        name=name,
        brand=brand,
        category=category,
        source=source,
        gtin=gtin,
        case_gtin=case_barcode(gtin) if has_case else "",
        units_per_case=rng.choice(CASE_SIZES) if has_case else 0,
        weight_g=round(rng.uniform(*weights) * scale),
        length_mm=length,
        width_mm=width,
        height_mm=height,
        velocity=velocity,
        orders_in_month=orders_in_month,
        price=price.quantize(Decimal("0.01")),
        lot_tracked=lot_tracked,
        expiry_tracked=expiry_tracked,
        supplier="",
    )


def _box(rng: random.Random, volume_mm3: float) -> tuple[int, int, int]:
    """Sides of a box of about that volume, longest first, none below 5 mm or above the depth of a shelf."""
    flat, slim = rng.uniform(0.25, 1.0), rng.uniform(0.6, 1.0)
    edge = (volume_mm3 / (flat * slim)) ** (1 / 3)
    sides = sorted((edge, edge * slim, edge * flat), reverse=True)
    length, width, height = (max(5, min(580, round(side))) for side in sides)
    return length, width, height
