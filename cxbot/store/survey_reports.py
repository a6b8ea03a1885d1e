"""What the report of a survey of several items asks of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database as Connection

from cxbot.core import survey_reports
from cxbot.core.experience import PARTS
from cxbot.core.metrics import METRICS
from cxbot.core.queries import Query
from cxbot.core.survey_reports import INDEXED, Respondent, SurveyFacts, SurveyReport
from cxbot.store import figures, tallies
from cxbot.store.database import Row, rows, stamp
from cxbot.store.scope import TICK, VISIBLE, Scope, Span, headline, known
from cxbot.store.scope import column as split_by
from cxbot.store.transfers import published


def report(db: Connection, query: Query, now: datetime) -> SurveyReport:
    """The report of a survey, read in one consistent view of the file."""
    survey_reports.check(query)
    db.execute("BEGIN")
    try:
        return survey_reports.build(query, _facts(db, query, now), now)
    finally:
        db.execute("ROLLBACK")


def _facts(db: Connection, query: Query, now: datetime) -> SurveyFacts:
    spans = [known(period, now) for period in (query.period, query.versus or query.period.previous())]
    shown = published(db)
    current, previous = {}, {}
    for item in query.survey.items:
        scope = Scope(item.metric, query.filters, shown, query.unassigned)
        name = item.metric.name
        current[name], previous[name] = figures.slices(db, scope, spans, now)
    if query.survey.name != INDEXED:
        return SurveyFacts(current, previous)
    scope = Scope(METRICS[PARTS[0]], query.filters, shown, query.unassigned)
    return SurveyFacts(current, previous, *(_respondents(db, scope, span, query.by, now) for span in spans))


def _respondents(db: Connection, scope: Scope, span: Span, by: str | None, now: datetime) -> list[Respondent]:
    """The people whose last answer to goal, ease or emotion is in the span, as far as their way of being asked counts
    there (see `scope.headline`). With it a person belongs to exactly one period, and complete ones stay in theirs."""
    where, values = scope.where()
    counts = f"metric IN ({', '.join(repr(name) for name in PARTS)}) AND score IS NOT NULL AND late = 0 AND {VISIBLE}"
    columns = ", ".join(f"MAX(CASE metric WHEN '{name}' THEN score END) AS {name}" for name in PARTS)
    part = split_by(by or "")
    touched = (
        f"SELECT DISTINCT external_id AS who FROM ratings WHERE {counts} AND answered_at >= :start "
        f"AND answered_at < :end{where}"
    )
    found = list(
        rows(
            db,
            f"SELECT MAX(asked_by) AS asked_by, MAX(team) AS team, MAX(customer) AS customer, MAX({part}) AS part, "
            # CROSS JOIN keeps SQLite from going through the whole past: those who answered in the span come first.
            f"{columns} FROM ({touched}) AS touched CROSS JOIN ratings WHERE external_id = who AND {counts} "
            "AND answered_at < :known GROUP BY external_id HAVING MAX(answered_at) < :end",
            published=scope.published, start=stamp(span[0]), end=stamp(span[1]), known=stamp(now + TICK), **values,
        )
    )  # fmt: skip
    scopes = [replace(scope, metric=METRICS[name]) for name in PARTS]
    automatic = frozenset().union(*(tallies.automatic_teams(db, each) for each in scopes))
    _, counted = headline(dict.fromkeys(_kind(each) for each in found), automatic)
    return [
        Respondent((each["goal"], each["ease"], each["emotion"]), each["customer"], each["part"])
        for each in found
        if _kind(each) in counted
    ]


def _kind(found: Row) -> tuple[str, str]:
    return found["asked_by"], found["team"]
