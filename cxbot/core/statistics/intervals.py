"""Confidence intervals for single values and for differences, and their p-values.

A single value has a score interval (a mean has `bounded_mean`). A difference has the square-and-add interval (MOVER).
All of them contain the estimate, stay inside the range and never have zero width. Counts may be fractions, because
design effects divide them.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

_TOLERANCE = 1e-10
_ROUNDING = 1e-12
_PSEUDO_ANSWERS = 3
_Z_LARGE = 1e6


@dataclass(frozen=True, slots=True)
class Interval:
    """A range from `low` to `high`, both included, in the units of its value."""

    low: float
    high: float


class Estimated(Protocol):
    """A value with its interval."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


ZAt = Callable[[float], float]
"""The distance of a point from an estimate: the z at which the interval just reaches the point."""


def quantile(confidence: float) -> float:
    """The two-sided normal quantile z: 1.96 for 0.95. Raises ValueError outside (0, 1)."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """The range of a proportion, as fractions 0–1.

    The centre is (p+z²/2n)/(1+z²/n) and the half-width z/(1+z²/n)·√(p(1−p)/n+z²/4n²) (Wilson 1927). Raises ValueError
    unless 0 ≤ successes ≤ n and n > 0.
    """
    z = quantile(confidence)
    if not (n > 0 and 0 <= successes <= n):
        raise ValueError(f"{successes} of {n} is not a proportion")
    p = successes / n
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z / shrink * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else min(max(centre - half, 0.0), p)
    high = 1.0 if successes == n else max(min(centre + half, 1.0), p)
    return Interval(low, high)


def wilson_z(successes: float, n: float, x: float) -> float:
    """The z at which the interval of `wilson` reaches the proportion x; 0 at the estimate, else infinite at 0 and 1."""
    return _ratio(abs(x - successes / n), math.sqrt(max(x * (1 - x), 0.0) / n))


def net_score(promoters: float, passives: float, detractors: float, confidence: float = 0.95) -> Interval:
    """The range of (promoters − detractors)/n, as fractions −1…1.

    This is the score interval for a paired difference of proportions (Tango 1998): the roots θ of S(θ) = ±z with
    S(θ) = (P−D−nθ)/√(n(2q+θ(1−θ))), q = (−B+√(B²−4AC))/2A, A = 2n, B = −D−P+(2n−P+D)θ, C = −Dθ(1−θ). P and D are the
    promoters and detractors. The limits are exact to 1e-9. `high` is 1 only if all answers are promoters; `low` is −1
    only if all are detractors. Raises ValueError for a negative count or no answers.
    """
    z2 = quantile(confidence) ** 2
    n = promoters + passives + detractors
    if not (n > 0 and min(promoters, passives, detractors) >= 0):
        raise ValueError(f"no net score from {promoters}, {passives}, {detractors}")
    return Interval(
        -_net_score_upper(detractors / n, promoters / n, z2 / n),
        _net_score_upper(promoters / n, detractors / n, z2 / n),
    )


def net_score_z(promoters: float, passives: float, detractors: float, x: float) -> float:
    """The z at which the interval of `net_score` reaches x: |S(x)|, for x from −1 to 1."""
    n = promoters + passives + detractors
    p, d = promoters / n, detractors / n
    if x < p - d:
        p, d, x = d, p, -x
    return _ratio(x - (p - d), math.sqrt(_net_variance(p, d, x) / n))


def _net_score_upper(p: float, d: float, z2_over_n: float) -> float:
    """The upper limit, given the shares of promoters (p) and detractors (d).

    The lower limit is minus the upper limit with promoters and detractors swapped.
    """
    theta = p - d
    if p >= 1:
        return 1.0
    # If the variance at the estimate is 0, the estimate is a root too. The search has to find the root above it.
    inside = theta + _ROUNDING
    return max(theta, _root(lambda x: x - theta - math.sqrt(z2_over_n * _net_variance(p, d, x)), inside, 1.0))


def _net_variance(p: float, d: float, x: float) -> float:
    """The variance of one answer if x (above p − d) were the net score: 2q + x(1−x), with Tango's q."""
    b = (2 - p + d) * x - d - p
    root = math.sqrt(max(b * b + 8 * d * x * (1 - x), 0.0))
    # (root − b)/4 in a form without cancellation
    q = (root - b) / 4 if b <= 0 else 2 * d * x * (1 - x) / (b + root)
    return max(2 * q + x * (1 - x), 0.0)


def bounded_mean(counts: Mapping[int, float], low: int, high: int, confidence: float = 0.95) -> Interval:
    """The range of a mean of answers on the scale low…high, in scale units.

    3 pseudo-answers are spread evenly over the k scale points (3/k each). With them, the interval is mean ±
    z·√(v/(n+3)). It is clipped to the scale and widened, if needed, to contain the plain mean. This is our own method,
    the counterpart of Agresti & Coull for means. Raises ValueError without answers, for a negative count, or for a
    score outside the scale.
    """
    z = quantile(confidence)
    plain, mean, error = _shrunk_mean(counts, low, high)
    return Interval(min(max(mean - z * error, float(low)), plain), max(min(mean + z * error, float(high)), plain))


def bounded_mean_z(counts: Mapping[int, float], low: int, high: int, x: float) -> float:
    """The z at which the interval of `bounded_mean` reaches x; infinite at the ends of the scale and beyond them."""
    plain, mean, error = _shrunk_mean(counts, low, high)
    if abs(x - plain) <= _ROUNDING:
        return 0.0
    if not low < x < high:
        return math.inf
    return max(0.0, x - mean if x > plain else mean - x) / error


def _shrunk_mean(counts: Mapping[int, float], low: int, high: int) -> tuple[float, float, float]:
    """The plain mean, the mean with pseudo-answers, and the standard error of the mean with pseudo-answers."""
    n = math.fsum(counts.values())
    if not n > 0 or any(not low <= score <= high or count < 0 for score, count in counts.items()):
        raise ValueError(f"no mean on {low}–{high} from {dict(counts)}")
    plain = min(max(math.fsum(score * count for score, count in counts.items()) / n, float(low)), float(high))
    scale = range(low, high + 1)
    weights = [counts.get(score, 0.0) + _PSEUDO_ANSWERS / len(scale) for score in scale]
    total = n + _PSEUDO_ANSWERS
    mean = math.fsum(w * x for w, x in zip(weights, scale, strict=True)) / total
    variance = math.fsum(w * (x - mean) ** 2 for w, x in zip(weights, scale, strict=True)) / total
    return plain, mean, math.sqrt(variance / total)


def mover(a: Estimated, b: Estimated) -> Interval:
    """The range of a − b for independent a and b, in their units.

    L = δ−√((a−l_a)²+(u_b−b)²), U = δ+√((u_a−a)²+(b−l_b)²) with δ = a − b. This is the method of variance estimates
    recovery (Zou & Donner 2008). With Wilson limits it is Newcombe's hybrid score interval (1998).
    """
    delta = a.value - b.value
    return Interval(
        delta - math.hypot(a.value - a.low, b.high - b.value),
        delta + math.hypot(a.high - a.value, b.value - b.low),
    )


def mover_p_value(z_a: ZAt, value_a: float, z_b: ZAt, value_b: float, low: float = -1.0, high: float = 1.0) -> float:
    """The p-value, 0–1, of "a and b are the same", by inversion of `mover`; 1.0 for equal values.

    p = erfc(z/√2) for the largest z at which the interval still excludes 0. `z_a` and `z_b` give the z at which the
    interval of a value reaches a point. `low` and `high` bound both values.

    Where the interval of the difference touches 0, the lower limit of the larger value and the upper limit of the
    smaller value lie on a circle: its centre is the two values, its radius is their difference. At that point both
    limits must belong to the same z. So one search for a root, on an arc of the circle, replaces two searches for
    every z tried.
    """
    if value_a == value_b:
        return 1.0
    if value_a < value_b:
        z_a, value_a, z_b, value_b = z_b, value_b, z_a, value_a
    delta = value_a - value_b

    def z_lower_a(angle: float) -> float:
        return min(z_a(max(value_a - delta * math.cos(angle), low)), _Z_LARGE)

    def z_upper_b(angle: float) -> float:
        return min(z_b(min(value_b + delta * math.sin(angle), high)), _Z_LARGE)

    first = math.acos(min((value_a - low) / delta, 1.0))
    last = math.asin(min((high - value_b) / delta, 1.0))
    angle = _root(lambda angle: z_upper_b(angle) - z_lower_a(angle), first, last)
    # A mean's z may jump at its estimate. From both sides of the root the smaller one is in reach.
    before, after = max(angle - _TOLERANCE, first), min(angle + _TOLERANCE, last)
    return math.erfc(min(z_lower_a(before), z_upper_b(after)) / math.sqrt(2))


def _ratio(distance: float, error: float) -> float:
    if distance <= _ROUNDING:
        return 0.0
    return distance / error if error > 0 else math.inf


def _root(function: Callable[[float], float], below: float, above: float) -> float:
    """The point where the function crosses 0 between `below` (negative) and `above` (positive).

    The method is that of Ridders (1979). It halves the bracket at every step, like bisection, and converges
    quadratically.
    """
    f_below, f_above = function(below), function(above)
    if f_below >= 0:
        return below
    if f_above <= 0:
        return above
    previous = math.inf
    while above - below > _TOLERANCE:
        middle = (below + above) / 2
        f_middle = function(middle)
        if f_middle == 0:
            return middle
        step = (below - middle) * f_middle / math.sqrt(f_middle * f_middle - f_below * f_above)
        guess = middle + step
        f_guess = function(guess)
        if f_guess == 0:
            return guess
        tried = [(middle, f_middle), (guess, f_guess)]
        if abs(guess - previous) <= _TOLERANCE:
            # Converged, or stuck at an end: the sign just beyond it tells which.
            beyond = guess - math.copysign(_TOLERANCE, f_guess)
            if below < beyond < above:
                tried.append((beyond, function(beyond)))
        for x, f in tried:
            if f < 0:
                below, f_below = x, f
            else:
                above, f_above = x, f
        previous = guess
    return (below + above) / 2


def design_effect(customers: Iterable[Sequence[float]]) -> float:
    """The design effect, ≥ 1: how much several answers per customer widen an interval. Divide the counts by it.

    `customers` has the values of each customer's answers. Pass an answer without a known customer as a customer of its
    own. The design effect is max(1, v_cluster/v₀) with v_cluster = m/(m−1)·Σ_customers(Σ residuals)²/n² for m
    customers, and v₀ the plain variance of the mean, Σ residuals²/n² (linearisation with the G/(G−1) correction).

    It is exactly 1 if no customer has two answers, if all answers are equal, or if there is only one customer. In the
    last case the figure is about this customer alone.
    """
    answers = [values for values in customers if values]
    totals = [math.fsum(values) for values in answers]
    return design_effect_from_sums(
        n=sum(map(len, answers)),
        total=math.fsum(totals),
        squares=math.fsum(value * value for values in answers for value in values),
        customers=len(answers),
        cluster_squares=math.fsum(total * total for total in totals),
        cluster_products=math.fsum(t * len(values) for t, values in zip(totals, answers, strict=True)),
        cluster_sizes=sum(len(values) ** 2 for values in answers),
    )


def design_effect_from_sums(
    *,
    n: int,
    total: float,
    squares: float,
    customers: int,
    cluster_squares: float,
    cluster_products: float,
    cluster_sizes: int,
) -> float:
    """`design_effect` from sums that a database can deliver; ≥ 1, and 1 for n = 0.

    v are the values; s_c and n_c are the sum and the number of customer c's answers. Then total = Σv, squares = Σv²,
    customers = m, cluster_squares = Σ s_c², cluster_products = Σ s_c·n_c and cluster_sizes = Σ n_c². All terms are
    multiplied by n², so that sums of whole numbers stay exact.
    """
    if customers >= n or customers < 2:
        return 1.0
    plain = n * (n * squares - total * total)
    clustered = n * n * cluster_squares - 2 * n * total * cluster_products + total * total * cluster_sizes
    if plain <= 0:
        return 1.0
    return max(1.0, customers / (customers - 1) * clustered / plain)
