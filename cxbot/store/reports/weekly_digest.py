"""Digests: which are posted, and what the weekly one asks of the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from cxbot.core.calendar.incidents import during
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.digests import weekly
from cxbot.core.digests.monthly import RollUp
from cxbot.core.digests.weekly import Digest, Remark
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import AHT
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.operation_report import OperationReport
from cxbot.core.reports.survey_report import SurveyReport
from cxbot.core.surveys.survey import REASONS
from cxbot.core.teams.team import Team
from cxbot.store.counts.scope import ANSWERED, AUTOMATIC, CAMPAIGN, HAND_PICKED, Scope
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, row, rows
from cxbot.store.engine.times import stamp
from cxbot.store.records import cases, incidents, surveys
from cxbot.store.records.published import published
from cxbot.store.reports import metric_facts, monthly_digest, operation_facts, survey_facts
from cxbot.store.reports.build import answers

RECENT = 50  # comments that are looked at


def gather(db: Connection, team: Team, week: Period, now: datetime) -> Digest:
    """Everything a team's digest says about a week."""
    item = team.survey.first
    metric = item.metric
    weeks = weekly.weeks_before(week)
    slices = metric_facts.by_week(db, metric, {"team": team.name}, weeks, now)
    span = weekly.span_for([part.n for part in slices])
    week_report = answers(db, weekly.query(team, metric, week), now)
    said = _words(db, team, metric, week)
    headline = week_report
    if span > 1:
        several = answers(db, weekly.query(team, metric, weekly.merged(weeks[-span:])), now)
        # One verdict: that of the week.
        headline = replace(several, signal=week_report.signal)
    return Digest(
        team=team,
        week=week,
        item=item,
        span=span,
        headline=headline,
        week_report=week_report,
        trend=weekly.trend(metric, weeks, slices),
        reasons=_reasons(said),
        remarks=weekly.choose(_remarks(said), item),
        waiting=len(cases.waiting(db, team.name)),
        others=tuple(each for each in _beside(db, team, metric, week, now) if each.n),
        incidents=during(incidents.about(db, team.name), weekly.merged(weeks)),
    )


def _beside(
    db: Connection, team: Team, metric: Metric, week: Period, now: datetime
) -> Iterator[Report | OperationReport | SurveyReport]:
    """What else a digest reports on, where there is something: other metrics, surveys, handling time."""
    catalogue = surveys.catalogue(db)
    for each in weekly.metrics_beside(metric, catalogue):
        if _any(db, team, week, each):
            yield answers(db, weekly.query(team, each, week), now)
    for survey in weekly.surveys_beside(catalogue):
        if any(_any(db, team, week, item.metric) for item in survey.items):
            yield survey_facts.report(db, weekly.query(team, survey, week), now)
    yield operation_facts.report(db, weekly.query(team, AHT, week), now)


def _any(db: Connection, team: Team, week: Period, metric: Metric) -> bool:
    """Whether there are answers around a week: reports that say nothing are not even made."""
    days = {"first": stamp(week.start)[:10], "last": stamp(week.end)[:10]}
    return any(
        row(
            db,
            "SELECT 1 AS one FROM daily_answers WHERE metric = :metric AND asked_by = :asked_by AND team = :team "
            "AND day >= :first AND day <= :last LIMIT 1",
            metric=metric.name, asked_by=asked_by, team=team.name, **days,
        )
        for asked_by in (AUTOMATIC, HAND_PICKED, CAMPAIGN)
    )  # fmt: skip


WORDS = (
    "SELECT score, reasons, comment FROM ratings WHERE {answered} AND answered_at >= :start AND answered_at < :end"
    "{where} AND (reasons != '' OR comment != '') ORDER BY answered_at DESC"
)


def _words(db: Connection, team: Team, metric: Metric, week: Period) -> list[Row]:
    """The answers of the week with which something was said, newest first."""
    scope = Scope(metric, {"team": team.name}, published(db))
    sql = WORDS.format(answered=ANSWERED, where=scope.where()[0])
    return rows(db, sql, **scope.values((week.start, week.end)))


def _reasons(said: Iterable[Row]) -> dict[str, int]:
    """How often each reason was tapped, the most frequent first."""
    codes = (code for each in said for code in each["reasons"].split(",") if code in REASONS)
    return dict(Counter(codes).most_common())


def _remarks(said: Iterable[Row]) -> list[Remark]:
    """The newest comments."""
    written = (Remark(each["score"], each["comment"]) for each in said if each["comment"].strip())
    return list(islice(written, RECENT))


def about(db: Connection, team: Team, period: Period, now: datetime) -> Digest | RollUp:
    """A team's digest of a week, or its roll-up of a month."""
    return (monthly_digest.gather if period.kind is Kind.MONTH else gather)(db, team, period, now)




