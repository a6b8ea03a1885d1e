"""A part of a whole in percent, with its interval."""

from cxbot.core.metrics.estimates import Estimate
from cxbot.core.statistics import intervals


def percent(part: int, whole: int, confidence: float = 0.95) -> Estimate | None:
    """100·part/whole, 0…100, with Wilson's interval (1927); None if both are 0.

    Raises ValueError unless 0 ≤ part ≤ whole.
    """
    if part == whole == 0:
        return None
    limits = intervals.wilson(part, whole, confidence)
    value = 100 * part / whole
    return Estimate(value, min(100 * limits.low, value), max(100 * limits.high, value), whole)
