"""Which results about employees are released (see `core/reports/releases.py`)."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime

from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import releases
from cxbot.core.reports.disclosure import Released
from cxbot.core.reports.metric_report import NO_PART
from cxbot.core.reports.releases import Answer, Result
from cxbot.store.counts.scope import ANSWERED, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached
from cxbot.store.engine.statements import tuples
from cxbot.store.engine.times import moment
from cxbot.store.records import names

BEGINNING = datetime.min.replace(tzinfo=UTC)


def read(db: Connection, query: Query, metric: Metric | None = None) -> frozenset[Result]:
    """The results that are released of the calendar periods up to those of a question, about its metric or another."""
    metric, timezone = metric or query.metric, query.period.timezone
    until = max(query.period.end, query.beside.end)
    scope = scope_of(db, metric, {})
    question = Question("released", (*scope.identity, timezone), BEGINNING, until)

    def find() -> frozenset[Result]:
        found = tuples(
            db,
            f"SELECT answered_at, customer, team FROM ratings WHERE {ANSWERED} AND answered_at >= :start "
            "AND answered_at < :end ORDER BY answered_at, id",
            scope.values((BEGINNING, until)),
        )
        answers = [Answer(at, person, team) for text, person, team in found if (at := moment(text)) is not None]
        return releases.released(answers, until, timezone)

    return cached(db, question, find)


def of_report(db: Connection, found: frozenset[Result], query: Query) -> Released:
    """Which results of a question's report are released."""
    parts = [each.team for each in found if each.who == "part" and (each.start, each.end) == _span(query.period)]
    shown = names.of(db, "team", parts)
    return Released(
        is_released(db, found, query, query.period),
        is_released(db, found, query, query.beside),
        frozenset(f"team:{shown[team] or NO_PART}" for team in parts),
    )


def is_released(db: Connection, found: Container[Result], query: Query, period: Period) -> bool:
    """Whether the value of a period is released, of everybody or of the team that a question names."""
    if "team" not in query.filters or query.unassigned:
        return Result(*_span(period), "all") in found
    return Result(*_span(period), "team", names.find(db, "team", query.filters["team"])) in found


def _span(period: Period) -> tuple[datetime, datetime]:
    return period.start, period.end
