"""Periods of a team's calendar: days, ISO weeks, months, quarters, years and ranges of days.

A period has a key (2026-11-21, 2026-W46, 2026-11, 2026-Q4, 2026 or 2026-11-01..2026-11-15). The key and the time zone
together define the period.
"""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cxbot.errors import N_, UsageError

_DAY = timedelta(days=1)
_LONGEST = 365
YEARS = range(1970, 3000)


class Kind(StrEnum):
    """The kind of a period. It decides which period comes before it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval [start, end) in UTC, from one local midnight in `timezone` to another."""

    key: str
    start: datetime
    end: datetime
    timezone: str
    kind: Kind

    def complete(self, now: datetime) -> bool:
        """Whether the period is over at `now`."""
        return self.end <= now

    def previous(self) -> "Period":
        """The period of the same kind just before this one; for a range, the same number of days before it."""
        _, first, until = _dates(self.key)
        if self.kind is Kind.RANGE:
            return days(first - (until - first), first - _DAY, self.timezone)
        return containing(self.kind, first - _DAY, self.timezone)

    @property
    def days(self) -> int:
        """The number of calendar days. A day may have 23 or 25 hours, or a time zone may have skipped it."""
        _, first, until = _dates(self.key)
        return (until - first).days


_RELATIVE = {
    "today": (Kind.DAY, 0),
    "yesterday": (Kind.DAY, 1),
    "week": (Kind.WEEK, 0),
    "last week": (Kind.WEEK, 1),
    "month": (Kind.MONTH, 0),
    "last month": (Kind.MONTH, 1),
    "quarter": (Kind.QUARTER, 0),
    "last quarter": (Kind.QUARTER, 1),
    "year": (Kind.YEAR, 0),
    "last year": (Kind.YEAR, 1),
}
PERIOD_WORDS = tuple(_RELATIVE)
"""Words for periods relative to now. Except for "yesterday" and "last …", they mean the current, unfinished period."""
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
"""Words for the latest month of a name that has begun."""

_LAST_DAYS = re.compile(r"([0-9]{1,9})d", re.IGNORECASE)
_NUMBERED = re.compile(r"([WQ])([0-9]{1,2})", re.IGNORECASE)
_YEARLESS = re.compile(r"--([0-9]{2}-[0-9]{2})(?:\.\.--([0-9]{2}-[0-9]{2}))?")
_YEAR = re.compile(r"(?:^|\.\.)([0-9]{4})")
_KEYS = {
    Kind.DAY: re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})"),
    Kind.WEEK: re.compile(r"([0-9]{4})-W([0-9]{2})", re.IGNORECASE),
    Kind.MONTH: re.compile(r"([0-9]{4})-([0-9]{2})"),
    Kind.QUARTER: re.compile(r"([0-9]{4})-Q([0-9])", re.IGNORECASE),
    Kind.YEAR: re.compile(r"([0-9]{4})"),
    Kind.RANGE: re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})"),
}


def is_period(word: str) -> bool:
    """Whether a word has the form of a period. The period may still not exist, as with 2026-13."""
    return bool(
        word.casefold() in _RELATIVE
        or _LAST_DAYS.fullmatch(word)
        or _NUMBERED.fullmatch(word)
        or _YEARLESS.fullmatch(word)
        or word.casefold() in MONTHS
        or any(key.fullmatch(word) for key in _KEYS.values())
    )


def parse_period(word: str, now: datetime, tz: str) -> Period:
    """The period that a word means at `now` in a time zone.

    A word is one of `PERIOD_WORDS`, or 1d to 365d (the last N complete local days), or W46, Q4, one of `MONTHS`,
    --11-15 or --11-01..--11-15 (the latest of these that has begun), or a key with a year from 1970 to 2999. Case and
    extra spaces don't matter. Raises UsageError for anything else; the error suggests another word.
    """
    word = " ".join(word.split())
    if relative := _RELATIVE.get(word.casefold()):
        kind, back = relative
        current = containing(kind, now, tz)
        return current.previous() if back else current
    if last_days := _LAST_DAYS.fullmatch(word):
        count = int(last_days[1])
        if not 1 <= count <= _LONGEST:
            raise UsageError(N_("`%(word)s` is not a period: give 1d to 365d. Try `30d`."), word=word)
        today = local_date(now, tz)
        return days(today - count * _DAY, today - _DAY, tz)
    if numbered := _NUMBERED.fullmatch(word):
        letter, number = numbered[1].upper(), int(numbered[2])
        return _latest(f"{{}}-W{number:02}" if letter == "W" else f"{{}}-Q{number}", f"{letter}{number}", now, tz)
    if word.casefold() in MONTHS:
        return _latest(f"{{}}-{MONTHS.index(word.casefold()) + 1:02}", word, now, tz)
    if yearless := _YEARLESS.fullmatch(word):
        given = [day for day in yearless.groups() if day]
        typed = "..".join(f"{int(day[3:])}.{int(day[:2])}." for day in given)  # people give the month last
        return _latest("..".join(f"{{0}}-{day}" for day in given), typed, now, tz)
    if is_period(word) and any(int(year) not in YEARS for year in _YEAR.findall(word)):
        raise UsageError(N_("`%(word)s` is out of reach. Give a year from 1970 to 2999."), word=word)
    return from_key(word, tz)


def _latest(key: str, word: str, now: datetime, tz: str) -> Period:
    """The latest period with such a key that has begun; `{}` in it is the year. Raises UsageError, which names `word`,
    if no year has one."""
    newest = local_date(now, tz).year + 1  # the first week of a year may begin in the one before
    for year in range(newest, newest - 9, -1):  # a week 53 comes every five or six years, a leap day after up to eight
        try:
            found = from_key(key.format(year), tz)
        except UsageError:
            continue
        if found.start <= now:
            return found
    raise UsageError(
        N_("`%(word)s` is not in the calendar. Try `2026-11-21`, `2026-W46`, `2026-11` or `2026-Q4`."),
        word=word,
    )


@functools.lru_cache(maxsize=1024)
def from_key(key: str, tz: str) -> Period:
    """The period with this key; W and Q may be lower case. Raises UsageError for a bad key."""
    kind, first, until = _dates(key)
    return Period(key.upper(), local_midnight(first, tz), local_midnight(until, tz), tz, kind)


def containing(kind: Kind, moment: date, tz: str) -> Period:
    """The day, ISO week, month, quarter or year that contains a local date or an aware datetime.

    Raises ValueError for a datetime without a time zone.
    """
    return from_key(_key(kind, local_date(moment, tz) if isinstance(moment, datetime) else moment), tz)


def day_of(moment: date, tz: str) -> Period:
    """The day that contains a local date or an aware datetime."""
    return containing(Kind.DAY, moment, tz)


def week_of(moment: date, tz: str) -> Period:
    """The ISO week, Monday to Monday, that contains a local date or an aware datetime."""
    return containing(Kind.WEEK, moment, tz)


def week(key: str, tz: str) -> Period:
    """The ISO week with a key such as 2026-W46; raises UsageError for anything else."""
    if not _KEYS[Kind.WEEK].fullmatch(key):
        raise UsageError(N_("`%(word)s` is not a week. Try `2026-W46`."), word=key)
    return from_key(key, tz)


def month(key: str, tz: str) -> Period:
    """The month with a key such as 2026-11; raises UsageError for anything else."""
    if not _KEYS[Kind.MONTH].fullmatch(key):
        raise UsageError(N_("`%(word)s` is not a month. Try `2026-11`."), word=key)
    return from_key(key, tz)


def days(first: date, last: date, tz: str) -> Period:
    """The range of local days from `first` to `last`, both included; raises UsageError if `last` is before `first`."""
    return from_key(f"{first.isoformat()}..{last.isoformat()}", tz)


def last_weeks(n: int, now: datetime, tz: str) -> list[Period]:
    """The last n complete ISO weeks, oldest first; an empty list for n ≤ 0."""
    weeks: list[Period] = []
    current = week_of(now, tz)
    for _ in range(n):
        current = current.previous()
        weeks.append(current)
    return weeks[::-1]


def monday(period: Period) -> date:
    """The first local date of a period; for a week, its Monday."""
    return _dates(period.key)[1]


def local_date(moment: datetime, tz: str) -> date:
    """The local date of an aware moment: the day whose period contains it.

    This is the date on the local clock, with one exception: if the clock is put back across midnight, the repeated
    part of the evening belongs to the new day, which has already begun. Raises ValueError for a moment without a time
    zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    day = moment.astimezone(zone(tz)).date()
    while local_midnight(day + _DAY, tz) <= moment:
        day += _DAY
    return day


@functools.lru_cache(maxsize=4096)
def local_midnight(day: date, tz: str) -> datetime:
    """The first moment of a local date, in UTC.

    If midnight comes twice, this is the first one. If the clock jumps over midnight, or over the whole date, this is
    the moment of the jump.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone(tz))
    early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    before, after = late, early
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(local.tzinfo).date() < day:
            before = middle
        else:
            after = middle
    return after


def zone(tz: str) -> ZoneInfo:
    """The time zone with this IANA name. Raises UsageError for an unknown name."""
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            N_("`%(zone)s` is not a time zone. Write a name such as `Europe/Helsinki` or `UTC`."), zone=tz
        ) from None


def _key(kind: Kind, day: date) -> str:
    if kind is Kind.WEEK:
        iso = day.isocalendar()
        return f"{iso.year:04}-W{iso.week:02}"
    return {
        Kind.DAY: day.isoformat(),
        Kind.MONTH: f"{day.year:04}-{day.month:02}",
        Kind.QUARTER: f"{day.year:04}-Q{(day.month + 2) // 3}",
        Kind.YEAR: f"{day.year:04}",
    }[kind]


def _dates(key: str) -> tuple[Kind, date, date]:
    """The kind of a period, its first date, and the first date after it; raises UsageError for a bad key."""
    matched = next(((kind, match) for kind, form in _KEYS.items() if (match := form.fullmatch(key))), None)
    if matched is None:
        raise UsageError(
            N_("`%(word)s` is not a period. Try `last week`, `30d`, `2026-W46` or `2026-11-01..2026-11-15`."),
            word=key,
        )
    kind, match = matched
    try:
        first, until = _limits(kind, *match.groups())
    except (ValueError, OverflowError):
        raise UsageError(
            N_("`%(word)s` is not in the calendar. Try `2026-11-21`, `2026-W46`, `2026-11` or `2026-Q4`."),
            word=key,
        ) from None
    if until <= first:
        raise UsageError(
            N_("`%(word)s` ends before it begins. Try `%(swapped)s`."),
            word=key,
            swapped="..".join(reversed(match.groups())),
        )
    return kind, first, until


def _limits(kind: Kind, text: str, rest: str = "") -> tuple[date, date]:
    if kind is Kind.DAY:
        first = date.fromisoformat(text)
        return first, first + _DAY
    if kind is Kind.RANGE:
        return date.fromisoformat(text), date.fromisoformat(rest) + _DAY
    year, part = int(text), int(rest or 1)
    if kind is Kind.WEEK:
        first = date.fromisocalendar(year, part, 1)
        return first, first + 7 * _DAY
    months = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}[kind]
    first = date(year, (part - 1) * months + 1, 1)
    following = first.month - 1 + months
    return first, date(year + following // 12, following % 12 + 1, 1)
