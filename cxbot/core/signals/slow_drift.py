"""The verdict on slow drifts: the last 13 weeks compared with the weeks before them."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxbot.core.metrics.metric import Statistic
from cxbot.core.signals import control_charts, weekly_signal
from cxbot.core.signals.control_charts import Group
from cxbot.core.signals.weekly_signal import BASELINE_WEEKS, LEAST_GROUPS, Week

JUDGED_WEEKS = 13
"""Weeks that are judged together: a quarter of a year."""
LEAST_JUDGED = 4
"""Groups of answers that the judged weeks must have."""

Word = Literal["drifting up", "drifting down", "steady", "too few", "no baseline"]

_DRIFTS: tuple[Word, Word] = ("drifting down", "drifting up")


@dataclass(frozen=True, slots=True)
class Step:
    """One group of n judged answers, from the week at index `first` to the week at index `last`.

    `z` is the group's distance from the baseline. `average` is the moving average up to this group, and `limit` is the
    limit of the average. All three are in adjusted standard errors.
    """

    first: int
    last: int
    n: int
    z: float
    average: float
    limit: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on the judged weeks, with its basis.

    `drifting up` means that the figure rises; whether that is good depends on the metric. `since` is the index of the
    week in which a drift began; None without a drift. The baseline has `baseline_n` answers in `baseline_weeks` weeks;
    the judged part has `n` answers in `weeks` weeks. `centre` is the figure of the baseline and `value` the figure of
    all judged answers, in display units; None without answers. `steps` is empty if nothing was judged.
    """

    word: Word
    since: int | None
    baseline_n: int
    baseline_weeks: int
    n: int
    weeks: int
    centre: float | None
    value: float | None
    steps: tuple[Step, ...]


def judge(statistic: Statistic, weeks: Sequence[Week]) -> Verdict:
    """The verdict on complete weeks, oldest first.

    The last 13 weeks are compared with a baseline: the last 26 calm weeks before them (see `weekly_signal.calm`). Both
    parts are merged to groups of at least 20 answers. The baseline must have 6 groups and the judged weeks 4. Weeks
    with a known incident are in neither part.

    The verdict is that of the last step of `control_charts.ewma`, so a drift that has ended is not reported. A drift
    began in the week after the moving average was last on the other side of the baseline, or on the baseline.

    Shares near 0 and 100 % are judged in the same way: the average is over about seven groups, which makes their
    distances nearly normal. In simulations of teams without a drift, 0.2–0.7 % of months are reported to drift. If 95
    to 98 % of answers agree, it is 0.7–1.8 %, toward the middle. An NPS that falls evenly from 30 to 0 within the 13
    weeks is found in 33 % of cases with 12 answers a week, in 79 % with 30 (the weekly signal finds 29 %) and in 100 %
    with 100. Below 8 answers a week, most quarters have too few answers to be judged.
    """
    start = max(len(weeks) - JUDGED_WEEKS, 0)
    calm = weekly_signal.calm(statistic, weeks[:start])[-BASELINE_WEEKS:]
    judged = [place for place in range(start, len(weeks)) if not weeks[place].skip]
    before, after = [weeks[place].group for place in calm], [weeks[place].group for place in judged]
    baseline, subjects = control_charts.merged(before), control_charts.merged(after)
    word: Word = "no baseline" if len(baseline) < LEAST_GROUPS else "too few"
    steps: tuple[Step, ...] = ()
    if len(baseline) >= LEAST_GROUPS and len(subjects) >= LEAST_JUDGED:
        steps = _steps(statistic, baseline, subjects, _spans(judged, after, subjects))
        word = "steady" if abs(steps[-1].average) <= steps[-1].limit else _DRIFTS[steps[-1].average > 0]
    pooled, recent = control_charts.added(before), control_charts.added(after)
    return Verdict(
        word,
        since=_beginning(steps) if word in _DRIFTS else None,
        baseline_n=pooled.n,
        baseline_weeks=len(before),
        n=recent.n,
        weeks=len(after),
        centre=_figure(statistic, pooled),
        value=_figure(statistic, recent),
        steps=steps,
    )


def _steps(
    statistic: Statistic, baseline: Sequence[Group], subjects: Sequence[Group], spans: Sequence[tuple[int, int]]
) -> tuple[Step, ...]:
    charts = [control_charts.laney(statistic, baseline, subject) for subject in subjects]
    averages = control_charts.ewma((chart.z for chart in charts), charts[0].sigma_z)
    return tuple(
        Step(*span, subject.n, chart.z_adj, step.value, step.limit)
        for span, subject, chart, step in zip(spans, subjects, charts, averages, strict=True)
    )


def _spans(places: Sequence[int], weeks: Sequence[Group], merged: Sequence[Group]) -> list[tuple[int, int]]:
    """The indexes of the first and the last week with answers, for each group of merged weeks."""
    counted = list(itertools.accumulate(week.n for week in weeks))
    ends = list(itertools.accumulate(group.n for group in merged))
    return [
        (places[bisect.bisect_right(counted, end - group.n)], places[bisect.bisect_left(counted, end)])
        for group, end in zip(merged, ends, strict=True)
    ]


def _beginning(steps: Sequence[Step]) -> int:
    """The index of the week in which a drift began.

    It is the first week of the last run of steps whose averages are all on the same side of the baseline.
    """
    side = steps[-1].average > 0
    run = itertools.takewhile(lambda step: (step.average > 0) == side and step.average != 0, reversed(steps))
    return list(run)[-1].first


def _figure(statistic: Statistic, group: Group) -> float | None:
    return statistic.factor * group.total / group.n if group.n else None
