"""`cxbot import`, `export`, `backup` and `migrate`."""

from __future__ import annotations

import csv
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
from cxbot.spreadsheets import open_sheet
from cxbot.store.records import exports, imports, surveys
from cxbot.store.reports import churn_facts, journey_facts

KINDS = {
    "answers": imports.import_file,
    "customers": churn_facts.import_file,
    "touchpoints": journey_facts.import_file,
}
TABLES = {"customers": CUSTOMERS, "touchpoints": TOUCHPOINTS}


@click.command("import")
@click.argument("what_file", metavar="[customers|touchpoints] FILE", nargs=-1, required=True)
def import_(what_file: tuple[str, ...]) -> None:
    """Import FILE, a CSV file in UTF-8 with a header.

    `cxbot import FILE` imports answers and interactions, `cxbot import customers FILE` customers (when they started and
    left), `cxbot import touchpoints FILE` the register of touchpoints.

    If rows are wrong, they are named by line and column, and nothing is imported. Importing a file again changes
    nothing; a row with a known key and different content updates the earlier row. Columns: see docs/import.md.
    """
    *what, name = what_file
    if len(what) > 1 or not set(what) <= set(KINDS):
        raise click.UsageError(
            f"“{what[0]}” can't be imported. Write `cxbot import FILE`, `cxbot import customers FILE` or "
            "`cxbot import touchpoints FILE`."
        )
    kind = what[0] if what else "answers"
    settings, now = Settings.load(), utc_now()
    source = Source(Path(name).name, open_sheet(Path(name)), Reading(home=settings.timezone, now=now))
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


@click.command()
@click.argument("what", type=click.Choice(("answers", "interactions")))
@click.option("--format", "form", type=click.Choice(("csv", "ndjson")), default="csv", show_default=True)
def export(what: str, form: str) -> None:
    """Write every survey that was sent or answered, or every interaction that was closed, to stdout.

    The columns are those of the import.
    """
    with opened(Settings.load()) as database:
        records = exports.export(database.reader, what)
        if form == "csv":
            left_out = () if what == "answers" else exports.ANSWER_COLUMNS
            names = [name for name in COLUMNS if name not in left_out]
            writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)
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
