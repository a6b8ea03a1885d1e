"""Lasting changes of a level: what many weeks together show, even if no single one does.

A week's figure varies by chance, and by more than chance: every week has a swing of its own. `spread` measures both in
a baseline. `memory` adds up how far the latest weeks are from that baseline, the newest most (an exponentially weighted
moving average, Roberts 1959), and says since when the level is another one.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.signals import control_charts
from cxbot.core.signals.control_charts import Group

WINDOW = 13
"""Weeks that the memory goes back: a quarter of a year."""
WEIGHT = 0.1
"""The weight of the newest week in the moving average."""
LIMIT = 2.6
"""The distance of the moving average, in standard errors, beyond which the level is another one."""
LIMIT_OF_SWING = 3.7
"""The distance of a single week, in standard errors, beyond which it is unusual if most of its variance is swing. It is
3 where there is no swing."""

_CAP = 3.5  # standard errors that one week can contribute, so that a single odd week is no new level
_CAUTION = 0.3  # standard errors by which the swing of weeks is assumed to be larger than it was
_FIRST = 26  # weeks that the baseline takes before the memory gets its full length
_YOUNG = 6  # weeks of memory that a history of less than half a year has, at least
_MEDIAN_OF_SQUARES = 0.4549  # of a squared standard normal value
_OUTLIERS = 2.0  # times what the median suggests, at most
_LONGEST = 52  # weeks in the baseline at most


@dataclass(frozen=True, slots=True)
class Spread:
    """A baseline's mean and how its weeks spread: the variance of one answer, and that of the weeks' own swing.

    Both are in squared points, from `groups` groups with n answers. `error` is the variance of the mean.
    """

    mean: float
    variance: float
    swing: float
    groups: int
    n: int
    error: float

    def of_week(self, n: int) -> float:
        """The variance of the figure of a week with n answers."""
        return self.variance / n + self.swing

    def beyond(self, z: float, variance: float, swing: float) -> float:
        """The limit for a distance in standard errors that chance exceeds as often as a normal value exceeds z.

        The part `swing` of the `variance` was itself estimated from few groups, so the distance follows Student's t
        with (groups − 1)/share² degrees of freedom (Satterthwaite 1946)."""
        share = swing / variance if variance else 0.0
        return z if share < 0.01 else _student(z, max(self.groups - 1, 1) / share**2)


def spread(statistic: Statistic, groups: Sequence[Group], widest: Spread | None = None) -> Spread:
    """The spread of a baseline of one group or more.

    The swing is what the groups vary beyond chance (DerSimonian and Laird 1986), but at most what twice their median
    distance suggests, so that a few odd weeks don't hide the next one. It is rounded up by a quarter of its
    standard error, because a swing that is taken for too small raises false alarms. A new level has few groups:
    `widest` is the spread of the level before, whose swing holds until there are 12.
    """
    pooled = control_charts.added(groups)
    mean, variance = pooled.total / pooled.n, control_charts.variance(statistic.kind, pooled)
    count, swing = len(groups), 0.0
    if count > 1:
        squares = [group.n * (group.total / group.n - mean) ** 2 / variance for group in groups]
        typical = statistics.median(squares) / _MEDIAN_OF_SQUARES
        between = min(sum(squares), _OUTLIERS * typical * (count - 1))
        extra = between - (count - 1) + _CAUTION * math.sqrt(2 * (count - 1))
        swing = max(0.0, variance * extra / (pooled.n - sum(group.n**2 for group in groups) / pooled.n))
    if widest is not None and count < 12:
        swing, count = max(swing, widest.swing), max(count, widest.groups)
    error = variance / pooled.n + swing * sum(group.n**2 for group in groups) / pooled.n**2
    return Spread(mean, variance, swing, count, pooled.n, error)


def range_of_week(statistic: Statistic, base: Spread, n: int, weeks: int) -> tuple[float, float]:
    """The smallest and the largest figure, in points, that n answers in so many weeks have by chance and swing."""
    swing = base.swing / weeks
    variance = base.variance / n + swing + base.error
    most = control_charts.LIMIT + (LIMIT_OF_SWING - control_charts.LIMIT) * min(1.0, 4 * swing / variance)
    away = base.beyond(most, variance, swing) * math.sqrt(variance)
    low, high = base.mean - away, base.mean + away
    if statistic.kind is Kind.SHARE:
        root, half = math.asin(math.sqrt(min(max(base.mean, 0.0), 1.0))), away / math.sqrt(base.variance) / 2
        low = max(0.0, min(low, math.sin(max(root - half, 0.0)) ** 2))
        high = min(1.0, max(high, math.sin(min(root + half, math.pi / 2)) ** 2))
    return (max(low, -1.0), min(high, 1.0)) if statistic.kind is Kind.NET else (low, high)


def distance(statistic: Statistic, base: Spread, week: Group) -> float:
    """How far a week is from a mean, in standard errors of the week alone.

    Shares are compared as arcsines of their roots, too (Anscombe 1948), which vary alike near 0 and 100 % and in the
    middle; the shorter distance counts.
    """
    plain = (week.total / week.n - base.mean) / math.sqrt(base.of_week(week.n))
    if statistic.kind is not Kind.SHARE:
        return plain
    roots = 2 * math.sqrt(week.n + 0.5) * (_arc(week.total, week.n) - _arc(base.mean * week.n, week.n))
    return min(plain, roots / math.sqrt(1 + base.swing * week.n / base.variance), key=abs)


def _arc(x: float, n: int) -> float:
    return math.asin(math.sqrt(min(max((x + 0.375) / (n + 0.75), 0.0), 1.0)))


@dataclass(frozen=True, slots=True)
class Memory:
    """What the latest weeks show together: the moving average and its limit, in standard errors of single weeks.

    `since` is the index of the first week of the new level. `level` is its mean; both None without one.
    """

    value: float
    limit: float
    since: int | None
    level: float | None


def parts(start: int, index: int) -> int:
    """The index of the week at which the memory of the week `index` begins; the weeks from `start` on before it are its
    baseline. Both grow together, first the baseline, which keeps half a year if there is as much."""
    weeks = index - start + 1
    young = max(math.ceil(2 * weeks / 3), weeks - _YOUNG)
    return start + max(weeks - WINDOW, min(_FIRST, young))


def baseline(calm: Sequence[int], begin: int) -> list[int]:
    """The calm weeks that are the baseline of a memory that begins with the week `begin`."""
    return [place for place in calm if place < begin][-_LONGEST:]


def memory(statistic: Statistic, base: Spread, weeks: Sequence[tuple[int, Group]]) -> Memory:
    """The memory of the latest weeks, given with their indexes, oldest first, each with answers.

    E = Σ 0.1·0.9^{age}·z of the weeks, each z cut at ±3.5. Its variance is Σ w² and what the uncertain mean of the
    baseline adds. Beyond 2.6 standard errors (more if the swing was estimated from few groups) the level is another
    one. It began with the week from which on the sum of the distances is largest in standard errors.
    """
    newest = weeks[-1][0]
    value = weights = slope = of_swing = 0.0
    for place, week in weeks:
        weight = WEIGHT * (1 - WEIGHT) ** (newest - place)
        precision = 1 / base.of_week(week.n)
        value += weight * max(-_CAP, min(_CAP, distance(statistic, base, week)))
        weights += weight * weight
        slope += weight * math.sqrt(precision)
        of_swing += weight * weight * base.swing * precision
    variance = weights + base.error * slope * slope
    limit = base.beyond(LIMIT, variance, of_swing) * math.sqrt(variance)
    if abs(value) <= limit:
        return Memory(value, limit, None, None)
    since = _beginning(base, weeks, 1 if value > 0 else -1)
    level = control_charts.added(week for place, week in weeks if place >= since)
    return Memory(value, limit, since, level.total / level.n)


def _beginning(base: Spread, weeks: Sequence[tuple[int, Group]], sign: int) -> int:
    total = precision = best = 0.0
    since = weeks[-1][0]
    for place, week in reversed(weeks):
        total += (week.total / week.n - base.mean) / base.of_week(week.n)
        precision += 1 / base.of_week(week.n)
        if sign * total / math.sqrt(precision) > best:
            best, since = sign * total / math.sqrt(precision), place
    return since


def _student(z: float, df: float) -> float:
    """The value that Student's t exceeds as often as a normal one exceeds z (Cornish and Fisher 1938)."""
    return (
        z
        + (z**3 + z) / (4 * df)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * df**3)
    )
