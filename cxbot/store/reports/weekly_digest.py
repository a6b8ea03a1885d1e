"""Everything from which a team's digest is built, read in one consistent view of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.digests import weekly
from cxbot.core.digests.monthly import RollUp
from cxbot.core.digests.weekly import Beside, Digest, DigestFacts, Said
from cxbot.core.invitations.funnel import funnel
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import AHT
from cxbot.core.reports.metric_report import Facts
from cxbot.core.surveys.catalogue import Measure
from cxbot.core.teams.team import Team
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view, row, rows
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import cases, incidents, invitations, names, surveys, ways
from cxbot.store.reports import metric_facts, monthly_digest, operation_facts, survey_facts


def read(db: Connection, team: Team, week: Period, now: datetime) -> DigestFacts:
    """The facts of a team's digest of a week."""
    metric = team.survey.first.metric
    weeks = weekly.weeks_before(week)
    with one_view(db):
        by_week = metric_facts.by_week(db, metric, {"team": team.name}, weeks, now)
        span = weekly.span_for([part.n for part in by_week])
        merged = None if span == 1 else _facts(db, team, metric, weekly.merged(weeks[-span:]), now, like=week)
        return DigestFacts(
            team=team,
            week=week,
            span=span,
            by_week=by_week,
            of_week=_facts(db, team, metric, week, now),
            merged=merged,
            said=_said(db, team, metric, week, now),
            waiting=len(cases.waiting(db, team.id)),
            beside=tuple(_beside(db, team, metric, week, now)),
            incidents=incidents.about(db, team.name),
            funnel=funnel(invitations.tallies(db, team.name, week.start, week.end)),
        )


def _facts(
    db: Connection, team: Team, metric: Metric, period: Period, now: datetime, like: Period | None = None
) -> Facts:
    query = replace(weekly.query(team, metric, period), like=like)
    return metric_facts.facts(db, query, now, background=True)


def _beside(
    db: Connection, team: Team, metric: Metric, week: Period, now: datetime
) -> Iterator[tuple[Measure, Beside]]:
    """Everything else with answers in the week: other metrics, surveys, handling time."""
    catalogue = surveys.catalogue(db)
    for other in weekly.metrics_beside(metric, catalogue):
        if _any(db, team, week, other):
            yield other, _facts(db, team, other, week, now)
    for survey in weekly.surveys_beside(catalogue):
        if any(_any(db, team, week, item.metric) for item in survey.items):
            yield survey, survey_facts.facts(db, weekly.query(team, survey, week), now)
    yield AHT, operation_facts.facts(db, weekly.query(team, AHT, week), now)


def _any(db: Connection, team: Team, week: Period, metric: Metric) -> bool:
    """Whether there are answers on the week's UTC days. Without any, the report would be empty."""
    days = {"first": day(stamp(week.start)), "last": day(stamp(week.end))}
    stored = names.find(db, "team", team.name)
    return any(
        row(
            db,
            "SELECT 1 AS one FROM daily_answers WHERE metric = :metric AND asked_by = :asked_by AND team = :team "
            "AND day >= :first AND day <= :last LIMIT 1",
            metric=metric.name, asked_by=way, team=stored, **days,
        )
        for way, _ in enumerate(ways.WORDS)
    )  # fmt: skip


def _said(db: Connection, team: Team, metric: Metric, week: Period, now: datetime) -> tuple[Said, ...]:
    """The answers of the week that count and have reasons or a comment, newest first."""
    chosen = selection.of(db, weekly.query(team, metric, week), now)
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
