"""The verdict on a report's period, compared with the weeks before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from cxbot.core.calendar import periods
from cxbot.core.calendar.incidents import Incident, during
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Statistic
from cxbot.core.reports.frame import Beside
from cxbot.core.signals.control_charts import Group
from cxbot.core.signals.weekly_signal import Level, Verdict, Week, judge

HISTORY_WEEKS = 78
"""The number of weeks read before a period: 26 for the baseline, and earlier weeks that show which of them are calm."""


def calendar(history: Iterable[tuple[Period, Group]], incidents: Iterable[Incident]) -> list[Week]:
    """The weeks of a history. Weeks that have a day in common with an incident are marked to be skipped."""
    known = tuple(incidents)
    return [Week(group, bool(during(known, week))) for week, group in history]


def of_period(
    statistic: Statistic,
    period: Period,
    history: Iterable[tuple[Period, Group]],
    current: Group,
    incidents: Iterable[Incident],
) -> Verdict:
    """The verdict on a complete period, compared with the complete weeks before it that had no incident.

    `history` has these weeks, oldest first. A week with few answers may be judged together with the three weeks before
    it. A period of another kind with so few answers gets the verdict "too few".
    """
    weeks = list(history)
    verdict = judge(statistic, calendar(weeks, incidents), current)
    if verdict.level is not None:
        named = [week.key for week, _ in weeks] + [period.key]
        verdict = replace(verdict, level=replace(verdict.level, week=named[verdict.level.since]))
    if verdict.merged_weeks > 1 and period.kind is not periods.Kind.WEEK:
        # Only a single week may be judged together with the three before it.
        verdict = verdict.unjudged("no baseline" if verdict.word == "no baseline" else "too few")
        return replace(verdict, n=current.n, merged_weeks=1)
    return verdict


def scaled(verdict: Verdict, scale: Callable[[float], float]) -> Verdict:
    """The verdict with its limits and levels on another scale."""
    level = verdict.level
    if level is not None:
        level = replace(level, before=scale(level.before), after=scale(level.after))
    return replace(verdict.scaled(scale), level=level)


def as_json(report: Beside) -> dict[str, Any]:
    """The verdict in the form of the contract."""
    verdict = report.signal
    if verdict is None:
        return {"word": report.verdict, "rule": "weekly signal", "baseline_n": 0}
    return {
        "word": report.verdict,
        "rule": "weekly signal",
        "method": verdict.rule,
        "n": verdict.n,
        "merged_weeks": verdict.merged_weeks,
        "baseline_n": verdict.baseline_n,
        "baseline_weeks": verdict.baseline_weeks,
        "weeks_missing": verdict.weeks_missing,
        "value": verdict.value,
        "centre": verdict.centre,
        "low": verdict.low,
        "high": verdict.high,
        "visible": verdict.visible,
        "visible_in_four_weeks": verdict.visible_in_four,
        "z": verdict.z,
        "level": None if verdict.level is None else _level_json(verdict.level),
    }


def _level_json(level: Level) -> dict[str, Any]:
    return {"since": level.week, "before": level.before, "after": level.after, "told": level.told}
