"""The profile of a workstation: its settings, its lock, its numbers that must not come twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wms_desktop import config
from wms_desktop.errors import BadInput, Refusal


def test_a_new_profile_has_its_own_database_and_is_its_owners_only(tmp_path: Path) -> None:
    profile = config.read_profile(tmp_path / "home")

    assert profile.database_url == f"sqlite:///{tmp_path / 'home' / 'warehouse.db'}"
    if os.name != "nt":
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0


def test_settings_are_read_and_a_url_makes_the_profile_remote(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"url": "postgresql+psycopg://x/y", "stations": {"pack": "P2"}}))

    profile = config.read_profile(tmp_path)

    assert (profile.is_local, profile.stations["pack"]) == (False, "P2")


@pytest.mark.parametrize(("text", "code", "named"), [
    ("{", "settings_unreadable", ("line", 1)),
    ('{"colour": 1}', "settings_unknown", ("name", "colour")),
    ('{"url": 1}', "settings_wrong", ("wanted", "str")),
])  # fmt: skip
def test_bad_settings_are_refused_with_their_place(tmp_path: Path, text: str, code: str, named: tuple) -> None:
    (tmp_path / "settings.json").write_text(text)

    with pytest.raises(BadInput) as refused:
        config.read_profile(tmp_path)

    assert refused.value.code == code
    assert refused.value.args_[named[0]] == named[1]


def test_a_second_window_on_a_profile_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from wms_desktop.config import OnlyOne;"
         "lock = OnlyOne(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()", str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(config.AlreadyOpen) as refused:
            config.OnlyOne(tmp_path)
        assert refused.value.args_["pid"] == str(holder.pid)
        holder.kill()

    config.OnlyOne(tmp_path).release()


def test_marks_are_kept_whole_and_a_spoilt_file_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    config.keep_marks(path, {"sscc": 41})
    assert config.read_marks(path) == {"sscc": 41}

    path.write_text('{"sscc": 4')
    assert config.read_marks(path) == {}


def test_a_database_on_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f"tmpfs / tmpfs rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n"
    monkeypatch.setattr(config.Path, "read_text", lambda self, **_: lines)
    monkeypatch.setattr(config.Path, "exists", lambda self: True)

    with pytest.raises(Refusal) as refused:
        config.refuse_network_drive(tmp_path)

    assert refused.value.code == "database_remote"
