"""Days on which nobody is asked: public holidays of countries, and days that a company names itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cxbot.core.calendar.hours import OFF
from cxbot.errors import N_, UsageError

MOST_DAYS = 400
MOST_LETTERS = 3000  # one field of Slack's
_PLACE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_DAYS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\.([0-9]{4}-[0-9]{2}-[0-9]{2}))?")

Public = Callable[[str, int], frozenset[date]]
"""The public holidays of a place, such as `FI` or `DE-BY`, in a year."""


def nowhere(_place: str, _year: int) -> frozenset[date]:
    """No public holidays."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days that are no working days: `days`, and the public holidays of `places`, which are looked up when a day of
    their year is asked for."""

    places: tuple[str, ...] = ()
    days: frozenset[date] = frozenset()
    public: Public = nowhere

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (
            day in self.days or any(day in self.public(place, day.year) for place in self.places)
        )


NEVER = ClosedDays()


def parse(text: str, public: Public = nowhere) -> ClosedDays:
    """The days in a text such as `FI, DE-BY, 2026-12-24, 2026-12-27..2026-12-31`; none for `off` and "".

    Raises UsageError for anything else; the error says what to write.
    """
    places: list[str] = []
    days: set[date] = set()
    for item in filter(None, re.split(r"[,\s]+", text.strip())):
        if item.casefold() == OFF:
            continue
        if _PLACE.fullmatch(item.upper()):
            places.append(item.upper())
        else:
            days |= set(days_of(item))
    if len(days) > MOST_DAYS:
        raise UsageError(N_("These are %(n)s days; at most %(most)s can be named."), n=len(days), most=MOST_DAYS)
    return ClosedDays(tuple(dict.fromkeys(places)), frozenset(days), public)


def days_of(item: str) -> list[date]:
    """The days from `2026-12-24`, or `2026-12-27..2026-12-31`. Raises UsageError for anything else."""
    match = _DAYS.fullmatch(item)
    try:
        first = date.fromisoformat(match[1]) if match else None
        last = date.fromisoformat(match[2]) if match and match[2] else first
    except ValueError:
        first = last = None
    if first is None or last is None or not 0 <= (last - first).days < MOST_DAYS:
        raise UsageError(
            N_("`%(text)s` is neither a country nor days. Write `FI`, `DE-BY`, `2026-12-24`, "
               "`2026-12-27..2026-12-31`, several with commas between, or `off`."), text=item[:60].replace("`", "'"),
        )  # fmt: skip
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def written(closed: ClosedDays) -> str:
    """The text that `parse` reads as these days, with days in a row as one range. Raises UsageError if it is too
    long."""
    text = ", ".join((*closed.places, *_ranges(closed.days))) or OFF
    if len(text) > MOST_LETTERS:
        raise UsageError(N_("These are too many days to keep. Leave out those of past years."))
    return text


def _ranges(days: Iterable[date]) -> list[str]:
    rows: list[list[date]] = []
    for day in sorted(days):
        if rows and day - rows[-1][-1] == timedelta(days=1):
            rows[-1].append(day)
        else:
            rows.append([day])
    return [f"{row[0]}..{row[-1]}" if len(row) > 1 else f"{row[0]}" for row in rows]
