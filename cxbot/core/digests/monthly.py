"""The monthly roll-up over teams: each team's month, what changed, and which teams drift slowly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cxbot.core.calendar import incidents
from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics import differences
from cxbot.core.metrics.metric import Counts, Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report, verdicts
from cxbot.core.reports.metric_report import Facts, Report
from cxbot.core.signals import slow_drift as drift
from cxbot.core.signals.slow_drift import Step, Verdict
from cxbot.core.teams.team import Team


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of one team. The name "" stands for all teams together.

    `report` is about the month. `drift` is the verdict on the `weeks` up to the end of the month. `changed` says
    whether the difference from the month before stands out among all differences in the roll-up.
    """

    team: str
    report: Report
    weeks: tuple[Period, ...]
    drift: Verdict
    changed: bool = False

    @property
    def metric(self) -> Metric:
        """The metric of the team's survey."""
        return self.report.metric

    @property
    def drifting(self) -> bool:
        """Whether the metric drifts slowly."""
        return self.drift.since is not None

    @property
    def since(self) -> Period | None:
        """The week in which the drift began; None if there is no drift."""
        return None if self.drift.since is None else self.weeks[self.drift.since]


@dataclass(frozen=True, slots=True)
class RollUp:
    """A team's roll-up of a month.

    `lines` has a line for each team: first the lines that drift, then the lines that changed, then the others.
    `together` has a line for each metric that several teams share. Months and weeks are in the team's time zone.
    """

    team: Team
    month: Period
    lines: tuple[Line, ...]
    together: tuple[Line, ...]

    @property
    def quiet(self) -> bool:
        """Whether no team had answers."""
        return not any(line.report.n for line in self.lines)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents that concern some of the month's answers, each once."""
        return tuple(dict.fromkeys(incident for line in self.lines for incident in line.report.incidents))

    @property
    def drawable(self) -> bool:
        """Whether there is a moving average to draw."""
        return bool(self.judged)

    @property
    def judged(self) -> tuple[Line, ...]:
        """The lines with a moving average to draw."""
        return tuple(line for line in self.lines if line.drift.steps)


def line(team: str, query: Query, facts: Facts, history: Sequence[tuple[Period, Counts]], now: datetime) -> Line:
    """A team's line for the month of `query`.

    `history` has the answers of the complete weeks up to the end of the month, oldest first.
    """
    report = metric_report.build(query, facts, now)
    metric = report.metric
    weeks = verdicts.calendar(metric_report.summed(metric, history), facts.incidents)
    verdict = drift.judge(metric.headline, weeks)
    return Line(team, report, tuple(week for week, _ in history), verdict)


def listed(team: Team, lines: Iterable[Line]) -> list[Line]:
    """The lines of a team's roll-up: all lines, except the team's own if it had no answers and sent no surveys."""
    return [line for line in lines if line.team != team.name or line.report.n or line.report.current.response.sent]


def shared(lines: Sequence[Line]) -> list[Metric]:
    """The metrics that more than one team has."""
    teams = Counter(line.metric.name for line in lines)
    return [metric for name, metric in {line.metric.name: line.metric for line in lines}.items() if teams[name] > 1]


def build(team: Team, month: Period, lines: Sequence[Line], together: Sequence[Line]) -> RollUp:
    """The roll-up with these lines, sorted.

    The changes that stand out are flagged among all differences of the roll-up, at a false discovery rate of 10 %
    (Benjamini & Hochberg 1995).
    """
    every = [*lines, *together]
    tested = [(place, line.report.change) for place, line in enumerate(every) if line.report.compared]
    flags = differences.flag([change.p for _, change in tested if change is not None])
    changed = {place for (place, _), flag in zip(tested, flags, strict=True) if flag}
    marked = [replace(line, changed=place in changed) for place, line in enumerate(every)]
    first = sorted(marked[: len(lines)], key=lambda line: (-_beyond(line), not line.changed))
    return RollUp(team, month, tuple(first), tuple(marked[len(lines) :]))


def _beyond(line: Line) -> float:
    """The size of the moving average as a multiple of its limit, so above 1 for a drift; 0 without a drift."""
    last = line.drift.steps[-1] if line.drifting else None
    return abs(last.average) / last.limit if last else 0.0


def as_dict(rollup: RollUp) -> dict[str, Any]:
    """The roll-up as data, with its reports in the form of the contract."""
    return {
        "team": rollup.team.name,
        "month": rollup.month.key,
        "teams": [_as_dict(line) for line in rollup.lines],
        "together": [_as_dict(line) for line in rollup.together],
        "incidents": incidents.as_json(rollup.incidents),
    }


def _as_dict(line: Line) -> dict[str, Any]:
    drift = line.drift
    return {
        "team": line.team,
        "report": metric_report.as_json(line.report),
        "changed": line.changed,
        "drift": {
            "word": drift.word,
            "since": line.since and line.since.key,
            "baseline_n": drift.baseline_n,
            "baseline_weeks": drift.baseline_weeks,
            "centre": drift.centre,
            "n": drift.n,
            "weeks": drift.weeks,
            "value": drift.value,
            "steps": [_step(line, step) for step in drift.steps],
        },
    }


def _step(line: Line, step: Step) -> dict[str, Any]:
    return {
        "week": line.weeks[step.last].key,
        "n": step.n,
        "z": step.z,
        "average": step.average,
        "limit": step.limit,
    }
