"""Small files of every format that can be imported, as their senders write them, and hands to read them with."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from wms_desktop.gateways.imports import titles
from wms_desktop.gateways.imports.looking import look
from wms_desktop.gateways.imports.parsing import parse
from wms_desktop.views.imports import Ending, Fault, Glance, Reading, Record

_SHOPIFY_TITLES = (
    "Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|Subtotal|"
    "Shipping|Taxes|Total|Discount Code|Discount Amount|Shipping Method|Created at|Lineitem quantity|Lineitem name|"
    "Lineitem price|Lineitem compare at price|Lineitem sku|Lineitem requires shipping|Lineitem taxable|"
    "Lineitem fulfillment status|Billing Name|Billing Street|Billing Address1|Billing Address2|Billing Company|"
    "Billing City|Billing Zip|Billing Province|Billing Country|Billing Phone|Shipping Name|Shipping Street|"
    "Shipping Address1|Shipping Address2|Shipping Company|Shipping City|Shipping Zip|Shipping Province|"
    "Shipping Country|Shipping Phone|Notes|Note Attributes|Cancelled at|Payment Method|Payment Reference|"
    "Refunded Amount|Vendor|Outstanding Balance|Employee|Location|Device ID|Id|Tags|Risk Level|Source|"
    "Lineitem discount|Tax 1 Name|Tax 1 Value|Tax 2 Name|Tax 2 Value|Tax 3 Name|Tax 3 Value|Tax 4 Name|Tax 4 Value|"
    "Tax 5 Name|Tax 5 Value|Phone|Receipt Number|Duties|Billing Province Name|Shipping Province Name|Payment ID|"
    "Payment Terms Name|Next Payment Due At|Payment References"
)
SHOPIFY_TITLES = _SHOPIFY_TITLES.split("|")
_AMAZON_TITLES = (
    "order-id|order-item-id|purchase-date|payments-date|reporting-date|promise-date|days-past-promise|buyer-email|"
    "buyer-name|buyer-phone-number|sku|product-name|quantity-purchased|quantity-shipped|quantity-to-ship|currency|"
    "item-price|ship-service-level|recipient-name|ship-address-1|ship-address-2|ship-address-3|ship-city|ship-state|"
    "ship-postal-code|ship-country"
)
AMAZON_TITLES = _AMAZON_TITLES.split("|")
_WOO_TITLES = (
    "ID|Type|SKU|GTIN, UPC, EAN, or ISBN|Name|Published|Is featured?|Visibility in catalog|In stock?|Stock|"
    "Backorders allowed?|Weight (kg)|Length (cm)|Width (cm)|Height (cm)|Sale price|Regular price|Categories|Brands|"
    "Parent"
)
WOO_TITLES = _WOO_TITLES.split("|")
ORDER_MAPPING = {
    "Order": "number",
    "SKU": "sku",
    "Qty": "qty",
    "Price": "price",
    "Date": "placed_at",
    "Ship to": "ship_name",
}


@dataclass(frozen=True)
class Sample:
    """A file and how it is read."""

    data: bytes
    reading: Reading


def run(data: bytes, reading: Reading) -> tuple[list[Record | Fault], Ending]:
    """All rows of a file, and its ending."""
    *rows, ending = parse(io.BytesIO(data), "sample", reading)
    assert isinstance(ending, Ending)
    return [row for row in rows if not isinstance(row, Ending)], ending


def records(data: bytes, reading: Reading) -> list[Record]:
    """The rows of a file in which nothing is wrong."""
    rows, _ = run(data, reading)
    faults = [row for row in rows if isinstance(row, Fault)]
    assert faults == []
    return [row for row in rows if isinstance(row, Record)]


def rules(data: bytes, reading: Reading) -> list[str]:
    """Which rule each row breaks; "" for good ones."""
    return [row.rule.removeprefix("import.read.") if isinstance(row, Fault) else "" for row in run(data, reading)[0]]


def glance_at(data: bytes, kind: str = "") -> Glance:
    """The first look at a file."""
    return look(io.BytesIO(data), "sample", kind)


def table(rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows as a text file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding)


def _rows(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    return [list(columns), *([row.get(title, "") for title in columns] for row in rows)]


def shopify_rows(orders: Sequence[tuple[Mapping[str, str], Sequence[Mapping[str, str]]]]) -> bytes:
    """Orders as Shopify exports them: the order's fields on its first row only."""
    rows = []
    for head, lines in orders:
        for place, line in enumerate(lines):
            rows.append({"Name": head["Name"], **(head if not place else {}), **line})
    return table(_rows(SHOPIFY_TITLES, rows))


def shopify_line(sku: str, qty: int, price: str, **more: str) -> dict[str, str]:
    """One line of a Shopify order."""
    line = {"Lineitem quantity": str(qty), "Lineitem name": f"Article {sku}", "Lineitem price": price,
            "Lineitem sku": sku, "Lineitem requires shipping": "true",
            "Lineitem fulfillment status": "pending"}  # fmt: skip
    return line | {title.replace("_", " "): value for title, value in more.items()}


def shopify_head(number: str, goods: str, **more: str) -> dict[str, str]:
    """The fields of a Shopify order."""
    head = {
        "Name": number, "Email": "ada@example.com", "Financial Status": "paid", "Currency": "USD", "Subtotal": goods,
        "Discount Amount": "0.00", "Total": goods, "Shipping Method": "Standard", "Created at":
        "2026-11-02 17:41:00 -0500", "Billing Name": "Ada Byron", "Shipping Name": "Ada Byron", "Shipping Street":
        "1 High Street, Flat 2", "Shipping City": "Austin", "Shipping Zip": "'01234", "Shipping Province": "TX",
        "Shipping Country": "US", "Notes": "Ring twice",
    }  # fmt: skip
    return head | {title.replace("_", " "): value for title, value in more.items()}


def shopify() -> Sample:
    """Three orders, five lines."""
    data = shopify_rows([
        (shopify_head("#1001", "44.50"), [shopify_line("A-1", 2, "19.00"), shopify_line("B-2", 1, "6.50")]),
        (shopify_head("#1002", "7.25", Financial_Status="pending"), [shopify_line("C-3", 1, "7.25")]),
        (shopify_head("#1003", "31.00", Shipping_Company="Engines Ltd"),
         [shopify_line("A-1", 1, "19.00"), shopify_line("D-4", 3, "4.00")]),
    ])  # fmt: skip
    mapping = titles.shop_mapping("shopify", SHOPIFY_TITLES)
    return Sample(data, Reading(kind="orders", format="shopify", mapping=mapping))


def amazon_row(number: str, item: str, sku: str, qty: int, price: str, **more: str) -> dict[str, str]:
    """One order item of an Amazon report; ``price`` is that of all its units."""
    row = {
        "order-id": number, "order-item-id": item, "purchase-date": "2026-11-01T08:15:30+00:00", "payments-date":
        "2026-11-01T08:16:02+00:00", "promise-date": "2026-11-06T07:59:59+00:00", "buyer-email":
        "x@marketplace.example", "buyer-name": "Charles Babbage", "sku": sku, "product-name": f"Article {sku}",
        "quantity-purchased": str(qty), "quantity-shipped": "0", "quantity-to-ship": str(qty), "currency": "EUR",
        "item-price": price, "ship-service-level": "Expedited", "recipient-name": "Charles Babbage", "ship-address-1":
        "5 Devonshire Street", "ship-address-2": "Marylebone", "ship-city": "London", "ship-postal-code": "W1W 5DW",
        "ship-country": "GB",
    }  # fmt: skip
    return row | {title.replace("_", "-"): value for title, value in more.items()}


def amazon(*rows: Mapping[str, str]) -> Sample:
    """Some order items, or five of three orders."""
    rows = rows or (
        amazon_row("202-1", "11", "A-1", 2, "38.00"), amazon_row("202-1", "12", "B-2", 1, "6.50"),
        amazon_row("202-2", "21", "C-3", 1, "7.25"), amazon_row("202-3", "31", "A-1", 1, "19.00"),
        amazon_row("202-3", "32", "D-4", 3, "12.00"),
    )  # fmt: skip
    mapping = titles.shop_mapping("amazon", AMAZON_TITLES)
    reading = Reading(kind="orders", format="amazon", delimiter="\t", mapping=mapping)
    return Sample(table(_rows(AMAZON_TITLES, rows), "\t"), reading)


def woo_row(sku: str, code: str, **more: str) -> dict[str, str]:
    """One product of a WooCommerce export."""
    row = {"ID": "7", "Type": "simple", "SKU": sku, "GTIN, UPC, EAN, or ISBN": code, "Name": f"Article {sku}",
           "Published": "1", "In stock?": "1", "Stock": "12", "Backorders allowed?": "notify", "Weight (kg)": "0.35",
           "Length (cm)": "12.5", "Width (cm)": "8", "Height (cm)": "3", "Regular price": "19.00",
           "Categories": "Clothing > Hoodies, Sale", "Brands": "Acme"}  # fmt: skip
    return row | {title.replace("_", " "): value for title, value in more.items()}


def woocommerce(*rows: Mapping[str, str]) -> Sample:
    """Some products, or four."""
    codes = ("5020436373085", "5020436373108", "4006381333931", "036000291452")
    rows = rows or tuple(woo_row(f"W-{place}", code) for place, code in enumerate(codes))
    mapping = titles.shop_mapping("woocommerce", WOO_TITLES)
    return Sample(table(_rows(WOO_TITLES, rows)), Reading(kind="products", format="woocommerce", mapping=mapping))


def orders_csv(*rows: Sequence[str], **how: Any) -> Sample:
    """Some order lines of a plain file, or six of three orders."""
    shown = rows or (
        ("S1", "A-1", "2", "19.00", "2026-11-01", "Ada"), ("S1", "B-2", "1", "6.50", "2026-11-01", "Ada"),
        ("S2", "C-3", "10", "7.25", "2026-11-02", "Grace"), ("S3", "A-1", "1", "19.00", "2026-11-03", "Émilie"),
        ("S3", "D-4", "3", "4.00", "2026-11-03", "Émilie"), ("S3", "B-2", "7", "1234.56", "2026-11-03", "Émilie"),
    )  # fmt: skip
    reading = Reading(kind="orders", format="csv", mapping=ORDER_MAPPING, constants={"currency": "EUR"})
    for name, value in how.items():
        reading = Reading(**{**{f: getattr(reading, f) for f in Reading.__dataclass_fields__}, name: value})
    return Sample(table([list(ORDER_MAPPING), *shown], reading.delimiter, reading.encoding), reading)


def x12_envelope(*sets: str, group: str = "PO", mark: str = "*", end: str = "~") -> bytes:
    """Transaction sets (written with * and ~) in a group and an interchange, written with the given marks."""
    isa = f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'BUYER':<15}*ZZ*{'HOUSE':<15}*261102*0815*U*00401*000000905*0*P*>~"
    gs = f"GS*{group}*BUYER*HOUSE*20261102*0815*1*X*004010~"
    tail = f"GE*{len(sets)}*1~IEA*1*000000905~"
    return (isa + gs + "".join(sets) + tail).replace("~", end).replace("*", mark).encode()


def x12_set(kind: str, control: str, *body: str) -> str:
    """One transaction set with right counts."""
    return "~".join([f"ST*{kind}*{control}", *body, f"SE*{len(body) + 2}*{control}", ""])


def x12_850(number: str = "PO-77", control: str = "0001") -> str:
    """A purchase order of two lines, five units."""
    return x12_set(
        "850", control, f"BEG*00*SA*{number}**20261101", "CUR*BY*USD", "DTM*002*20261110", "DTM*010*20261106",
        "N1*BY*ENGINES INC*92*4711", "N1*ST*Ada Byron*92*0099", "N3*1 High Street*Flat 2", "N4*Austin*TX*78701",
        "TD5*O*2*UPSN*M*GROUND", "PO1*1*2*EA*19.00*PE*VN*A-1*UP*036000291452", "PID*F****BLUE WIDGET",
        "PO1*2*3*EA*4.5*PE*BP*XX-9*VN*D-4", "PID*F****RED WIDGET", "CTT*2*5",
    )  # fmt: skip


def x12_940(number: str = "SO-9", control: str = "0002") -> str:
    """A shipping order of two lines, five units."""
    return x12_set(
        "940", control, f"W05*N*{number}*PO-1", "N1*ST*Grace Hopper*92*0042", "N3*7 Navy Road",
        "N4*Toronto*ON*M5V 2T6", "G62*10*20261106", "NTE*WHI*Handle with care", "W66*PP*M***GROUND*****FDEG",
        "LX*1", "W01*4*EA**VN*A-1*UP*036000291452", "G69*BLUE WIDGET", "LX*2", "W01*1*EA**VN*B-2", "W76*5*12.5*LB",
    )  # fmt: skip


def x12() -> Sample:
    """An interchange with one 850."""
    return Sample(x12_envelope(x12_850()), Reading(kind="orders", format="x12"))


def edifact_message(number: str = "801", reference: str = "1") -> list[str]:
    """An order of two lines, thirteen units, without its UNT."""
    return [
        f"UNH+{reference}+ORDERS:D:96A:UN:EAN008", f"BGM+220+{number}+9", "DTM+137:20261101:102", "DTM+2:20261110:102",
        "NAD+BY+5412345000013::9++Engines SA", "NAD+DP+++Grace Hopper+7 Navy Road+Gent++9000+BE", "CUX+2:EUR:9",
        "LIN+1++5020436373085:EN", "PIA+5+A-1:SA", "IMD+F++:::Widget?+, blue", "QTY+21:8:PCE", "PRI+AAA:12.5",
        "LIN+2++5020436373108:EN", "PIA+5+B-2:SA", "QTY+21:5:PCE", "PRI+AAA:4.75", "UNS+S", "CNT+2:2", "CNT+1:13",
    ]  # fmt: skip


SSCCS = tuple(f"34012345000000{serial:03d}{check}" for serial, check in ((1, 7), (2, 4), (3, 1), (4, 8)))


def x12_856(number: str = "SHIP-1", control: str = "0001") -> str:
    """A ship notice: two orders, a pallet with two cartons and one that stands alone, thirteen units."""
    return x12_set(
        "856", control, f"BSN*00*{number}*20261120*1200*0001", "HL*1**S", "TD1*CTN25*3", "TD5*B*2*NWAY*M*NORTHWAY",
        "DTM*011*20261120", "DTM*017*20261124", "N1*SF*Engines Inc*92*S1", "N1*ST*House*92*H1",
        "HL*2*1*O", "PRF*PO-1***20261101", "HL*3*2*T", f"MAN*GM*{SSCCS[0]}",
        "HL*4*3*P", f"MAN*GM*00{SSCCS[1]}", "HL*5*4*I", "LIN**VN*A-1*UP*036000291452*LT*L-7", "SN1**4*EA",
        "DTM*036*20270131", "HL*6*3*P", f"MAN*GM*{SSCCS[2]}", "HL*7*6*I", "LIN**VN*D-4", "SN1**6*EA", "REF*LT*L-8",
        "PID*F****RED WIDGET", "HL*8*1*O", "PRF*PO-2", "HL*9*8*P", f"MAN*GM*{SSCCS[3]}", "HL*10*9*I", "LIN**VN*A-1",
        "SN1**3*EA", "CTT*10*13",
    )  # fmt: skip


def x12_notices() -> Sample:
    """An interchange of one ship notice."""
    reading = Reading(kind="notices", format="x12", encoding="utf-8")
    return Sample(x12_envelope(x12_856(), group="SH"), reading)


def desadv_message(number: str = "DES-1", reference: str = "1", release: str = "96A:UN:EAN005") -> list[str]:
    """A despatch advice of a pallet with two like cartons and a pallet of its own, thirteen units, without its UNT."""
    return [
        f"UNH+{reference}+DESADV:D:{release}", f"BGM+351+{number}+9", "DTM+137:20261120:102", "DTM+11:20261120:102",
        "DTM+17:202611241400:203", "RFF+ON:PO-1", "NAD+SU+5412345000013::9++Engines SA", "NAD+DP+5412345000020::9",
        "TDT+20++30+31+:::NORTHWAY", "CPS+1", "PAC+3", "CPS+2+1", "PAC+1++201", "PCI+33E", f"GIN+BJ+{SSCCS[0]}",
        "CPS+3+2", "PAC+2++CT", "PCI+33E", f"GIN+BJ+{SSCCS[1]}+{SSCCS[2]}", "LIN+1++5020436373085:EN", "PIA+1+A-1:SA",
        "QTY+12:10:PCE", "RFF+BT:L-7", "DTM+361:20270131:102", "CPS+4+1", "PAC+1++201", "PCI+33E",
        f"GIN+BJ+{SSCCS[3]}", "LIN+2++5020436373108:EN", "PIA+1+L-8:NB", "QTY+12:3", "RFF+ON:PO-2", "CNT+2:2",
    ]  # fmt: skip


def desadv(*messages: Sequence[str]) -> Sample:
    """An interchange of some despatch advices, or of one."""
    made = edifact(*(messages or (desadv_message(),)))
    return Sample(made.data, Reading(kind="notices", format="edifact", encoding="iso-8859-15"))


NOTICE_MAPPING = {
    "ASN": "number",
    "PO": "purchase",
    "Supplier": "supplier_code",
    "ETA": "due",
    "SKU": "sku",
    "Qty": "qty",
    "Lot": "lot",
    "Best before": "expiry",
    "SSCC": "pallet",
    "Carton SSCC": "carton",
}


def notice_table() -> Sample:
    """A CSV of two notices, one with pallets and cartons."""
    rows = [
        list(NOTICE_MAPPING),
        ["N-1", "PO-1", "S1", "2026-11-24", "A-1", "4", "L-7", "2027-01-31", SSCCS[0], f"(00){SSCCS[1]}"],
        ["N-1", "PO-1", "S1", "2026-11-24", "D-4", "6", "", "", SSCCS[0], SSCCS[2]],
        ["N-2", "PO-2", "S1", "2026-11-25", "A-1", "3", "", "", "", ""],
    ]
    text = "".join(";".join(row) + "\r\n" for row in rows)
    reading = Reading(kind="notices", format="csv", delimiter=";", mapping=NOTICE_MAPPING)
    return Sample(text.encode(), reading)


def edifact(*messages: Sequence[str], tail: str = "UNZ+{count}+77'") -> Sample:
    """An interchange of some messages, or of one, with right counts."""
    messages = messages or (edifact_message(),)
    text = "UNA:+.? 'UNB+UNOC:3+12345678:14+HOUSE:ZZ+261102:0815+77'\n"
    for place, message in enumerate(messages, start=1):
        text += "".join(f"{segment}'\n" for segment in (*message, f"UNT+{len(message) + 1}+{place}"))
    text += tail.format(count=len(messages))
    return Sample(text.encode("latin-1"), Reading(kind="orders", format="edifact", encoding="iso-8859-15"))


def sheet(rows: Sequence[Sequence[Any]], **titled: Sequence[Sequence[Any]]) -> bytes:
    """Rows as an XLSX workbook; further sheets by name."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for name, more in titled.items():
        page = book.create_sheet(name)
        for row in more:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx() -> Sample:
    """Six order lines, with numbers and days as a spreadsheet keeps them."""
    rows = [
        tuple(ORDER_MAPPING),
        ("S1", "A-1", 2, 19.0, datetime(2026, 11, 1), "Ada"),
        ("S1", "B-2", 1, 6.5, datetime(2026, 11, 1), "Ada"),
        ("S2", "C-3", 10, 7.25, datetime(2026, 11, 2, 8, 30), "Grace"),
        ("S3", "A-1", 1, 19, datetime(2026, 11, 3), "Émilie"),
        ("S3", "D-4", 3, 0.1 + 0.2, datetime(2026, 11, 3), "Émilie"),
        ("S3", "B-2", 7, 1234.56, datetime(2026, 11, 3), "Émilie"),
    ]
    reading = Reading(kind="orders", format="xlsx", mapping=ORDER_MAPPING, constants={"currency": "EUR"})
    return Sample(sheet(rows), reading)


def bare_xlsx(sheet_xml: str, **more: str) -> bytes:
    """The smallest workbook around a sheet's XML; ``more`` replaces or adds parts (named with __ for / and _ for .)."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook xmlns:r='r'><sheets><sheet name='One' sheetId='1' r:id='a'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships><Relationship Id='a' Type='{kind}/worksheet'"
        " Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{sheet_xml}</sheetData></worksheet>",
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def small_xlsx() -> Sample:
    """Two order lines in the smallest workbook that has strings, days and a formula."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {"a": ("worksheet", "worksheets/sheet1"), "b": ("sharedStrings", "strings"), "c": ("styles", "styles")}
    links = [f"<Relationship Id='{n}' Type='{kind}/{k}' Target='{to}.xml'/>" for n, (k, to) in parts.items()]
    texts = [*ORDER_MAPPING, "S1", "A-1", "Ada", "S2", "Grace"]
    first = (
        _cell("A2", 6, "s"),
        _cell("B2", 7, "s"),
        _cell("C2", 2),
        _cell("D2", 19),
        "<c r='E2' s='1'><v>46327</v></c>",
    )
    second = (
        _cell("A3", 9, "s"), "<c r='B3' t='inlineStr'><is><t>C-3</t></is></c>", "<c r='C3'><f>5*2</f><v>10</v></c>",
        _cell("D3", 7.25), "<c r='E3' s='1'><v>46328.5</v></c>", _cell("F3", 10, "s"),
    )  # fmt: skip
    rows = [
        *(_cell(f"{letter}1", place, "s") for place, letter in enumerate("ABCDEF")), "</row><row r='2'>", *first,
        _cell("F2", 8, "s"), "</row><row r='3'>", *second,
    ]  # fmt: skip
    more = {
        "xl/_rels/workbook.xml.rels": f"<Relationships>{''.join(links)}</Relationships>",
        "xl/strings.xml": f"<sst>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>",
        "xl/styles.xml": "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='22'/></cellXfs></styleSheet>",
    }
    return Sample(bare_xlsx(f"<row r='1'>{''.join(rows)}</row>", **more), xlsx().reading)


def _cell(name: str, value: float, kind: str = "n") -> str:
    return f"<c r='{name}' t='{kind}'><v>{value}</v></c>"


ALL = {"shopify": shopify, "amazon": amazon, "csv": orders_csv, "woocommerce": woocommerce, "x12": x12,
       "edifact": edifact, "xlsx": xlsx, "x12_856": x12_notices, "desadv": desadv, "notices": notice_table}  # fmt: skip
