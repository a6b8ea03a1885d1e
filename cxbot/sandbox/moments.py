"""Times as a person types them into the page: `2026-11-23T09:05`, `monday 09:05`, `tomorrow 8:00`, `17:30`."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from .errors import N_, NotPossible

NO_TIME = N_("`{text}` is not a time. Try `monday 09:05` or `2026-11-23T09:05`.")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The next moment after `now` that the text describes. Times are in `zone` unless the text names another zone."""
    words = text.strip().lower().split()
    try:
        if len(words) == 1 and len(words[0]) > 5:
            moment = datetime.fromisoformat(text.strip())
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        clock = datetime.strptime(words[-1], "%H:%M").time()  # noqa: DTZ007 - a time of day, combined below
    except (ValueError, IndexError):
        raise NotPossible(NO_TIME, text=text) from None
    today = now.astimezone(zone).date()
    candidates = (datetime.combine(today + timedelta(days=n), clock, zone) for n in range(15))
    for moment in candidates:
        if moment > now and _is_day(words[:-1], moment, today.toordinal()):
            return moment
    raise NotPossible(NO_TIME, text=text)


def _is_day(words: list[str], moment: datetime, today: int) -> bool:
    if not words:
        return True
    if words == ["tomorrow"]:
        return moment.date().toordinal() == today + 1
    return len(words) == 1 and len(words[0]) >= 3 and _DAYS[moment.weekday()].startswith(words[0])
