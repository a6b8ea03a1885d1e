"""Handling times: how long an interaction takes, and whether that has changed."""

import bisect
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cxbot.core.signals.control_charts import NOTHING, Group
from cxbot.core.statistics import intervals, student_t

_NEGLIGIBLE = 1e-18
_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Summary:
    """Handling times of n interactions, in seconds.

    `mean` is AHT (average handling time) by definition. `median_low` and `median_high` are the limits of the median;
    None if n is too small (below 6 at 95 %). `p90` is the 90th percentile.
    """

    n: int
    mean: float
    median: float
    median_low: float | None
    median_high: float | None
    p90: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two durations with its interval. `p` is the p-value (0–1) of "as long as before"."""

    value: float
    low: float
    high: float
    p: float

    @property
    def percent(self) -> float:
        """The change in percent: −20 for a ratio of 0.8."""
        return 100 * (self.value - 1)


@dataclass(frozen=True, slots=True)
class LogSums:
    """The input of `ratio_of_sums` for one group of handling times in seconds.

    `n` is the number of values above 0, `total` is Σ ln x and `squares` is Σ (ln x)² over these values. `zeros` is the
    number of values of 0 seconds or less, which have no logarithm.
    """

    n: int
    total: float
    squares: float
    zeros: int = 0


def sums(counts: Mapping[float, int]) -> Group:
    """The sums of handling times in seconds, given how often each occurred."""
    total = math.fsum(value * count for value, count in counts.items())
    squares = math.fsum(value * value * count for value, count in counts.items())
    return Group(sum(counts.values()), total, squares)


def log_of_mean(group: Group) -> Group:
    """Handling times in seconds as a group of a control chart whose mean is the logarithm of their mean.

    Handling times are skewed, and so are the means of a week; the logarithm of a mean hardly is. Its variance is that
    of the times divided by the squared mean (delta method). Without a time above 0 the group is empty.
    """
    if group.total <= 0:
        return NOTHING
    mean = group.total / group.n
    log = math.log(mean)
    spread = max(group.squares / mean**2 - group.n, 0.0)
    return Group(group.n, group.n * log, group.n * log * log + spread)


def average(total_seconds: float, handled: int) -> float | None:
    """AHT in seconds: all handling time (talk, hold and wrap-up) divided by the number of interactions handled.

    None if there are no interactions. It is a ratio of sums, not a mean of agents' means. Time in the queue is not
    handling time.
    """
    return total_seconds / handled if handled else None


def summary(seconds: Iterable[float], confidence: float = 0.95) -> Summary | None:
    """The summary of handling times in seconds, in any order; None if there are none.

    It stores each different value once. It takes O(n) time, plus O(k log k) for k different values: a few thousand if
    times are whole seconds.
    """
    return summary_of_counts(Counter(seconds), confidence)


def summary_of_counts(counts: Mapping[float, int], confidence: float = 0.95) -> Summary | None:
    """The summary of handling times, given how often each occurred; None if there are none.

    Use it if a database has counted the times. The median's limits are the order statistics x₍ᵣ₎ and x₍ₙ₊₁₋ᵣ₎ with
    the largest r for which P(B < r) ≤ (1 − confidence)/2, with B binomial (n, ½). They make no assumption about the
    distribution. Median and p90 interpolate linearly between values (R's type 7). It takes O(k log k) time for k
    different values; O(k) if the keys are sorted. Raises ValueError for a negative count or time.
    """
    if any(count < 0 or not value >= 0 for value, count in counts.items()):
        raise ValueError("handling times and their counts are not negative")
    values = sorted(value for value, count in counts.items() if count)
    ends = list(itertools.accumulate(counts[value] for value in values))
    if not ends:
        return None
    n = ends[-1]
    rank = _median_rank(n, confidence)
    return Summary(
        n,
        mean=math.fsum(value * counts[value] for value in values) / n,
        median=_quantile(values, ends, 0.5),
        median_low=_at(values, ends, rank) if rank else None,
        median_high=_at(values, ends, n + 1 - rank) if rank else None,
        p90=_quantile(values, ends, 0.9),
    )


def _at(values: Sequence[float], ends: Sequence[int], rank: int) -> float:
    """The value at a rank from 1 to n."""
    return values[bisect.bisect_left(ends, rank)]


def _quantile(values: Sequence[float], ends: Sequence[int], share: float) -> float:
    position = (ends[-1] - 1) * share
    below = math.floor(position)
    low = _at(values, ends, below + 1)
    high = _at(values, ends, min(below + 2, ends[-1]))
    return low + (high - low) * (position - below)


def _median_rank(n: int, confidence: float) -> int:
    """The largest r with P(B < r) ≤ (1 − confidence)/2 for B binomial (n, ½); 0 if there is none.

    The search starts from the normal approximation and adds up the tail from there: about 5·√n steps.
    """
    z = intervals.quantile(confidence)
    allowed = (1 - confidence) / 2
    k = max(math.floor((n - z * math.sqrt(n)) / 2), 0)
    here = math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2))
    tail = term = here
    for j in range(k, 0, -1):
        term *= j / (n - j + 1)
        tail += term
        if term < tail * _NEGLIGIBLE:
            break
    while tail > allowed and k >= 0:
        tail -= here
        here *= k / (n - k + 1)
        k -= 1
    while k >= 0 and tail + (following := here * (n - k) / (k + 1)) <= allowed:
        k, here, tail = k + 1, following, tail + following
    return k + 1


def log_sums(seconds: Iterable[float]) -> LogSums:
    """The sums of a group of handling times in seconds, in any order."""
    return log_sums_of_counts(Counter(seconds))


def log_sums_of_counts(counts: Mapping[float, int]) -> LogSums:
    """The sums of handling times, given how often each occurred. It computes one logarithm for each different value."""
    logs = [(math.log(value), count) for value, count in counts.items() if value > 0]
    n = sum(count for _, count in logs)
    total = math.fsum(log * count for log, count in logs)
    squares = math.fsum(log * log * count for log, count in logs)
    return LogSums(n, total, squares, zeros=sum(counts.values()) - n)


def ratio(current: Iterable[float], previous: Iterable[float], confidence: float = 0.95) -> Ratio | None:
    """How many times as long handling takes as before; None in the cases that `ratio_of_sums` names."""
    return ratio_of_sums(log_sums(current), log_sums(previous), confidence)


def ratio_of_sums(current: LogSums, previous: LogSums, confidence: float = 0.95) -> Ratio | None:
    """The ratio of the geometric means, current to previous, from sums that a database can deliver.

    Handling times are skewed, but their logarithms hardly are. So Welch's t-test (1947) is applied to the logarithms.
    The result is None if a group has fewer than 2 values, or if neither group has any spread. It is also None if a
    time is 0: such a time has no logarithm, and leaving it out or adding a constant would answer another question.
    Callers may leave zeros out themselves, and should tell the reader.
    """
    if min(current.n, previous.n) < 2 or current.zeros or previous.zeros:
        return None
    errors = [_variance(group) / group.n for group in (current, previous)]
    error2 = sum(errors)
    if not error2:
        return None
    df = error2**2 / sum(e**2 / (group.n - 1) for e, group in zip(errors, (current, previous), strict=True))
    log_ratio = current.total / current.n - previous.total / previous.n
    half = student_t.quantile(confidence, df) * math.sqrt(error2)
    return Ratio(
        math.exp(log_ratio),
        math.exp(log_ratio - half),
        math.exp(log_ratio + half),
        student_t.two_sided(log_ratio / math.sqrt(error2), df),
    )


def _variance(group: LogSums) -> float:
    """The sample variance; 0 if the sums differ from those of equal values only by rounding."""
    deviations = group.squares - group.total**2 / group.n
    return deviations / (group.n - 1) if deviations > _NO_SPREAD * group.squares else 0.0
