"""How long data are kept: words and identities go, scores stay for the figures and are nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Retention:
    """Months after which something goes; 0 for never.

    `comments` are what customers wrote, counted from the answer. `identities` are who answered, who served, what the
    helpdesk told and whom a campaign asked, counted from the answer, the close or the campaign's end.
    `audit` is the log of deeds.
    """

    comments: int = 12
    identities: int = 24
    audit: int = 24


DEFAULT = Retention()


def before(now: datetime, months: int) -> datetime | None:
    """The moment before which something goes; None if it stays for good. Months are those of the calendar: what was
    given on the 31st goes on the last day of a shorter month."""
    if not months:
        return None
    year, month = divmod(now.year * MONTHS_A_YEAR + now.month - 1 - months, MONTHS_A_YEAR)
    for day in range(now.day, 27, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return now.replace(year=year, month=month + 1)
