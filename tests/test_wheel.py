"""What is shipped works without the checkout: the wheel carries the migrations, the resources and the command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import wms_desktop
from check_budgets import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by the locked build backend, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder that holds nothing but the installed wheel."""
    target = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return target


def run_installed(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed application far from the checkout; -P keeps the working folder off the path."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "XDG_DATA_HOME": str(installed / "data")}
    command = [sys.executable, "-P", "-m", "wms_desktop", *arguments]
    return subprocess.run(command, cwd=installed, env=environment, capture_output=True, text=True)


def test_the_wheel_carries_everything_that_the_application_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = {f"wms_desktop/{path.relative_to(ROOT)}" for path in (ROOT / "resources").rglob("*") if path.is_file()}
    migrations = {
        f"wms_desktop/{path.relative_to(ROOT / 'src' / 'wms_desktop')}"
        for path in (ROOT / "src" / "wms_desktop" / "db" / "migrations").rglob("*.py")
    }

    assert "wms_desktop/py.typed" in names
    assert migrations
    assert migrations <= names
    assert resources <= names


def test_the_wheel_names_its_licence_and_where_its_data_come_from(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if "licenses/" in name}

    assert "Apache License" in texts["LICENSE"]
    assert "10.24432/C5BW33" in texts["NOTICES"]


def test_the_installed_application_checks_itself_without_the_checkout(installed: Path) -> None:
    finished = run_installed(installed, "self-check")

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert wms_desktop.__version__ in finished.stdout
    assert re.search(r"SQLite\W+3\.\d+\.\d+", finished.stdout)


def test_the_installed_application_is_the_installed_one(installed: Path) -> None:
    question = "import wms_desktop; print(wms_desktop.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    answer = subprocess.run([sys.executable, "-P", "-c", question], env=environment, capture_output=True, text=True)

    assert Path(answer.stdout.strip()).is_relative_to(installed)
