"""The touchpoint index: goal, ease and emotion of one experience, 0–100.

Equal weights are ours. It is not Forrester's “CX Index”, and is not called so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxbot.core import intervals
from cxbot.core.metrics import Estimate

_LOW, _HIGH = 1, 5

Triple = tuple[int | None, int | None, int | None]
"""One respondent's ratings of goal, ease and emotion, 1–5 each; None where not answered."""


@dataclass(frozen=True, slots=True)
class Experience:
    """The index and its three parts, each 0…100, of the respondents who answered all three.

    `n_complete` of them did, `n_incomplete` answered one or two and are in none of the figures. All
    figures are None where nobody answered all.
    """

    index: Estimate | None
    goal: Estimate | None
    ease: Estimate | None
    emotion: Estimate | None
    n_complete: int
    n_incomplete: int


def index(rows: Iterable[Triple], confidence: float = 0.95) -> Experience:
    """The mean of each respondent's mean of (x − 1)/4·100 over goal, ease and emotion.

    Each figure has the interval of `intervals.bounded_mean`: for the parts on their scale 1–5, for
    the index on that of a respondent's sum, 3–15. Rows without any rating are ignored. Raises
    ValueError for a rating that is no whole number from 1 to 5.
    """
    given: Counter[Triple] = Counter(row for row in rows if any(rating is not None for rating in row))
    sums: Counter[int] = Counter()
    parts: tuple[Counter[int], ...] = (Counter(), Counter(), Counter())
    incomplete = 0
    for row, count in given.items():
        ratings = [_checked(rating) for rating in row if rating is not None]
        if len(ratings) < len(parts):
            incomplete += count
            continue
        sums[sum(ratings)] += count
        for part, rating in zip(parts, ratings, strict=True):
            part[rating] += count
    goal, ease, emotion = (_estimate(part, _LOW, _HIGH, confidence) for part in parts)
    whole = _estimate(sums, len(parts) * _LOW, len(parts) * _HIGH, confidence)
    return Experience(whole, goal, ease, emotion, sums.total(), incomplete)


def _checked(rating: int) -> int:
    if rating not in range(_LOW, _HIGH + 1):
        raise ValueError(f"{rating!r} is not a rating from {_LOW} to {_HIGH}")
    return rating


def _estimate(counts: Mapping[int, int], low: int, high: int, confidence: float) -> Estimate | None:
    n = sum(counts.values())
    if not n:
        return None
    limits = intervals.bounded_mean(counts, low, high, confidence)
    value = 100 * (sum(score * count for score, count in counts.items()) / n - low) / (high - low)
    lowest, highest = (100 * (limit - low) / (high - low) for limit in (limits.low, limits.high))
    return Estimate(value, min(lowest, value), max(highest, value), n)
