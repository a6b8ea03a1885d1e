"""Everything from which a team's digest is built, read in one consistent view of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.digests import monthly, weekly
from cxbot.core.digests.monthly import RollUp
from cxbot.core.digests.weekly import Beside, Digest, DigestFacts, Said
from cxbot.core.invitations.funnel import funnel
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import AHT
from cxbot.core.queries.query import Query
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.releases import LEAST
from cxbot.core.surveys.catalogue import Measure
from cxbot.core.teams.team import Team
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view, row, rows
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import cases, incidents, names, surveys, teams, ways
from cxbot.store.reports import funnel_facts, member_facts, metric_facts, monthly_digest, operation_facts, survey_facts


def read(db: Connection, team: Team, week: Period, now: datetime) -> DigestFacts:
    """The facts of a team's digest of a week."""
    metric = team.survey.first.metric
    weeks = weekly.weeks_before(week)
    with one_view(db):
        alone = len(teams.every(db)) == 1

        def asked(about: Measure, period: Period) -> Query:
            return weekly.query(team, about, period, unassigned=alone)

        by_week = metric_facts.by_week(db, metric, {"team": team.name}, weeks, now, unassigned=alone)
        span = weekly.span_for([part.n for part in by_week])
        recent = any(part.n for part in by_week)
        several = replace(asked(metric, weekly.merged(weeks[-span:])), like=week)
        open_cases = cases.waiting(db, team.id)
        return DigestFacts(
            team=team,
            week=week,
            span=span,
            by_week=by_week,
            of_week=metric_facts.facts(db, asked(metric, week), now, background=True),
            merged=None if span == 1 else metric_facts.facts(db, several, now, background=True),
            said=_said(db, asked(metric, week), now),
            waiting=len(open_cases),
            waiting_since=open_cases[0].opened_at if open_cases else None,
            beside=tuple(_beside(db, asked, metric, week, now)),
            incidents=incidents.about(db, team.name),
            funnel=funnel(funnel_facts.tallies(db, team.name, week.start, week.end)),
            unassigned=alone,
            asked_ever=recent or _ever(db, "daily_sent", team),
            answered_ever=recent or _ever(db, "daily_answers", team),
        )


def _beside(
    db: Connection, asked: Callable[[Measure, Period], Query], metric: Metric, week: Period, now: datetime
) -> Iterator[tuple[Measure, Beside]]:
    """Everything else with answers in the week: other metrics, surveys, handling time."""
    catalogue = surveys.catalogue(db)
    for other in weekly.metrics_beside(metric, catalogue):
        if _any(db, asked(other, week), other):
            yield other, metric_facts.facts(db, asked(other, week), now, background=True)
    for survey in weekly.surveys_beside(catalogue):
        if any(_any(db, asked(survey, week), item.metric) for item in survey.items):
            yield survey, survey_facts.facts(db, asked(survey, week), now)
    yield AHT, operation_facts.facts(db, asked(AHT, week), now)


def _any(db: Connection, query: Query, metric: Metric) -> bool:
    """Whether there are answers on the week's UTC days. Without any, the report would be empty."""
    days = {"first": day(stamp(query.period.start)), "last": day(stamp(query.period.end))}
    team = names.find(db, "team", query.filters["team"])
    return any(
        row(
            db,
            "SELECT 1 AS one FROM daily_answers WHERE metric = :metric AND asked_by = :asked_by AND team = :team "
            "AND day >= :first AND day <= :last LIMIT 1",
            metric=metric.name, asked_by=way, team=each, **days,
        )
        for way, _ in enumerate(ways.WORDS)
        for each in (team, *([0] if query.unassigned else []))
    )  # fmt: skip


def _ever(db: Connection, counts: str, team: Team) -> bool:
    """Whether the daily counts of surveys or answers have anything of a team."""
    stored = names.find(db, "team", team.name)
    return row(db, f"SELECT 1 AS one FROM {counts} WHERE team = :team LIMIT 1", team=stored) is not None


def _said(db: Connection, query: Query, now: datetime) -> tuple[Said, ...]:
    """The answers that count and have reasons or a comment, newest first."""
    chosen = selection.of(db, query, now)
    answers = rows(
        db,
        f"SELECT score, reasons, comment FROM ratings WHERE {chosen.answered} AND (reasons != '' OR comment != '') "
        "ORDER BY answered_at DESC",
        **chosen.values,
    )
    return tuple(Said(answer["score"], tuple(answer["reasons"].split(",")), answer["comment"]) for answer in answers)


def about(db: Connection, team: Team, period: Period, now: datetime) -> Digest | RollUp:
    """A team's digest of a week, or its roll-up of a month."""
    if period.kind is Kind.MONTH:
        return monthly_digest.gather(db, team, period, now)
    return weekly.build(read(db, team, period, now), now)


def for_channel(db: Connection, team: Team, period: Period, now: datetime) -> Digest | RollUp:
    """A team's digest or roll-up as it is posted, where members read it who don't lead."""

    def shown(report: Report) -> Released:
        if report.query.filters.get("team") != team.name:
            return Released(report.n >= LEAST, report.previous.n >= LEAST)  # no other figures of it come here
        return member_facts.released(db, report.query, now, period)

    with one_view(db):
        if period.kind is Kind.MONTH:
            return monthly.for_channel(monthly_digest.gather(db, team, period, now, for_members=True), shown)
        return weekly.for_channel(weekly.build(read(db, team, period, now), now), shown)
