"""The monthly roll-up over teams: each team's month, what changed, and which teams have a new level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cxbot.core.calendar import incidents
from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.metrics import differences
from cxbot.core.metrics.differences import Detail
from cxbot.core.metrics.metric import Counts, Kind, Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import disclosure, metric_report, verdicts
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.metric_report import Facts, Report
from cxbot.core.signals.weekly_signal import Standing, standing
from cxbot.core.teams.team import Team

WEEKS = 26  # drawn of each team


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of one team. The name "" stands for all teams together.

    `report` is about the month. `standing` is what the `weeks` up to the end of the month say together, and `figures`
    are the values of these weeks. `changed` says whether the difference from the month before stands out among all
    differences in the roll-up.
    """

    team: str
    report: Report
    weeks: tuple[Period, ...]
    figures: tuple[float | None, ...]
    standing: Standing
    changed: bool = False

    @property
    def metric(self) -> Metric:
        """The metric of the team's survey."""
        return self.report.metric

    @property
    def moved(self) -> bool:
        """Whether the metric has a new level."""
        return self.standing.level is not None

    @property
    def since(self) -> Period | None:
        """The week in which the new level began, about; None without one."""
        return None if self.standing.level is None else self.weeks[self.standing.level.since]


@dataclass(frozen=True, slots=True)
class RollUp:
    """A team's roll-up of a month.

    `lines` has a line for each team: first those with a new level, then those that changed, then the others.
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
        """Whether there are weeks to draw."""
        return bool(self.drawn)

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The lines with weeks to draw."""
        return tuple(line for line in self.lines if sum(figure is not None for figure in line.figures) > 1)


def line(team: str, query: Query, facts: Facts, history: Sequence[tuple[Period, Counts]], now: datetime) -> Line:
    """A team's line for the month of `query`.

    `history` has the answers of the complete weeks up to the end of the month, oldest first.
    """
    report = metric_report.build(query, facts, now)
    metric = report.metric
    weeks = verdicts.calendar(metric_report.summed(metric, history), facts.incidents)
    values = tuple(_value(metric, counts) for _, counts in history)
    return Line(team, report, tuple(week for week, _ in history), values, standing(metric.headline, weeks))


def _value(metric: Metric, counts: Counts) -> float | None:
    """A week's figure; None with fewer than 5 answers."""
    exact = metric.headline.exact(metric.on_scale(counts))
    few = differences.detail_for(sum(metric.on_scale(counts).values())) is Detail.COUNT
    return None if exact is None or few else float(exact)


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
    first = sorted(marked[: len(lines)], key=lambda line: (-_size(line), not line.changed))
    return RollUp(team, month, tuple(first), tuple(marked[len(lines) :]))


def for_channel(rollup: RollUp, shown: Callable[[Report], Released]) -> RollUp:
    """The roll-up as it is posted, where members read it who don't lead: values without distributions, and only such as
    are `shown` to them. If a team's value is not, it must not follow from that of all teams together either."""
    lines = tuple(replace(each, report=disclosure.for_member(each.report, shown(each.report))) for each in rollup.lines)
    gaps = {each.metric.name for each in lines if each.report.current.withheld}
    before = {each.metric.name for each in lines if each.report.previous.withheld}
    together = tuple(
        replace(each, report=disclosure.for_member(
            each.report, Released(each.metric.name not in gaps, each.metric.name not in before)
        ))
        for each in rollup.together
    )  # fmt: skip
    return replace(rollup, lines=lines, together=together)


def _size(line: Line) -> float:
    """The size of a lasting change, as a share of the metric's scale; 0 without one."""
    level, headline = line.standing.level, line.metric.headline
    if level is None:
        return 0.0
    span = {Kind.NET: 200, Kind.SHARE: 100, Kind.MEAN: line.metric.high - line.metric.low}[headline.kind]
    return abs(level.after - level.before) / span


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
    standing = line.standing
    return {
        "team": line.team,
        "report": metric_report.as_json(line.report),
        "changed": line.changed,
        "level": {
            "word": standing.word,
            "since": line.since and line.since.key,
            "before": standing.before,
            "now": standing.now,
            "baseline_n": standing.baseline_n,
            "baseline_weeks": standing.baseline_weeks,
            "n": standing.n,
            "weeks": standing.weeks,
        },
    }
