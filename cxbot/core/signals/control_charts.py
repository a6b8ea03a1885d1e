"""Control charts: how far a group of answers is from what came before, beyond chance.

`laney` is the z-chart of Laney (2002), which uses the variation among earlier groups. `tail` is the beta-binomial tail,
which replaces the z-chart for shares near 0 and 100 %, where a normal curve is too narrow.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxbot.core.metrics.estimates import value_of
from cxbot.core.metrics.metric import Counts, Kind, Statistic

LEAST_IN_GROUP = 20
"""Answers that a group of a baseline needs. Smaller weeks are merged."""
RARE = 0.00135
"""The probability of a signal on one side by chance: the same as beyond 3 standard errors."""
LIMIT = 3
"""The distance from the baseline, in adjusted standard errors, beyond which there is a signal."""

_MEAN_RANGE = 1.128  # the mean distance of two standard normal values: 2/√π
_PSEUDO_ANSWERS = 3
_NEGLIGIBLE = 1e-18


@dataclass(frozen=True, slots=True)
class Group:
    """Answers as sums: their number n, the total Σv and the squares Σv², where v are the points of an answer.

    The points are those of `estimates.value_of`. Other values can be summed in the same way, such as logarithms of
    handling times.
    """

    n: int
    total: float
    squares: float

    def times(self, sign: int) -> "Group":
        """The sums multiplied by `sign`: 1 to add these answers to others, −1 to subtract them from others."""
        return Group(sign * self.n, sign * self.total, sign * self.squares)


NOTHING = Group(0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Laney:
    """A group of answers on the z-chart of a baseline.

    `centre`, `low` and `high` are in display units: the baseline's figure, and the limits for a group of this size.
    `z` is the distance from the baseline in standard errors. `z_adj` is `z` divided by `sigma_z`. `sigma_z` is
    `sigma_z_raw`, but at least 1. There is a signal if `z_adj` is above 3 or below −3.
    """

    centre: float
    low: float
    high: float
    sigma_z_raw: float
    sigma_z: float
    z: float
    z_adj: float
    signal: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """Two probabilities (0–1), given the baseline: of so few or fewer (`p_low`), and of so many or more (`p_high`)."""

    p_low: float
    p_high: float

    @property
    def signal(self) -> bool:
        """Whether either probability is below 0.00135, the same as beyond 3 standard errors on one side."""
        return min(self.p_low, self.p_high) < RARE


def group(statistic: Statistic, counts: Counts) -> Group:
    """A week's answers as sums for one statistic."""
    n = total = squares = 0
    for score, count in counts.items():
        value = int(value_of(statistic, score))
        n += count
        total += value * count
        squares += value * value * count
    return Group(n, total, squares)


def merged(weeks: Iterable[Group], least: int = LEAST_IN_GROUP) -> list[Group]:
    """Consecutive weeks, oldest first, added up to groups of at least `least` answers.

    Newest weeks with fewer than `least` answers together join the last group, so that no answer is lost. With fewer
    than `least` answers in total there is no group.
    """
    groups: list[Group] = []
    n, total, squares = 0, 0.0, 0.0
    for week in weeks:
        n += week.n
        total += week.total
        squares += week.squares
        if n >= least:
            groups.append(week if n == week.n else Group(n, total, squares))
            n, total, squares = 0, 0.0, 0.0
    if n and groups:
        last = groups[-1]
        groups[-1] = Group(last.n + n, last.total + total, last.squares + squares)
    return groups


def laney(statistic: Statistic, baseline: Sequence[Group], current: Group) -> Laney:
    """A group on the z-chart of a baseline, whose groups are given oldest first (Laney 2002).

    z_t = (θ_t − θ̄)/√(v/n_t) with θ̄ from the pooled baseline of N answers; σ_z = max(1, mean|z_t − z_{t−1}|/1.128).
    The current group is not part of the baseline, so its own z is divided by √(v/n + v/N) instead.

    The variance of one answer, v, includes three pseudo-answers besides the baseline's answers, which keep it above 0.
    They are spread as ¾, 1½, ¾ for a net score (Rocks 2016) and as 1½, 1½ for a share. For a mean, whose scale is not
    known here, v is the plain variance, and at least as large as if one more answer were one point off. Limits of net
    scores and shares are cut at the ends of their range. Raises ValueError for fewer than two groups, or for a group
    without answers.
    """
    if len(baseline) < 2 or not min(current.n, *(earlier.n for earlier in baseline)):
        raise ValueError("a z-chart needs two groups and a current one, none of them empty")
    pooled = added(baseline)
    centre, one = pooled.total / pooled.n, variance(statistic.kind, pooled)
    z = distance(statistic, pooled, current)
    z_of = [(g.total / g.n - centre) * math.sqrt(g.n / one) for g in baseline]
    moves = [abs(after - before) for before, after in itertools.pairwise(z_of)]
    raw = math.fsum(moves) / len(moves) / _MEAN_RANGE
    sigma = max(1.0, raw)
    error = _error(one, pooled, current)
    low, high = centre - LIMIT * sigma * error, centre + LIMIT * sigma * error
    if statistic.kind is not Kind.MEAN:
        low, high = max(low, -1.0 if statistic.kind is Kind.NET else 0.0), min(high, 1.0)
    factor = statistic.factor
    return Laney(factor * centre, factor * low, factor * high, raw, sigma, z, z / sigma, signal=abs(z / sigma) > LIMIT)


def distance(statistic: Statistic, pooled: Group, current: Group) -> float:
    """The z of a group on the z-chart of a pooled baseline.

    Use it to rule out a signal quickly: from −3 to 3 there is none, whatever groups the baseline has, because σ_z is
    at least 1. Raises ValueError if one of the two has no answers.
    """
    if not min(pooled.n, current.n):
        raise ValueError("a distance needs a baseline and a current group, neither of them empty")
    away = current.total / current.n - pooled.total / pooled.n
    return away / _error(variance(statistic.kind, pooled), pooled, current)


def _error(one: float, pooled: Group, current: Group) -> float:
    return math.sqrt(one / current.n + one / pooled.n)


def variance(kind: Kind, pooled: Group) -> float:
    """The variance of one answer in squared points, as `laney` forms it."""
    n, total, squares = pooled.n, float(pooled.total), float(pooled.squares)
    if kind is Kind.MEAN:
        return max((n * squares - total * total) / (n * n), n / (n + 1) ** 2)
    n += _PSEUDO_ANSWERS
    squares += _PSEUDO_ANSWERS / 2
    if kind is Kind.SHARE:
        total += _PSEUDO_ANSWERS / 2
    return (n * squares - total * total) / (n * n)


def tail(x: int, n: int, baseline_x: int, baseline_n: int) -> Tail:
    """How unusual x of n are after baseline_x of baseline_n, if the share has not changed.

    These are the tails P(X ≤ x) and P(X ≥ x), both including x, of the beta-binomial distribution with the baseline
    and a Jeffreys prior (½ and ½ added). One term is computed with lgamma. Its neighbours follow by their ratio, until
    they no longer matter. This takes a few standard deviations of X, that is about √(n·p(1−p)·(1 + n/baseline_n))
    steps: 1 ms if n and `baseline_n` are a million. Raises ValueError for numbers that are no share.
    """
    if not (0 <= x <= n and 0 <= baseline_x <= baseline_n):
        raise ValueError(f"{x} of {n} after {baseline_x} of {baseline_n} are not shares")
    a, b = baseline_x + 0.5, baseline_n - baseline_x + 0.5
    if x * (a + b) > n * a:
        mirrored = tail(n - x, n, baseline_n - baseline_x, baseline_n)
        return Tail(mirrored.p_high, mirrored.p_low)
    here = math.exp(_log_choose(n, x) + _log_beta(x + a, n - x + b) - _log_beta(a, b))
    term = below = here
    for k in range(x, 0, -1):
        term *= k / (n - k + 1) * (n - k + b) / (k - 1 + a)
        below += term
        if term <= below * _NEGLIGIBLE:
            break
    below = min(below, 1.0)
    return Tail(below, min(1.0, 1.0 - below + here))


def added(groups: Iterable[Group]) -> Group:
    """All groups together."""
    n, total, squares = 0, 0.0, 0.0
    for group in groups:
        n += group.n
        total += group.total
        squares += group.squares
    return Group(n, total, squares)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
