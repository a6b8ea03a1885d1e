"""`cxbot import`, `export`, `backup` and `migrate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cxbot.cli.common import opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.csv_files.answers import COLUMNS, table_of
from cxbot.core.csv_files.cells import Reading
from cxbot.core.csv_files.columns import Source
from cxbot.core.csv_files.customers import CUSTOMERS
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS
from cxbot.core.csv_files.writing import csv_lines
from cxbot.core.teams import settings as team_settings
from cxbot.errors import N_
from cxbot.language import language
from cxbot.spreadsheets import open_sheet
from cxbot.store.records import exports, imports, surveys
from cxbot.store.reports import churn_facts, journey_facts

KINDS = {
    "answers": imports.import_file,
    "customers": churn_facts.import_file,
    "touchpoints": journey_facts.import_file,
}
GUESSED = N_("%(path)s is not UTF-8, so it was read as Windows-1252. Look whether its accents are right.")
ALIKE = N_(
    "Look twice: %(n)s of the added rows have no external_id, and the same metric, score and moment as rows that were "
    "there. If they are the same ones with other columns, they count twice now: go back to a back-up, give every row "
    "an external_id, and import both files again."
)
TABLES = {"customers": CUSTOMERS, "touchpoints": TOUCHPOINTS}


@click.command("import")
@click.argument("what_file", metavar="[customers|touchpoints] FILE", nargs=-1, required=True)
@click.option("--timezone", metavar="ZONE", default="", help="The zone of times that name none: Europe/Helsinki.")
@click.option("--fold", type=click.Choice(("earlier", "later")), help="Which one, if a local time was twice.")
@click.option("--dates", type=click.Choice(("dmy", "mdy")), help="What comes first in 03/04/2026 (default: as proved).")
@click.option("--sheet", metavar="NAME", default="", help="The sheet of a workbook (default: the first).")
@click.option("--last-wins", is_flag=True, help="Of rows with the same key the last one counts.")
def import_(
    what_file: tuple[str, ...], timezone: str, fold: str | None, dates: str | None, sheet: str, last_wins: bool
) -> None:
    """Import FILE, a CSV file or an Excel workbook with a header.

    `cxbot import FILE` imports answers and interactions, `cxbot import customers FILE` customers (when they started and
    left), `cxbot import touchpoints FILE` the register of touchpoints.

    If rows are wrong, they are named by line and column, and nothing is imported. Importing a file again changes
    nothing; a row with a known key and different content updates the earlier row. What the file has no column for
    stays as it is. Columns and forms of cells: see docs/import.md.
    """
    *what, name = what_file
    if len(what) > 1 or not set(what) <= set(KINDS):
        raise click.UsageError(
            f"“{what[0]}” can't be imported. Write `cxbot import FILE`, `cxbot import customers FILE` or "
            "`cxbot import touchpoints FILE`."
        )
    kind = what[0] if what else "answers"
    settings, now = Settings.load(), utc_now()
    zone = team_settings.READERS["timezone"](timezone) if timezone else ""
    rows = open_sheet(Path(name), sheet)
    source = Source(rows.path.name, rows, Reading(zone, settings.timezone, fold or "", dates or "", now), last_wins)
    say = language(settings.locale).say
    if rows.is_guessed:
        click.echo(say(GUESSED, path=source.name), err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        opened(settings) as database,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("Checking", total=None)
        table = TABLES.get(kind) or table_of(surveys.catalogue(database.reader))
        total = imports.check_file(source, table)
        bar.update(task, description="Importing", total=total)
        done = KINDS[kind](database, source, now, lambda n: bar.update(task, completed=n))
    click.echo(f"{done.added} added, {done.updated} updated, {done.unchanged} unchanged.")
    if done.alike:
        click.echo(say(ALIKE, n=done.alike), err=True)


@click.command()
@click.argument("what", type=click.Choice(("answers", "interactions")))
@click.option("--format", "form", type=click.Choice(("csv", "ndjson")), default="csv", show_default=True)
def export(what: str, form: str) -> None:
    """Write every survey that was sent or answered, or every interaction that was closed, to stdout.

    The columns are those of the import. In CSV, texts that a spreadsheet would run begin with '; the import takes it
    off again.
    """
    with opened(Settings.load()) as database:
        records = exports.export(database.reader, what)
        if form == "csv":
            left_out = () if what == "answers" else exports.ANSWER_COLUMNS
            names = [name for name in COLUMNS if name not in left_out]
            sys.stdout.writelines(csv_lines(names, records))
        else:
            for record in records:
                click.echo(json.dumps(record, ensure_ascii=False))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Delete older back-ups whose names differ in digits.")
def backup(file: Path, keep: int | None) -> None:
    """Write a consistent copy of the database to FILE, also while the bot runs.

    With --keep 7 the newest seven files are kept whose names differ from FILE in digits only, such as a date.
    To restore a copy, stop the bot and put it in the database's place.
    """
    if keep:
        exports.series(file)
    with opened(Settings.load()) as database:
        exports.backup(database, file)
    click.echo(f"Backed up to {file}.")
    for old in exports.rotate(file, keep) if keep else ():
        click.echo(f"Deleted {old}.")


@click.command()
def migrate() -> None:
    """Bring the database up to date ahead of time. Every other command does it by itself."""
    settings = Settings.load()
    with opened(settings):
        click.echo(f"{settings.database} is up to date.")
