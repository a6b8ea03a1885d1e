"""What goes together with a score: tags by their drag, and rated drivers. This never shows what causes the score."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cxbot.core.metrics import differences, estimates
from cxbot.core.metrics.differences import Change, Sides
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Metric
from cxbot.core.statistics import rank_correlation

LEAST_LISTED = 5
"""Answers with a tag that are needed to list the tag."""
LEAST_FLAGGED = 10
"""Answers with a tag, and answers without it, that are needed to flag the tag."""
LEAST_RANKED = 100
"""Answers overall that are needed to rank tags or drivers."""
LEAST_LEAD = 0.80
"""The share of resamples in which a driver must lead to be named."""

# above this, resampling single answers takes longer than weighting the table's cells
_ANSWER_BY_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class Impact:
    """Answers with a tag compared with the answers without it.

    `share` (0…1) of all answers have the tag. `difference` is the score with it minus the score without it. `drag` =
    share·difference is what the tag adds to the score, in the metric's units: the score of all answers is the score
    without the tag plus the drag.
    """

    having: Estimate
    lacking: Estimate
    share: float
    difference: Change
    drag: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A row of the table of tags. It is flagged if its difference stands out.

    `rank` is 1 for the largest drag, up or down; None if there are too few answers to rank.
    """

    name: str
    impact: Impact
    flagged: bool
    rank: int | None


@dataclass(frozen=True, slots=True)
class Leader:
    """The rated driver with the strongest rank correlation ρ with the score.

    `lead` is the share (0…1) of resamples in which it is the strongest. It may only be named if `lead` is at least
    0.80. `n` is the number of answers.
    """

    name: str
    rho: float
    lead: float
    n: int

    @property
    def named(self) -> bool:
        """Whether the driver leads often enough to be called the strongest."""
        return self.lead >= LEAST_LEAD


def impact(metric: Metric, sides: Sides, confidence: float = 0.95) -> Impact | None:
    """What a tag adds to the headline; None if no answer has the tag, or every answer has it.

    `sides` are the answers with the tag and the rest. Interval and p-value come from `differences.versus_rest`. The
    drag is computed exactly.
    """
    with_tag = estimates.estimate(metric, sides.part, sides.deff, confidence)
    without = estimates.estimate(metric, sides.rest, sides.rest_deff, confidence)
    change = differences.versus_rest(metric, sides, confidence)
    exact_with, exact_without = metric.headline.exact(sides.part), metric.headline.exact(sides.rest)
    if with_tag is None or without is None or change is None or exact_with is None or exact_without is None:
        return None
    share = Fraction(with_tag.n, with_tag.n + without.n)
    return Impact(with_tag, without, float(share), change, float(share * (exact_with - exact_without)))


def ranked(metric: Metric, tags: Mapping[str, Sides], total: int, q: float = 0.10) -> list[Driver]:
    """The table of tags.

    `tags` has, for each tag, the answers with it and the rest. `total` is the number of answers overall.

    A tag is listed if at least 5 answers have it. A tag that every answer has is not listed, because there is nothing
    to compare it with. A tag is flagged if at least 10 answers have it, at least 10 lack it, and it stands out among
    all such tags (Benjamini & Hochberg 1995, at most a share q of false ones). From 100 answers overall the tags are
    ordered and ranked by the size of their drag, up or down. With fewer answers they are ordered by their number of
    answers and have no rank. Ties are in order of their names.
    """
    impacts = {name: impact(metric, sides) for name, sides in tags.items()}
    listed = {
        name: measured
        for name, measured in impacts.items()
        if measured is not None and measured.having.n >= LEAST_LISTED
    }
    compared = [n for n, measured in listed.items() if min(measured.having.n, measured.lacking.n) >= LEAST_FLAGGED]
    flags = differences.flag([listed[name].difference.p for name in compared], q)
    flagged = {name for name, flag in zip(compared, flags, strict=True) if flag}
    ranks = total >= LEAST_RANKED

    def order(name: str) -> tuple[float, str]:
        return (-abs(listed[name].drag) if ranks else -listed[name].having.n), name

    return [
        Driver(name, listed[name], name in flagged, place if ranks else None)
        for place, name in enumerate(sorted(listed, key=order), start=1)
    ]


def leader(
    ratings: Mapping[str, Sequence[int]], scores: Sequence[int], seed: int, resamples: int = 1000
) -> Leader | None:
    """The rated driver (goal, ease, emotion …) that correlates most with the score, by the size of Spearman's ρ.

    `ratings` has each driver's ratings in the order of `scores`. None if there are no drivers, fewer than 100 answers,
    or no driver that correlates with the score. A bootstrap of whole answers shows how certain the lead is. A resample
    in which two drivers share the lead counts for neither.

    The same seed gives the same result, whatever the order of the answers. The function works on a table of how often
    each combination of ratings and score occurs. Up to 2,000 answers are resampled one by one. With more answers, the
    cells of the table get random weights instead (Rubin's Bayesian bootstrap, 1981), so that the time depends only on
    the number of cells: one or two seconds for 1,000 answers and 4 drivers, ten seconds for thousands of cells.

    Raises ValueError for ratings that do not match the scores.
    """
    if any(len(given) != len(scores) for given in ratings.values()):
        raise ValueError("each driver needs one rating for each score")
    if len(scores) < LEAST_RANKED or not ratings:
        return None
    table = _Table(ratings, scores)
    first = table.strengths(table.counts)
    best = max(range(len(first)), key=lambda index: abs(first[index]))
    if not first[best]:
        return None
    rng = random.Random(seed)
    leads = sum(_leads(best, table.strengths(table.resample(rng))) for _ in range(resamples))
    return Leader(list(ratings)[best], first[best], leads / resamples, len(scores))


def _leads(best: int, strengths: Sequence[float]) -> bool:
    return all(abs(strengths[best]) > abs(strength) for index, strength in enumerate(strengths) if index != best)


class _Table:
    """How often each combination of ratings and score occurs, and the place of each in the drivers' own tables."""

    def __init__(self, ratings: Mapping[str, Sequence[int]], scores: Sequence[int]) -> None:
        counted = Counter(zip(*ratings.values(), scores, strict=True))
        cells = sorted(counted)  # so that the order of the answers does not matter
        *drivers, score = (rank_correlation.positions(side) for side in zip(*cells, strict=True))
        self.counts: list[float] = [counted[cell] for cell in cells]
        self._cells = range(len(cells))
        self._n = len(scores)
        self._drivers = [_DriverTable(driver, score) for driver in drivers]

    def resample(self, rng: random.Random) -> list[float]:
        """Random new weights of the cells, as if the survey had been repeated."""
        if self._n > _ANSWER_BY_ANSWER:
            return [rng.gammavariate(count, 1.0) for count in self.counts]
        drawn = Counter(rng.choices(self._cells, self.counts, k=self._n))
        return [drawn[cell] for cell in self._cells]

    def strengths(self, weights: Sequence[float]) -> list[float]:
        """Each driver's ρ with the score; 0 if one of the two is constant."""
        return [driver.rho(weights) for driver in self._drivers]


class _DriverTable:
    """One driver's ratings by score: far fewer entries than the combinations with the other drivers."""

    def __init__(self, driver: Sequence[int], score: Sequence[int]) -> None:
        width = max(score) + 1
        size = (max(driver) + 1) * width
        self._entry_of = [row * width + column for row, column in zip(driver, score, strict=True)]
        self._rows = [entry // width for entry in range(size)]
        self._columns = [entry % width for entry in range(size)]

    def rho(self, weights: Sequence[float]) -> float:
        table: list[float] = [0] * len(self._rows)
        for entry, weight in zip(self._entry_of, weights, strict=True):
            table[entry] += weight
        return rank_correlation.rho(self._rows, self._columns, table) or 0.0
