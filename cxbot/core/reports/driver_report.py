"""The driver report: reasons, topics, channels and touchpoints by drag, and rated drivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final

from cxbot.core.figures import drivers
from cxbot.core.figures.drivers import Driver, Leader
from cxbot.core.metrics.design_effects import ALONE, Effect
from cxbot.core.metrics.estimates import Estimate, estimate
from cxbot.core.metrics.metric import Counts, Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report
from cxbot.core.reports.frame import Asked
from cxbot.core.reports.metric_report import Slice
from cxbot.core.statistics.rank_correlation import Correlation, spearman
from cxbot.core.surveys.survey import REASONS, Reason

KINDS = ("reason", "topic", "channel", "touchpoint")
RATED = ("goal", "ease", "emotion")
SEED = 1
Tag = tuple[str, str]  # the kind and the value


@dataclass(frozen=True, slots=True)
class Tagged:
    """`n` answers with the same score and the same tags, which are (kind, value) pairs."""

    score: int
    tags: frozenset[Tag]
    n: int


@dataclass(frozen=True, slots=True)
class Ratings:
    """Scores, and the ratings that the same people gave to each rated driver, in the same order."""

    scores: Sequence[int] = ()
    drivers: Mapping[str, Sequence[int]] | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DriverReport(Asked):
    """The table of tags and the rated drivers of one metric in one period, unrounded. `reasons` are those of its survey
    by code."""

    metric: Metric
    estimate: Estimate | None
    tags: tuple[Driver, ...]
    rated: Mapping[str, Correlation]
    leader: Leader | None
    reasons: Mapping[str, Reason] = field(default_factory=lambda: REASONS)

    @property
    def n(self) -> int:
        """Number of answers."""
        return 0 if self.estimate is None else self.estimate.n


def tag_name(kind: str, value: str) -> str:
    """A tag as the table shows it, such as `topic:invoices`."""
    return f"{kind}:{value}"


def counted(metric: Metric, answers: Iterable[Tagged]) -> tuple[Counts, Mapping[Tag, Counts]]:
    """The answers on the scale by score: all of them, and those with each tag."""
    on_scale = [answer for answer in answers if answer.score in metric.scale]
    whole: Counter[int] = Counter()
    having: dict[Tag, Counter[int]] = {}
    for answer in on_scale:
        whole[answer.score] += answer.n
        for tag in answer.tags:
            having.setdefault(tag, Counter())[answer.score] += answer.n
    return whole, having


def build(
    query: Query,
    now: datetime,
    whole: Counts,
    having: Mapping[Tag, Counts],
    effects: Mapping[Tag, Effect],
    ratings: Ratings,
    known: Mapping[str, Reason] = REASONS,
) -> DriverReport:
    """The report, computed from the answers of a period.

    `whole` are all answers, `having` those with each tag, and `effects` the design effects of tags with customers who
    answered more than once. `known` are the reasons of the metric's survey by code.
    """
    metric = query.metric
    tags = {
        tag_name(*tag): Slice.of(metric, counts, effects.get(tag, ALONE)).beside_rest(whole)
        for tag, counts in having.items()
    }
    total = sum(whole.values())
    rated = {
        name: correlation
        for name, given in (ratings.drivers or {}).items()
        if (correlation := spearman(given, ratings.scores)) is not None
    }
    return DriverReport(
        query=query,
        now=now,
        metric=metric,
        estimate=estimate(metric, whole),
        tags=tuple(drivers.ranked(metric, tags, total)),
        rated=rated,
        leader=drivers.leader(ratings.drivers, ratings.scores, SEED) if ratings.drivers else None,
        reasons=known,
    )


def reasons(codes: str, known: Mapping[str, Reason]) -> list[Tag]:
    """The one-tap reasons in a row of the store as tags; `codes` are separated by commas, unknown ones are left out."""
    return [("reason", code) for code in codes.split(",") if code in known]


def as_json(report: DriverReport) -> dict[str, Any]:
    """The report as data, unrounded."""
    leader = report.leader
    return {
        "report": "drivers",
        **metric_report.question_json(report, report.n),
        "value": report.estimate and report.estimate.value,
        "unit": report.metric.unit,
        "drivers": [_driver(driver) for driver in report.tags],
        "rated": [
            {"name": name, "rho": correlation.rho, "low": correlation.low, "high": correlation.high, "n": correlation.n}
            for name, correlation in report.rated.items()
        ],
        "leader": None
        if leader is None
        else {"name": leader.name, "rho": leader.rho, "lead": leader.lead, "n": leader.n, "named": leader.named},
    }


def _driver(driver: Driver) -> dict[str, Any]:
    impact = driver.impact
    return {
        "key": driver.name,
        "n": impact.having.n,
        "share": 100 * impact.share,
        "value": impact.having.value,
        "without": impact.lacking.value,
        "difference": metric_report.change_json(impact.difference),
        "drag": impact.drag,
        "flagged": driver.flagged,
        "rank": driver.rank,
    }
