"""Builds the report of any question: reads the facts from the store and lets the core compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import AHT, Operation
from cxbot.core.queries.query import Query
from cxbot.core.reports import disclosure, metric_report
from cxbot.core.reports.kinds import Measured, View
from cxbot.core.reports.metric_report import Report
from cxbot.core.surveys.survey import Survey
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view
from cxbot.store.records import surveys
from cxbot.store.reports import (
    churn_facts,
    driver_facts,
    journey_facts,
    metric_facts,
    operation_facts,
    outcome_facts,
    release_facts,
    survey_facts,
    word_facts,
)

VIEWS: Mapping[str, Callable[[Connection, Query, datetime], View]] = {
    "drivers": driver_facts.report,
    "journey": journey_facts.report,
    "outcomes": outcome_facts.report,
    "words": word_facts.report,
}


def report(db: Connection, query: Query, now: datetime) -> Measured:
    """The report of a question. Raises UsageError if there is no such report."""
    if isinstance(query.about, Metric) and query.about.employees:
        if query.view:
            raise UsageError(N_("`/cx %(view)s` is about customers' answers, not about employees'."), view=query.view)
        disclosure.check(query, now)
        return _of_employees(db, query, now)
    if query.view:
        return VIEWS[query.view](db, query, now)
    if isinstance(query.about, Operation):
        return operation_facts.report(db, query, now) if query.about == AHT else churn_facts.report(db, query, now)
    if isinstance(query.about, Survey):
        return survey_facts.report(db, query, now)
    return answers(db, query, now)


def answers(db: Connection, query: Query, now: datetime) -> Report:
    """The report on the answers to one metric."""
    found = metric_report.build(query, metric_facts.facts(db, query, now, background=True), now)
    if found.n or set(query.filters) - {"team"}:
        return found
    return replace(found, elsewhere=tuple(_elsewhere(db, query, now)))


def _elsewhere(db: Connection, query: Query, now: datetime) -> Iterator[tuple[Metric, int]]:
    """The other metrics of customers that have answers in a question's period, and how many."""
    for metric in surveys.catalogue(db).metrics.values():
        if metric != query.metric and not metric.employees:
            [of_metric] = metric_facts.by_week(
                db, metric, query.filters, [query.period], now, unassigned=query.unassigned
            )
            if of_metric.n:
                yield metric, of_metric.n


def _of_employees(db: Connection, query: Query, now: datetime) -> Report:
    """The report on employees' answers, without anything that would reveal single people's answers."""
    with one_view(db):
        facts = metric_facts.facts(db, query, now)
        found = release_facts.read(db, query)
        history = tuple(
            (week, counts if release_facts.is_released(db, found, query, week) else {})
            for week, counts in facts.history
        )
        report = metric_report.build(query, replace(facts, history=history), now)
        everyone = replace(query, filters={}, by=None, unassigned=False)
        n = report.n if everyone == query else metric_facts.facts(db, everyone, now).current.n
        return disclosure.told(report, n, release_facts.of_report(db, found, query))
