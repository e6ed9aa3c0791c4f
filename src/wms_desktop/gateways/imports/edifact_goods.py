"""What every EDIFACT message says of goods: their numbers, and how many lines and units it should have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wms_desktop.gateways.imports.segments import Controls, Line

SKUS = ("SA", "VN", "MF", "PV", "IN", "BP")
BARCODES = ("EN", "SRV", "UP", "EU", "GTIN", "GU")
"""Kinds of numbers, the best first: the supplier's (ours) before the buyer's."""


def name_goods(line: Line, skus: Mapping[str, str], codes: Mapping[str, str]) -> None:
    """Names the goods of a line by the best of their numbers."""
    for name, found, order in (("sku", skus, SKUS), ("barcode", codes, BARCODES)):
        best = next((found[kind] for kind in order if kind in found), "")
        if best:
            line.put(name, best, "LIN-03" if name == "barcode" else "PIA-02")


def compare(head: Line, said: Sequence[tuple[str, str, str]], counted: Mapping[str, int], controls: Controls) -> None:
    """Compares what a message says of its lines and units, (place, what, number), with what came."""
    for place, what, number in said:
        if not controls.agree(what, number, counted[what]):
            head.refuse(place, number, f"import.read.{what}_count", counted=counted[what])
