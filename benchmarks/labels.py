"""Shipping labels a second, drawn and saved as PDF, beside bare reportlab pages in the same run.

``python -m benchmarks.labels [--labels N] [--dpi 203] [--seed N] [--json]``. Two bare pages: one with the same
number of bars and lines of text in a built-in font (no font embedded), one with the same three embedded fonts.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from wms_desktop.domain import sscc
from wms_desktop.domain.documents import Address, ShippingLabel
from wms_desktop.gateways.paper import fonts
from wms_desktop.gateways.paper.rendering import render

_STREETS = ("Main Street", "Straße des 17. Juni", "Łąkowa", "Παπαδοπούλου", "Avenue de la République")
_CITIES = ("Berlin", "Łódź", "Αθήνα", "Lyon", "Newcastle upon Tyne")


def make_labels(count: int, seed: int) -> list[ShippingLabel]:
    """Labels to addresses of several scripts, each with an SSCC of its own."""
    chance = random.Random(seed)
    sender = Address(name="House", lines=("Dock Road 1",), postcode="L3 4BX", city="Liverpool", country="GB")
    labels = []
    for serial in range(count):
        receiver = Address(
            name=f"Customer {serial:06d}",
            lines=(f"{chance.choice(_STREETS)} {chance.randint(1, 199)}",),
            postcode=f"{chance.randint(10000, 99999)}",
            city=chance.choice(_CITIES),
            country=chance.choice(("GB", "DE", "FR")),
        )
        labels.append(
            ShippingLabel(
                sender=sender,
                receiver=receiver,
                carrier="CARRIER",
                service="Express",
                route=f"R-{chance.randint(1, 99):02d}",
                parcel=1,
                parcels=1,
                weight_g=chance.randint(100, 30000),
                order=f"SO-{serial:06d}",
                sscc=sscc.number("4012345", serial),
            )
        )
    return labels


def draw_bare(label: ShippingLabel, faces: tuple[str, ...]) -> bytes:
    """What reportlab takes for as many bars and lines with no layout, fitting or encoding of ours."""
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(288, 432), invariant=1, pageCompression=1)
    for bar in range(90):
        canvas.rect(10 + bar * 3, 20, 1.5, 90, stroke=0, fill=1)
    for line in range(20):
        canvas.setFont(faces[line % len(faces)], 12)
        canvas.drawString(10, 130 + 14 * line, f"{label.order} line {line}")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def measure(labels: list[ShippingLabel], draw: Callable[[ShippingLabel], bytes]) -> dict[str, float]:
    """Wall and CPU seconds, labels a second, bytes a label."""
    draw(labels[0])
    gc.collect()
    wall, cpu, size = time.perf_counter(), time.process_time(), 0
    for label in labels:
        size += len(draw(label))
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "n": len(labels),
        "wall_s": round(wall_s, 4),
        "cpu_s": round(cpu_s, 4),
        "per_s": round(len(labels) / wall_s, 1),
        "per_cpu_s": round(len(labels) / cpu_s, 1),
        "bytes": round(size / len(labels)),
    }


def resident_mb() -> float:
    """Memory of this process in MB, where the system tells; else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Runs the three and prints them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--labels", type=int, default=300)
    parser.add_argument("--dpi", type=int, default=203)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    fonts.make_ready()
    ready_ms = (time.perf_counter() - begun) * 1000
    labels = make_labels(options.labels, options.seed)
    embedded = tuple(fonts.registered_name(face) for face in (fonts.SANS, fonts.BOLD, fonts.MONO))
    ours = measure(labels, lambda label: render(label, dpi=options.dpi))
    before = resident_mb()
    again = measure(labels, lambda label: render(label, dpi=options.dpi))
    grown = resident_mb() - before
    result = {
        "labels": ours,
        "again": again,
        "bare": measure(labels, lambda label: draw_bare(label, ("Helvetica",))),
        "bare_with_fonts": measure(labels, lambda label: draw_bare(label, embedded)),
        "fonts_ready_ms": round(ready_ms, 1),
        "resident_mb": round(resident_mb(), 1),
        "grown_mb_per_1000": round(grown * 1000 / options.labels, 2),
    }
    if options.json:
        print(json.dumps(result))
        return
    for name in ("labels", "again", "bare", "bare_with_fonts"):
        figures = measure_line(result[name])  # type: ignore[arg-type]
        print(f"{name:16} {figures}")
    print(f"fonts read in {ready_ms:.0f} ms; memory grew {result['grown_mb_per_1000']} MB per 1,000 labels")


def measure_line(figures: dict[str, float]) -> str:
    """One row of the table for people."""
    rates = f"{figures['per_s']:8.1f} a second  {figures['per_cpu_s']:8.1f} a CPU second"
    return f"{rates}  {figures['bytes']:7.0f} bytes each"


if __name__ == "__main__":
    main()
