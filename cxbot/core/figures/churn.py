"""Customers lost and kept in a period."""

import bisect
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.percentage import percent

_MONTHS = 12
_WEEK = 7  # days


@dataclass(frozen=True, slots=True)
class Customers:
    """The numbers of customers of a period.

    `lost` are customers active at the start who left in the period. `joined` are new customers who are still there at
    the end. `weeks` adds up the weeks for which the customers active at the start were there in the period.
    """

    active_at_start: int = 0
    lost: int = 0
    joined: int = 0
    weeks: float = 0.0


Stays = Iterable[tuple[date, date | None, int]]
"""The number of customers for each pair of first day and day of loss (None if not lost)."""


def within(customers: Stays, first: date, until: date) -> Customers:
    """The customers of a period from its `first` day to the one before `until`."""
    active = lost = joined = days = 0
    for started, left, n in customers:
        if started >= first:
            joined += n if started < until and (left is None or left >= until) else 0
        elif left is None or left >= first:
            active += n
            lost += n if left is not None and left < until else 0
            days += n * (min(left or until, until) - first).days
    return Customers(active, lost, joined, days / _WEEK)


def by_week(customers: Stays, mondays: Sequence[date]) -> list[Customers]:
    """The customers of consecutive weeks, with `joined` left at 0. `mondays` are the first days of the weeks, in
    order."""
    active, lost, days = [0] * (len(mondays) + 1), [0] * len(mondays), [0] * len(mondays)
    for started, left, n in customers:
        first = bisect.bisect_right(mondays, started)
        end = len(mondays) if left is None else bisect.bisect_right(mondays, left)
        if first >= end:
            continue
        active[first] += n
        active[end] -= n
        if left is not None and (gone := (left - mondays[end - 1]).days) < _WEEK:
            lost[end - 1] += n
            days[end - 1] += n * (_WEEK - gone)
    return [
        Customers(there, gone, weeks=there - missing / _WEEK)
        for there, gone, missing in zip(itertools.accumulate(active[:-1]), lost, days, strict=True)
    ]


def churn(active_at_start: int, lost: int, confidence: float = 0.95) -> Estimate | None:
    """The churn rate: 100·lost/active at the start, 0…100 percent, with Wilson's interval; None if nobody was active.

    `lost` are customers active at the start who left in the period. Customers who joined and left within the period
    are in neither number. Raises ValueError if `lost` is larger than `active_at_start`.
    """
    return percent(lost, active_at_start, confidence)


def retention(active_at_start: int, active_at_end: int, joined: int, confidence: float = 0.95) -> Estimate | None:
    """The retention rate: 100·(E − N)/S, 0…100 percent, with Wilson's interval.

    None if nobody was active at the start. S is `active_at_start`, E is `active_at_end` and N is `joined`: new
    customers who are still there at the end. So retention and `churn` add up to 100. Raises ValueError if E − N is not
    between 0 and S.
    """
    return percent(active_at_end - joined, active_at_start, confidence)


def annualised(monthly: float) -> float:
    """The percentage of customers lost in a year of such months: 100·(1 − (1 − c)¹²), 0…100 percent.

    c is `monthly`, a percentage, as a fraction. The result is an illustration, not a forecast. Raises ValueError if
    `monthly` is outside 0…100.
    """
    if not 0 <= monthly <= 100:
        raise ValueError(f"{monthly} is not a percentage")
    return 100 * (1 - (1 - monthly / 100) ** _MONTHS)
