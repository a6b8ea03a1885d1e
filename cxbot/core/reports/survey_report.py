"""The report on a survey of several items: each item's figure, which items moved, and the index if there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.figures import experience_index
from cxbot.core.figures.experience_index import PARTS, Experience, Triple
from cxbot.core.metrics import differences
from cxbot.core.metrics import estimates as metrics
from cxbot.core.metrics.differences import Change, Detail
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import disclosure, metric_report, verdicts
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.frame import Beside
from cxbot.core.reports.metric_report import HEADLINE, Segment, Slice
from cxbot.core.reports.releases import LEAST
from cxbot.core.signals.weekly_signal import Verdict
from cxbot.core.surveys.survey import Item, Survey
from cxbot.errors import N_, UsageError

INDEXED = "experience"


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person's ratings of goal, ease and emotion.

    `customer` is "" if unknown. `part` is the value of the dimension by which the report is split.
    """

    triple: Triple
    customer: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """What the store knows about a survey in two periods.

    `current` and `previous` have the answers to each item, by the name of the item's metric. The other fields are for
    the index: the respondents of both periods, and `history`, the respondents of the complete weeks before a complete
    period, oldest first. `incidents` are the known incidents.
    """

    current: Mapping[str, Slice]
    previous: Mapping[str, Slice]
    respondents: Sequence[Respondent] = ()
    respondents_before: Sequence[Respondent] = ()
    history: Sequence[tuple[Period, Sequence[Triple]]] = ()
    incidents: Sequence[Incident] = ()


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One item in two periods.

    `n` and `n_before` are the numbers of answers. The slices are empty if fewer than five colleagues answered. `moved`
    says whether the change stands out among the changes of all items (Benjamini–Hochberg at q = 0.10); this needs two
    periods that are over and have at least 10 answers each.
    """

    item: Item
    n: int
    n_before: int
    current: Slice
    previous: Slice
    estimate: Estimate | None
    previous_estimate: Estimate | None
    change: Change | None
    detail: Detail
    moved: bool = False

    @property
    def metric(self) -> Metric:
        """The metric of the item's answers."""
        return self.item.metric


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReport(Beside):
    """Everything about one survey, unrounded.

    `index` and its figures are None if the survey has no index. `segments` are the parts of `by:`, with the index of
    each. `held_back` says that values are left out, because a member must not see them.
    """

    survey: Survey
    items: tuple[ItemFigures, ...]
    index: Experience | None = None
    previous_index: Experience | None = None
    index_change: Change | None = None
    segments: tuple[Segment, ...] | None = None
    signal: Verdict | None = None
    held_back: bool = False

    @property
    def n(self) -> int:
        """The number of people in the index; without an index, the number of answers to the most answered item."""
        if self.index is not None:
            return self.index.n_complete
        return max(item.n for item in self.items)

    @property
    def detail(self) -> Detail:
        """How much of the index a message may show, given the number of people in both periods."""
        before = self.previous_index.n_complete if self.previous_index else 0
        return differences.detail_for(self.n, before)


def check(query: Query, now: datetime) -> None:
    """Raise UsageError for a question that this report can't answer.

    Only the experience index can be split. Surveys for employees must also pass `disclosure.check`.
    """
    survey = query.survey
    if survey.employees:
        disclosure.check(query, now)
    if query.by and survey.name != INDEXED:
        raise UsageError(
            N_("`%(survey)s` has no figure of its own to split. Split one of its items: `/cx %(item)s by:%(by)s`."),
            survey=survey.name, item=survey.first.metric.name, by=query.by,
        )  # fmt: skip


def build(query: Query, facts: SurveyFacts, now: datetime) -> SurveyReport:
    """The report of a survey from the store's facts."""
    survey = query.survey
    items = tuple(_figures(survey, item, facts) for item in survey.items)
    beside = query.beside
    report = SurveyReport(query=query, now=now, survey=survey, items=items, previous_period=beside)
    if report.settled:
        report = replace(report, items=_moved(items))
    return report if survey.name != INDEXED else _with_index(report, facts)


def for_member(report: SurveyReport, shown: Sequence[Released], part: str, *, own: bool) -> SurveyReport:
    """The report for somebody who doesn't lead: values of the items that may be `shown` to members, in the order of the
    items. The index, which is made of all items, only if all are. Of the parts only their own one, and its value only
    if `own` says so."""
    items = tuple(_shown(item, told) for item, told in zip(report.items, shown, strict=True))
    now, before = all(told.current for told in shown), all(told.previous for told in shown)
    return replace(
        report,
        items=items,
        index=report.index if now else None,
        signal=report.signal if now else None,
        previous_index=report.previous_index if now and before else None,
        index_change=report.index_change if now and before else None,
        segments=None
        if report.segments is None
        else tuple(each if own else each.hidden() for each in report.segments if each.key == part),
        held_back=not now,
    )


def _shown(item: ItemFigures, told: Released) -> ItemFigures:
    if not told.current:
        item = replace(item, current=Slice(), estimate=None, change=None, moved=False, detail=Detail.COUNT)
    if not told.previous:
        item = replace(item, previous=Slice(), previous_estimate=None, change=None, moved=False)
    return item


def _figures(survey: Survey, item: Item, facts: SurveyFacts) -> ItemFigures:
    metric = item.metric
    given = [slices.get(metric.name, Slice()) for slices in (facts.current, facts.previous)]
    current, previous = (_told(survey, part) for part in given)
    change = differences.difference(
        metric, current.counts, previous.counts, current.deffs.get(HEADLINE, 1.0), previous.deffs.get(HEADLINE, 1.0)
    )
    detail = differences.detail_for(current.n, previous.n)
    estimates = current.estimate(metric), previous.estimate(metric)
    return ItemFigures(item, given[0].n, given[1].n, current, previous, *estimates, change, detail)


def _told(survey: Survey, part: Slice) -> Slice:
    """The answers that may be shown: none if fewer than five employees answered, or if they are withheld."""
    return Slice() if survey.employees and (part.withheld or part.n < LEAST) else part


def _moved(items: Sequence[ItemFigures]) -> tuple[ItemFigures, ...]:
    tested = [item for item in items if item.change is not None and item.detail is Detail.COMPARISON]
    flags = differences.flag([item.change.p for item in tested if item.change is not None])
    moved = {item.item.metric.name for item, flag in zip(tested, flags, strict=True) if flag}
    return tuple(replace(item, moved=item.item.metric.name in moved) for item in items)


def _with_index(report: SurveyReport, facts: SurveyFacts) -> SurveyReport:
    current, previous = facts.respondents, facts.respondents_before
    deffs, deffs_before = _effects(current), _effects(previous)
    by = report.query.by
    return replace(
        report,
        index=experience_index.index(_triples(current), deffs=deffs),
        previous_index=experience_index.index(_triples(previous), deffs=deffs_before),
        index_change=experience_index.change(
            _triples(current), _triples(previous), deffs[INDEXED], deffs_before[INDEXED]
        ),
        segments=None if by is None else _segments(by, current),
        signal=_signal(report.query.period, current, facts) if report.complete else None,
    )


def _signal(period: Period, current: Sequence[Respondent], facts: SurveyFacts) -> Verdict:
    history = ((week, experience_index.group(triples)) for week, triples in facts.history)
    verdict = verdicts.of_period(
        experience_index.INDEX.headline, period, history, experience_index.group(_triples(current)), facts.incidents
    )
    return verdicts.scaled(verdict, experience_index.of_sum)


def _segments(by: str, respondents: Sequence[Respondent]) -> tuple[Segment, ...]:
    """The index of every part compared with the rest, largest first."""
    segments = []
    for part in sorted({respondent.part for respondent in respondents}):
        own = [respondent for respondent in respondents if respondent.part == part]
        rest = [respondent for respondent in respondents if respondent.part != part]
        deffs = _effects(own)
        figures = experience_index.index(_triples(own), deffs=deffs)
        versus = experience_index.change(_triples(own), _triples(rest), deffs[INDEXED], _effects(rest)[INDEXED])
        segments.append(Segment(f"{by}:{part or '—'}", figures.n_complete, figures.index, versus, False))
    return metric_report.standing_out(segments)


def _triples(respondents: Sequence[Respondent]) -> list[Triple]:
    return [respondent.triple for respondent in respondents]


def _effects(respondents: Sequence[Respondent]) -> dict[str, float]:
    by_customer: dict[str, list[Triple]] = defaultdict(list)
    for respondent in respondents:
        by_customer[respondent.customer].append(respondent.triple)
    return experience_index.effects(by_customer)


def as_json(report: SurveyReport) -> dict[str, Any]:
    """The report of a survey in the form of the contract; `items` are its questions."""
    index, before = report.index, report.previous_index
    return {
        **metric_report.question_json(report, report.n),
        **metric_report.limits_json(index.index if index else None),
        "confidence": 0.95,
        "unit": "index" if index else None,
        "index": None if index is None else _index(index),
        "items": [_item(item) for item in report.items],
        "scores": {},
        "buckets": {},
        "response": None,
        "previous": {
            "period": metric_report.period_json(report.previous_period, report.now),
            "n": before.n_complete if before else max(item.n_before for item in report.items),
            **metric_report.limits_json(before.index if before else None),
        },
        "change": metric_report.change_json(report.index_change),
        "verdict": verdicts.as_json(report),
        "by": [metric_report.segment_json(segment) for segment in report.segments or ()],
        "warnings": [],
    }


def _index(index: Experience) -> dict[str, Any]:
    parts = {name: metric_report.limits_json(getattr(index, name)) for name in PARTS}
    counts = {"n_complete": index.n_complete, "n_incomplete": index.n_incomplete}
    return {**metric_report.limits_json(index.index), **counts, **parts}


def _item(figures: ItemFigures) -> dict[str, Any]:
    change = metric_report.change_json(figures.change)
    also = metrics.also(figures.metric, figures.current.counts, figures.current.deffs)
    return {
        "metric": figures.metric.name,
        "n": figures.n,
        **metric_report.limits_json(figures.estimate),
        "unit": figures.metric.unit,
        "also": metric_report.also_json(figures.metric, figures.estimate, also),
        "scores": {str(k): v for k, v in metrics.distribution(figures.metric, figures.current.counts).items()},
        "buckets": figures.current.buckets(figures.metric),
        "previous": {"n": figures.n_before, **metric_report.limits_json(figures.previous_estimate)},
        "change": None if change is None else {**change, "moved": figures.moved},
    }
