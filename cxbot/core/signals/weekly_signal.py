"""The verdict on a complete week: whether it is unusual, compared with a baseline of weeks before it."""

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.signals import control_charts
from cxbot.core.signals.control_charts import LEAST_IN_GROUP, RARE, Group

BASELINE_WEEKS = 26
"""Calm weeks before the judged one that make up its baseline."""
LEAST_GROUPS = 6
"""Groups of answers that a baseline needs."""
LEAST_JUDGED = 10
"""Answers needed to judge a week alone, or the last four together."""
JOINED_WEEKS = 4

_NEAR_THE_END = 0.1

Word = Literal["up", "down", "within noise", "too few", "no baseline"]
Rule = Literal["z-chart", "tail", ""]

_WORDS: dict[int, Word] = {1: "up", 0: "within noise", -1: "down"}


@dataclass(frozen=True, slots=True)
class Week:
    """The sums of a complete week. A week with `skip` had a known incident, and is in no baseline."""

    group: Group
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a judged week, with its basis.

    `up` means that the figure rose; whether that is good depends on the metric. `rule` is "" if nothing was judged.
    `n` is the number of judged answers, in `merged_weeks` weeks (1 or 4). The baseline has `baseline_n` answers in
    `baseline_weeks` weeks. `weeks_missing` is the number of weeks that the baseline still needs at the current pace. It
    is 0 if the baseline is complete. It is None if 26 weeks at this pace are not enough, so that only more answers per
    week can help.

    `centre`, `low` and `high` are in display units; None if nothing was judged. A figure from `low` to `high` is within
    noise. `z` is the adjusted distance from the baseline; None for the rule `tail`, or if nothing was judged.
    """

    word: Word
    rule: Rule
    n: int
    baseline_n: int
    baseline_weeks: int
    weeks_missing: int | None
    centre: float | None
    low: float | None
    high: float | None
    z: float | None
    merged_weeks: int

    def unjudged(self, word: Word) -> "Verdict":
        """A copy of the verdict without a judgement; `word` says why, such as `too few`."""
        return replace(self, word=word, rule="", centre=None, low=None, high=None, z=None)


@dataclass(frozen=True, slots=True)
class _Case:
    """The input of a verdict: the judged answers (`subject`) with the number of their weeks (`joined`), and a baseline.

    The baseline is given three times: its weeks, these merged to groups (`baseline`), and its sum (`pooled`).
    """

    subject: Group
    joined: int
    weeks: list[Group]
    baseline: list[Group]
    pooled: Group

    @property
    def ready(self) -> bool:
        """Whether there are enough judged answers and a complete baseline."""
        return self.subject.n >= LEAST_JUDGED and len(self.baseline) >= LEAST_GROUPS

    @property
    def shares(self) -> tuple[int, int, int, int]:
        """For a share: x and n of the judged answers, then x and n of the baseline."""
        return int(self.subject.total), self.subject.n, int(self.pooled.total), self.pooled.n


def judge(statistic: Statistic, weeks: Sequence[Week], current: Group) -> Verdict:
    """The verdict on a complete week.

    `current` has the sums of the week (see `control_charts.group`). `weeks` are all complete weeks before it, oldest
    first. Of `statistic` only the kind matters.

    The baseline is the last 26 weeks that are not skipped and had no signal themselves. Each of these weeks is judged
    in turn by its own baseline, as soon as it has one. The weeks are merged to groups of at least 20 answers, of which
    there must be 6. Weeks before the first answer do not count; later weeks without answers do.

    A week with fewer than 10 answers is judged together with the three weeks before it, except skipped ones. Its
    baseline ends before these four weeks. A signal then belongs to the newest week, because the others were judged
    before.

    If the baseline is a share of 90 % and more, or 10 % and less, the week is judged by `control_charts.tail`.
    Everything else is judged by `control_charts.laney`. It takes about 2 ms for 78 weeks.
    """
    return _verdict(statistic, _case([*weeks, Week(current)], calm(statistic, weeks), len(weeks)))


def calm(statistic: Statistic, weeks: Sequence[Week]) -> list[int]:
    """The indexes of the weeks that can be part of a baseline, by the rules of `judge`.

    These are the weeks from the first answer on that are not skipped and have no signal themselves.
    """
    calm_weeks: list[int] = []
    for index, week in enumerate(weeks):
        if week.skip or not (calm_weeks or week.group.n):
            continue
        if not _direction(statistic, _case(weeks, calm_weeks, index)):
            calm_weeks.append(index)
    return calm_weeks


def _case(weeks: Sequence[Week], calm: Sequence[int], index: int) -> _Case:
    subject, joined = weeks[index].group, 1
    if subject.n < LEAST_JUDGED:
        before = [week.group for week in weeks[max(index - JOINED_WEEKS + 1, 0) : index] if not week.skip]
        subject = control_charts.added([subject, *before])
        joined = JOINED_WEEKS
    known = bisect.bisect_right(calm, index - joined)
    usable = [weeks[i].group for i in calm[max(known - BASELINE_WEEKS, 0) : known]]
    return _Case(subject, joined, usable, control_charts.merged(usable), control_charts.added(usable))


def _direction(statistic: Statistic, case: _Case) -> int:
    """The side of the judged answers: 1 above the limits, −1 below them, 0 within them or if they can't be judged."""
    if not case.ready:
        return 0
    if _near_an_end(statistic, case):
        tails = control_charts.tail(*case.shares)
        return (1 if tails.p_high < tails.p_low else -1) if tails.signal else 0
    z = control_charts.distance(statistic, case.pooled, case.subject)
    if abs(z) <= control_charts.LIMIT or not control_charts.laney(statistic, case.baseline, case.subject).signal:
        return 0
    return 1 if z > 0 else -1


def _verdict(statistic: Statistic, case: _Case) -> Verdict:
    word: Word = "no baseline" if len(case.baseline) < LEAST_GROUPS else "too few"
    rule: Rule = ""
    centre = low = high = z = None
    if case.ready:
        word = _WORDS[_direction(statistic, case)]
        if _near_an_end(statistic, case):
            rule = "tail"
            centre, low, high = _tail_limits(case)
        else:
            rule = "z-chart"
            chart = control_charts.laney(statistic, case.baseline, case.subject)
            centre, low, high, z = chart.centre, chart.low, chart.high, chart.z_adj
    return Verdict(
        word,
        rule,
        n=case.subject.n,
        baseline_n=case.pooled.n,
        baseline_weeks=len(case.weeks),
        weeks_missing=_missing(case),
        centre=centre,
        low=low,
        high=high,
        z=z,
        merged_weeks=case.joined,
    )


def _near_an_end(statistic: Statistic, case: _Case) -> bool:
    share = case.pooled.total / case.pooled.n
    return statistic.kind is Kind.SHARE and not _NEAR_THE_END < share < 1 - _NEAR_THE_END


def _tail_limits(case: _Case) -> tuple[float, float, float]:
    """The baseline's share, and the smallest and largest shares without a signal, in percent."""
    _, n, *baseline = case.shares
    low = _first(n, lambda x: control_charts.tail(x, n, *baseline).p_low >= RARE)
    high = n - _first(n, lambda x: control_charts.tail(n - x, n, *baseline).p_high >= RARE)
    return 100 * case.pooled.total / case.pooled.n, 100 * low / n, 100 * high / n


def _first(last: int, holds: Callable[[int], bool]) -> int:
    """The first number from 0 to `last` for which the condition holds; it must also hold for all larger numbers."""
    return bisect.bisect_left(range(last), True, key=holds)


def _missing(case: _Case) -> int | None:
    """The number of weeks that the baseline still needs at its pace, and at least one week per missing group.

    0 if the baseline is complete; None if 26 weeks at this pace are not enough.
    """
    groups = LEAST_GROUPS - len(case.baseline)
    if groups <= 0:
        return 0
    if len(case.weeks) >= BASELINE_WEEKS:
        return None
    if not case.pooled.n:
        return groups
    answers = LEAST_GROUPS * LEAST_IN_GROUP - case.pooled.n
    missing = max(groups, math.ceil(answers * len(case.weeks) / case.pooled.n))
    return missing if len(case.weeks) + missing <= BASELINE_WEEKS else None
