"""Differences between two groups of answers, and which of many differences stand out."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from cxbot.core.metrics import estimates
from cxbot.core.metrics.metric import Counts, Kind, Metric, Statistic
from cxbot.core.metrics.percentage import percent
from cxbot.core.statistics import intervals
from cxbot.core.statistics.intervals import ZAt

_COUNT_BELOW = 5
_COMPARISON_FROM = 10


@dataclass(frozen=True, slots=True)
class Sides:
    """A part of some answers, and the rest of them, each as counts by score with its design effect (at least 1)."""

    part: Counts
    rest: Counts
    deff: float = 1.0
    rest_deff: float = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """A difference, such as current minus previous, in display units, with its interval and p-value (0–1)."""

    value: float
    low: float
    high: float
    p: float


def difference(
    metric: Metric,
    current: Counts,
    previous: Counts,
    deff_current: float = 1.0,
    deff_previous: float = 1.0,
    confidence: float = 0.95,
    statistic: Statistic | None = None,
) -> Change | None:
    """Current minus previous, in points, percentage points or scale units; None if either is empty.

    It is the difference of the headlines, or of another `statistic` of the metric. The interval comes from MOVER on
    the intervals of the two figures; for shares this is Newcombe's hybrid score interval (1998). The p-value comes
    from inverting MOVER. The interval excludes 0 exactly when p < 1 − confidence. The groups must not overlap: compare
    a segment with the rest, not with a total that contains the segment.
    """
    statistic = statistic or metric.headline
    now = estimates.estimate_of(metric, statistic, current, deff_current, confidence)
    then = estimates.estimate_of(metric, statistic, previous, deff_previous, confidence)
    exact_now, exact_then = statistic.exact(current), statistic.exact(previous)
    if now is None or then is None or exact_now is None or exact_then is None:
        return None
    limits = intervals.mover(now, then)
    p = intervals.mover_p_value(
        _z_at(metric, statistic, estimates.effective(metric, current, deff_current)),
        float(exact_now / statistic.factor),
        _z_at(metric, statistic, estimates.effective(metric, previous, deff_previous)),
        float(exact_then / statistic.factor),
        *((metric.low, metric.high) if statistic.kind is Kind.MEAN else (-1, 1)),
    )
    value = float(exact_now - exact_then)
    return Change(value, min(limits.low, value), max(limits.high, value), p)


def versus_rest(metric: Metric, sides: Sides, confidence: float = 0.95) -> Change | None:
    """The headline of a part minus that of the rest; None if either is empty.

    Every table that compares parts (`by:`, drivers, the journey) uses it, so that the same two groups of answers have
    the same p-value everywhere.
    """
    return difference(metric, sides.part, sides.rest, sides.deff, sides.rest_deff, confidence)


def shares(successes: int, n: int, other_successes: int, other_n: int, confidence: float = 0.95) -> Change | None:
    """The difference of two shares in percentage points, first minus other; None if `n` or `other_n` is 0.

    The interval is Newcombe's hybrid score interval (1998). The p-value comes from inverting it. Raises ValueError for
    numbers that are no share.
    """
    first, other = percent(successes, n, confidence), percent(other_successes, other_n, confidence)
    if first is None or other is None:
        return None
    limits = intervals.mover(first, other)
    p = intervals.mover_p_value(
        functools.partial(intervals.wilson_z, successes, n),
        successes / n,
        functools.partial(intervals.wilson_z, other_successes, other_n),
        other_successes / other_n,
    )
    value = float(100 * (Fraction(successes, n) - Fraction(other_successes, other_n)))
    return Change(value, min(limits.low, value), max(limits.high, value), p)


def shown_change(change: Change | None) -> bool:
    """Whether a message may call the difference a change, because its interval excludes 0.

    Use it only for a single comparison that somebody asked for; for many comparisons use `flag`.
    """
    return change is not None and (change.low > 0 or change.high < 0)


def adjusted(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for several comparisons, in the same order (Benjamini & Hochberg 1995)."""
    m = len(p_values)
    result = [0.0] * m
    smallest = 1.0
    for rank, index in reversed(list(enumerate(sorted(range(m), key=p_values.__getitem__), start=1))):
        smallest = min(smallest, p_values[index] * m / rank)
        result[index] = smallest
    return result


def flag(p_values: Sequence[float], q: float = 0.10) -> list[bool]:
    """Which comparisons to flag, in the order of `p_values`.

    At most a share q of the flagged comparisons is expected to be false (Benjamini & Hochberg 1995). Pass all
    comparisons of a message together.
    """
    return [p <= q for p in adjusted(p_values)]


class Detail(Enum):
    """How much of a figure a message shows. JSON has everything."""

    COUNT = "count"
    INTERVAL = "interval"
    COMPARISON = "comparison"


def detail_for(n: int, other_n: int | None = None) -> Detail:
    """How much a message may show with n answers.

    Below 5 answers: only their number. From 5 to 9: the value and its interval. From 10: also the comparison, if the
    other group, where there is one, has at least 10 answers too.
    """
    if n < _COUNT_BELOW:
        return Detail.COUNT
    if min(n, n if other_n is None else other_n) < _COMPARISON_FROM:
        return Detail.INTERVAL
    return Detail.COMPARISON


def comparable(n: int, other_n: int) -> bool:
    """Whether two groups have enough answers to be compared in a message, and to be flagged."""
    return detail_for(n, other_n) is Detail.COMPARISON


def _z_at(metric: Metric, statistic: Statistic, weights: Mapping[int, float]) -> ZAt:
    if statistic.kind is Kind.MEAN:
        return functools.partial(intervals.bounded_mean_z, weights, metric.low, metric.high)
    good, neither, bad = estimates.tallies(statistic, weights)
    if statistic.kind is Kind.NET:
        return functools.partial(intervals.net_score_z, good, neither, bad)
    return functools.partial(intervals.wilson_z, good, good + neither + bad)
