"""The facts of the report on a survey of several items."""

from __future__ import annotations

import bisect
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.figures.experience_index import PARTS, Triple
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.queries.query import Query
from cxbot.core.reports import survey_report
from cxbot.core.reports.metric_report import Slice
from cxbot.core.reports.survey_report import INDEXED, Respondent, SurveyFacts, SurveyReport
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.store.counts import by_score
from cxbot.store.counts.scope import TICK, Counted, Scope, Span, decide, known, scope_of
from cxbot.store.counts.scope import column as split_by
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view, rows
from cxbot.store.engine.times import stamp
from cxbot.store.records import incidents, names
from cxbot.store.records.published import VISIBLE
from cxbot.store.reports import metric_facts, release_facts


def report(db: Connection, query: Query, now: datetime) -> SurveyReport:
    """The report of a survey."""
    survey_report.check(query, now)
    return survey_report.build(query, facts(db, query, now), now)


def facts(db: Connection, query: Query, now: datetime) -> SurveyFacts:
    """Everything from which a survey's report is built, read in one consistent view of the file."""
    with one_view(db):
        return _facts(db, query, now)


def _facts(db: Connection, query: Query, now: datetime) -> SurveyFacts:
    spans = [known(period, now) for period in (query.period, query.beside)]
    scopes = [scope_of(db, item.metric, query.filters, unassigned=query.unassigned) for item in query.survey.items]
    tallies = [by_score.whole(db, scope, spans, now) for scope in scopes]
    # One decision for the whole survey.
    counted = decide(scopes[0].metric, *(frozenset().union(*found) for found in zip(*tallies, strict=True)))
    current, previous = {}, {}
    for scope, of_item in zip(scopes, tallies, strict=True):
        name = scope.metric.name
        current[name], previous[name] = metric_facts.slices(db, scope, spans, of_item, counted, now)
    if query.survey.employees:
        return _released(db, query, SurveyFacts(current, previous))
    if query.survey.name != INDEXED:
        return SurveyFacts(current, previous)
    rated = [scope_of(db, METRICS[name], query.filters, unassigned=query.unassigned) for name in PARTS]
    scope = replace(rated[0], begun=tuple(each for scope in rated for each in scope.begun))
    answered, before = (
        [each.respondent for each in _answered(db, scope, span, query.by, now) if each.way in counted.ways]
        for span in spans
    )
    return SurveyFacts(
        current,
        previous,
        answered,
        before,
        _history(db, scope, query.period, counted, now) if query.period.complete(now) else (),
        incidents.about(db, query.filters.get("team", "")),
    )


def _released(db: Connection, query: Query, facts: SurveyFacts) -> SurveyFacts:
    """The answers about employees that are released."""
    before = query.beside
    shown: list[dict[str, Slice]] = [{}, {}]
    for item in query.survey.items:
        name = item.metric.name
        found = release_facts.read(db, query, item.metric)
        for period, slices, kept in zip((query.period, before), (facts.current, facts.previous), shown, strict=True):
            told = release_facts.is_released(db, found, query, period)
            kept[name] = slices[name] if told else Slice(withheld=slices[name].n)
    return replace(facts, current=shown[0], previous=shown[1])


class Answered(NamedTuple):
    """A respondent, how they were asked, and when they gave their last answer."""

    way: int
    at: str
    respondent: Respondent


def _history(
    db: Connection, scope: Scope, period: Period, counted: Counted, now: datetime
) -> list[tuple[Period, list[Triple]]]:
    """The respondents of the weeks before a period who count by the same rule as those in it."""
    weeks = periods.last_weeks(HISTORY_WEEKS, period.start, period.timezone)
    answered = _answered(db, scope, (weeks[0].start, weeks[-1].end), None, now)
    starts = [stamp(week.start) for week in weeks]
    triples: list[list[Triple]] = [[] for _ in weeks]
    for answer in answered:
        if answer.way in counted.ways:
            triples[bisect.bisect_right(starts, answer.at) - 1].append(answer.respondent.triple)
    return list(zip(weeks, triples, strict=True))


def _answered(db: Connection, scope: Scope, span: Span, by: str | None, now: datetime) -> list[Answered]:
    """The people whose last answer to goal, ease or emotion is in the span. So each person belongs to exactly one
    period. A person who has answered all three stays in that period."""
    where, values = scope.where()
    counts = f"metric IN ({', '.join(repr(name) for name in PARTS)}) AND score IS NOT NULL AND late = 0 AND {VISIBLE}"
    columns = ", ".join(f"MAX(CASE metric WHEN '{name}' THEN score END) AS {name}" for name in PARTS)
    part = split_by(by or "")
    touched = (
        f"SELECT DISTINCT external_id AS who FROM ratings WHERE {counts} AND answered_at >= :start "
        f"AND answered_at < :end{where}"
    )
    people = rows(
        db,
        f"SELECT MAX({scope.way('answered_at')}) AS way, MAX(customer) AS customer, MAX({part}) AS part, "
        # CROSS JOIN makes SQLite read those who answered in the span first, instead of the whole past.
        f"MAX(answered_at) AS at, {columns} FROM ({touched}) AS touched CROSS JOIN ratings WHERE external_id = who "
        f"AND {counts} AND answered_at < :known GROUP BY external_id HAVING MAX(answered_at) < :end",
        published=scope.published, start=stamp(span[0]), end=stamp(span[1]), known=stamp(now + TICK), **values,
    )  # fmt: skip
    shown = names.of(db, by or "", (person["part"] for person in people))
    return [
        Answered(
            person["way"],
            person["at"],
            Respondent(
                (person["goal"], person["ease"], person["emotion"]),
                str(person["customer"] or ""),
                shown[person["part"]],
            ),
        )
        for person in people
    ]
