"""The report of a question, whatever it is about: the store's facts, made into figures by the core."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database as Connection

from cxbot.core import cautions, reports
from cxbot.core.metrics import FCR
from cxbot.core.operations import AHT, CHURN, OperationReport
from cxbot.core.queries import Query
from cxbot.core.reports import Report
from cxbot.store import background, customers, figures, interactions


def report(db: Connection, query: Query, now: datetime, *, unassigned: bool = False) -> Report | OperationReport:
    """The report of a question; `unassigned` adds answers without a team to a filter by team."""
    if query.metric == AHT.name:
        return interactions.report(db, query, now, unassigned=unassigned)
    if query.metric == CHURN.name:
        return customers.report(db, query, now)
    return answers(db, query, now, unassigned=unassigned)


def answers(db: Connection, query: Query, now: datetime, *, unassigned: bool = False) -> Report:
    """The report on the answers to a metric's question."""
    found = reports.build(query, figures.facts(db, query, now, unassigned=unassigned), now)
    if found.n and not found.metric.employees:
        behind = background.gather(db, found, now, unassigned=unassigned)
        if behind is not None:
            found = replace(found, cautions=cautions.cautions(found.n, behind, found.change))
    if query.metric != FCR.name:
        return found
    observed, disagreements = interactions.resolution(db, query, now, unassigned=unassigned)
    return replace(found, observed=observed, disagreements=disagreements)
