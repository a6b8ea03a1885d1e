"""Days and moments in a cell, by rules of our own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cxbot.core.calendar.periods import local_date
from cxbot.core.csv_files.cells import SPACES, Reading
from cxbot.errors import N_, UsageError

AHEAD = timedelta(minutes=5)  # clocks differ: a moment this far ahead is still the present
LARGEST_OFFSET = timedelta(hours=14)
FIRST_YEARS = {True: 1970, False: 1900}  # of moments, and of days: a customer may be older than computers
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC) - LARGEST_OFFSET  # 1970 has begun somewhere

MOMENT = re.compile(  # the form that programs write; `fromisoformat` alone takes much more
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{3}(?:[0-9]{3})?)?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
WRITTEN = re.compile(
    r"(?:(?P<year>[0-9]{4})(?P<dash>[-/])(?P<month>[0-9]{1,2})(?P=dash)(?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})(?P<dot>[./-])(?P<second>[0-9]{1,2})(?P=dot)(?P<last>[0-9]{4}))"
    r"(?P<time>(?:[Tt]|,? +(?:klo +)?)(?P<hour>[0-9]{1,2})(?P<colon>[:.])(?P<minute>[0-9]{2})"
    r"(?:(?P=colon)(?P<seconds>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
    r"(?: ?(?P<zone>Z|z|[+\u2212-][0-9]{2}(?::?[0-9]{2})?|(?:UTC|GMT)(?:[+\u2212-][0-9]{1,2}(?::?[0-9]{2})?)?))?"
)

NOT_A_TIME = N_("“%(text)s” is not a time. Write it like 2026-11-21T10:05:00+02:00.")
NOT_A_DAY = N_("“%(text)s” is not a date. Write it like 2026-11-21.")
NO_ZONE = N_(
    "“%(text)s” has no time zone. Write it like %(iso)sZ or %(iso)s+02:00. Or name the zone of all such times: "
    "`--timezone Europe/Helsinki`."
)
NO_TIME_OF_DAY = N_(
    "“%(text)s” has no time of day and no time zone. Write it like %(iso)sZ or %(iso)s+02:00. Or name the zone in "
    "which such days begin: `--timezone Europe/Helsinki`."
)
DAY_WITH_ZONE = N_("“%(text)s” has no time of day. Write it like %(iso)s.")
EITHER_DAY = N_(
    "“%(text)s” may be %(one)s or %(other)s. Write it like that, or say which comes first in the whole file: "
    "`--dates dmy` (the day) or `--dates mdy` (the month)."
)
EITHER_DAY_NO_ZONE = N_(
    "“%(text)s” may be %(one)s or %(other)s. Write it like that, or say which comes first in the whole file, "
    "`--dates dmy` (the day) or `--dates mdy` (the month), and the zone of its times, `--timezone Europe/Helsinki`."
)
NOT_YET = N_("“%(text)s” is %(one)s, or it lies in the future. Write it like %(one)s.")
OTHER_ORDER = N_("“%(text)s” is not a date in the order of `--dates %(order)s`. Write it like %(iso)s.")
SKIPPED = N_(
    "“%(text)s” never was in %(zone)s: the clocks were put forward. Write it with its zone: %(one)s or %(other)s."
)
TWICE = N_(
    "“%(text)s” was twice in %(zone)s: the clocks were put back. Write it with its zone, %(one)s or %(other)s, or say "
    "which one is meant in the whole file: `--fold earlier` or `--fold later`."
)
IN_THE_FUTURE = N_("“%(text)s” lies in the future. Correct it, or import the row later.")
LONG_AGO = N_("“%(text)s” is before %(year)s. Correct it, or leave the cell empty.")


class UnknownOrder(UsageError):
    """A date such as 03/04/2026 was met, and nothing says whether the day or the month comes first."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it was written: the clock, whether it has a time of day, and the offset from UTC if it names one."""

    text: str
    clock: datetime
    has_time: bool
    offset: timedelta | None

    def on(self, other: date) -> _Written:
        """The same time on another day."""
        return replace(self, clock=datetime.combine(other, self.clock.time()))


def moment(text: str, reading: Reading) -> datetime | None:
    """The moment in a cell, in UTC; None for an empty cell.

    A day without a time of day is its start. Raises UsageError for anything else, UnknownOrder for a date whose order
    has to be known.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if MOMENT.fullmatch(text):
            found = datetime.fromisoformat(text).astimezone(UTC)
        else:
            found = _zoned(_written(text, reading, to_moment=True), reading)
    except (ValueError, OverflowError):
        raise UsageError(NOT_A_TIME, text=text) from None
    if found.year < FIRST_YEARS[True] and found < FIRST_MOMENT:
        raise UsageError(LONG_AGO, text=text, year=FIRST_YEARS[True])
    if reading.now is not None and found > reading.now and found > reading.now + AHEAD:
        raise UsageError(IN_THE_FUTURE, text=text)
    return found


def without_time(text: str) -> bool:
    """Whether the text of a moment is a day alone."""
    return len(text.strip()) <= len("2026-11-21")


def day(text: str, reading: Reading) -> str | None:
    """The local day in a cell as ISO text; None for an empty cell.

    A moment with a zone becomes the day on the clock of `reading.zone_of_days`. Raises the errors of `moment`.
    """
    text = text.strip()
    if not text:
        return None
    try:
        written = _written(text, reading, to_moment=False)
        if written.offset is None or not written.has_time:
            found = written.clock.date()
        else:
            found = local_date(_at_offset(written, written.offset), reading.zone_of_days)
    except (ValueError, OverflowError):
        raise UsageError(NOT_A_DAY, text=text) from None
    if reading.now is not None and found > local_date(reading.now, reading.zone_of_days):
        raise UsageError(IN_THE_FUTURE, text=text)
    return found.isoformat()


def order_of(text: str) -> str:
    """The order of day and month that a date of the form 16.11.2026 proves: "dmy", "mdy", or "" if none."""
    match = WRITTEN.fullmatch(text.strip().translate(SPACES))
    if match is None or match["first"] is None:
        return ""
    first, second = int(match["first"]), int(match["second"])
    return "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else ""


def _written(text: str, reading: Reading, *, to_moment: bool) -> _Written:
    """The parts of a date or time. Raises ValueError if it is none, UsageError if its day is not known."""
    match = WRITTEN.fullmatch(text.translate(SPACES))
    if match is None:
        raise ValueError(text)
    if int(match["year"] or match["last"]) < FIRST_YEARS[to_moment]:
        raise UsageError(LONG_AGO, text=text, year=FIRST_YEARS[to_moment])
    offset = _offset(match["zone"])
    if match["year"]:
        return _Written(text, _clock(match, "year", "month", "day"), match["time"] is not None, offset)
    first, second = int(match["first"]), int(match["second"])
    found = {}
    if second <= 12:
        found["dmy"] = _Written(text, _clock(match, "last", "second", "first"), match["time"] is not None, offset)
    if first <= 12:
        found["mdy"] = _Written(text, _clock(match, "last", "first", "second"), match["time"] is not None, offset)
    return _chosen(found, reading, to_moment=to_moment)


def _clock(match: re.Match[str], year: str, month: str, day: str) -> datetime:
    """The clock of a match whose groups have these names. Raises ValueError if there is no such day or time."""
    hour, half = int(match["hour"] or 0), (match["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    return datetime(  # noqa: DTZ001 - a clock, whose zone is sought later
        int(match[year]), int(match[month]), int(match[day]), hour, int(match["minute"] or 0),
        int(match["seconds"] or 0), int(fraction),
    )  # fmt: skip


def _offset(zone: str | None) -> timedelta | None:
    """The offset from UTC; None if no zone is named. Raises ValueError for one that no place has."""
    if zone is None:
        return None
    zone = zone.removeprefix("UTC").removeprefix("GMT")
    if zone in ("", "Z", "z"):
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > LARGEST_OFFSET or minutes > 59:
        raise ValueError(zone)
    return offset if zone[0] == "+" else -offset


def _chosen(found: dict[str, _Written], reading: Reading, *, to_moment: bool) -> _Written:
    """The reading of a date with the day and the month in either order."""
    if not found:
        raise ValueError
    order = reading.day_order
    if order and order not in found:
        (other,) = found.values()
        raise UsageError(OTHER_ORDER, text=other.text, order=order, iso=_proposal(other, reading, to_moment=to_moment))
    if order:
        return found[order]
    one, *others = found.values()
    if not others or others[0].clock == one.clock:
        return one
    past = [each for each in found.values() if not _lies_ahead(each, reading)]
    if len(past) == 1:
        raise UnknownOrder(NOT_YET, text=one.text, one=_proposal(past[0], reading, to_moment=to_moment))
    named = to_moment and one.offset is None and not reading.timezone
    raise UnknownOrder(
        EITHER_DAY_NO_ZONE if named else EITHER_DAY,
        text=one.text,
        one=_proposal(one, reading, to_moment=to_moment),
        other=_proposal(others[0], reading, to_moment=to_moment),
    )


def _lies_ahead(written: _Written, reading: Reading) -> bool:
    """Whether a date lies in the future in every zone."""
    return reading.now is not None and _at_offset(written, LARGEST_OFFSET) > reading.now + AHEAD


def _proposal(written: _Written, reading: Reading, *, to_moment: bool) -> str:
    """How to write a date so that nothing is open. Raises UsageError for one that lies in the future."""
    if _lies_ahead(written, reading):
        raise UsageError(IN_THE_FUTURE, text=written.text)
    if not to_moment:
        return written.clock.date().isoformat()
    if written.offset is not None:
        return f"{_iso(written)}{_sign(written.offset)}"
    return _iso(written) if reading.timezone else f"{_iso(written)}Z"


def _iso(written: _Written) -> str:
    """The clock as ISO text, to the minute if it has no seconds."""
    text = written.clock.isoformat()
    return text[:16] if len(text) == 19 and text.endswith(":00") else text


def _sign(offset: timedelta) -> str:
    """An offset as it is written behind a time, such as +02:00."""
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[19:]


def _at_offset(written: _Written, offset: timedelta) -> datetime:
    return written.clock.replace(tzinfo=timezone(offset)).astimezone(UTC)


def _zoned(written: _Written, reading: Reading) -> datetime:
    """The moment of a date, in UTC. Raises UsageError if its zone is not known."""
    if written.offset is not None:
        if not written.has_time:
            raise UsageError(DAY_WITH_ZONE, text=written.text, iso=_proposal(written, reading, to_moment=True))
        return _at_offset(written, written.offset)
    if not reading.timezone:
        if _lies_ahead(written, reading):
            raise UsageError(IN_THE_FUTURE, text=written.text)
        raise UsageError(NO_ZONE if written.has_time else NO_TIME_OF_DAY, text=written.text, iso=_iso(written))
    local = written.clock.replace(tzinfo=ZoneInfo(reading.timezone))
    earlier, later = local.utcoffset(), local.replace(fold=1).utcoffset()
    assert earlier is not None
    assert later is not None
    if earlier == later or not written.has_time:
        return local.astimezone(UTC)
    one, other = (f"{_iso(written)}{_sign(offset)}" for offset in (earlier, later))
    if earlier < later:
        raise UsageError(SKIPPED, text=written.text, zone=reading.timezone, one=one, other=other)
    if not reading.fold:
        raise UsageError(TWICE, text=written.text, zone=reading.timezone, one=one, other=other)
    return local.replace(fold=int(reading.fold == "later")).astimezone(UTC)
