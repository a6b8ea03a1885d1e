"""The journey report: every touchpoint with its score, and what it adds to the overall score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from cxbot.core.csv_files.touchpoints import STAGES, Touchpoint
from cxbot.core.figures import drivers
from cxbot.core.figures.drivers import Driver
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report
from cxbot.core.reports.frame import Asked
from cxbot.core.reports.metric_report import NO_PART, Facts, Slice


@dataclass(frozen=True, slots=True)
class Stop:
    """One touchpoint of the journey.

    `stage` is the stage in the register, else the stage that most answers about the touchpoint name, else "". `place`
    is the touchpoint's entry in the register; None if it has none. `driver` is None if there is nothing to compare:
    below 5 answers, or if every answer is about this touchpoint.
    """

    name: str
    stage: str
    place: Touchpoint | None
    n: int
    estimate: Estimate | None
    driver: Driver | None

    @property
    def flagged(self) -> bool:
        """Whether the touchpoint stands out from the rest."""
        return self.driver is not None and self.driver.flagged


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Journey(Asked):
    """The touchpoints of one metric in one period, in the order of the journey, unrounded.

    `unnamed` is the number of answers without a touchpoint. Each touchpoint is compared with all other answers,
    including these.
    """

    metric: Metric
    n: int
    estimate: Estimate | None
    stops: tuple[Stop, ...]
    unnamed: int

    @property
    def foremost(self) -> tuple[Stop, ...]:
        """The touchpoints that stand out, the largest drag first, up or down; none below 100 answers overall."""
        ranked = [(stop.driver.rank, stop) for stop in self.stops if stop.driver and stop.flagged and stop.driver.rank]
        return tuple(stop for _, stop in sorted(ranked, key=lambda stop: stop[0]))


def build(
    query: Query, now: datetime, facts: Facts, register: Sequence[Touchpoint], named: Mapping[str, str]
) -> Journey:
    """The journey, computed from the answers by touchpoint in `facts.groups`.

    `register` has the registered touchpoints in order. `named` has, for touchpoints that are not registered, the
    stages that their answers name.
    """
    metric = query.metric
    known = {touchpoint.name: touchpoint for touchpoint in register}
    slices: dict[str, Slice] = {touchpoint.name: Slice() for touchpoint in register}
    slices.update((name, part) for name, part in (facts.groups or {}).items() if name != NO_PART)
    tags = {name: part.beside_rest(facts.current.counts) for name, part in slices.items()}
    ranked = {driver.name: driver for driver in drivers.ranked(metric, tags, facts.current.n)}
    stops = []
    for name, part in slices.items():
        place = known.get(name)
        stage = place.stage if place else named.get(name, "")
        stops.append(Stop(name, stage, place, part.n, part.estimate(metric), ranked.get(name)))
    order = {name: number for number, name in enumerate(known)}
    stops.sort(key=lambda stop: (_stage_order(stop.stage), order.get(stop.name, len(order)), -stop.n, stop.name))
    unnamed = facts.current.n - sum(part.n for part in slices.values())
    return Journey(
        query=query, now=now, metric=metric, n=facts.current.n, estimate=facts.current.estimate(metric),
        stops=tuple(stops), unnamed=unnamed,
    )  # fmt: skip


def _stage_order(stage: str) -> tuple[int, str]:
    """A sort key: before, during, after; then stages that only answers name; then no stage."""
    return (STAGES.index(stage), "") if stage in STAGES else (len(STAGES) + (not stage), stage)


def as_json(journey: Journey) -> dict[str, Any]:
    """The journey as data, unrounded."""
    return {
        "report": "journey",
        **metric_report.question_json(journey, journey.n),
        **metric_report.limits_json(journey.estimate),
        "confidence": 0.95,
        "unit": journey.metric.unit,
        "touchpoints": [_stop(stop) for stop in journey.stops],
        "without_touchpoint": journey.unnamed,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    driver = stop.driver
    return {
        "key": f"touchpoint:{stop.name}",
        "stage": stop.stage,
        "registered": stop.place is not None,
        "direct": None if stop.place is None else stop.place.direct,
        "ours": None if stop.place is None else stop.place.ours,
        "n": stop.n,
        **metric_report.limits_json(stop.estimate),
        "share": driver and 100 * driver.impact.share,
        "without": driver and driver.impact.lacking.value,
        "difference": driver and metric_report.change_json(driver.impact.difference),
        "drag": driver and driver.impact.drag,
        "flagged": stop.flagged,
        "rank": driver and driver.rank,
    }
