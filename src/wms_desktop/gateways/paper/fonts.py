"""The embedded fonts: which face can print a text, how wide it is; what no face has is refused, never boxes."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from wms_desktop.errors import BadInput
from wms_desktop.resources import get_resource

SANS = "WmsSans"
BOLD = "WmsSans-Bold"
MONO = "WmsSans-Mono"
_FILES = {SANS: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf", MONO: "DejaVuSansMono.ttf"}
_LIMIT = 500

# Scripts whose letters change shape or order with their neighbours: reportlab sets letter after letter, so a
# text in them would come out wrong though the glyphs are there. Right-to-left ones are told by their class.
_SHAPED = ((0x0900, 0x109F), (0x1780, 0x18AF), (0x1A00, 0x1CFF), (0xA800, 0xABFF))
# TrueType fonts (reportlab cannot embed others) with Chinese, Japanese or Korean, where systems keep them.
_MACHINE_FONTS = (
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "fonts-japanese-gothic.ttf",
    "ipag.ttf",
    "NanumGothic.ttf",
    "arialuni.ttf",
    "Arial Unicode.ttf",
    "msyh.ttc",
    "simsun.ttc",
    "YuGothM.ttc",
    "msgothic.ttc",
    "malgun.ttf",
)


def clean(text: str) -> str:
    """Text from outside as one printable line: composed, capped, controls and direction marks made visible."""
    shown = []
    for sign in unicodedata.normalize("NFC", text[:_LIMIT]):
        kind = unicodedata.category(sign)
        if kind in ("Zs", "Zl", "Zp") or sign in "\t\r\n":
            shown.append(" ")
        elif kind in ("Cc", "Cf", "Cs", "Co", "Cn"):
            shown.append(f"<{ord(sign):02X}>")
        else:
            shown.append(sign)
    return " ".join("".join(shown).split())


def split_runs(text: str, face: str) -> list[tuple[str, str]]:
    """``text`` (cleaned) as pieces of (face, piece), each face having every glyph of its piece.

    Refuses ``no_glyph`` with the first character that cannot be printed whole.
    """
    if _covers(face, text) and not _needs_shaping(text):
        return [(face, text)] if text else []
    faces = [(_face_for(sign, face, text), sign) for sign in text]
    return [(name, "".join(s for _, s in group)) for name, group in groupby(faces, key=lambda pair: pair[0])]


def measure(text: str, face: str, size: float) -> float:
    """How wide the cleaned text is, in points, at ``size`` points."""
    return sum(float(_font(name).stringWidth(piece, size)) for name, piece in split_runs(text, face))


def make_ready() -> None:
    """Reads and registers the embedded fonts; once a process, some 40 ms."""
    for face in _FILES:
        _font(face)


def _face_for(sign: str, face: str, text: str) -> str:
    if not _needs_shaping(sign):
        for name in (face, SANS):
            if _covers(name, sign):
                return name
        for name in _list_machine_faces():
            if _covers(name, sign):
                return name
    raise BadInput("no_glyph", text=text[:80], sign=sign, number=f"U+{ord(sign):04X}")


def _covers(face: str, text: str) -> bool:
    glyphs = _font(face).face.charToGlyph
    return all(ord(sign) in glyphs for sign in text)


def _needs_shaping(text: str) -> bool:
    return not text.isascii() and any(
        unicodedata.bidirectional(sign) in ("R", "AL") or any(a <= ord(sign) <= b for a, b in _SHAPED) for sign in text
    )


@cache
def _font(face: str) -> Any:
    from reportlab.pdfbase import pdfmetrics  # late: start-up
    from reportlab.pdfbase.ttfonts import TTFont

    path = get_resource(f"fonts/{_FILES[face]}") if face in _FILES else Path(face)
    name = face if face in _FILES else f"Machine-{path.stem}"
    # Only the glyphs used, not all of ASCII: a third of the bytes and of the time.
    font = TTFont(name, str(path), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


def registered_name(face: str) -> str:
    """The name under which the drawing library knows the face."""
    return str(_font(face).fontName)


@cache
def _list_machine_faces() -> tuple[str, ...]:
    """Fonts of this machine that may help with other scripts; looked for only when a text needs one."""
    found = {path.name: path for folder in _list_font_folders() for path in _walk(folder)}
    usable = []
    for name in _MACHINE_FONTS:
        if name in found and _can_embed(str(found[name])):
            usable.append(str(found[name]))
    return tuple(usable)


def _can_embed(face: str) -> bool:
    from reportlab.pdfbase.ttfonts import TTFError  # late: start-up

    try:
        _font(face)
    except (TTFError, OSError, ValueError, KeyError):
        return False  # an odd font file must not stop the printing of what needs none
    return True


def _walk(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        for name in names:
            if name in _MACHINE_FONTS:
                yield Path(where) / name


def _list_font_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        return [windows / "Fonts", home / "AppData" / "Local" / "Microsoft" / "Windows" / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local" / "share" / "fonts"]
