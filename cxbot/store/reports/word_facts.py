"""The facts of the word report: comments with their scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cxbot.core.names import key
from cxbot.core.queries.query import Query
from cxbot.core.reports import word_report
from cxbot.core.reports.word_report import Comment, WordReport
from cxbot.store.counts import selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import one_view, rows
from cxbot.store.records import teams

MOST = 20_000  # comments of a period that are read, the newest first


def report(db: Connection, query: Query, now: datetime) -> WordReport:
    """The words of the comments on a metric in a period, and in the period before."""
    with one_view(db):
        before = replace(query, period=query.period.previous())
        comments, earlier = (_comments(db, question, now) for question in (query, before))
        return word_report.build(query, now, comments, earlier, _language(db, query))


def _comments(db: Connection, query: Query, now: datetime) -> list[Comment]:
    chosen = selection.of(db, query, now)
    written = rows(
        db,
        f"SELECT score, comment FROM ratings WHERE {chosen.answered} AND comment != '' "
        f"ORDER BY answered_at DESC, id DESC LIMIT {MOST}",
        **chosen.values,
    )
    return [Comment(comment["score"], comment["comment"]) for comment in written]


def _language(db: Connection, query: Query) -> str:
    """The language of the team that a question is about, or of most teams."""
    every = teams.every(db)
    wanted = query.filters.get("team")
    named = [team.locale for team in every if wanted is None or key(team.name) == key(wanted)]
    return max(sorted(set(named)), key=named.count, default="en")
