"""Student's t distribution, which the standard library lacks."""

import math
from statistics import NormalDist

_NORMAL_FROM = 1e4
_TINY = 1e-300
_EPSILON = 1e-16


def two_sided(t: float, df: float) -> float:
    """The probability, 0–1, of a value at least as far from 0 as t. `df`, the degrees of freedom, may be a fraction.

    It is the regularised incomplete beta function I_x(df/2, ½) at x = df/(df + t²), computed by its continued fraction
    (Lentz's method). From 10,000 degrees of freedom it uses Hill's expansion in normal quantiles (1970, Algorithm
    395). The relative error is at most 1e-9. Raises ValueError unless df > 0.
    """
    if not df > 0:
        raise ValueError(f"degrees of freedom are positive, not {df}")
    if df >= _NORMAL_FROM:
        return math.erfc(_normal_of(t, df) / math.sqrt(2))
    if math.isinf(t):
        return 0.0
    return _incomplete_beta(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t))


def cdf(t: float, df: float) -> float:
    """The probability, 0–1, of a value of at most t. Raises ValueError unless df > 0."""
    tail = two_sided(t, df) / 2
    return tail if t < 0 else 1 - tail


def quantile(confidence: float, df: float) -> float:
    """The two-sided quantile t: values are between −t and t with this probability.

    It uses Newton's method on the tail probability. It starts from the normal quantile, which is nearer to 0. From
    there the tail becomes flatter, so no step goes too far. Raises ValueError if `confidence` is outside (0, 1) or if
    df is not above 0.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence}")
    tail = 1 - confidence
    t = NormalDist().inv_cdf((1 + confidence) / 2)
    while True:
        step = (two_sided(t, df) - tail) / (2 * _density(t, df))
        t += step
        if step <= 1e-13 * t:
            return t


def _density(t: float, df: float) -> float:
    norm = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2
    return math.exp(norm - (df + 1) / 2 * math.log1p(t * t / df))


def _normal_of(t: float, df: float) -> float:
    """The standard normal value with the same tail probability as |t| (Hill's expansion)."""
    a = df - 0.5
    b = 48 * a * a
    z2 = a * math.log1p(t * t / df)
    z = math.sqrt(z2)
    third = z * (((4 * z2 + 33) * z2 + 240) * z2 + 855) / (10 * b * (b + 0.8 * z2 * z2 + 100))
    return z + z * (z2 + 3) / b - third


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """I_x(a, b), given x and 1 − x."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, rest, x)
    if x <= 0:
        return 0.0
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) / a / _continued_fraction(a, b, x)


def _continued_fraction(a: float, b: float, x: float) -> float:
    """1 + d₁/(1 + d₂/(1 + …)) with the terms of the incomplete beta function (DLMF 8.17.22)."""
    value = c = 1.0
    d = 0.0
    for m in range(1, 100_000):
        half = m // 2
        if m % 2:
            term = -(a + half) * (a + b + half) * x / ((a + m - 1) * (a + m))
        else:
            term = half * (b - half) * x / ((a + m - 1) * (a + m))
        d = 1 / (1 + term * d or _TINY)
        c = 1 + term / c or _TINY
        value *= c * d
        if abs(c * d - 1) < _EPSILON:
            break
    return value
