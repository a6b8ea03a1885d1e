"""Moments as programs write them: ISO-8601 with a zone, or Unix time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ISO = re.compile(  # `fromisoformat` alone takes much more
    r"(?P<minute>[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9])(?:\.(?P<part>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"
)
FIRST_MILLISECONDS = 10**11  # a larger number is in milliseconds: as seconds, it would be after the year 5138
MOST = 10**14


def of_iso(text: str) -> datetime:
    """The moment in UTC. Raises ValueError for a text without a zone, of another form, or before 1970."""
    match = ISO.fullmatch(text)
    if match is None:
        raise ValueError(text)
    second, part = match["second"] or "00", (match["part"] or "").ljust(6, "0")[:6]  # of nanoseconds, too
    try:
        found = datetime.fromisoformat(f"{match['minute']}:{second}.{part}{match['zone']}").astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None
    if found < EPOCH:
        raise ValueError(text)
    return found


def of_unix(number: float) -> datetime:
    """The moment of a number of seconds or milliseconds, which its size tells. Raises ValueError if it can't be one."""
    if not 0 <= number < MOST:
        raise ValueError(number)
    return EPOCH + timedelta(seconds=number if number < FIRST_MILLISECONDS else number / 1000)


def milliseconds(moment: datetime) -> int:
    """The Unix time of a moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)
