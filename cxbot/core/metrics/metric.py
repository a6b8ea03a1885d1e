"""What a metric is: its scale, its statistics, and the groups of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

Counts = Mapping[int, int]
"""The number of answers per score. Scores without answers may be missing."""


def added(one: Counts, other: Counts) -> Counts:
    """The answers of both groups together."""
    return {score: one.get(score, 0) + other.get(score, 0) for score in {*one, *other}}


class Kind(StrEnum):
    """How answers add up to a figure."""

    NET = "net"
    SHARE = "share"
    MEAN = "mean"


_UNITS = {Kind.NET: "points", Kind.SHARE: "percent", Kind.MEAN: "scale"}


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure computed from answers.

    net: 100·(good − bad)/n, −100…100 points. share: 100·good/n, 0…100 percent. mean: Σ scores/n, in scale units.
    Every answer counts in n, including neutral ones.
    """

    kind: Kind
    good: range = range(0)
    bad: range = range(0)

    @property
    def unit(self) -> str:
        """The unit of the figure: points, percent or scale."""
        return _UNITS[self.kind]

    @property
    def factor(self) -> int:
        """How many display units one point of `points` makes: 1 for a mean, else 100."""
        return 1 if self.kind is Kind.MEAN else 100

    def exact(self, counts: Counts) -> Fraction | None:
        """The figure in display units, unrounded; None without answers."""
        n = sum(counts.values())
        if n == 0:
            return None
        return Fraction(self.factor * sum(self.points(score) * count for score, count in counts.items()), n)

    def points(self, score: int) -> int:
        """The points that one answer adds before averaging: net −1, 0 or 1; share 0 or 1; mean the score."""
        if self.kind is Kind.MEAN:
            return score
        return int(score in self.good) - int(score in self.bad)


@dataclass(frozen=True, slots=True)
class Metric:
    """A question on a whole-number scale low…high, and how its answers count.

    `title` and `formula` (message ids) say what it is called and how it is computed. `headline` is the main figure;
    `beside` has other figures by name. `groups` are groups of scores such as promoters, in the order in which they are
    shown. `aside` are answers outside the scale, such as “not yet sure”, with the numbers they are stored as; they are
    counted and shown, but are in no figure. If `employees` answer it, the latest answer per person counts, and results
    need at least five people. Their answers are never mixed with answers of customers.
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
        """Every number an answer can be stored as: the scale and `aside`."""
        return (*self.scale, *self.aside.values())

    def buckets(self, counts: Counts) -> dict[str, int]:
        """The number of answers in each group, including zeros; `aside` comes last."""
        groups = {name: sum(counts.get(score, 0) for score in scores) for name, scores in self.groups.items()}
        return groups | {name: counts.get(score, 0) for name, score in self.aside.items()}

    def on_scale(self, counts: Counts) -> dict[int, int]:
        """The answers on the scale, from which the figures are computed."""
        return {score: n for score, n in counts.items() if score in self.scale}
