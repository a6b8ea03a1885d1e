"""Moments and days as the store keeps them."""

from __future__ import annotations

import functools
from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A moment as ISO-8601 text in UTC, such as `20261116T101500` or `20261116T101500.25`.

    It is short, because answers and their indexes hold many. Zeros at the end of a fraction are left out, and there is
    no `Z`, so that text order is time order.
    """
    return _text(moment.astimezone(UTC))


@functools.lru_cache(maxsize=256)  # the same moment is written to many columns
def _text(moment: datetime) -> str:
    whole = moment.strftime("%Y%m%dT%H%M%S")
    return f"{whole:0>15}{f'.{moment.microsecond:06}'.rstrip('0').rstrip('.')}"


def moment(text: str | None) -> datetime | None:
    """The aware UTC datetime of a text that `stamp` wrote; None for None."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(stamped: str) -> str:
    """The UTC day of a text that `stamp` wrote, as the daily counts keep it."""
    return stamped[:8]


def spelled_out(stamped: str | None) -> str | None:
    """A text that `stamp` wrote as people and other programs read it, such as
    `2026-11-16T10:15:00.000000Z`."""
    if stamped is None:
        return None
    whole, _, fraction = stamped.partition(".")
    date, time = whole.split("T")
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}.{fraction:0<6}Z"
