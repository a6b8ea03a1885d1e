"""`cxbot export`, `backup` and `migrate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cxbot.cli.common import opened
from cxbot.config import Settings
from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.writing import csv_lines
from cxbot.store.records import exports


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
