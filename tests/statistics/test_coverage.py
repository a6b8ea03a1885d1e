"""How often intervals of a net score contain the true value: every outcome with its probability, no random numbers."""

import math

import numpy as np
import pytest

from cxbot.core.statistics import intervals

pytestmark = pytest.mark.statistics

# Shares of promoters, passives and detractors in steps of 5 %, none of them missing: 171 mixes.
MIXES = np.array([(p, 20 - p - d, d) for p in range(1, 20) for d in range(1, 20 - p)]) / 20
# Percent; the tables give one decimal.
ROUNDING = 0.05 + 1e-9


def outcomes(n):
    """All numbers of promoters, passives and detractors among n answers."""
    return np.array([(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)])


def probabilities(counts, mix):
    """The multinomial probability of each outcome."""
    n = int(counts[0].sum())
    log_factorial = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    return np.exp(log_factorial[n] - log_factorial[counts].sum(axis=1) + counts @ np.log(mix))


def score_intervals(counts):
    found = [intervals.net_score(*map(int, three)) for three in counts]
    return np.array([(each.low, each.high) for each in found])


def wald_intervals(counts):
    n = counts[0].sum()
    value = (counts[:, 0] - counts[:, 2]) / n
    half = intervals.quantile(0.95) * np.sqrt(np.maximum((counts[:, 0] + counts[:, 2]) / n - value**2, 0) / n)
    return np.stack([value - half, value + half], axis=1)


def coverage(make, n):
    """Mean and least coverage over all mixes, in percent."""
    counts = outcomes(n)
    low, high = make(counts).T
    truths = MIXES[:, 0] - MIXES[:, 2]
    covered = [
        probabilities(counts, mix)[(low <= truth + 1e-9) & (truth - 1e-9 <= high)].sum()
        for mix, truth in zip(MIXES, truths, strict=True)
    ]
    return 100 * np.mean(covered), 100 * np.min(covered)


@pytest.mark.parametrize(
    ("n", "mean", "worst"), [(5, 97.0, 92.2), (10, 96.3, 94.0), (20, 95.5, 94.4), (50, 95.1, 94.4)]
)
def test_the_score_interval_of_nps_covers_what_it_promises(n, mean, worst):
    assert coverage(score_intervals, n) == pytest.approx((mean, worst), abs=ROUNDING)


@pytest.mark.parametrize(("n", "mean"), [(5, 80.5), (10, 88.0), (20, 92.0), (50, 93.7)])
def test_the_plain_interval_would_not(n, mean):
    assert coverage(wald_intervals, n)[0] == pytest.approx(mean, abs=ROUNDING)


def test_the_plain_interval_is_worst_at_few_answers():
    assert coverage(wald_intervals, 5)[1] == pytest.approx(40.4, abs=ROUNDING)


@pytest.mark.parametrize("n", [10, 20, 50])
@pytest.mark.parametrize("mix", [(0.5, 0.3, 0.2), (0.75, 0.2, 0.05), (0.15, 0.3, 0.55)])
def test_last_weeks_interval_would_raise_many_false_alarms(n, mix):
    counts = outcomes(n)
    chance = probabilities(counts, np.array(mix))
    value = (counts[:, 0] - counts[:, 2]) / n
    low, high = score_intervals(counts).T
    outside = (value[None, :] < low[:, None] - 1e-9) | (value[None, :] > high[:, None] + 1e-9)
    assert 0.05 < chance @ outside @ chance < 0.20
