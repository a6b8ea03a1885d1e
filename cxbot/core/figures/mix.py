"""How much of a change comes from the mix alone: from other topics, channels or touchpoints than before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cxbot.core.metrics.metric import Counts, Metric

DIMENSIONS = ("topic", "channel", "touchpoint")
LEAST = 20
"""Answers in each period that a comparison of mixes needs."""
DIFFERS = 0.01
"""The p-value below which two mixes are said to differ; three of them are looked at."""


@dataclass(frozen=True, slots=True)
class Mix:
    """A change of the headline, in display units, in two parts.

    `explained` is what the shares of the parts alone would have changed, with each part as it was on average; the rest
    of `change` is that the parts themselves changed. `p` is the p-value (0–1) of "the same mix as before".
    """

    dimension: str
    change: float
    explained: float
    p: float

    @property
    def differs(self) -> bool:
        """Whether the two mixes differ beyond chance."""
        return self.p < DIFFERS


def mix(metric: Metric, dimension: str, before: Mapping[str, Counts], after: Mapping[str, Counts]) -> Mix | None:
    """The part of a change that the mix explains; None with fewer than 20 answers in a period, or fewer than 2 parts.

    Σ (share after − share before)·(value before + value after)/2 over the parts (Kitagawa 1955). A part that only one
    period has keeps its value. The mixes are compared by Pearson's chi-square of the numbers of answers.
    """
    parts = sorted(part for part in {*before, *after} if sum((before.get(part) or after.get(part) or {}).values()))
    sizes = [[sum(period.get(part, {}).values()) for part in parts] for period in (before, after)]
    if len(parts) < 2 or min(map(sum, sizes)) < LEAST:
        return None
    explained = 0.0
    for part, n_before, n_after in zip(parts, *sizes, strict=True):
        values = [
            value for period in (before, after) if (value := metric.headline.exact(period.get(part, {}))) is not None
        ]
        average = float(sum(values) / len(values))
        explained += (n_after / sum(sizes[1]) - n_before / sum(sizes[0])) * average
    totals = [metric.headline.exact(_sum(period)) for period in (before, after)]
    assert totals[0] is not None
    assert totals[1] is not None
    return Mix(dimension, float(totals[1] - totals[0]), explained, _same(*sizes))


def _sum(parts: Mapping[str, Counts]) -> Counter[int]:
    whole: Counter[int] = Counter()
    for counts in parts.values():
        whole.update(counts)
    return whole


def _same(before: list[int], after: list[int]) -> float:
    """The p-value of equal shares (Pearson 1900), with the normal approximation of Wilson and Hilferty (1931)."""
    n_before, n_after = sum(before), sum(after)
    square = 0.0
    for x, y in zip(before, after, strict=True):
        for seen, n in ((x, n_before), (y, n_after)):
            expected = (x + y) * n / (n_before + n_after)
            square += (seen - expected) ** 2 / expected
    df = len(before) - 1
    z = (math.cbrt(square / df) - (1 - 2 / (9 * df))) / math.sqrt(2 / (9 * df))
    return 0.5 * math.erfc(z / math.sqrt(2))
