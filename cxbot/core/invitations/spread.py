"""When each person of a campaign is asked: evenly over the working days, in an order that nobody can steer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from cxbot.core import names
from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import Hours, next_open, openings, worked_until
from cxbot.core.queries.vocabulary import Vocabulary
from cxbot.errors import N_, UsageError

T = TypeVar("T")
Window = tuple[datetime, datetime]
"""Opening and closing of a working day."""

MOST_DAYS = 90
NO_DAYS = N_("`%(text)s` is not a number of working days. Write one from `1d` to `%(most)s`, or weeks such as `2w`.")
SPAN = re.compile(r"([0-9]{1,3}) ?([^\W\d]*)")


def days_of(text: str, hours: Hours, vocabulary: Vocabulary) -> int:
    """The number of working days in a text such as `10d`, `10` or `2w`, from 1 to 90; a week has as many as the hours
    open in one. Raises UsageError for any other text."""
    match = SPAN.fullmatch(text.strip().casefold())
    unit = "" if match is None else match[2]
    meant = "d" if not unit else "week" if unit == "w" else vocabulary.meaning(unit)
    each = {"d": 1, "week": len(hours.weekdays)}.get(meant or "", 0)
    days = int(match[1]) * each if match else 0
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(NO_DAYS, text=text.strip()[:60], most=f"{MOST_DAYS}d")
    return days


def in_order(people: Iterable[T], address: Callable[[T], str], campaign: str, key: bytes) -> list[T]:
    """People in random order: the same one at every time, by a secret `key` of this installation."""
    return sorted(people, key=lambda person: drawn(campaign, address(person), key))


def drawn(campaign: str, address: str, key: bytes) -> str:
    """What is drawn for a person of a campaign: 96 random bits, the same at every time."""
    digest = hmac.new(key, f"campaign\n{names.key(campaign)}\n{address}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()


def windows(days: int, now: datetime, hours: Hours, tz: str) -> list[Window]:
    """The next working days in a time zone. Today is one of them if half of its hours or more are left, from now on."""
    first, *others = islice(openings(now, hours, tz), days + 1)
    opens, closes = first
    if now - opens > closes - now:
        return others
    return [(max(opens, now), closes), *others[:-1]]


def planned(place: int, people: int, days: Sequence[Window]) -> datetime:
    """The minute in which the person at a place of the order, from 0 on, is asked: every day has as many people, or
    one more, and they are spread evenly over its hours."""
    day, rest = divmod(place * len(days), people)
    opens, closes = days[day]
    at = opens + (closes - opens) * rest / people
    return max(opens, at.replace(second=0, microsecond=0))


def on_the_clock_of(due: datetime, tz: str, other: str) -> datetime:
    """The moment at which another time zone's clock shows what this one's shows at `due`."""
    return due.astimezone(periods.zone(tz)).replace(tzinfo=periods.zone(other)).astimezone(UTC)


def tried_again(due: datetime, free: datetime, hours: Hours, tz: str) -> datetime:
    """When somebody is tried again who was due at a moment and may be asked from `free` on: at the same time of day,
    on the first working day on which that is possible."""
    local = due.astimezone(periods.zone(tz)).time()
    for opens, closes in openings(free, hours, tz):
        day = opens.astimezone(periods.zone(tz)).date()
        at = datetime.combine(day, local, periods.zone(tz)).astimezone(UTC)
        if max(opens, free) <= at < closes:
            return at
        if not opens <= at < closes:  # it was due outside the hours, which have changed since
            return next_open(free, hours, tz)
    raise AssertionError("the hours open again and again")


def after_pause(due: datetime, pause: timedelta, hours: Hours, tz: str) -> datetime:
    """When somebody is asked after a pause who was due at a moment: later by the working time that it took."""
    return worked_until(due, pause, hours, tz) if pause else due
