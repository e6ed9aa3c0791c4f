"""Derives resources/demo from the shared third-party data; run by hand, never by the application.

``python tools/make_demo_data.py [--shared DIR] [--seed N]`` writes ``products.csv``, ``orders.csv`` and
``barcodes.csv``; the same seed and data give the same bytes. ``words.toml`` and ``README.md`` are written by hand.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ORDERS_FILE = Path("data/orders-uci-online-retail/online-retail-2011-09.csv")
BARCODES_FILE = Path("data/barcodes-usda-fdc/branded-gtins.csv")

# Everything that is not five digits with an optional letter is postage, a fee, a gift voucher, a sample
# or a correction (POST, DOT, M, D, C2, BANK CHARGES, AMAZONFEE, CRUK, PADS, gift_*, DCGSSBOY).
GOODS = re.compile(r"\d{5}[A-Z]{0,2}")
FIRST_DAY, LAST_DAY = date(2011, 9, 25), date(2011, 9, 30)
CATALOGUE_SIZE = 850
FOOD_SIZE = 150
WEEK_ORDERS = 332
SINGLE_LINE_COUNT = 52
MOST_LINES = 25
MOST_UNITS = 48
# 23444 "Next Day Carriage" looks like an article and is not.
NOT_GOODS = frozenset({"23444"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One invoice of the source with its goods, one entry per code: units and price."""

    number: str
    at: datetime
    customer: str
    country: str
    goods: Mapping[str, tuple[int, Decimal]]


def main() -> None:
    """Reads the shared folder and writes the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=os.environ.get("WMS_SHARED", CHECKOUT.parent / "shared"))
    parser.add_argument("--seed", type=int, default=2011)
    arguments = parser.parse_args()
    shared, target = Path(arguments.shared), CHECKOUT / "resources" / "demo"
    if not (shared / ORDERS_FILE).is_file():
        raise SystemExit(f"The shared data is not at {shared}; name its folder with --shared or WMS_SHARED.")
    rows = read_rows(shared / ORDERS_FILE)
    documents = read_documents(rows)
    chosen = choose_orders(documents, random.Random(arguments.seed))
    codes = sorted({code for document in chosen for code in document.goods})
    write(target / "products.csv", products(codes, rows, documents))
    write(target / "orders.csv", order_lines(chosen))
    write(
        target / "barcodes.csv",
        choose_barcodes(read_rows(shared / BARCODES_FILE), random.Random(arguments.seed)),
    )
    for name in ("products.csv", "orders.csv", "barcodes.csv"):
        print(f"{name}: {(target / name).stat().st_size:,} bytes")
    singles = sum(len(document.goods) == 1 for document in chosen)
    print(f"{len(chosen)} orders, {singles} of one line, {sum(len(d.goods) for d in chosen)} lines, {len(codes)} codes")


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a comma-separated file with a header, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_documents(rows: Iterable[Mapping[str, str]]) -> list[Document]:
    """The orders (not the cancellations) with a customer; repeated lines of one code are added up."""
    lines: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        if not row["InvoiceNo"].startswith("C") and row["CustomerID"] and row["Description"]:
            lines[row["InvoiceNo"]].append(row)
    documents = []
    for number, its_lines in lines.items():
        goods: dict[str, tuple[int, Decimal]] = {}
        for row in its_lines:
            code, units, price = row["StockCode"].upper(), int(row["Quantity"]), Decimal(row["UnitPrice"])
            if GOODS.fullmatch(code) and code not in NOT_GOODS and units > 0 and price > 0:
                goods[code] = (goods.get(code, (0, price))[0] + units, price)
        if goods:
            first = its_lines[0]
            documents.append(
                Document(
                    number=number,
                    at=datetime.fromisoformat(first["InvoiceDate"]),
                    customer=first["CustomerID"].removesuffix(".0"),
                    country=first["Country"],
                    goods=goods,
                )
            )
    return documents


def choose_orders(documents: Sequence[Document], rng: random.Random) -> list[Document]:
    """The week's orders that lose least to the catalogue's size, and single-line ones up to the stated share."""
    week = [d for d in documents if FIRST_DAY <= d.at.date() <= LAST_DAY and len(d.goods) <= MOST_LINES]
    kept = week
    catalogue = commonest_codes(kept)
    # Catalogue and orders choose each other: a dozen rounds settle it.
    for _ in range(12):
        kept = sorted(week, key=lambda d: (-kept_share(d, catalogue), d.number))[:WEEK_ORDERS]
        catalogue = commonest_codes(kept)
    chosen = [trimmed for d in kept if (trimmed := trim(d, catalogue)) is not None]
    missing = SINGLE_LINE_COUNT - sum(len(d.goods) == 1 for d in chosen)
    other = [
        moved_into_week(trimmed)
        for d in documents
        if not FIRST_DAY <= d.at.date() <= LAST_DAY
        if len(d.goods) == 1 and (trimmed := trim(d, catalogue)) is not None
    ]
    singles = rng.sample(other, max(0, min(missing, len(other))))
    return sorted([*chosen, *singles], key=lambda d: (d.at, d.number))


def commonest_codes(documents: Iterable[Document]) -> frozenset[str]:
    """The codes that most of these orders ask for, as many as the demo's catalogue holds."""
    counts = Counter(code for document in documents for code in document.goods)
    ranked = sorted(counts, key=lambda code: (-counts[code], code))
    return frozenset(ranked[:CATALOGUE_SIZE])


def kept_share(document: Document, catalogue: frozenset[str]) -> float:
    """Which part of the order's lines survives the catalogue and the largest quantity."""
    return sum(c in catalogue and u <= MOST_UNITS for c, (u, _) in document.goods.items()) / len(document.goods)


def trim(document: Document, catalogue: frozenset[str]) -> Document | None:
    """The order without lines outside the catalogue or above the largest quantity; None if nothing is left."""
    goods = {c: (u, p) for c, (u, p) in document.goods.items() if c in catalogue and u <= MOST_UNITS}
    return replaced(document, at=document.at, goods=goods) if goods else None


def moved_into_week(document: Document) -> Document:
    """The order on the same weekday of the chosen week, at the same time of day."""
    weekday = document.at.weekday()
    day = LAST_DAY - timedelta(days=(LAST_DAY.weekday() - weekday) % 7)
    return replaced(document, at=datetime.combine(day, document.at.time()), goods=document.goods)


def replaced(document: Document, at: datetime, goods: Mapping[str, tuple[int, Decimal]]) -> Document:
    """The same order with another instant or other goods."""
    return Document(number=document.number, at=at, customer=document.customer, country=document.country, goods=goods)


def products(
    codes: Sequence[str], rows: Iterable[Mapping[str, str]], documents: Iterable[Document]
) -> list[dict[str, str]]:
    """Code, most frequent description, number of the month's orders with it, commonest price in pounds."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        # Only sold lines: unsold ones carry remarks ("damaged", "check") in the place of the name.
        if row["CustomerID"] and Decimal(row["UnitPrice"]) > 0:
            names[row["StockCode"].upper()][" ".join(row["Description"].split())] += 1
    orders: Counter[str] = Counter()
    prices: dict[str, Counter[Decimal]] = defaultdict(Counter)
    for document in documents:
        for code, (_, price) in document.goods.items():
            orders[code] += 1
            prices[code][price] += 1
    return [
        {
            "code": code,
            "name": max(names[code], key=lambda name: (names[code][name], name)),
            "orders_in_month": str(orders[code]),
            "price_gbp": f"{max(prices[code], key=lambda price: (prices[code][price], price)):.2f}",
        }
        for code in codes
    ]


def order_lines(documents: Iterable[Document]) -> list[dict[str, str]]:
    """One row per line, in the order of time."""
    return [
        {
            "order": document.number,
            "at": document.at.isoformat(timespec="minutes"),
            "customer": document.customer,
            "country": document.country,
            "code": code,
            "quantity": str(units),
            "price_gbp": f"{price:.2f}",
        }
        for document in documents
        for code, (units, price) in document.goods.items()
    ]


def choose_barcodes(rows: Sequence[Mapping[str, str]], rng: random.Random) -> list[dict[str, str]]:
    """Real unit barcodes with their lost zeros back and a right check digit, one per brand and category."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        raw = row["gtin_upc"].strip()
        brand = " ".join(row["brand_owner"].split())
        category = " ".join(row["branded_food_category"].split())
        if not (raw.isdigit() and 11 <= len(raw) <= 13 and brand and category):
            continue
        gtin = raw.zfill(12)
        if has_right_check_digit(gtin):
            record = {"gtin": gtin, "brand": brand, "category": category, "fdc_id": row["fdc_id"]}
            found.setdefault((brand.casefold(), category.casefold()), record)
    seen: Counter[str] = Counter()
    chosen = []
    for record in rng.sample([found[key] for key in sorted(found)], len(found)):
        # At most two articles of one brand, so that the shelves look like a shop's and not one maker's.
        if seen[record["brand"].casefold()] < 2:
            seen[record["brand"].casefold()] += 1
            chosen.append(record)
    return sorted(chosen[:FOOD_SIZE], key=lambda record: record["gtin"])


def has_right_check_digit(gtin: str) -> bool:
    """Whether the last digit is the GS1 mod-10 check digit of the others."""
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(gtin)))
    return weighted % 10 == 0


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Writes rows with a header; line ends are the same on every machine."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
