"""One of every document, as the tests and the picture gallery print them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wms_desktop.domain import sscc
from wms_desktop.domain.documents import (
    Address,
    Badge,
    BadgeSheet,
    BarcodeSheet,
    BinLabel,
    CartLabel,
    CrossDockTag,
    Damage,
    DeskSheet,
    Document,
    Entry,
    ItemLabel,
    Manifest,
    ManifestRow,
    Mark,
    OrderPage,
    PackingSlip,
    PageLine,
    PageParcel,
    PageStep,
    PickList,
    PickRow,
    ReceivedNote,
    ReceivedRow,
    Section,
    ShippingLabel,
    SlipLine,
    ToteLabel,
)

HOUSE = Address(
    name="Harbour Gifts Ltd", lines=("Unit 4, Dock Road 17",), postcode="L3 4BX", city="Liverpool", country="GB"
)
CUSTOMER = Address(
    name="Zoë Müller-Łukaszewicz",
    lines=("Straße des 17. Juni 135", "Hinterhaus, 3. OG"),
    postcode="10623",
    city="Berlin",
    country="DE",
)
DUE = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
NAMES = (
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "REGENCY CAKESTAND 3 TIER",
    "JUMBO BAG RED RETROSPOT",
    "SET OF 3 CAKE TINS PANTRY DESIGN, ENAMELLED, WITH LIDS AND A VERY LONG NAME INDEED",
)


def shipping_label(**changes: object) -> ShippingLabel:
    facts: dict[str, object] = {
        "sender": HOUSE,
        "receiver": CUSTOMER,
        "carrier": "NORTHLINE",
        "service": "Express 12:00",
        "route": "BER-04",
        "parcel": 2,
        "parcels": 3,
        "weight_g": 4215,
        "order": "SO-2026-004711",
        "sscc": sscc.number("4012345", 17),
    }
    return ShippingLabel(**{**facts, **changes})  # type: ignore[arg-type]


def pick_list(rows: int = 9, **changes: object) -> PickList:
    facts: dict[str, object] = {
        "number": "PL-000118",
        "batch": "B-118",
        "picker": "Ana Martínez",
        "cart": "CART-03",
        "due": DUE,
        "metres": 412,
        "drop_off": "PACK-2",
        "rows": tuple(
            PickRow(
                bin=f"A-{place // 8 + 1:02d}-{place % 8 + 1:02d}-B-{place % 5 + 1:02d}",
                sku=f"8512{place:02d}A",
                name=NAMES[place % len(NAMES)],
                attribute=("white", "3 tier", "red, 45 cm", "")[place % 4],
                lot="L2026-11-A" if place % 4 == 2 else "",
                quantity=place * 7 % 13 + 1,
                unit="case" if place % 6 == 5 else "each",
                tote=f"T-{place % 4 + 1:03d}",
            )
            for place in range(rows)
        ),
    }
    return PickList(**{**facts, **changes})  # type: ignore[arg-type]


def crossdock_tag(**changes: object) -> CrossDockTag:
    facts: dict[str, object] = {
        "number": "XD-0000347",
        "lane": "LANE 4",
        "order": "SO-2026-004711",
        "customer": "Zoë Müller-Łukaszewicz",
        "quantity": 6,
        "sku": "22423",
        "item": "REGENCY CAKESTAND 3 TIER",
        "receipt": "PO-20881 / R-77",
        "must_leave_by": DUE,
    }
    return CrossDockTag(**{**facts, **changes})  # type: ignore[arg-type]


def packing_slip(**changes: object) -> PackingSlip:
    facts: dict[str, object] = {
        "number": "PS-004711-2",
        "order": "SO-2026-004711",
        "sender": HOUSE,
        "receiver": CUSTOMER,
        "parcel": 2,
        "parcels": 3,
        "reference": "Xmas / Müller",
        "carton": "C-000931",
        "ordered_on": date(2026, 11, 17),
        "packed_on": date(2026, 11, 21),
        "lines": (
            SlipLine(sku="85123A", name=NAMES[0], attribute="white", ordered=12, sent=4, here=8),
            SlipLine(sku="22423", name=NAMES[1], ordered=6, here=2, to_come=4, expected=date(2026, 12, 2)),
            SlipLine(sku="85099B", name=NAMES[2], ordered=10, here=0, to_come=10),
            SlipLine(sku="22720", name=NAMES[3], ordered=2, here=1, cancelled=1, instead_of="22722 CAKE TINS VINTAGE"),
        ),
    }
    return PackingSlip(**{**facts, **changes})  # type: ignore[arg-type]


BINS = BinLabel(marks=tuple(Mark(f"A-03-0{n}-B-04", "Zone A, fast") for n in range(1, 8)))
TOTES = ToteLabel(marks=(Mark("T-001", "60 x 40 x 32 cm"), Mark("T-002")))
CARTS = CartLabel(marks=(Mark("CART-03", "8 totes"),))
ITEM = ItemLabel(code="5012345678900", is_gtin=True, sku="85123A", name="WHITE HANGING HEART T-LIGHT HOLDER")
BADGES = BadgeSheet(
    house="Harbour Gifts",
    badges=(
        Badge("WMS-BADGE-0001-7F3A", "Ana Martínez", "role.picker"),
        Badge("WMS-BADGE-0002-91CC", "Bjørn Ødegård", "role.receiver"),
        Badge("WMS-BADGE-0003-11E0", "Κώστας Παπαδόπουλος", "role.supervisor"),
    ),
)
DESK = DeskSheet(keys=("yes", "short", "find", "undo", "reprint", "next_parcel", "why", "lock", "skip", "done", "back"))
HANDS_ON = BarcodeSheet(
    title="sheet.by_hand",
    sections=(
        Section("sheet.deliveries", (Entry("PO-20881", "Delivery of 4 lines"), Entry("PO-20882", "Delivery, 2 lines"))),
        Section(
            "sheet.items",
            (
                Entry("5012345678900", "Blue mug 300 ml", "gtin"),
                Entry("036000291452", "Tissues", "gtin"),
                Entry("96385074", "Matches", "gtin"),
                Entry("15012345678907", "Case of 24 blue mugs", "gtin"),
                Entry("(01)09521234543213(17)271231(10)AB1(21)S-99", "Mug, lot AB1", "gs1"),
            ),
        ),
        Section("sheet.pallets", (Entry(f"(00){sscc.number('4012345', 99)}", "Pallet", "gs1"),)),
        Section("sheet.lanes", tuple(Entry(f"LANE-{n}", f"Lane {n}") for n in range(1, 7))),
    ),
)
MANIFEST = Manifest(
    number="M-000052",
    carrier="NORTHLINE",
    sender=HOUSE,
    closed=DUE,
    rows=tuple(
        ManifestRow(
            sscc=sscc.number("4012345", 100 + n),
            order=f"SO-2026-{4700 + n:06d}",
            receiver="Zoë Müller-Łukaszewicz",
            place="10623 Berlin DE",
            weight_g=850 + 133 * n,
        )
        for n in range(60)
    ),
)
RECEIVED = ReceivedNote(
    number="GR-000077",
    purchase="PO-20881",
    supplier="Pantry & Sons",
    received=DUE,
    clerk="Bjørn Ødegård",
    rows=(
        ReceivedRow(sku="85123A", name=NAMES[0], expected=48, good=48),
        ReceivedRow(sku="22423", name=NAMES[1], expected=24, good=20, due=date(2026, 12, 2)),
        ReceivedRow(
            sku="22720",
            name=NAMES[3],
            expected=10,
            good=9,
            damaged=1,
            lot="L77",
            damages=(Damage(reason="broken", qty=1),),
        ),
        ReceivedRow(
            sku="22721",
            name=NAMES[2],
            expected=12,
            good=5,
            checking=4,
            not_ordered=0,
            still_due=3,
            due=date(2026, 12, 2),
            lot="L1 (5), L2 (4)",
        ),
        ReceivedRow(sku="22722", name=NAMES[1], expected=0, good=6, not_ordered=6),
    ),
)


_HAPPENED = (
    ("Ordered through web.", ""),
    ("Came in with the file orders_export_1.csv.", "Ana Martínez"),
    ("Put on hold: address unclear, customer asked by telephone and by mail, no reply yet", "Ana Martínez"),
    ("Taken off hold.", "Ana Martínez"),
    ("4 of 22423 arrived with R000077 and were kept for it.", "Bjørn Ødegård"),
    ("Line 2: the promise moved from 2026-11-24 to 2026-12-02, because of PO-20881.", ""),
    ("Picking began in batch B-118.", "Ana Martínez"),
    ("10 units picked in batch B-118; not all was where it should be.", "Ana Martínez"),
    ("Parcel 340123450000000165 packed.", ""),
    ("Left with NORTHLINE, list M-000051: parcels 1.", ""),
    ("Parcel 340123450000000172 packed.", ""),
)
STORY = OrderPage(
    number="SO-2026-004711",
    customer="Zoë Müller-Łukaszewicz (C-0931)",
    address=("Zoë Müller-Łukaszewicz", "Straße des 17. Juni 135", "Hinterhaus, 3. OG", "10623 Berlin", "DE"),
    service="NORTHLINE Express 12:00",
    placed=datetime(2026, 11, 9, 8, 4, tzinfo=UTC),
    leave_by=DUE,
    promise=date(2026, 11, 24),
    answer="8 units have been sent. 4 of the other 11 come with PO-20881 and should leave on 2026-12-02.",
    lines=(
        PageLine(sku="85123A", name=NAMES[0], ordered=12, shipped=8, expected=date(2026, 11, 23),
                 where=("4 in parcel 340123450000000172, BENCH-2", "8 sent")),
        PageLine(sku="22423", name=NAMES[1], ordered=6, shipped=0, expected=date(2026, 12, 2),
                 where=("2 in bin A-03-02-B-04, kept for it", "4 not in the house")),
        PageLine(sku="22720", name=NAMES[3], ordered=2, shipped=0, expected=date(2026, 11, 23),
                 where=("1 in tote T-004, CART-03", "1 cancelled"), instead_of="22722"),
    ),
    parcels=(
        PageParcel("340123450000000165", "sent with list M-000051"),
        PageParcel("340123450000000172", "packed"),
    ),
    steps=tuple(
        PageStep(at=datetime(2026, 11, 9 + n // 2, 9 + n % 2 * 4, 10 + n, tzinfo=UTC), text=text, who=who)
        for n, (text, who) in enumerate(_HAPPENED)
    ),
    made=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
)  # fmt: skip


def one_of_each() -> dict[str, Document]:
    documents: tuple[Document, ...] = (
        shipping_label(),
        pick_list(),
        crossdock_tag(),
        packing_slip(),
        BINS,
        TOTES,
        CARTS,
        ITEM,
        BADGES,
        DESK,
        HANDS_ON,
        MANIFEST,
        RECEIVED,
        STORY,
    )
    return {document.kind: document for document in documents}
