"""`cxbot import`, `export`, `backup`, `restore` and `migrate`."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cxbot import jobs
from cxbot.cli.common import moment, opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.csv_files.answers import COLUMNS, table_of
from cxbot.core.csv_files.customers import CUSTOMERS
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS
from cxbot.store.records import backups, exports, imports, surveys
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
    file = Path(name)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        opened(Settings.load()) as database,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("Checking", total=None)
        table = TABLES.get(kind) or table_of(surveys.catalogue(database.reader))
        total = imports.check_file(file, table)
        bar.update(task, description="Importing", total=total)
        done = KINDS[kind](database, file, utc_now(), lambda n: bar.update(task, completed=n))
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
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def backup(file: Path, keep: int | None, at: str | None) -> None:
    """Write a consistent copy of the database to FILE, also while the bot runs.

    With --keep 7 the newest seven files are kept whose names differ from FILE in digits only, such as a date.
    `cxbot restore FILE` makes a database of it again.
    """
    settings = Settings.load()
    now = moment(at, settings)  # before the copy is made: what is sent while it is written counts as sent afterwards
    if keep:
        backups.series(file)
    with opened(settings) as database:
        backups.backup(database, file, now)
    click.echo(f"Backed up to {file}.")
    for old in backups.rotate(file, keep) if keep else ():
        click.echo(f"Deleted {old}.")


@click.command()
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def restore(copy: Path, at: str | None) -> None:
    """Make the database (CXBOT_DB) from COPY, a file that `cxbot backup` wrote.

    Stop the bot first, and move the old file away: nothing is replaced. COPY is checked, and stays as it is. What may
    have been sent since it was made is looked up in Slack by the bot before it sends it (feature `history`).
    """
    settings = Settings.load()
    done = backups.restore(copy, settings.database, moment(at, settings), jobs.catch_up)
    click.echo(
        f"Restored {settings.database} from {copy}, which knows everything up to {done.made_at:%Y-%m-%d %H:%M} UTC."
    )
    click.echo(f"It has {_number(done.answers, 'answer')} and {_number(done.invitations, 'invitation')}.")
    if done.in_doubt:
        click.echo(
            f"{_number(done.in_doubt, 'message')} may have been sent since then. The bot looks each up in Slack: what "
            "is there counts as sent, what is not there is sent, what can't be looked up is given up and reported."
        )
    else:
        click.echo("Nothing was waiting to be sent, so there is nothing to look up in Slack.")
    click.echo("Next: `cxbot serve`.")


def _number(n: int, one: str) -> str:
    return f"{n} {one if n == 1 else one + 's'}"


@click.command()
def migrate() -> None:
    """Bring the database up to date ahead of time. Every other command does it by itself."""
    settings = Settings.load()
    with opened(settings):
        click.echo(f"{settings.database} is up to date.")
