"""Spearman's rank correlation, computed from how often each pair of values occurs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxbot.core.statistics import intervals

_LEAST = 4


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's ρ, −1…1, of n pairs, with its interval."""

    rho: float
    low: float
    high: float
    n: int


def spearman(xs: Iterable[float], ys: Iterable[float], confidence: float = 0.95) -> Correlation | None:
    """Spearman's rank correlation of n pairs. None for n ≤ 3, or if all values of one side are equal.

    Equal values share the middle rank. The interval is tanh(atanh ρ ± z·√((1 + ρ²/2)/(n − 3))) (Bonett & Wright 2000).
    At ±1 this interval has no width. Then the inner limit is computed from the nearest ρ that n different numbers can
    have if two neighbours change places: 1 − 12/(n(n² − 1)). It takes O(n + k log k) time for k different pairs.
    Raises ValueError if the two sides have different lengths.
    """
    z = intervals.quantile(confidence)
    table = Counter(zip(xs, ys, strict=True))
    n = table.total()
    coefficient = rho(positions([x for x, _ in table]), positions([y for _, y in table]), list(table.values()))
    if n < _LEAST or coefficient is None:
        return None
    size = abs(coefficient)
    inner = min(size, 1 - 12 / (n * (n * n - 1)))
    half = z * math.sqrt((1 + inner * inner / 2) / (n - 3))
    near = math.tanh(math.atanh(inner) - half)
    far = 1.0 if size == 1 else max(math.tanh(math.atanh(inner) + half), size)
    return Correlation(coefficient, near, far, n) if coefficient >= 0 else Correlation(coefficient, -far, -near, n)


def positions(values: Sequence[float]) -> list[int]:
    """The rank of each value among the different values in ascending order, counted from 0."""
    place = {value: index for index, value in enumerate(sorted(set(values)))}
    return [place[value] for value in values]


def rho(rows: Sequence[int], columns: Sequence[int], weights: Sequence[float]) -> float | None:
    """Spearman's ρ of the entries of a table; None if all entries are in one row or in one column.

    `rows` and `columns` are the ranks of each entry (see `positions`), `weights` says how often it occurs. The
    computation is exact for whole weights: ranks are doubled and counted from the middle, so that the rank of a value
    is 2·before + own − n, with `before` the weight of smaller values and `own` the weight of this value.
    """
    a, spread_a = _ranks(rows, weights)
    b, spread_b = _ranks(columns, weights)
    if not (spread_a > 0 and spread_b > 0):
        return None
    together = sum(w * a[row] * b[column] for row, column, w in zip(rows, columns, weights, strict=True))
    if together * together == spread_a * spread_b:
        return math.copysign(1.0, together)
    return max(-1.0, min(1.0, together / math.sqrt(spread_a) / math.sqrt(spread_b)))


def _ranks(places: Sequence[int], weights: Sequence[float]) -> tuple[list[float], float]:
    """The doubled middle rank of each place, counted from the middle of all ranks, and the weighted sum of squares."""
    sums: list[float] = [0] * (max(places, default=-1) + 1)
    for place, weight in zip(places, weights, strict=True):
        sums[place] += weight
    n = sum(sums)
    ranks: list[float] = []
    before: float = 0
    spread: float = 0
    for own in sums:
        rank = 2 * before + own - n
        ranks.append(rank)
        spread += own * rank * rank
        before += own
    return ranks, spread
