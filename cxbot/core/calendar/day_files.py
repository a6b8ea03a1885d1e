"""Files of days: the all-day events of a calendar (.ics), or one day or range a line (CSV or text)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from cxbot.core.calendar.closed_days import days_of
from cxbot.errors import N_, UsageError

_WHOLE_DAY = re.compile(r"(DTSTART|DTEND)(?:;[^:]*)?:([0-9]{8})")


def days_in(text: str) -> frozenset[date]:
    """The days in the text of a file. Raises UsageError if there are none, or for what can't be read."""
    plain = text.removeprefix("\ufeff")
    events = plain.lstrip().upper().startswith("BEGIN:VCALENDAR")
    found = frozenset(_calendar(plain) if events else _lines(plain))
    if not found:
        raise UsageError(
            N_("There are no days in this file. It has the all-day events of a calendar (.ics), or one day a line, "
               "such as 2026-12-24.")
        )  # fmt: skip
    return found


def _calendar(text: str) -> Iterator[date]:
    event: dict[str, date] = {}
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():  # long lines are folded
        said = line.strip().upper()
        if said == "BEGIN:VEVENT":
            event = {}
        elif said.startswith("RRULE"):
            raise UsageError(
                N_("An event of this calendar repeats itself. Export it with every day as an event of its own.")
            )
        elif match := _WHOLE_DAY.fullmatch(said):
            event[match[1]] = _day(match[2])
        elif said == "END:VEVENT" and "DTSTART" in event:
            first = event["DTSTART"]
            length = (event.get("DTEND", first) - first).days  # DTEND is the day after
            yield from (first + timedelta(days=number) for number in range(max(1, min(length, 366))))


def _day(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise UsageError(N_("`%(text)s` is not a day."), text=digits) from error


def _lines(text: str) -> Iterator[date]:
    for number, line in enumerate(text.splitlines()):
        cell = re.split(r"[,;\t]", line)[0].strip().strip('"')
        if not cell or cell.startswith("#") or (number == 0 and not cell[0].isdigit()):  # a heading
            continue
        yield from days_of(cell)
