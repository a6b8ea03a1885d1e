"""The metrics: what is asked on which scale, and the figure with its interval that answers add up to.

A metric is data: its scale, the statistic of its headline, further statistics shown beside it, and
the named buckets its answers fall into. Formulas live in `Statistic`, so a new metric adds no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from cxbot.core import intervals
from cxbot.core.intervals import Interval
from cxbot.errors import N_, UsageError

Counts = Mapping[int, int]
"""How many answers gave each score; scores without an answer may be missing."""


class Kind(StrEnum):
    """How answers add up to a figure."""

    NET = "net"
    SHARE = "share"
    MEAN = "mean"


_UNITS = {Kind.NET: "points", Kind.SHARE: "percent", Kind.MEAN: "scale"}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure made of answers.

    net: 100·(good − bad)/n, −100…100 points. share: 100·good/n, 0…100 percent. mean: Σ scores/n, in
    scale units. Every answer counts in n, also one that is neither good nor bad.
    """

    kind: Kind
    good: range = range(0)
    bad: range = range(0)

    @property
    def unit(self) -> str:
        return _UNITS[self.kind]

    @property
    def factor(self) -> int:
        """Display units per unit of `value_of`."""
        return 1 if self.kind is Kind.MEAN else 100

    def exact(self, counts: Counts) -> Fraction | None:
        """The figure in display units without rounding; None without answers."""
        n = sum(counts.values())
        if n == 0:
            return None
        return Fraction(self.factor * sum(_points(self, score) * count for score, count in counts.items()), n)


@dataclass(frozen=True, slots=True)
class Metric:
    """A question on a whole-number scale low…high, and what is made of its answers.

    `title` and `formula` (message ids) say what it is called and how it is counted. `groups` name the buckets in
    the order in which they are shown; `aside` names answers that are counted and shown but are on no scale, with
    the number they are stored as. Employees' answers (`employees`) are another population than customers': the
    latest one per person counts, and few of them are never shown.
    """

    name: str
    title: str
    formula: str
    low: int
    high: int
    headline: Statistic
    groups: Mapping[str, range]
    beside: Mapping[str, Statistic] = field(default_factory=dict)
    aside: Mapping[str, int] = field(default_factory=dict)
    higher_is_better: bool = True
    employees: bool = False

    @property
    def unit(self) -> str:
        """The unit of the headline: points, percent or scale."""
        return self.headline.unit

    @property
    def scale(self) -> range:
        """All scores that can be given, from low to high."""
        return range(self.low, self.high + 1)

    @property
    def scores(self) -> tuple[int, ...]:
        """Every number an answer can be stored as: the scale and the answers aside."""
        return (*self.scale, *self.aside.values())

    def buckets(self, counts: Counts) -> dict[str, int]:
        """The number of answers in each bucket, zeros included; those aside come last."""
        groups = {name: sum(counts.get(score, 0) for score in scores) for name, scores in self.groups.items()}
        return groups | {name: counts.get(score, 0) for name, score in self.aside.items()}

    def on_scale(self, counts: Counts) -> dict[int, int]:
        """The answers that add up to the figures."""
        return {score: n for score, n in counts.items() if score in self.scale}


_NET_PROMOTERS = Statistic(Kind.NET, good=range(9, 11), bad=range(0, 7))
_PROMOTERS = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(0, 7)}

NPS = Metric(
    name="nps",
    title="NPS",
    formula=N_(
        "NPS = 100 · (promoters 9–10 − detractors 0–6) / all answers; passives 7–8 count in the number of answers. "
        "The range is the score interval for a net score (Tango 1998)."
    ),
    low=0,
    high=10,
    headline=_NET_PROMOTERS,
    groups=_PROMOTERS,
)
CSAT = Metric(
    name="csat",
    title="CSAT",
    formula=N_(
        "CSAT = share of answers 4 and 5 on the scale 1–5, with Wilson's interval (1927). The mean is shown beside "
        "it and never mixed into it."
    ),
    low=1,
    high=5,
    headline=Statistic(Kind.SHARE, good=range(4, 6)),
    groups={"satisfied": range(4, 6), "neutral": range(3, 4), "dissatisfied": range(1, 3)},
    beside={"mean": Statistic(Kind.MEAN)},
)
CES = Metric(
    name="ces",
    title="CES",
    formula=N_(
        "CES 2.0 = mean agreement, 1–7, with “You made it easy”; its range comes from the answers plus 3 "
        "pseudo-answers spread over the scale, a method of our own. The share of 5–7 has Wilson's interval."
    ),
    low=1,
    high=7,
    headline=Statistic(Kind.MEAN),
    groups={"easy": range(5, 8), "neutral": range(4, 5), "hard": range(1, 4)},
    beside={"share": Statistic(Kind.SHARE, good=range(5, 8))},
)
CES_1 = Metric(
    name="ces1",
    title="CES 1.0",
    formula=N_(
        "CES 1.0 = mean effort on the scale 1–5, where less is better: the other way round than CES 2.0, with which "
        "it is never pooled. Its range comes from the answers plus 3 pseudo-answers spread over the scale. The share "
        "of 1–2 has Wilson's interval."
    ),
    low=1,
    high=5,
    headline=Statistic(Kind.MEAN),
    groups={"low effort": range(1, 3), "neutral": range(3, 4), "high effort": range(4, 6)},
    beside={"share": Statistic(Kind.SHARE, good=range(1, 3))},
    higher_is_better=False,
)
FCR = Metric(
    name="fcr",
    title=N_("First-contact resolution"),
    formula=N_(
        "First-contact resolution as customers state it = yes / (yes + no), with Wilson's interval (1927). “Not yet "
        "sure” is shown and counts on neither side."
    ),
    low=0,
    high=1,
    headline=Statistic(Kind.SHARE, good=range(1, 2)),
    groups={"yes": range(1, 2), "no": range(0, 1)},
    aside={"unsure": 2},
)
ENPS = Metric(
    name="enps",
    title="eNPS",
    formula=N_(
        "eNPS = 100 · (promoters 9–10 − detractors 0–6) / employees who answered, the latest answer of each; the range "
        "is the score interval for a net score (Tango 1998). It is never pooled with customers' NPS. Below 5 people "
        "nothing is shown, nor anything from which they could be worked out."
    ),
    low=0,
    high=10,
    headline=_NET_PROMOTERS,
    groups=_PROMOTERS,
    employees=True,
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in (NPS, CSAT, CES, CES_1, FCR, ENPS)}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval, in display units (points, percent or scale units).

    `n` is the number of answers; `deff` the design effect by which they were divided for the
    interval.
    """

    value: float
    low: float
    high: float
    n: int
    deff: float = 1.0


def estimate(metric: Metric, counts: Counts, deff: float = 1.0, confidence: float = 0.95) -> Estimate | None:
    """The headline with its interval; None without answers.

    NPS: points −100…100 with the score interval of Tango (1998). CSAT: percent of 4 and 5 with
    Wilson's. CES: mean 1…7 with that of `intervals.bounded_mean`. `deff` ≥ 1 divides the counts.
    Raises ValueError for a score outside the scale, a negative count or a smaller `deff`.
    """
    return estimate_of(metric, metric.headline, counts, deff, confidence)


def also(
    metric: Metric, counts: Counts, deffs: Mapping[str, float] | None = None, confidence: float = 0.95
) -> dict[str, Estimate]:
    """The figures shown beside the headline, by name; empty without answers.

    CSAT: `mean`, 1…5. CES: `share`, percent of 5–7. `deffs` holds a design effect for each name,
    by default 1.
    """
    estimates = {
        name: estimate_of(metric, statistic, counts, (deffs or {}).get(name, 1.0), confidence)
        for name, statistic in metric.beside.items()
    }
    return {name: found for name, found in estimates.items() if found is not None}


def estimate_of(
    metric: Metric, statistic: Statistic, counts: Counts, deff: float = 1.0, confidence: float = 0.95
) -> Estimate | None:
    """One statistic of a metric's answers with its interval, as `estimate` for the headline."""
    weights = effective(metric, counts, deff)
    exact = statistic.exact(counts)
    if exact is None:
        return None
    value, factor = float(exact), statistic.factor
    limits = _interval(metric, statistic, weights, confidence)
    n = sum(counts.values())
    return Estimate(value, min(factor * limits.low, value), max(factor * limits.high, value), n, deff)


def value_of(statistic: Statistic, score: int) -> float:
    """What one answer adds to a figure, before averaging: net −1, 0 or 1; share 0 or 1; mean the score.

    The design effect is formed from sums of these.
    """
    return float(_points(statistic, score))


def check_score(metric: Metric, score: object) -> int:
    """The score, if it is a whole number on the metric's scale; raises UsageError naming the scale."""
    if isinstance(score, int) and not isinstance(score, bool) and score in metric.scores:
        return score
    raise UsageError(
        N_("`%(score)s` is not a score of %(metric)s. Give a whole number from %(low)s to %(high)s."),
        score=score,
        metric=metric.name.upper(),
        low=metric.low,
        high=max(metric.scores),
    )


def distribution(metric: Metric, counts: Counts) -> dict[int, int]:
    """The number of answers for every point of the scale, low to high, zeros included."""
    return {score: counts.get(score, 0) for score in metric.scale}


def effective(metric: Metric, counts: Counts, deff: float = 1.0) -> dict[int, float]:
    """The counts divided by the design effect; raises ValueError for counts that cannot be."""
    if deff < 1:
        raise ValueError(f"a design effect is at least 1, not {deff}")
    if any(score not in metric.scale or count < 0 for score, count in counts.items()):
        raise ValueError(f"not counts of {metric.name} scores: {dict(counts)}")
    return {score: count / deff for score, count in counts.items()}


def tallies(statistic: Statistic, weights: Mapping[int, float]) -> tuple[float, float, float]:
    """How many answers are good, neither, and bad."""
    good = sum(weight for score, weight in weights.items() if score in statistic.good)
    bad = sum(weight for score, weight in weights.items() if score in statistic.bad)
    neither = sum(w for s, w in weights.items() if s not in statistic.good and s not in statistic.bad)
    return good, neither, bad


def _points(statistic: Statistic, score: int) -> int:
    if statistic.kind is Kind.MEAN:
        return score
    return int(score in statistic.good) - int(score in statistic.bad)


def _interval(metric: Metric, statistic: Statistic, weights: Mapping[int, float], confidence: float) -> Interval:
    if statistic.kind is Kind.MEAN:
        return intervals.bounded_mean(weights, metric.low, metric.high, confidence)
    good, neither, bad = tallies(statistic, weights)
    if statistic.kind is Kind.NET:
        return intervals.net_score(good, neither, bad, confidence)
    return intervals.wilson(good, good + neither + bad, confidence)
