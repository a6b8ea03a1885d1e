"""`cxbot import`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cxbot.cli import layouts
from cxbot.cli.common import bot_without_slack, deed, nothing, opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core import names
from cxbot.core.csv_files.answers import COLUMNS, table_of
from cxbot.core.csv_files.cells import Reading
from cxbot.core.csv_files.columns import Record, Source, Table
from cxbot.core.csv_files.customers import CUSTOMERS
from cxbot.core.csv_files.guess import guess
from cxbot.core.csv_files.mapped import MappedRows
from cxbot.core.csv_files.plan import plan_of
from cxbot.core.csv_files.recognition import is_ours, recognise
from cxbot.core.csv_files.sheets import LOOKED_AT
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS
from cxbot.core.hooks.event import Agent, Contact, Event
from cxbot.core.invitations.rules import TOO_OLD
from cxbot.core.surveys.catalogue import SHIPPED, Catalogue
from cxbot.core.teams import settings as team_settings
from cxbot.core.toml_tables import shown
from cxbot.errors import N_, UsageError
from cxbot.language import Language, language
from cxbot.service.imported_closes import ask_about
from cxbot.spreadsheets import Sheet, open_sheet
from cxbot.store.engine.database import Database
from cxbot.store.files import customers, exports, imports, touchpoints
from cxbot.store.records import audit, surveys
from cxbot.store.records.published import published
from cxbot.store.reports import release_facts

KINDS: Mapping[str, Callable[[Database, Source, datetime, Callable[[int], None]], imports.Summary]] = {
    "answers": release_facts.import_answers,
    "customers": customers.import_file,
    "touchpoints": touchpoints.import_file,
}
TABLES = {"customers": CUSTOMERS, "touchpoints": TOUCHPOINTS}
SHOWN_ROWS = 5


GUESSED = N_("%(path)s is not UTF-8, so it was read as Windows-1252. Look whether its accents are right.")
ALIKE = N_(
    "Look twice: %(n)s of the added rows have no external_id, and the same metric, score and moment as rows that were "
    "there. If they are the same ones with other columns, they count twice now: go back to a back-up, give every row "
    "an external_id, and import both files again."
)


ASKED = N_("Decided about %(n)s closes of the last 7 days: %(outcomes)s.")


@click.command("import")
@click.argument("what_file", metavar="[customers|touchpoints] FILE", nargs=-1, required=True)
@click.option(
    "--map", "map_name", metavar="LAYOUT|MAP.toml", default="", help="The tool that wrote FILE, or a mapping."
)
@click.option("--dry-run", is_flag=True, help="Show five rows as they would be stored, and what is dropped.")
@click.option("--guess", "draft", is_flag=True, help="Write a draft of a mapping for FILE to stdout.")
@click.option("--timezone", metavar="ZONE", default="", help="The zone of times that name none: Europe/Helsinki.")
@click.option("--fold", type=click.Choice(("earlier", "later")), help="Which one, if a local time was twice.")
@click.option("--dates", type=click.Choice(("dmy", "mdy")), help="What comes first in 03/04/2026 (default: as proved).")
@click.option("--sheet", "sheet_name", metavar="NAME", default="", help="The sheet of a workbook (default: the first).")
@click.option("--ask", is_flag=True, help="Ask about what was closed in the last 7 days, by the teams' rules.")
@click.option("--last-wins", is_flag=True, help="Of rows with the same key the last one counts.")
def import_(
    what_file: tuple[str, ...], map_name: str, dry_run: bool, draft: bool, timezone: str, fold: str | None,
    dates: str | None, sheet_name: str, last_wins: bool, ask: bool,
) -> None:  # fmt: skip
    """Import FILE, a CSV file or an Excel workbook with a header.

    `cxbot import FILE` imports answers and interactions, `cxbot import customers FILE` customers (when they started and
    left), `cxbot import touchpoints FILE` the register of touchpoints.

    Exports of Delighted, AskNicely, Zendesk, Freshdesk, Intercom, SurveyMonkey, Typeform, Google Forms, Qualtrics,
    Chatwoot, HubSpot, Gorgias, Help Scout and Formbricks are recognised by their columns. --map names another layout,
    or your own mapping: `cxbot import --guess FILE > map.toml` drafts one.

    If rows are wrong, they are named by line and column, and nothing is imported. Importing a file again changes
    nothing; a row with a known key and different content updates the earlier row. What the file has no column for
    stays as it is. Columns, forms of cells and mappings: see docs/import.md.
    """
    kind, path = _named(what_file)
    if kind != "answers" and (map_name or draft):
        raise UsageError(N_("Mappings are for answers. Leave out `--map` and `--guess`."))
    settings, now = Settings.load(), utc_now()
    zone = team_settings.READERS["timezone"](timezone) if timezone else ""
    speech, sheet = language(settings.locale), open_sheet(path, sheet_name)
    if sheet.is_guessed:
        click.echo(speech.say(GUESSED, path=path.name), err=True)
    if draft:
        click.echo(_drafted(sheet, map_name, path), nl=False)
        return
    reading = Reading(zone, settings.timezone, fold or "", dates or "", now)
    source = Source(path.name, sheet, reading, last_wins)
    with opened(settings, new=True) as database:
        catalogue = surveys.catalogue(database.reader)
        table = TABLES.get(kind) or table_of(catalogue)
        file = _mapped(source, map_name, catalogue, speech) if kind == "answers" else _File(source)
        if dry_run:
            click.echo("\n".join(_tried(file, table, speech)))
            return
        before = published(database.reader).batch
        done = _stored(database, kind, file, table, now, speech)
        deed(database, audit.IMPORTED, f"{kind} {path.name}", nothing)
        asked = _ask(settings, database, before, now) if ask and kind == "answers" else None
    text = N_("%(added)s added, %(updated)s updated, %(unchanged)s unchanged.")
    click.echo(speech.say(text, added=done.added, updated=done.updated, unchanged=done.unchanged))
    for line in _dropped(file, speech):
        click.echo(line)
    if asked is not None:
        click.echo(speech.say(ASKED, n=asked.total(), outcomes=", ".join(f"{n} {word}" for word, n in asked.items())))
    if done.alike:
        click.echo(speech.say(ALIKE, n=done.alike), err=True)


def _ask(settings: Settings, database: Database, before: int, now: datetime) -> Counter[str]:
    """Decide about the closes that were imported, and count the outcomes."""
    closes = []
    for line in exports.closed_since(database.reader, before, now - TOO_OLD):
        who = line["customer"] or ""
        contact = Contact(email=who if "@" in who else "", slack=who if names.SLACK_ID.fullmatch(who) else "",
                          company=line["company"] or "")  # fmt: skip
        event = Event(
            "closed", "", customer=contact, team=line["team"] or "", topic=line["topic"] or "",
            agents=(Agent(name=line["agent"]),) if line["agent"] else (), channel=line["channel"] or "",
            touchpoint=line["touchpoint"] or "", survey=line["survey"] or "",
            closed_at=datetime.fromisoformat(line["closed_at"]),
        )  # fmt: skip
        closes.append((line["external_id"], event))
    return Counter(ask_about(bot_without_slack(settings, database, lambda: now), closes))


@dataclass(frozen=True, slots=True)
class _File:
    """A file to import, and its rows as they were mapped; None if it is one of our own."""

    source: Source
    mapped: MappedRows | None = None


def _named(what_file: tuple[str, ...]) -> tuple[str, Path]:
    """The kind of file and its path."""
    *what, name = what_file
    if len(what) > 1 or not set(what) <= set(KINDS):
        raise UsageError(
            N_("“%(what)s” can't be imported. Write `cxbot import FILE`, `cxbot import customers FILE` or "
               "`cxbot import touchpoints FILE`."), what=what[0],
        )  # fmt: skip
    return (what[0] if what else "answers"), Path(name)


def _stored(
    database: Database, kind: str, file: _File, table: Table, now: datetime, speech: Language
) -> imports.Summary:
    """Check a file and import it; in a terminal with a bar of progress."""
    columns, console = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()), Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(speech.say("Checking"), total=None)
        total = _checked(file, table, speech)
        bar.update(task, description=speech.say("Importing"), total=total)
        return KINDS[kind](database, file.source, now, lambda n: bar.update(task, completed=n))


def _mapped(source: Source, map_name: str, catalogue: Catalogue, speech: Language) -> _File:
    """The file as our own rows, if it is one of another tool; says on stderr what was concluded.

    The company's zone is that of times that name none.
    """
    start = list(islice(source.rows, LOOKED_AT))
    layout = layouts.chosen(map_name) if map_name else recognise(start, layouts.shipped())
    if layout is None:
        return _File(source)
    if not map_name:
        text = N_("Read as an export of %(title)s; say --map to choose another layout.")
        click.echo(speech.say(text, title=layout.title), err=True)
    plan = plan_of(layout, source.rows, catalogue.metrics)
    for note in plan.notes:
        click.echo(speech.say(note.msgid, **dict(note.values)), err=True)
    reading = source.reading
    if not reading.timezone and plan.local_times:
        reading = replace(reading, timezone=plan.zone or reading.home)
        if not plan.zone:
            text = N_("Times without a zone are read as those of %(zone)s (CXBOT_TIMEZONE).")
            click.echo(speech.say(text, zone=reading.home), err=True)
    if not reading.day_order and layout.dates in ("dmy", "mdy"):
        reading = replace(reading, day_order=layout.dates)
    rows = MappedRows(source.rows, plan)
    return _File(replace(source, rows=rows, reading=reading), rows)


def _drafted(sheet: Sheet, map_name: str, path: Path) -> str:
    """A draft of a mapping for a file. Raises UsageError if it needs none."""
    rows = list(sheet)
    if is_ours(rows):
        raise UsageError(N_("%(path)s has the columns of `cxbot import` already. Import it as it is."), path=path.name)
    known = layouts.chosen(map_name) if map_name else recognise(rows, layouts.shipped())
    return guess(rows, known, layouts.shipped(), SHIPPED.metrics, layouts.named(path))


def _checked(file: _File, table: Table, speech: Language) -> int:
    """The number of rows without errors. Raises UsageError for wrong rows, or if no row is left."""
    try:
        total = imports.check_file(file.source, table)
    except UsageError as error:
        if file.mapped or is_ours(file.source.rows) or table.columns != COLUMNS:
            raise
        hint = N_("%(why)s\nIf another tool wrote the file: `cxbot import --guess FILE > map.toml` drafts a mapping.")
        raise UsageError(hint, why=error) from error
    if not total and (reasons := list(_dropped(file, speech))):
        raise UsageError(N_("%(reasons)s\nNo row is left. Nothing was imported."), reasons="\n".join(reasons))
    return total


def _tried(file: _File, table: Table, speech: Language) -> Iterator[str]:
    """What an import would do, without doing it."""
    total = _checked(file, table, speech)
    for record in islice(file.source.records(table), SHOWN_ROWS):
        yield speech.say(N_("Line %(line)s"), line=record.line)
        yield from _shown(record)
    yield speech.count(total, "%(n)s row would be stored.", "%(n)s rows would be stored.")
    yield from _dropped(file, speech)


def _shown(record: Record) -> Iterator[str]:
    """The values of a row, one on a line."""
    for name, value in record.values.items():
        if value not in (None, ""):
            text = value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else shown(str(value))
            yield f"  {name:<12}  {text}"


def _dropped(file: _File, speech: Language) -> Iterator[str]:
    """How many rows were dropped, by reason."""
    for note, dropped in (file.mapped.dropped if file.mapped else {}).items():
        yield speech.count(
            dropped.n,
            "%(n)s row dropped: %(why)s (line %(lines)s).",
            "%(n)s rows dropped: %(why)s (lines %(lines)s).",
            why=speech.say(note.msgid, **dict(note.values)),
            lines=_lines(dropped.lines, dropped.n),
        )


def _lines(lines: Iterable[int], n: int) -> str:
    shown_lines = [str(line) for line in lines]
    return ", ".join(shown_lines) + (" …" if n > len(shown_lines) else "")
