"""The about box: what this is, and the licences of everything it stands on."""

from __future__ import annotations

from importlib.metadata import PackageMetadata, distributions

from PySide6.QtWidgets import QWidget

from wms_desktop.ui.widgets import Choice, Notice
from wms_desktop.ui.wording import say

_SHIPPED = (
    "PySide6_Essentials", "shiboken6", "SQLAlchemy", "alembic", "pysqlite3", "psycopg", "reportlab", "python-barcode",
    "biip", "pypdfium2", "pillow", "argon2-cffi", "platformdirs", "click", "tzdata", "Mako", "typing_extensions",
)  # fmt: skip
_FONTS = ("Roboto: Apache License 2.0, Google", "DejaVu Sans: Bitstream Vera licence and public domain")


def licences() -> tuple[str, ...]:
    """One line for each part that is shipped: name, version, licence."""
    wanted = {_plain_name(name) for name in _SHIPPED}
    found = {}
    for part in distributions():
        name = _plain_name(part.metadata["Name"] or "")
        if name in wanted:
            found[name] = f"{part.metadata['Name']} {part.version}: {_licence(part.metadata)}"
    return (*(found[name] for name in sorted(found)), *_FONTS)


def open_about(parent: QWidget, version: str) -> Notice:
    """Show the about box beside the work."""
    title = say("ui.about.title", version=version)
    notice = Notice(parent, title, say("ui.about.text"), (Choice("close", say("ui.close")),))
    notice.add_report("\n".join(licences()))
    notice.show()
    return notice


def _plain_name(name: str) -> str:
    return name.lower().replace("-", "_")


def _licence(metadata: PackageMetadata) -> str:
    stated = next((metadata[name] for name in ("License-Expression", "License") if name in metadata), "") or ""
    if stated and "\n" not in stated and len(stated) < 80:
        return stated
    kinds = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    return ", ".join(kinds) or stated.split("\n")[0][:80]
