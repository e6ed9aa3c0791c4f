"""All tables together, so that one import declares them."""

from __future__ import annotations

from wms_desktop.db.catalog import (
    NO_LOT,
    BackorderMode,
    Barcode,
    CarrierService,
    Counter,
    Customer,
    KitPart,
    Lot,
    Product,
    Setting,
    Substitute,
    Supplier,
)
from wms_desktop.db.imports import ImportMapping, ImportRow, ImportRun
from wms_desktop.db.inbound import (
    Delivery,
    DeliveryPart,
    Notice,
    NoticeLine,
    NoticePackage,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReceivedSerial,
)
from wms_desktop.db.ledger import Command, Movement, Reservation, Stock
from wms_desktop.db.outbound import Carton, Manifest, Order, OrderLine, Shipment
from wms_desktop.db.places import HOUSE, NO_PLATE, Dialogue, Location, Operator, Plate, Station, Warehouse
from wms_desktop.db.promises import Cancellation, Decision, OrderEvent, PromiseChange
from wms_desktop.db.types import Table
from wms_desktop.db.work import Batch, BatchOrder, CountTask, Pick, PrintJob

metadata = Table.metadata

__all__ = [
    "HOUSE",
    "NO_LOT",
    "NO_PLATE",
    "BackorderMode",
    "Barcode",
    "Batch",
    "BatchOrder",
    "Cancellation",
    "CarrierService",
    "Carton",
    "Command",
    "CountTask",
    "Counter",
    "Customer",
    "Decision",
    "Delivery",
    "DeliveryPart",
    "Dialogue",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "KitPart",
    "Location",
    "Lot",
    "Manifest",
    "Movement",
    "Notice",
    "NoticeLine",
    "NoticePackage",
    "Operator",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Peg",
    "Pick",
    "Plate",
    "PrintJob",
    "Product",
    "PromiseChange",
    "PurchaseLine",
    "PurchaseOrder",
    "Receipt",
    "ReceiptLine",
    "ReceivedSerial",
    "Reservation",
    "Setting",
    "Shipment",
    "Station",
    "Stock",
    "Substitute",
    "Supplier",
    "Table",
    "Warehouse",
    "metadata",
]
