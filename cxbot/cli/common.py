"""Helpers shared by commands: opening the database, reading times, joining the words of a question."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.calendar import periods
from cxbot.errors import N_, ConfigError, UsageError, system_fault
from cxbot.language import language
from cxbot.service.bot import Bot
from cxbot.service.directory import NobodyKnown
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import audit

T = TypeVar("T")
LARGEST = 1_000_000  # bytes of a survey or a mapping


@contextmanager
def opened(settings: Settings, *, new: bool = False) -> Iterator[Database]:
    """The database, brought up to date if needed. It is closed at the end.

    With `new` it is made if there is none; who only reads gets a ConfigError instead, because a new file is empty and
    in the wrong folder nearly always.
    """
    if not new and not settings.database.exists():
        raise ConfigError(
            N_("There is no database at %(path)s. Go to the bot's folder or set CXBOT_DB to its file. `cxbot serve`, "
               "`cxbot team add` and `cxbot import` make a new one."),
            path=str(settings.database.absolute()),
        )  # fmt: skip
    with _patience(language(settings.locale).say("Bringing the database up to date")) as still_at_it:
        database = Database(settings.database, still_at_it)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _patience(what: str) -> Iterator[Callable[[], None]]:
    """A function to call while something takes time: from the first call on, a bar says how long it has taken."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    bar.add_task(what, total=None)
    try:
        yield bar.start
    finally:
        if bar.live.is_started:
            bar.stop()


def nothing(_: Connection) -> None:
    """The work of a deed that changes nothing, such as an export."""


def bot_without_slack(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Bot:
    """The bot for decisions that don't need Slack; what Slack would tell about people is not known."""
    return Bot(
        database, NobodyKnown(), clock, settings.admins, settings.timezone, settings.locale, settings.public_url,
        bool(settings.smtp_url and settings.public_url), settings.privacy_url,
    )  # fmt: skip


def terminal_user() -> str:
    """Who works at this terminal, as the audit log says it."""
    return f"terminal:{getpass.getuser()}"


def deed(database: Database, what: str, about: str, work: Callable[[Connection], T]) -> T:
    """Do some work in the database, and note in the audit log that this terminal's user did it."""

    def write(db: Connection) -> T:
        result = work(db)
        audit.note(db, terminal_user(), what, about, utc_now())
        return result

    return database.write(write)


def moment(text: str | None, settings: Settings) -> datetime:
    """The moment of a TIME argument, or now if there is none: ISO-8601, seconds optional, in CXBOT_TIMEZONE if it
    names no zone."""
    if not text:
        return utc_now()
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(N_("`%(text)s` is not a time. Write it like 2026-11-21T10:05."), text=text) from None
    if time.year not in periods.YEARS:
        raise UsageError(N_("`%(text)s` is out of reach. Give a year from 1970 to 2999."), text=text)
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(settings.timezone))


def small_text(path: Path) -> str:
    """The text of a small file in UTF-8, such as a survey's. Raises UsageError for anything else: a device would never
    end."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UsageError(N_("The file %(path)s is larger than 1 MB. Name a small text file."), path=str(path))
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            N_("The file %(path)s cannot be read (%(why)s)."), path=str(path), why=system_fault(error)
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            N_("The file %(path)s is not UTF-8 (byte %(byte)s). Save it as UTF-8."), path=str(path), byte=error.start
        ) from error


def rejoined(arguments: Sequence[str]) -> str:
    """The words of a question as one text. `team:Second line` was quoted in the shell and gets its quotes back."""
    words = []
    for argument in arguments:
        key, colon, value = argument.partition(":")
        needs_quotes = colon and " " in value and " " not in key and value[:1] not in "\"'“"
        words.append(f'{key}:"{value}"' if needs_quotes else argument)
    return " ".join(words)
