"""The report of a question, whatever it is about: the store's facts, made into figures by the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from cxbot.core import cautions, employees, reports
from cxbot.core.measure import Metric
from cxbot.core.measured import Measured, View
from cxbot.core.operational import AHT, Operation
from cxbot.core.queries import Query
from cxbot.core.reports import Report
from cxbot.core.shipped_metrics import FCR
from cxbot.core.surveys import Survey
from cxbot.errors import N_, UsageError
from cxbot.store import background, customers, drivers, figures, interactions, outcomes, survey_reports, touchpoints
from cxbot.store.connection import Connection

VIEWS: Mapping[str, Callable[[Connection, Query, datetime], View]] = {
    "drivers": drivers.report,
    "journey": touchpoints.report,
    "outcomes": outcomes.report,
}


def report(db: Connection, query: Query, now: datetime) -> Measured:
    """The report of a question; raises UsageError where nothing of the kind is told."""
    if isinstance(query.about, Metric) and query.about.employees:
        if query.view:
            raise UsageError(N_("`/cx %(view)s` is about customers' answers, not about employees'."), view=query.view)
        employees.check(query)
        return _of_employees(db, query, now)
    if query.view:
        return VIEWS[query.view](db, query, now)
    if isinstance(query.about, Operation):
        return interactions.report(db, query, now) if query.about == AHT else customers.report(db, query, now)
    if isinstance(query.about, Survey):
        return survey_reports.report(db, query, now)
    return answers(db, query, now)


def answers(db: Connection, query: Query, now: datetime) -> Report:
    """The report on the answers to a metric's question."""
    found = reports.build(query, figures.facts(db, query, now), now)
    if found.n:
        behind = background.gather(db, found, now)
        if behind is not None:
            found = replace(found, cautions=cautions.cautions(found.n, behind, found.change))
    if query.metric != FCR:
        return found
    observed, disagreements = interactions.resolution(db, query, now)
    return replace(found, observed=observed, disagreements=disagreements)


def _of_employees(db: Connection, query: Query, now: datetime) -> Report:
    """The report on employees' answers, without what would give single people away."""
    found = reports.build(query, figures.facts(db, query, now), now)
    everyone = replace(query, filters={}, by=None, unassigned=False)
    return employees.told(found, found.n if everyone == query else figures.facts(db, everyone, now).current.n)
