"""All tables together, so that one import declares them."""

from __future__ import annotations

from wms_desktop.db.catalog import (
    NO_LOT,
    Barcode,
    CarrierService,
    Counter,
    Customer,
    Lot,
    Product,
    Setting,
    Supplier,
)
from wms_desktop.db.inbound import Peg, PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from wms_desktop.db.ledger import Command, Movement, Reservation, Stock
from wms_desktop.db.outbound import Carton, Manifest, Order, OrderLine, Shipment
from wms_desktop.db.places import HOUSE, NO_PLATE, Dialogue, Location, Operator, Plate, Station, Warehouse
from wms_desktop.db.types import Table
from wms_desktop.db.work import Batch, BatchOrder, CountTask, Pick, PrintJob

metadata = Table.metadata

__all__ = [
    "HOUSE",
    "NO_LOT",
    "NO_PLATE",
    "Barcode",
    "Batch",
    "BatchOrder",
    "CarrierService",
    "Carton",
    "Command",
    "CountTask",
    "Counter",
    "Customer",
    "Dialogue",
    "Location",
    "Lot",
    "Manifest",
    "Movement",
    "Operator",
    "Order",
    "OrderLine",
    "Peg",
    "Pick",
    "Plate",
    "PrintJob",
    "Product",
    "PurchaseLine",
    "PurchaseOrder",
    "Receipt",
    "ReceiptLine",
    "Reservation",
    "Setting",
    "Shipment",
    "Station",
    "Stock",
    "Supplier",
    "Table",
    "Warehouse",
    "metadata",
]
