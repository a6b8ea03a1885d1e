"""Times as the store keeps them."""

from __future__ import annotations

import functools
from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """A moment as ISO-8601 UTC text of fixed width, so that text order is time order."""
    return _text(moment.astimezone(UTC))


@functools.lru_cache(maxsize=256)  # the same moment is written to many columns
def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def moment(text: str | None) -> datetime | None:
    """The aware UTC datetime of a text that `stamp` wrote; None for None."""
    return None if text is None else datetime.fromisoformat(text)
