"""The command line: open the window, watch the guided shift, prove the ledger, make the demo, print its sheets."""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import wms_desktop
from wms_desktop import config, phrases, resources
from wms_desktop.config import Profile
from wms_desktop.errors import Refusal
from wms_desktop.views.imports import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

_DEMO_ZONE = "Europe/London"
_HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the profile: database, settings, journal, prints. Default: $WMS_HOME, else the system's place.",
)
_URL = click.option("--url", default="", help="Database instead of the profile's, like postgresql+psycopg://...")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(wms_desktop.__version__)
def commands() -> None:
    """WMS Desktop: the warehouse floor, from the dock to the label."""


@commands.command()
@_HOME
@_URL
@click.option("--empty", is_flag=True, help="Do not make the demo warehouse in an empty database.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/guided-shift"),
              help="Where the guided shift leaves its pictures and papers when there is no display.")  # fmt: skip
def run(home: Path | None, url: str, empty: bool, out: Path) -> None:
    """Open the window; without a display, play the guided shift offscreen on the same screens."""
    from wms_desktop import app  # late: the command line must work without a window

    if not app.has_display():
        click.echo(phrases.sentence("no_display", {}))
        _play(out)
        return
    if not (empty or url):
        config.write_settings(home or config.default_folder(), timezone=_DEMO_ZONE)
    profile = _profile(home, url)
    sys.exit(app.run_window(profile, None if empty else _fill_demo(profile)))


@commands.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/guided-shift"),
              help="Where pictures, papers and the summary go.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Go on with the shift that stands there instead of a new one.")
@click.option("--plain", is_flag=True, help="Take no pictures.")
@click.option("--trace", is_flag=True, help="Say every act as a line of JSON, for a program that watches.")
@click.option("--stop-after", type=int, help="Stop after so many scans and keys; --keep goes on later.")
@click.option("--watch", is_flag=True, help="In a window, at a pace to watch, with captions; needs a display.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the shift is played. Default: today.")
def shift(out: Path, **options: Any) -> None:
    """Play the guided shift on the real screens, offscreen, and leave its pictures and papers."""
    _play(out, **options)


@commands.command()
@_HOME
@_URL
def check(home: Path | None, url: str) -> None:
    """Recompute every balance from the movements, and name what differs; status 1 when anything does."""
    from wms_desktop import runner  # late: brings SQLAlchemy
    from wms_desktop.db.engine import reading  # late: brings SQLAlchemy
    from wms_desktop.services import selfcheck  # late: brings SQLAlchemy

    with reading(runner.open_house(_profile(home, url))) as session:
        found = selfcheck.find_differences(session)
        movements, balances = selfcheck.count_proved(session)
    if not found:
        click.echo(phrases.sentence("check.clean", {"movements": movements, "balances": balances}))
        return
    first = phrases.sentence(found[0].code, found[0].args)
    click.echo(phrases.sentence("check.found", {"count": len(found), "first": first}))
    for difference in found[1:]:
        click.echo(f"  {phrases.sentence(difference.code, difference.args)}")
    sys.exit(1)


@commands.command()
@_HOME
@_URL
def demo(home: Path | None, url: str) -> None:
    """Make the demo warehouse in an empty database, from real order lines and barcodes."""
    from wms_desktop import runner  # late: brings SQLAlchemy

    profile = _profile(home, url)
    engine = runner.open_house(profile)
    _fill_demo(profile)(engine)
    click.echo(phrases.sentence("demo_made", {"url": profile.database_url}))


@commands.command()
@_HOME
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def sheets(home: Path | None, folder: Path) -> None:
    """Print the demo's badges, bin and tote labels, desk sheet and barcodes as PDFs, to work it by hand."""
    from wms_desktop.shift import sheets as papers  # late: only where the demo is printed

    for path in papers.write(folder, _profile(home, "").seed):
        click.echo(path)


@commands.command("import")
@_HOME
@_URL
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What the file holds. Default: as its columns say.")
@click.option("--mapping", default="", help="Name of a saved mapping of columns.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Publish only when no row is refused. Default: the good rows.")
@click.option("--fix-list", type=click.Path(dir_okay=False, path_type=Path), help="CSV for the refused rows.")
def import_file(home: Path | None, url: str, file: Path, kind: str | None, **options: Any) -> None:
    """Take in orders, products, opening stock, purchase orders or notices (CSV, XLSX, X12, EDIFACT, shops' exports).

    Status 0: every row is in; 1: rows were refused, or nothing went in; 2: the file cannot be read or is in already.
    """
    from wms_desktop import importer, runner  # late: brings SQLAlchemy

    engine = runner.open_house(_profile(home, url))
    wanted = importer.Wanted(kind=kind or "", **options)
    sys.exit(importer.take_in(importer.Importer(engine, runner.utc_now), file, wanted, click.echo))


@commands.command()
@_HOME
@_URL
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path),
              help="Where the files go. Default: the house's rule export_folder.")  # fmt: skip
@click.option("--for-spreadsheets", is_flag=True, help="Guard texts that a spreadsheet would compute.")
def export(home: Path | None, url: str, folder: Path | None, for_spreadsheets: bool) -> None:
    """Write what the shop is told: availability.csv and order-status.csv."""
    from wms_desktop import exporter, runner  # late: brings SQLAlchemy

    engine = runner.open_house(_profile(home, url))
    target = folder or exporter.chosen_folder(engine)
    if target is None:
        raise Refusal("export.no_folder_set")
    for written in exporter.export(engine, runner.utc_now(), target, is_guarded=for_spreadsheets):
        click.echo(phrases.sentence("export.written", {"rows": written.rows, "file": str(written.path)}))


@commands.command("self-check")
def self_check() -> None:
    """Say what is installed, and that what is shipped beside the code can be read."""
    from wms_desktop.db.engine import is_sqlite_safe, sqlite_module  # late: brings SQLAlchemy

    module = sqlite_module()
    facts = {
        "WMS Desktop": wms_desktop.__version__,
        "Python": platform.python_version(),
        "SQLite": module.sqlite_version,
        "phrases": str(len(phrases.texts())),
        "style": f"{len(resources.read_text('styles/app.qss'))} characters",
    }
    for name, value in facts.items():
        click.echo(f"{name} {value}")
    if not is_sqlite_safe():
        click.echo(phrases.sentence("sqlite_unsafe", {"version": module.sqlite_version}))


def main() -> None:
    """Runs the command line; a refusal ends with its sentence and status 2."""
    try:
        commands(prog_name="wms-desktop")
    except Refusal as refusal:
        click.echo(phrases.sentence(refusal.code, refusal.args_), err=True)
        sys.exit(2)


def _profile(home: Path | None, url: str) -> Profile:
    profile = config.read_profile(home or config.default_folder())
    return config.with_url(profile, url) if url else profile


def _fill_demo(profile: Profile) -> Callable[[Engine], None]:
    """What makes the demo in a database that holds nothing yet."""

    def fill(engine: Engine) -> None:
        from wms_desktop.shift import demo as maker  # late: only on the first use

        maker.fill_if_empty(engine, profile.seed, datetime.now(UTC))

    return fill


def _play(out: Path, *, plain: bool = False, trace: bool = False, watch: bool = False, day: datetime | None = None,
          **how: Any) -> None:  # fmt: skip
    from wms_desktop import app  # late: the command line must work without a window

    if not watch or not app.has_display():
        app.go_offscreen()
    from wms_desktop.shift import captions, guided  # late: brings the window

    guided.make_application("wms-desktop")
    if watch:
        how |= {"pace": captions.WATCHED, "is_captioned": True}
    morning = day.replace(hour=8, tzinfo=UTC) if day else None
    tell = (lambda record: click.echo(json.dumps(record))) if trace else (lambda record: None)
    play = guided.Play(has_pictures=not plain, now=morning, trace=tell, say=click.echo, **how)
    summary = guided.play(out, app.open_station, play)
    click.echo(summary.text)
    if not trace:
        click.echo(json.dumps(summary.figures, indent=1))
        click.echo(phrases.sentence("shift_where", {"folder": str(out)}))
    sys.exit(0 if summary.is_good else 1)
