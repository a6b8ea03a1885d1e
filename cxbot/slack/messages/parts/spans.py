"""Periods as people read them."""

from __future__ import annotations

from cxbot.core.calendar.periods import Period, local_date
from cxbot.language import Language


def period_name(period: Period, language: Language) -> str:
    """A period with its first and last day, and its key in front if it is a week, month, quarter or year."""
    days = _days(period, language)
    return f"{period.key} ({days})" if _in_calendar(period) else days


def period_word(period: Period, language: Language) -> str:
    """A period in short: the key of a week, month, quarter or year, and the days of another period."""
    return period.key if _in_calendar(period) else _days(period, language)


def _in_calendar(period: Period) -> bool:
    first, last = local_date(period.start, period.timezone), local_date(period.end, period.timezone)
    return ".." not in period.key and (last - first).days > 1


def _days(period: Period, language: Language) -> str:
    first, after = local_date(period.start, period.timezone), local_date(period.end, period.timezone)
    last = first.fromordinal(after.toordinal() - 1)
    if first == last:
        return language.day(first)
    begins = language.short_day(first) if first.year == last.year else language.day(first)
    return f"{begins}–{language.day(last)}"
