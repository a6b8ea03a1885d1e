"""Design effects: how much several answers per customer widen a slice's intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cxbot.core.metrics import estimates
from cxbot.core.metrics.metric import Counts, Metric, Statistic
from cxbot.core.statistics import intervals

HEADLINE = "headline"
Scores = tuple[int, ...]  # the scores of one customer


def patterns(customers: Iterable[Sequence[int]]) -> Counter[Scores]:
    """The number of customers with each pattern of two or more scores; few patterns cover many customers."""
    return Counter(tuple(scores) for scores in customers if len(scores) > 1)


def effects(metric: Metric, counts: Counts, repeated: Mapping[Scores, int]) -> dict[str, float]:
    """The design effect of each statistic of a metric, by name (`headline` and those beside it).

    `counts` are all answers of the slice. `repeated` has the number of customers with each pattern of several answers;
    all other customers gave one answer. The result is empty, which means 1 everywhere, if no customer gave two.
    """
    clusters: Counter[Scores] = Counter()
    for scores, times in repeated.items():
        clusters[tuple(score for score in scores if score in metric.scale)] += times
    clusters = Counter({scores: times for scores, times in clusters.items() if len(scores) > 1})
    if not clusters:
        return {}
    counts = metric.on_scale(counts)
    single = Counter(counts)
    for scores, times in clusters.items():
        for score in scores:
            single[score] -= times
    statistics = {HEADLINE: metric.headline, **metric.beside}
    return {name: _effect(statistic, counts, single, clusters) for name, statistic in statistics.items()}


def _effect(statistic: Statistic, counts: Counts, single: Counts, clusters: Mapping[Scores, int]) -> float:
    value = {score: estimates.value_of(statistic, score) for score in counts}
    sums = [(sum(value[score] for score in scores), len(scores), times) for scores, times in clusters.items()]
    singles = sum(single.values())
    return intervals.design_effect_from_sums(
        n=sum(counts.values()),
        total=sum(value[score] * n for score, n in counts.items()),
        squares=sum(value[score] ** 2 * n for score, n in counts.items()),
        customers=singles + sum(times for _, _, times in sums),
        cluster_squares=sum(value[score] ** 2 * n for score, n in single.items()) + sum(m * s * s for s, _, m in sums),
        cluster_products=sum(value[score] * n for score, n in single.items()) + sum(m * s * k for s, k, m in sums),
        cluster_sizes=singles + sum(m * k * k for _, k, m in sums),
    )
