"""`cxbot export`, `backup`, `restore` and `migrate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cxbot import jobs
from cxbot.cli.common import deed, moment, nothing, opened
from cxbot.config import Settings
from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.writing import csv_lines
from cxbot.errors import N_
from cxbot.language import language
from cxbot.store.files import backups, exports
from cxbot.store.records import audit


@click.command()
@click.argument("what", type=click.Choice(("answers", "interactions", "ledger")))
@click.option("--format", "form", type=click.Choice(("csv", "ndjson")), default="csv", show_default=True)
def export(what: str, form: str) -> None:
    """Write every survey that was sent or answered, every interaction that was closed, or the ledger (every close and
    what became of it) to stdout.

    The columns are those of the import. In CSV, texts that a spreadsheet would run begin with '; the import takes it
    off again.
    """
    with opened(Settings.load()) as database:
        deed(database, audit.EXPORTED, what, nothing)
        records = exports.ledger(database.reader) if what == "ledger" else exports.export(database.reader, what)
        if form == "csv" and what == "ledger":
            sys.stdout.writelines(csv_lines(exports.LEDGER, records))
        elif form == "csv":
            left_out = () if what == "answers" else exports.ANSWER_COLUMNS
            names = [name for name in COLUMNS if name not in left_out]
            sys.stdout.writelines(csv_lines(names, records))
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
        deed(database, audit.BACKED_UP, file.name, nothing)
    speech = language(settings.locale)
    click.echo(speech.say("Backed up to %(file)s.", file=file))
    for old in backups.rotate(file, keep) if keep else ():
        click.echo(speech.say("Deleted %(file)s.", file=old))


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
    speech = language(settings.locale)
    text = N_("Restored %(database)s from %(copy)s, which knows everything up to %(time)s UTC.")
    click.echo(speech.say(text, database=settings.database, copy=copy, time=f"{done.made_at:%Y-%m-%d %H:%M}"))
    answers = speech.count(done.answers, "%(n)s answer", "%(n)s answers")
    invitations = speech.count(done.invitations, "%(n)s invitation", "%(n)s invitations")
    click.echo(speech.say("It has %(answers)s and %(invitations)s.", answers=answers, invitations=invitations))
    if done.in_doubt:
        messages = speech.count(done.in_doubt, "%(n)s message", "%(n)s messages")
        text = N_(
            "%(messages)s may have been sent since then. The bot looks each up in Slack: what is there counts as sent, "
            "what is not there is sent, what can't be looked up is given up and reported."
        )
        click.echo(speech.say(text, messages=messages))
    else:
        click.echo(speech.say("Nothing was waiting to be sent, so there is nothing to look up in Slack."))
    click.echo(speech.say("Next: `cxbot serve`."))


@click.command()
def migrate() -> None:
    """Bring the database up to date ahead of time. Every other command does it by itself."""
    settings = Settings.load()
    with opened(settings, new=True):
        click.echo(language(settings.locale).say("%(database)s is up to date.", database=settings.database))
