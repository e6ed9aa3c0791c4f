"""Copies chosen pictures of the guided shift into docs/pictures, small enough for a page: ``update_pictures OUT``."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET = CHECKOUT / "docs" / "pictures"
MOST_BYTES = 150_000
CHOSEN = (
    "sign-on-1280x720-light",
    "backlog-1920x1080-light",
    "verdict-lane-1280x720-light",
    "verdict-lane-1920x1080-dark",
    "receive-over-1280x720-light",
    "receive-inspect-1280x720-light",
    "inbound-desk-1280x720-dark",
    "truck-now-1280x720-light",
    "lane-board-1280x720-light",
    "walk-back-1280x720-light",
    "putaway-1280x720-light",
    "pick-map-1920x1080-light",
    "pick-map-1280x720-dark",
    "pick-wrong-refused-1280x720-light",
    "pick-wrong-refused-1280x720-dark",
    "pick-short-dock-1280x720-light",
    "hand-over-1280x720-light",
    "batches-board-1920x1080-light",
    "batches-board-1280x720-dark",
    "pack-wrong-refused-1280x720-light",
    "pack-confirm-1280x720-dark",
    "pack-label-1280x720-light",
    "dispatch-missing-1280x720-light",
    "manifest-closed-1280x720-light",
)


def main(out: Path) -> int:
    """Copies what is there; gives how many of the chosen pictures are missing."""
    TARGET.mkdir(parents=True, exist_ok=True)
    missing = 0
    for name in CHOSEN:
        source = out / "pictures" / f"{name}.png"
        if not source.exists():
            print(f"missing: {source.name}")
            missing += 1
            continue
        size = shrink(source, TARGET / source.name)
        print(f"{source.name}: {size} bytes")
    return missing


def shrink(source: Path, target: Path) -> int:
    """Writes the picture with as many colours as fit the limit; gives its bytes."""
    picture = Image.open(source).convert("RGB")
    for colours, share in ((256, 1.0), (128, 1.0), (96, 0.75), (64, 0.6)):
        size = (round(picture.width * share), round(picture.height * share))
        smaller = picture if share == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
        smaller.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            break
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else CHECKOUT / "out" / "guided-shift")))
