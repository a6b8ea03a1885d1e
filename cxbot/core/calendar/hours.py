"""A team's digest slot and working hours: when its digest is due, when surveys may be sent, and how long is silence."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period
from cxbot.errors import N_, Typed, UsageError

HOUR_WORDS = "word typed in working hours"

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Mapping[str, int] = {
    word: number for number, name in enumerate(_NAMES) for word in (name, name[:3], name[:2])
}
"""English words for the days of the week, Monday 0 to Sunday 6; other languages add their own."""

_DAYS_TO_LOOK_AHEAD = 800  # past all days that a team can name as closed
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?")
_SILENCE = re.compile(r"([0-9]{1,2}) ?h")
_QUIET = re.compile(r"([0-9]{1,4}) ?([mh])")
_DASH = re.compile(r"\s*[-–—‐‑]\s*")


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly moment on the local clock: weekday 0 (Monday) to 6, hour 0–23, minute 0–59."""

    weekday: int
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class MonthlySlot:
    """A moment on the first working day of every month, on the local clock: hour 0–23, minute 0–59."""

    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The half-open interval [opens, closes) of the local clock, in minutes after midnight, on some weekdays (0–6), but
    not on days that are `closed`."""

    weekdays: frozenset[int]
    opens: int
    closes: int
    closed: Container[date] = field(default=(), compare=False)


MONTHLY = "monthly"
OFF = "off"
MOST_SILENCE = 80  # hours
MOST_QUIET = 48 * 60  # minutes
DEFAULT_DIGEST = "mon 09:00"
ALWAYS = Hours(frozenset(range(7)), 0, 24 * 60)


def parse_slot(text: str, weekdays: Mapping[str, int] = WEEKDAYS) -> Slot | MonthlySlot | None:
    """The slot for a text such as `mon 09:00` or `monthly 09:00`; None for `off`.

    `monthly` without a time means the default time of weekly digests, 09:00. Raises UsageError for any other text; the
    error says what to write.
    """
    words = text.casefold().split()
    if words == [OFF]:
        return None
    if words == [MONTHLY]:
        words += DEFAULT_DIGEST.split()[1:]
    minutes = _minutes(words[1]) if len(words) == 2 else None
    if minutes is None or minutes >= 24 * 60:
        raise UsageError(
            N_("`%(text)s` is not a weekday and a time. Write `mon 09:00`, `monthly`, `monthly 09:00` or `off`."),
            text=Typed(text, HOUR_WORDS),
        )
    if words[0] == MONTHLY:
        return MonthlySlot(*divmod(minutes, 60))
    return Slot(_weekday(words[0], weekdays), *divmod(minutes, 60))


def slot_time(slot: Slot, iso_week_monday: date, tz: str) -> datetime:
    """The moment of the slot, in UTC, in the week that starts on `iso_week_monday`.

    Every week has exactly one such moment. If the clock skips the time, the moment is later by the length of the
    jump. If the time comes twice, the first one is taken.
    """
    return _utc(iso_week_monday + timedelta(days=slot.weekday), slot.hour * 60 + slot.minute, tz)


def latest_slot(slot: Slot, now: datetime, tz: str) -> tuple[Period, datetime]:
    """The week that the most recent slot up to `now` reports on, and the moment of that slot in UTC.

    The week is the last ISO week that was over at the moment of the slot, whatever the weekday of the slot.
    """
    start = periods.monday(periods.week_of(now, tz)) + timedelta(days=7)
    while (when := slot_time(slot, start, tz)) > now:
        start -= timedelta(days=7)
    week = periods.week_of(start, tz)
    while not week.complete(when):
        week = week.previous()
    return week, when


def latest_month(slot: MonthlySlot, weekdays: frozenset[int], now: datetime, tz: str) -> tuple[Period, datetime]:
    """The month that the most recent slot up to `now` reports on, and the moment of that slot in UTC.

    The slot falls on the first date of a month whose weekday is in `weekdays`. It reports on the month before. Times
    that the clock skips or repeats are handled as in `slot_time`.
    """
    month = periods.containing(Kind.MONTH, now, tz)
    while (when := _first_slot(slot, weekdays, month)) > now:
        month = month.previous()
    return month.previous(), when


def _first_slot(slot: MonthlySlot, weekdays: frozenset[int], month: Period) -> datetime:
    day = periods.monday(month)
    while day.weekday() not in weekdays:
        day += timedelta(days=1)
    return _utc(day, slot.hour * 60 + slot.minute, month.timezone)


def parse_hours(text: str, weekdays: Mapping[str, int] = WEEKDAYS) -> Hours:
    """The hours for a text such as `mon-fri 8-18`, `mon-thu,sat 9:30-17` or `always`.

    A range of weekdays may pass the end of the week (`sat-mon`); hours may not pass midnight. Raises UsageError for
    any other text; the error says what to write.
    """
    words = _DASH.sub("-", text.casefold()).split()
    if words == ["always"]:
        return ALWAYS
    days, clock = words if len(words) == 2 else ("", "")
    limits = [_minutes(part) for part in clock.split("-")]
    opens, closes = limits if len(limits) == 2 else (None, None)
    if opens is None or closes is None or opens >= closes:
        raise UsageError(
            N_("`%(text)s` is not weekdays and hours. Write `mon-fri 8-18`, `mon-sat 9:30-17` or `always`."),
            text=Typed(text, HOUR_WORDS),
        )
    return Hours(frozenset(_weekdays(days, weekdays)), opens, closes)


def next_open(moment: datetime, hours: Hours, tz: str) -> datetime:
    """The moment itself if it is within the hours, else the next opening in UTC.

    Raises ValueError if the hours never open.
    """
    yesterday = moment.astimezone(periods.zone(tz)).date() - timedelta(days=1)
    for day in (yesterday + timedelta(days=ahead) for ahead in range(_DAYS_TO_LOOK_AHEAD)):
        opens, closes = _open_on(day, hours, tz)
        if opens < closes and moment < closes:
            return max(moment, opens)
    raise ValueError(f"{hours} never open")


def openings(moment: datetime, hours: Hours, tz: str) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing of every day on which the hours are open, in UTC, from the first closing after a moment on.

    It does not end. The hours have to open on some day.
    """
    day = moment.astimezone(periods.zone(tz)).date() - timedelta(days=1)
    while True:
        opens, closes = _open_on(day, hours, tz)
        if opens < closes and moment < closes:
            yield opens, closes
        day += timedelta(days=1)


def worked_between(start: datetime, end: datetime, hours: Hours, tz: str) -> timedelta:
    """The working time from `start` to `end`; none if `end` is not later."""
    worked = timedelta(0)
    for opens, closes in openings(start, hours, tz):
        if opens >= end:
            break
        worked += max(min(closes, end) - max(opens, start), timedelta(0))
    return worked


def parse_silence(text: str) -> timedelta | None:
    """The working time for a text such as `4h`, from one hour to 80; None for `off`.

    Raises UsageError for any other text; the error says what to write.
    """
    said = " ".join(text.casefold().split())
    if said == OFF:
        return None
    match = _SILENCE.fullmatch(said)
    if not match or not 1 <= int(match[1]) <= MOST_SILENCE:
        raise UsageError(
            N_("`%(text)s` is not a number of working hours. Write one from `1h` to `%(most)s`, or `off`."),
            text=Typed(text, HOUR_WORDS), most=f"{MOST_SILENCE}h",
        )  # fmt: skip
    return timedelta(hours=int(match[1]))


def parse_quiet(text: str) -> timedelta | None:
    """The time for a text such as `30m` or `2h`, up to 48 hours; None for `off`.

    Raises UsageError for any other text; the error says what to write.
    """
    said = " ".join(text.casefold().split())
    if said == OFF:
        return None
    match = _QUIET.fullmatch(said)
    minutes = int(match[1]) * (60 if match[2] == "h" else 1) if match else 0
    if not 0 < minutes <= MOST_QUIET:
        raise UsageError(
            N_("`%(text)s` is not a time of quiet. Write one from `1m` to `48h`, such as `30m`, or `off`."),
            text=Typed(text, HOUR_WORDS),
        )
    return timedelta(minutes=minutes)


def worked_since(end: datetime, amount: timedelta, hours: Hours, tz: str) -> datetime:
    """The latest moment, in UTC, from which on an amount of working time has passed until `end`.

    Only time within the hours counts; they open on some days. The amount is more than nothing.
    """
    day = end.astimezone(periods.zone(tz)).date() + timedelta(days=1)
    while True:
        opens, closes = _open_on(day, hours, tz)
        worked = min(closes, end) - opens
        if worked >= amount:
            return (opens + worked - amount).astimezone(UTC)
        amount -= max(worked, timedelta(0))
        day -= timedelta(days=1)


def worked_until(start: datetime, amount: timedelta, hours: Hours, tz: str) -> datetime:
    """The first moment, in UTC, at which an amount of working time has passed since `start`; as in `worked_since`."""
    day = start.astimezone(periods.zone(tz)).date() - timedelta(days=1)
    while True:
        opens, closes = _open_on(day, hours, tz)
        begins = max(opens, start)
        if closes - begins >= amount:
            return (begins + amount).astimezone(UTC)
        amount -= max(closes - begins, timedelta(0))
        day += timedelta(days=1)


def _open_on(day: date, hours: Hours, tz: str) -> tuple[datetime, datetime]:
    """Opening and closing on a day, in UTC. If it is closed all day, closing is not after opening."""
    midnight = periods.local_midnight(day, tz)
    if day.weekday() not in hours.weekdays or day in hours.closed:
        return midnight, midnight
    opens = max(_utc(day, hours.opens, tz), midnight)
    return opens, min(_utc(day, hours.closes, tz), periods.local_midnight(day + timedelta(days=1), tz))


def _utc(day: date, minutes: int, tz: str) -> datetime:
    if minutes == 24 * 60:
        return periods.local_midnight(day + timedelta(days=1), tz)
    local = datetime.combine(day, time(*divmod(minutes, 60)), tzinfo=periods.zone(tz))
    return local.astimezone(UTC)


def _weekdays(text: str, words: Mapping[str, int]) -> list[int]:
    days = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start = _weekday(first, words)
        length = (_weekday(last, words) - start) % 7 if last else 0
        days += [(start + step) % 7 for step in range(length + 1)]
    return days


def _weekday(word: str, words: Mapping[str, int]) -> int:
    number = words.get(word.rstrip("."))
    if number is None:
        raise UsageError(N_("`%(word)s` is not a weekday. Write one such as `mon`."), word=word)
    return number


def _minutes(text: str) -> int | None:
    """The minutes after midnight for `9`, `09:30` or `9.30`, up to 24:00; None if the text is not a time."""
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= 24 * 60 else None
