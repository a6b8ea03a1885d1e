"""The weekly digest of a team: its weeks, its trend, the comments it quotes, and who still waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from cxbot.core.calendar import hours, incidents, periods
from cxbot.core.calendar.hours import MonthlySlot
from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.invitations.funnel import NO_CLOSES, Funnel
from cxbot.core.metrics.differences import Detail, detail_for
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Metric
from cxbot.core.names import key
from cxbot.core.queries.query import Query
from cxbot.core.reports import disclosure, kinds, metric_report, operation_report, survey_report
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.metric_report import Facts, Report, Slice, as_json
from cxbot.core.reports.operation_report import HandlingFacts, OperationReport
from cxbot.core.reports.survey_report import SurveyFacts, SurveyReport
from cxbot.core.surveys.catalogue import Catalogue, Measure
from cxbot.core.surveys.survey import Item, Survey
from cxbot.core.teams.team import Team

WEEKS = 12  # weeks in the trend
ENOUGH = 20  # answers; a week with fewer is merged with earlier ones for the headline
SPANS = (1, 4, 12)
COMMENTS = 3
RECENT = 50  # newest comments, among which the quoted ones are chosen


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with its score, without the name of its writer."""

    score: int
    text: str


class Said(NamedTuple):
    """An answer with reasons or a comment. `reasons` are codes; `comment` is "" if there is none."""

    score: int
    reasons: tuple[str, ...]
    comment: str


Beside: TypeAlias = Facts | SurveyFacts | HandlingFacts
"""The facts for a report on another measure than the digest's metric."""


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What the store knows about a team's week.

    `by_week` has the answers of the last 12 weeks, the last of which is `week`. `of_week` are the facts for the
    week's report. `merged` are the facts for the last `span` weeks; None if `span` is 1. `said` is newest first.
    `beside` are facts about other measures. `waiting` is the number of open cases, `waiting_since` when the first of
    them was opened. `unassigned` says that answers of no team are the team's, because it is the only one. `asked_ever`
    and `answered_ever` say whether the team ever asked anybody, and ever got an answer, to whatever question.
    """

    team: Team
    week: Period
    span: int
    by_week: Sequence[Slice]
    of_week: Facts
    merged: Facts | None
    said: Sequence[Said]
    waiting: int
    beside: Sequence[tuple[Measure, Beside]]
    incidents: Sequence[Incident]
    funnel: Funnel = NO_CLOSES
    unassigned: bool = False
    asked_ever: bool = True
    answered_ever: bool = True
    waiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """One point of the trend."""

    period: Period
    n: int
    estimate: Estimate | None


@dataclass(frozen=True, slots=True)
class Digest:
    """The contents of a team's digest of a week.

    `headline` is the report on the last `span` weeks (1, 4 or 12: weeks with few answers are merged). `week_report` is
    the report on the week itself. `others` are reports on other measures that had answers or interactions. `waiting`
    is the number of people who were let down or asked for contact and whose case is open, `waiting_since` when the
    first of these cases was opened. `incidents` are the known incidents within the trend. `funnel` is that of what was
    closed in the week. `asked_ever` and `answered_ever` say whether the team ever asked anybody, and ever got an
    answer.
    """

    team: Team
    week: Period
    item: Item
    span: int
    headline: Report
    week_report: Report
    trend: tuple[Week, ...]
    reasons: Mapping[str, int]
    remarks: tuple[Remark, ...]
    waiting: int
    others: tuple[Report | OperationReport | SurveyReport, ...] = field(default=())
    incidents: tuple[Incident, ...] = ()
    funnel: Funnel = NO_CLOSES
    asked_ever: bool = True
    answered_ever: bool = True
    waiting_since: datetime | None = None

    @property
    def metric(self) -> Metric:
        """The metric of the headline."""
        return self.item.metric

    @property
    def quiet(self) -> bool:
        """Whether nobody answered in the week."""
        return self.week_report.n == 0

    @property
    def elsewhere(self) -> tuple[Report | SurveyReport, ...]:
        """What else was answered in the week, if the team's own question was not."""
        return (
            () if self.week_report.n else tuple(each for each in self.others if not isinstance(each, OperationReport))
        )

    @property
    def drawable(self) -> bool:
        """Whether there is a trend to draw."""
        return any(point.estimate for point in self.trend)

    @property
    def detail(self) -> Detail:
        """How much may be shown with the headline's number of answers."""
        return detail_for(self.headline.n)


def build(facts: DigestFacts, now: datetime) -> Digest:
    """The digest of a team's week, computed from the store's facts."""
    team, week, item = facts.team, facts.week, facts.team.survey.first
    weeks = weeks_before(week)

    def asked(about: Measure, period: Period) -> Query:
        return query(team, about, period, unassigned=facts.unassigned)

    week_report = metric_report.build(asked(item.metric, week), facts.of_week, now)
    headline = week_report
    if facts.merged is not None:
        several = metric_report.build(asked(item.metric, merged(weeks[-facts.span :])), facts.merged, now)
        signal = week_report.signal  # a digest has one verdict: the verdict on the week
        if signal is not None and signal.merged_weeks == 1:
            signal = replace(signal, alone=True)
        headline = replace(several, signal=signal)
    others = (_report(asked(about, week), beside, now) for about, beside in facts.beside)
    return Digest(
        team=team,
        week=week,
        item=item,
        span=facts.span,
        headline=headline,
        week_report=week_report,
        trend=trend(item.metric, weeks, facts.by_week),
        reasons=_reasons(facts.said, team.survey.known_reasons),
        remarks=choose(_remarks(facts.said), item),
        waiting=facts.waiting,
        others=tuple(report for report in others if report.n),
        incidents=incidents.during(facts.incidents, merged(weeks)),
        funnel=facts.funnel,
        asked_ever=facts.asked_ever,
        answered_ever=facts.answered_ever,
        waiting_since=facts.waiting_since,
    )


def _report(question: Query, facts: Beside, now: datetime) -> Report | OperationReport | SurveyReport:
    if isinstance(facts, Facts):
        return metric_report.build(question, facts, now)
    if isinstance(facts, SurveyFacts):
        return survey_report.build(question, facts, now)
    return operation_report.handling_report(question, facts, now)


def _reasons(said: Iterable[Said], known: Collection[str]) -> dict[str, int]:
    """The number of taps on each known reason, the most frequent first."""
    return dict(Counter(code for answer in said for code in answer.reasons if code in known).most_common())


def _remarks(said: Iterable[Said]) -> list[Remark]:
    """The newest comments, 50 at most, each wording once."""
    written: dict[str, Remark] = {}
    for answer in said:
        if wording := key(answer.comment):
            written.setdefault(wording, Remark(answer.score, answer.comment))
    return list(islice(written.values(), RECENT))


def weeks_before(week: Period, n: int = WEEKS) -> list[Period]:
    """The `n` weeks up to and including `week`, oldest first."""
    weeks = [week]
    while len(weeks) < n:
        weeks.append(weeks[-1].previous())
    return weeks[::-1]


def span_for(counts: Sequence[int]) -> int:
    """The number of weeks in the headline: the smallest of 1, 4 and 12 with at least 20 answers, else 12.

    `counts` are the numbers of answers per week, the judged week last.
    """
    return next((span for span in SPANS if sum(counts[-span:]) >= ENOUGH), SPANS[-1])


def merged(weeks: Sequence[Period]) -> Period:
    """Consecutive weeks as one period."""
    first = periods.local_date(weeks[0].start, weeks[0].timezone)
    last = periods.local_date(weeks[-1].end, weeks[-1].timezone) - timedelta(days=1)
    return weeks[0] if len(weeks) == 1 else periods.days(first, last, weeks[0].timezone)


def query(team: Team, about: Measure, period: Period, *, unassigned: bool = False) -> Query:
    """A digest's question about its team."""
    filters = {"team": team.name}
    return Query(about=about, period=period, filters=filters, by=None, versus=None, unassigned=unassigned)


def for_channel(digest: Digest, shown: Callable[[Report], Released]) -> Digest:
    """The digest as it is posted, where members read it who don't lead: values without distributions, and only such as
    are `shown` to them (see `member_results`)."""

    def told(report: Report) -> Report:
        return disclosure.for_member(report, shown(report))

    others = tuple(told(other) if isinstance(other, Report) else other for other in digest.others)
    signal = digest.headline.signal  # the verdict on the week, not on several
    return replace(
        digest, headline=replace(told(digest.headline), signal=signal), week_report=told(digest.week_report),
        others=others,
    )  # fmt: skip


def for_member(digest: Digest) -> Digest:
    """The digest as a member previews it who does not lead: without reasons, comments and who waits. These change after
    the week, so that the difference of two previews would tell what one customer said in between."""
    return replace(digest, reasons={}, remarks=(), waiting=0)


def trend(metric: Metric, weeks: Sequence[Period], slices: Sequence[Slice]) -> tuple[Week, ...]:
    """The points of the trend, oldest first."""
    return tuple(Week(period, part.n, part.estimate(metric)) for period, part in zip(weeks, slices, strict=True))


def choose(remarks: Sequence[Remark], item: Item) -> tuple[Remark, ...]:
    """Up to three comments from `remarks`, which are newest first.

    First comes the newest good comment, if there is one. Then come comments of less happy people, lowest scores first,
    because they call for action. If there are too few, more good comments follow.
    """
    good = [remark for remark in remarks if remark.score in item.praise]
    less_happy = (remark for remark in remarks if remark.score not in item.praise)
    rest = sorted(less_happy, key=lambda remark: remark.score)
    first_good = good[:1]
    chosen = first_good + rest[: COMMENTS - len(first_good)]
    return tuple((chosen + good[1:])[:COMMENTS])


def due(team: Team, now: datetime) -> Period | None:
    """The week or month whose digest is due at `now`: the one that the latest slot reports on.

    None if the team was created at or after the latest slot, or has no digests.
    """
    slot = _latest(team, now)
    return slot[0] if slot is not None and slot[1] > team.created_at else None


def next_slot(team: Team, after: datetime, until: datetime) -> datetime | None:
    """The first slot of a team's digests after a moment and up to another one; None if there is none."""
    found, before = None, until
    while (slot := _latest(team, before)) is not None and slot[1] > after:
        found = slot[1]
        before = found - timedelta(microseconds=1)
    return found


def latest(team: Team, now: datetime) -> Period:
    """The week or month that a team's latest slot reports on; the last complete week if the team has no digests."""
    slot = _latest(team, now)
    return periods.last_weeks(1, now, team.timezone)[0] if slot is None else slot[0]


def _latest(team: Team, now: datetime) -> tuple[Period, datetime] | None:
    slot = hours.parse_slot(team.digest)
    if isinstance(slot, MonthlySlot):
        return hours.latest_month(slot, hours.parse_hours(team.hours).weekdays, now, team.timezone)
    return None if slot is None else hours.latest_slot(slot, now, team.timezone)


def as_dict(digest: Digest) -> dict[str, Any]:
    """The digest as data, with its reports in the form of the contract."""
    return {
        "team": digest.team.name,
        "week": digest.week.key,
        "metric": digest.metric.name,
        "weeks": digest.span,
        "headline": as_json(digest.headline),
        "report": as_json(digest.week_report),
        "trend": [
            {
                "week": point.period.key,
                "n": point.n,
                "value": point.estimate and point.estimate.value,
                "low": point.estimate and point.estimate.low,
                "high": point.estimate and point.estimate.high,
            }
            for point in digest.trend
        ],
        "reasons": dict(digest.reasons),
        "comments": [{"score": remark.score, "text": remark.text} for remark in digest.remarks],
        "waiting": digest.waiting,
        "waiting_since": digest.waiting_since and metric_report.iso(digest.waiting_since),
        "incidents": incidents.as_json(digest.incidents),
        "others": [kinds.as_json(report) for report in digest.others],
    }


def metrics_beside(metric: Metric, catalogue: Catalogue) -> list[Metric]:
    """The metrics besides `metric` that customers answer outside surveys of several items, in their usual order."""
    parts = {item.metric.name for survey in catalogue.surveys.values() if survey.several for item in survey.items}
    others = (other for other in catalogue.metrics.values() if other.name not in parts and not other.employees)
    return [other for other in others if other.name != metric.name]


def surveys_beside(catalogue: Catalogue) -> list[Survey]:
    """The surveys of several items that customers answer."""
    return [survey for survey in catalogue.surveys.values() if survey.several and not survey.employees]
