"""The experience index of a touchpoint: goal, ease and emotion, 0–100. The equal weights are our own choice.

It is not Forrester's “CX Index”, and must not be called so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from cxbot.core.metrics import design_effects, differences
from cxbot.core.metrics.differences import Change
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Counts, Kind, Metric, Statistic
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.signals import control_charts
from cxbot.core.signals.control_charts import Group
from cxbot.core.statistics import intervals
from cxbot.errors import N_

_LOW, _HIGH = 1, 5
PARTS = ("goal", "ease", "emotion")
INDEX = Metric(
    name="experience",
    title=N_("Experience index"),
    formula=N_(
        "The index = the mean over all people who rated goal, ease and feeling of their three ratings, each "
        "as (x − 1)/4 · 100; equal weights are ours. People who left one out are counted separately. A "
        "person belongs to the period of the last of the three answers. The range comes from the answers "
        "plus 3 pseudo-answers spread over the scale."
    ),
    low=len(PARTS) * _LOW,
    high=len(PARTS) * _HIGH,
    headline=Statistic(Kind.MEAN),
    groups={},
)
"""The index on the scale of a respondent's sum, 3–15. Comparisons and design effects use this scale."""
_PER_POINT = 100 / (INDEX.high - INDEX.low)

Triple = tuple[int | None, int | None, int | None]
"""One respondent's ratings of goal, ease and emotion, 1–5 each; None if not answered."""


@dataclass(frozen=True, slots=True)
class Experience:
    """The index and its three parts, each 0…100, of the respondents who answered all three.

    `n_complete` respondents answered all three. `n_incomplete` respondents answered one or two and are in none of the
    figures. All figures are None if nobody answered all three.
    """

    index: Estimate | None
    goal: Estimate | None
    ease: Estimate | None
    emotion: Estimate | None
    n_complete: int
    n_incomplete: int


def index(rows: Iterable[Triple], confidence: float = 0.95, deffs: Mapping[str, float] | None = None) -> Experience:
    """The index: the mean over respondents of each one's mean of (x − 1)/4·100 over goal, ease and emotion.

    Each figure has the interval of `intervals.bounded_mean`: the parts on their scale 1–5, the index on the scale of
    a respondent's sum, 3–15. `deffs` has design effects by name (see `effects`), which widen the intervals. Rows
    without any rating are ignored. Raises ValueError for a rating that is not a whole number from 1 to 5.
    """
    deffs = deffs or {}
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
    goal, ease, emotion = (
        _estimate(part, _LOW, _HIGH, confidence, deffs.get(name, 1.0)) for name, part in zip(PARTS, parts, strict=True)
    )
    whole = _estimate(sums, INDEX.low, INDEX.high, confidence, deffs.get(INDEX.name, 1.0))
    return Experience(whole, goal, ease, emotion, sums.total(), incomplete)


def effects(respondents: Mapping[str, Sequence[Triple]]) -> dict[str, float]:
    """The design effects, ≥ 1, of the index (under `experience`) and of each part, by name.

    They can be above 1 only if customers answered several times. `respondents` has the triples of each customer.
    Triples under "" each count as a different customer.
    """
    complete = {customer: [row for row in rows if None not in row] for customer, rows in respondents.items()}
    rows = list(chain.from_iterable(complete.values()))
    several = [given for customer, given in complete.items() if customer and len(given) > 1]
    by_part = {}
    for name, metric in {INDEX.name: INDEX, **{name: METRICS[name] for name in PARTS}}.items():
        counts = Counter(_of(name, row) for row in rows)
        customers = [[_of(name, row) for row in given] for given in several]
        effects = design_effects.effects(metric, counts, design_effects.patterns(customers))
        by_part[name] = effects.get(design_effects.HEADLINE, 1.0)
    return by_part


def change(
    current: Iterable[Triple], previous: Iterable[Triple], deff_current: float = 1.0, deff_previous: float = 1.0
) -> Change | None:
    """Current minus previous index, in points of 0–100, with MOVER's interval.

    None if either period has no complete row. The two `deff` are design effects of the index.
    """
    difference = differences.difference(INDEX, _sums(current), _sums(previous), deff_current, deff_previous)
    if difference is None:
        return None
    value, low, high = (limit * _PER_POINT for limit in (difference.value, difference.low, difference.high))
    return Change(value, low, high, difference.p)


def group(rows: Iterable[Triple]) -> Group:
    """The complete rows as sums, on the scale of a respondent's sum."""
    return control_charts.group(INDEX.headline, _sums(rows))


def of_sum(mean: float) -> float:
    """The index, 0–100, of a mean of respondents' sums, limited to its range."""
    return min(max((mean - INDEX.low) * _PER_POINT, 0.0), 100.0)


def _sums(rows: Iterable[Triple]) -> Counts:
    return Counter(_of(INDEX.name, row) for row in rows if None not in row)


def _of(name: str, row: Triple) -> int:
    """A complete row on the scale of the index, or of one part."""
    ratings = [rating for rating in row if rating is not None]
    return sum(ratings) if name == INDEX.name else ratings[PARTS.index(name)]


def _checked(rating: int) -> int:
    if rating not in range(_LOW, _HIGH + 1):
        raise ValueError(f"{rating!r} is not a rating from {_LOW} to {_HIGH}")
    return rating


def _estimate(counts: Counts, low: int, high: int, confidence: float, deff: float) -> Estimate | None:
    n = sum(counts.values())
    if not n:
        return None
    limits = intervals.bounded_mean({score: n / deff for score, n in counts.items()}, low, high, confidence)
    value = 100 * (sum(score * count for score, count in counts.items()) / n - low) / (high - low)
    lowest, highest = (100 * (limit - low) / (high - low) for limit in (limits.low, limits.high))
    return Estimate(value, min(lowest, value), max(highest, value), n, deff)
