"""The one reader of what is shipped beside the code: icons, sounds, fonts, style sheet, translations, samples."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wms_desktop.errors import Bug

_PLACES = (
    Path(__file__).parent / "resources",  # in the wheel
    Path(__file__).parents[2] / "resources",  # in the checkout
)


def find_resource(name: str) -> Path | None:
    """The file or folder called ``name`` ("icons/stop.svg"), the package's before the checkout's; None: neither."""
    for place in _PLACES:
        path = place / name
        if path.exists():
            return path
    return None


def get_resource(name: str) -> Path:
    """The file called ``name``; a :class:`~wms_desktop.errors.Bug` where the installation lacks it."""
    path = find_resource(name)
    if path is None:
        raise Bug(f"the installation lacks the resource {name}")
    return path


@cache
def read_text(name: str) -> str:
    """The UTF-8 text of a resource, read once."""
    return get_resource(name).read_text(encoding="utf-8")


@cache
def read_bytes(name: str) -> bytes:
    """The bytes of a resource, read once."""
    return get_resource(name).read_bytes()
