"""Pictures of damaged goods: kept under our own names, whole, and only if they are pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms_desktop.errors import BadInput
from wms_desktop.gateways import photos

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def test_a_picture_is_kept_under_a_name_of_ours_and_once_only(tmp_path: Path) -> None:
    source = tmp_path / "weird name;.PNG"
    source.write_bytes(PNG)

    names = {photos.keep(tmp_path / "photos", source) for _ in range(2)}

    (name,) = names
    assert (name[-4:], name[:-4].isalnum()) == (".png", True)
    assert [file.read_bytes() for file in (tmp_path / "photos").iterdir()] == [PNG]


@pytest.mark.parametrize(("content", "code"), [
    (b"<html>", "photo_unreadable"),
    (b"RIFF1234AVI ", "photo_unreadable"),
    (b"\xff\xd8\xff" + b"0" * photos.MOST_BYTES, "photo_too_large"),
    (None, "photo_unreadable"),
])  # fmt: skip
def test_what_is_no_picture_is_refused_and_nothing_is_kept(tmp_path: Path, content: bytes | None, code: str) -> None:
    source = tmp_path / "shot.jpg"
    if content is not None:
        source.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        photos.keep(tmp_path / "photos", source)

    assert refused.value.code == code
    assert not list(tmp_path.glob("photos/*"))
