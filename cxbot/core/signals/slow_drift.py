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
    """One group of n judged answers, from the weeks at place `first` to place `last`.

    `z` is its distance from the baseline; then the moving average up to it and its limit. All are in adjusted
    standard errors.
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

    `drifting up` means that the figure rises; whether that is good depends on the metric. `since` is the place of
    the week in which a drift began, or None. `centre` is the baseline's figure and `value` that of all judged
    answers, in display units; None without answers. `steps` are empty if nothing was judged.
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

    The last 13 are judged by the last 26 calm weeks before them (see `weekly_signal.calm`). Both parts are merged to
    groups of 20 answers, of which the baseline must have 6 and the judged weeks 4. Known incidents are in neither
    part.

    The verdict is that of the last step of `control_charts.ewma`, so a drift that has ended is not reported. It
    began in the week after the moving average was last on the other side of the baseline, or on it.

    Shares near 0 and 100 % are judged in the same way: the average is over about seven groups, which makes their
    distances nearly normal. In simulations of teams without a drift, 0.2–0.7 % of months are reported to drift; if
    95 to 98 % of answers agree, 0.7–1.8 %, toward the middle. NPS that falls evenly from 30 to 0 within the 13 weeks
    is found in 33 % of cases at 12 answers a week, 79 % at 30 (the weekly signal finds 29 %) and 100 % at 100. Below
    8 answers a week most quarters have too few to be judged.
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
    """The places of the first and the last week with answers in each group of merged weeks."""
    counted = list(itertools.accumulate(week.n for week in weeks))
    ends = list(itertools.accumulate(group.n for group in merged))
    return [
        (places[bisect.bisect_right(counted, end - group.n)], places[bisect.bisect_left(counted, end)])
        for group, end in zip(merged, ends, strict=True)
    ]


def _beginning(steps: Sequence[Step]) -> int:
    """The first of the last steps that are all on the same side as the very last one."""
    side = steps[-1].average > 0
    run = itertools.takewhile(lambda step: (step.average > 0) == side and step.average != 0, reversed(steps))
    return list(run)[-1].first


def _figure(statistic: Statistic, group: Group) -> float | None:
    return statistic.factor * group.total / group.n if group.n else None
