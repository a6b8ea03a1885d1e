"""Files of days in `--holidays`: their days are stored, and the files are not needed any more."""

from __future__ import annotations

from pathlib import Path

from cxbot.cli.common import small_text
from cxbot.core.calendar.day_files import days_in

ENDINGS = (".ics", ".csv", ".txt")


def with_days_of_files(text: str) -> str:
    """A setting with the days of each file in its place. Raises UsageError for a file that can't be read."""
    items = (item.strip() for item in text.split(","))
    return ", ".join(_days(Path(item)) if item.lower().endswith(ENDINGS) else item for item in items if item)


def _days(path: Path) -> str:
    return ", ".join(day.isoformat() for day in sorted(days_in(small_text(path))))
