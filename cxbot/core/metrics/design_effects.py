"""Design effects: how much several answers per customer widen a slice's intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cxbot.core.metrics import estimates
from cxbot.core.metrics.metric import Counts, Metric, Statistic
from cxbot.core.statistics import intervals, student_t

HEADLINE = "headline"
ALIKE = 0.3
"""How alike the answers of one customer are expected to be before they are seen (an intraclass correlation, 0–1)."""
CUSTOMERS_OF_PRIOR = 10
"""Repeat customers by whose number what is seen weighs as much as what was expected."""
CONFIDENCE = 0.95
Scores = tuple[int, ...]  # the scores of one customer
Effects = Mapping[str, float]


class Effect(NamedTuple):
    """The design effects of a part of some answers, and those of the rest, each by statistic; 1 if missing."""

    own: Effects
    rest: Effects


ALONE = Effect({}, {})
"""The effect where nobody gave two answers."""


def patterns(customers: Iterable[Sequence[int]]) -> Counter[Scores]:
    """The number of customers with each pattern of two or more scores; few patterns cover many customers."""
    return Counter(tuple(scores) for scores in customers if len(scores) > 1)


def effects(
    metric: Metric, counts: Counts, repeated: Mapping[Scores, float], among: Clusters | None = None
) -> dict[str, float]:
    """The design effect of each statistic of a metric, by name (`headline` and those beside it).

    It is that of `intervals.design_effect`, but at least what customers who answer alike would give: 1 + (ñ − 1)·ρ,
    where ñ = Σ n_c²/n is the number of answers of the customer of an average answer, and ρ = 0.3·10/(10 + repeat
    customers). Few customers can look more alike, or less, than they are. The variance is estimated from m customers,
    so the limits follow Student's t with m − 1 degrees of freedom: the effect is multiplied by (t/z)².

    `counts` are all answers of the slice. `repeated` has the number of customers with each pattern of several answers;
    all other customers gave one answer. With `among` these are only the customers by whom the slice differs from those,
    with negative numbers for customers who are not in it. The result is empty, which means 1 everywhere, if no customer
    gave two answers. In a sample, a customer stands for more than one.
    """
    counts = metric.on_scale(counts)
    result = {}
    for name, statistic in {HEADLINE: metric.headline, **metric.beside}.items():
        sums = _sums(metric, statistic, repeated)
        if among is not None:
            sums = [one + more for one, more in zip(sums, among.sums[name], strict=True)]
        if sums[0]:
            result[name] = _effect(statistic, counts, sums)
    return result


class Clusters:
    """The repeat customers of a whole, added up once for comparisons of each of its parts with the rest."""

    def __init__(self, metric: Metric, repeated: Mapping[Scores, int]) -> None:
        statistics = {HEADLINE: metric.headline, **metric.beside}
        self.sums = {name: _sums(metric, statistic, repeated) for name, statistic in statistics.items()}


def _sums(metric: Metric, statistic: Statistic, repeated: Mapping[Scores, float]) -> list[float]:
    """Of the repeat customers: their number, Σs², Σs·k and Σk² of their k answers with sum s; then k and the plain sum
    and squares of all their answers."""
    values = {score: estimates.value_of(statistic, score) for score in metric.scale}
    customers = squares = products = sizes = answers = total = plain = 0.0
    for scores, times in repeated.items():
        given = [values[score] for score in scores if score in values]
        k = len(given)
        if k < 2:
            continue
        s = sum(given)
        customers += times
        squares += times * s * s
        products += times * s * k
        sizes += times * k * k
        answers += times * k
        total += times * s
        plain += times * sum(value * value for value in given)
    return [customers, squares, products, sizes, answers, total, plain]


def _effect(statistic: Statistic, counts: Counts, sums: Sequence[float]) -> float:
    repeated, cluster_squares, products, cluster_sizes, answers, of_clusters, plain = sums
    n = sum(counts.values())
    total = sum(estimates.value_of(statistic, score) * count for score, count in counts.items())
    squares = sum(estimates.value_of(statistic, score) ** 2 * count for score, count in counts.items())
    singles = n - answers
    customers, sizes = singles + repeated, singles + cluster_sizes
    if customers < 2:  # the figure is about this customer alone
        return 1.0
    seen = intervals.design_effect_from_sums(
        n=n,
        total=total,
        squares=squares,
        customers=round(customers),
        cluster_squares=squares - plain + cluster_squares,
        cluster_products=total - of_clusters + products,
        cluster_sizes=round(sizes),
    )
    expected = 1 + (sizes / n - 1) * ALIKE * CUSTOMERS_OF_PRIOR / (CUSTOMERS_OF_PRIOR + repeated)
    few = student_t.quantile(CONFIDENCE, customers - 1) / intervals.quantile(CONFIDENCE)
    return max(seen, expected) * few**2
