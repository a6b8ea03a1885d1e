"""Helpers shared by commands: opening the database, reading times, joining the words of a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.errors import N_, UsageError
from cxbot.store.engine.database import Database


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, created and migrated if needed. It is closed at the end."""
    database = Database(settings.database)
    try:
        yield database
    finally:
        database.close()


def moment(text: str | None, settings: Settings) -> datetime:
    """The moment of a TIME argument, or now if there is none: ISO-8601, seconds optional, in CXBOT_TIMEZONE if it
    names no zone."""
    if not text:
        return utc_now()
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(N_("`%(text)s` is not a time. Write it like 2026-11-21T10:05."), text=text) from None
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(settings.timezone))


def rejoined(arguments: Sequence[str]) -> str:
    """The words of a question as one text. `team:Second line` was quoted in the shell and gets its quotes back."""
    words = []
    for argument in arguments:
        key, colon, value = argument.partition(":")
        needs_quotes = colon and " " in value and " " not in key and value[:1] not in "\"'“"
        words.append(f'{key}:"{value}"' if needs_quotes else argument)
    return " ".join(words)
