"""The facts of the journey report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cxbot.core.queries.query import Query
from cxbot.core.reports import journey_report
from cxbot.core.reports.journey_report import Journey
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.records import names, touchpoints
from cxbot.store.reports import metric_facts


def report(db: Connection, query: Query, now: datetime) -> Journey:
    """The journey by a metric, in a period."""
    facts = metric_facts.facts(db, replace(query, by="touchpoint"), now)
    return journey_report.build(query, now, facts, touchpoints.every(db), _stages(db, query, now))


def _stages(db: Connection, query: Query, now: datetime) -> dict[str, str]:
    """For each touchpoint that is not in the register: the stage that most of its answers name."""
    chosen = selection.of(db, query, now)
    stages = rows(
        db,
        f"SELECT touchpoint, stage, COUNT(*) AS n FROM ratings WHERE {chosen.answered} AND touchpoint != 0 "
        "AND stage != '' AND touchpoint NOT IN (SELECT touchpoint FROM touchpoints) GROUP BY 1, 2 ORDER BY 3, 2",
        **chosen.values,
    )
    shown = names.of(db, "touchpoint", (stage["touchpoint"] for stage in stages))
    return {shown[stage["touchpoint"]]: stage["stage"] for stage in stages}
