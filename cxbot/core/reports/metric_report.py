"""The report on one metric in one period, computed from the store's facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, final

from cxbot.core.calendar import incidents
from cxbot.core.calendar.incidents import Incident, during
from cxbot.core.calendar.periods import Period
from cxbot.core.figures import mix, shrinkage
from cxbot.core.figures.first_contact import Disagreement, Observed
from cxbot.core.figures.mix import Mix
from cxbot.core.figures.response_rate import Response
from cxbot.core.metrics import design_effects, differences, estimates
from cxbot.core.metrics.design_effects import ALONE, Effect, Effects
from cxbot.core.metrics.differences import Change, Sides, comparable
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Counts, Kind, Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import cautions, verdicts
from cxbot.core.reports.cautions import Background, Caution
from cxbot.core.reports.frame import Asked, Compared
from cxbot.core.signals import control_charts
from cxbot.core.signals.control_charts import Group, group
from cxbot.core.signals.weekly_signal import Verdict

HEADLINE = design_effects.HEADLINE
Parts = Mapping[str, Counts]
NO_PART = "—"  # the part of answers that name none
LEAST_FOR_GROUPS = 10  # colleagues from whom on the groups of their scores are shown
LEAST_FOR_LEADS = 10  # answers from which on a lead sees an agent's figures


@dataclass(frozen=True, slots=True)
class Slice:
    """The answers of a period, or of a part of it, and the response to the surveys sent in it.

    `counts` are the answers on the metric's scale, `aside` the answers outside it. `deffs` has the design effect of
    each statistic by name, including `headline`; 1 if missing. `withheld` is the number of answers whose scores are
    left out to protect people (see `disclosure`). `several` has the number of answers of each customer who gave more
    than one, the most first; it is empty above 5,000 answers. `rest_deffs` are the design effects of all answers
    outside this part, with which it is compared.
    """

    counts: Counts = field(default_factory=dict)
    deffs: Effects = field(default_factory=dict)
    response: Response = field(default_factory=lambda: Response(0, 0, 0, 0, 0, 0))
    aside: Counts = field(default_factory=dict)
    withheld: int = 0
    several: tuple[int, ...] = ()
    rest_deffs: Effects = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        metric: Metric,
        counts: Counts,
        effect: Effect = ALONE,
        several: tuple[int, ...] = (),
    ) -> Slice:
        """The slice of all answers to a metric's question."""
        on_scale = metric.on_scale(counts)
        aside = {score: n for score, n in counts.items() if score not in on_scale}
        return cls(on_scale, effect.own, aside=aside, several=several, rest_deffs=effect.rest)

    @property
    def n(self) -> int:
        """The number of answers on the scale, including withheld ones."""
        return sum(self.counts.values()) + self.withheld

    def buckets(self, metric: Metric) -> dict[str, int]:
        """The number of answers in each group of scores, including `aside`."""
        return metric.buckets({**self.counts, **self.aside})

    def estimate(self, metric: Metric) -> Estimate | None:
        """The headline with its interval."""
        return estimates.estimate(metric, self.counts, self.deffs.get(HEADLINE, 1.0))

    def beside_rest(self, whole: Counts) -> Sides:
        """This part, and the rest of all answers of which it is a part."""
        rest = {score: n - self.counts.get(score, 0) for score, n in whole.items()}
        return Sides(self.counts, rest, self.deffs.get(HEADLINE, 1.0), self.rest_deffs.get(HEADLINE, 1.0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows about a question.

    `kind` is how the counted answers were asked for. `apart` are answers of other kinds, which are shown separately
    and never mixed in. `groups` are the slices of `by:`. `background` says how the answers came about; None if it
    was not asked for, or if there are too many answers. `observed` and `disagreements` are only known for
    first-contact resolution. `mixes` has, by dimension, the answers of each part in the period before and in this
    one.

    `history` is the basis of the verdict on a complete period: the answers that count in up to 78 complete ISO weeks
    before the period, oldest first, starting with the first week that has an answer. It is empty for an unfinished
    period. `incidents` are the known incidents, of any date, that concern these answers.
    """

    current: Slice
    previous: Slice
    kind: str = ""
    apart: Mapping[str, Slice] = field(default_factory=dict)
    groups: Mapping[str, Slice] | None = None
    history: tuple[tuple[Period, Counts], ...] = ()
    incidents: tuple[Incident, ...] = ()
    background: Background | None = None
    observed: Observed | None = None
    disagreements: tuple[Disagreement, ...] = ()
    mixes: Mapping[str, tuple[Parts, Parts]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a `by:` report, compared with the rest (not with a total that contains it).

    `shrunken` is what messages show of an agent instead of `estimate` (see `shrinkage`); None for other parts.
    """

    key: str
    n: int
    estimate: Estimate | None
    versus_rest: Change | None
    flagged: bool
    shrunken: Estimate | None = None

    def hidden(self) -> Segment:
        """A copy of the part with only its key and its number of answers."""
        return replace(self, estimate=None, versus_rest=None, flagged=False, shrunken=None)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Compared):
    """Everything about one question, unrounded. Messages decide how much of it they show.

    For first-contact resolution, `observed` has what customers did, and `disagreements` are the interactions for which
    they stated something else. `incidents` are the known incidents that have a day in common with the period. `mixes`
    say how much of the change comes from other topics, channels or touchpoints. `value_only` says that whoever asked
    sees no distribution (see `disclosure`). `elsewhere` has, if there is no answer, the metrics with answers and their
    numbers.
    """

    metric: Metric
    current: Slice
    estimate: Estimate | None
    also: Mapping[str, Estimate]
    previous: Slice
    previous_estimate: Estimate | None
    kind: str
    apart: Mapping[str, tuple[int, Estimate | None]]
    segments: tuple[Segment, ...] | None
    cautions: tuple[Caution, ...] = ()
    observed: Observed | None = None
    disagreements: tuple[Disagreement, ...] = ()
    incidents: tuple[Incident, ...] = ()
    mixes: tuple[Mix, ...] = ()
    value_only: bool = False
    elsewhere: tuple[tuple[Metric, int], ...] = ()

    @property
    def shows_groups(self) -> bool:
        """Whether messages and JSON show how many answers are in each group of scores."""
        few = self.metric.employees and self.n < LEAST_FOR_GROUPS
        return not (self.current.withheld or self.value_only or few)

    @property
    def variance(self) -> float:
        """The variance of one answer, in squared points of the headline."""
        return control_charts.variance(self.metric.headline.kind, group(self.metric.headline, self.current.counts))


def build(query: Query, facts: Facts, now: datetime) -> Report:
    """The report of a query from the store's facts."""
    metric = query.metric
    current, previous = facts.current, facts.previous
    change = None
    if current.n and previous.n:
        change = differences.difference(
            metric,
            current.counts,
            previous.counts,
            current.deffs.get(HEADLINE, 1.0),
            previous.deffs.get(HEADLINE, 1.0),
        )
    return Report(
        query=query,
        now=now,
        metric=metric,
        current=current,
        estimate=current.estimate(metric),
        also=estimates.also(metric, current.counts, current.deffs),
        previous_period=query.beside,
        previous=previous,
        previous_estimate=previous.estimate(metric),
        change=change,
        signal=_signal(metric, query.period, facts) if query.period.complete(now) else None,
        kind=facts.kind,
        apart={kind: (part.n, part.estimate(metric)) for kind, part in facts.apart.items() if part.n},
        segments=None if facts.groups is None else _segments(metric, query.by or "", facts.groups, current),
        cautions=cautions.cautions(current.n, facts.background, change) if facts.background and current.n else (),
        mixes=tuple(
            found
            for dimension, parts in facts.mixes.items()
            if (found := mix.mix(metric, dimension, *parts)) is not None
        ),
        observed=facts.observed,
        disagreements=facts.disagreements,
        incidents=during(facts.incidents, query.period),
    )


def _signal(metric: Metric, period: Period, facts: Facts) -> Verdict:
    current = group(metric.headline, facts.current.counts)
    return verdicts.of_period(metric.headline, period, summed(metric, facts.history), current, facts.incidents)


def summed(metric: Metric, history: Iterable[tuple[Period, Counts]]) -> Iterator[tuple[Period, Group]]:
    """The answers of each week as sums for the headline, without answers outside the scale."""
    return ((week, group(metric.headline, metric.on_scale(counts))) for week, counts in history)


def _segments(metric: Metric, by: str, groups: Mapping[str, Slice], whole: Slice) -> tuple[Segment, ...]:
    """Every part compared with the rest, largest first."""
    drawn = {}
    if by == "agent":
        named = {key: part for key, part in groups.items() if key != NO_PART}
        drawn = shrinkage.shrunken(
            metric,
            {key: part.counts for key, part in named.items()},
            {key: part.deffs.get(HEADLINE, 1.0) for key, part in named.items()},
        )
    segments = []
    for key, part in groups.items():
        change = differences.versus_rest(metric, part.beside_rest(whole.counts))
        segments.append(Segment(f"{by}:{key}", part.n, part.estimate(metric), change, False, drawn.get(key)))
    return standing_out(segments)


def standing_out(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The parts of a table, largest first, and flagged if they stand out from the rest.

    They are flagged at a false discovery rate of 10 % over the whole table (Benjamini-Hochberg). Parts with too few
    answers for a comparison are not among them.
    """
    n = sum(segment.n for segment in segments)
    tested = [
        segment for segment in segments if segment.versus_rest is not None and comparable(segment.n, n - segment.n)
    ]
    flags = differences.flag([segment.versus_rest.p for segment in tested if segment.versus_rest is not None])
    flagged = {segment.key for segment, flag in zip(tested, flags, strict=True) if flag}
    return tuple(
        replace(segment, flagged=segment.key in flagged)
        for segment in sorted(segments, key=lambda part: (-part.n, part.key))
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report in the form of the contract: unrounded values, `null` for "no value"."""
    response, withheld = report.current.response, report.current.withheld
    distribution = estimates.distribution(report.metric, report.current.counts)
    return {
        **question_json(report, report.n),
        **limits_json(report.estimate),
        "confidence": 0.95,
        "unit": report.metric.unit,
        "also": also_json(report.metric, report.estimate, report.also),
        "scores": {} if withheld or report.metric.employees else {str(k): v for k, v in distribution.items()},
        "buckets": report.current.buckets(report.metric) if report.shows_groups else {},
        "response": {
            "sent": response.sent,
            "delivered": response.delivered,
            "answered": response.answered,
            "open": response.open,
            "rate": response.rate,
            "settled_rate": response.settled_rate,
        },
        "previous": {
            "period": period_json(report.previous_period, report.now),
            "n": report.previous.n,
            **limits_json(report.previous_estimate),
        },
        "change": change_json(report.change),
        "verdict": verdicts.as_json(report),
        "asked_by": report.kind,
        "apart": {kind: {"n": n, **limits_json(estimate)} for kind, (n, estimate) in report.apart.items()},
        "by": [segment_json(segment) for segment in report.segments or ()],
        "mix": [
            {"dimension": found.dimension, "change": found.change, "explained": found.explained, "p": found.p}
            for found in report.mixes
        ],
        "warnings": cautions.as_json(report.cautions),
        "incidents": incidents.as_json(report.incidents),
        **_observed(report),
    }


def also_json(metric: Metric, headline: Estimate | None, also: Mapping[str, Estimate]) -> dict[str, Any]:
    """The figures beside the headline; for a mean also its index from 0 to 100."""
    mean = headline if metric.headline.kind is Kind.MEAN else also.get("mean")
    index = {"index": estimates.index(metric, mean)} if mean else {}
    return {name: limits_json(estimate) for name, estimate in {**also, **index}.items()}


def _observed(report: Report) -> dict[str, Any]:
    observed = report.observed
    if observed is None:
        return {}
    words = {True: "yes", False: "no"}
    disagree = [
        {"external_id": disagreement.id, "stated": words[disagreement.stated], "observed": words[disagreement.observed]}
        for disagreement in report.disagreements
    ]
    counts = {"matured": observed.matured, "resolved": observed.resolved, "not_yet": observed.not_yet}
    return {"observed": {"n": observed.matured, **limits_json(observed.estimate()), **counts, "disagree": disagree}}


def question_json(report: Asked, n: int) -> dict[str, Any]:
    """The first fields of every report as data: the question, and the number n of answers, people or interactions."""
    query = report.query
    return {
        "metric": query.about.name,
        "period": period_json(query.period, report.now),
        "filters": dict(query.filters),
        "n": n,
    }


def period_json(period: Period, now: datetime) -> dict[str, Any]:
    """A period in the form of the contract."""
    return {
        "key": period.key,
        "start": iso(period.start),
        "end": iso(period.end),
        "timezone": str(period.timezone),
        "complete": period.complete(now),
    }


def iso(moment: datetime) -> str:
    """A moment in UTC as other programs read it."""
    return moment.isoformat().replace("+00:00", "Z")


def limits_json(estimate: Estimate | None) -> dict[str, float | None]:
    """A figure with its interval in the form of the contract; null if there is no value."""
    if estimate is None:
        return {"value": None, "low": None, "high": None}
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def change_json(change: Change | None) -> dict[str, float] | None:
    """A difference in the form of the contract."""
    if change is None:
        return None
    return {"value": change.value, "low": change.low, "high": change.high, "p": change.p}


def segment_json(segment: Segment) -> dict[str, Any]:
    """A part of `by:` in the form of the contract."""
    versus = change_json(segment.versus_rest)
    return {
        "key": segment.key,
        "n": segment.n,
        **limits_json(segment.estimate),
        "vs_rest": None if versus is None else {**versus, "flagged": segment.flagged},
        **({} if segment.shrunken is None else {"shrunken": limits_json(segment.shrunken)}),
    }
