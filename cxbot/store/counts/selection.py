"""The answers that a report counts, one by one, for everything that has to read each of them."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.queries.query import Query
from cxbot.store.counts import by_score
from cxbot.store.counts.scope import ANSWERED, Counted, Scope, Span, counts_people, decide, known, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, tuples
from cxbot.store.engine.times import moment


class Selection:
    """The answers of a question in its period up to `now`."""

    def __init__(self, scope: Scope, span: Span, counted: Counted) -> None:
        self.scope = scope
        self.span = span
        self.counted = counted
        self.per_person = any(counts_people(scope.metric, way) for way in counted.ways)
        self.values = scope.values(span)
        filters, _ = scope.where()
        # The filters come first: they leave few answers for the longer rule.
        self.asked = f"{filters} AND {scope.counting(counted.ways)}"
        self.answered = f"answered_at >= :start AND answered_at < :end{self.asked} AND {ANSWERED}"
        if self.per_person:
            latest = "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY answered_at DESC, id DESC) AS place"
            self.answered += (
                f" AND (customer = 0 OR id IN (SELECT id FROM ({latest} FROM ratings WHERE {self.answered}) AS latest "
                "WHERE place = 1))"
            )
        self.sent = f"metric = :metric AND sent_at >= :start AND sent_at < :end{filters} AND " + scope.counting(
            counted.ways, "sent_at"
        )

    def count(self, db: Connection) -> int:
        """The number of answers."""
        return int(tuples(db, f"SELECT COUNT(*) FROM ratings WHERE {self.answered}", self.values)[0][0])


def of(db: Connection, query: Query, now: datetime) -> Selection:
    """The answers that count in a question: the same ones as in its report."""
    scope = scope_of(db, query.metric, query.filters, unassigned=query.unassigned)
    span = known(query.period, now)
    deciding = [span] if query.like is None else [known(query.like, now), span]
    return Selection(scope, span, decide(scope.metric, *by_score.whole(db, scope, deciding, now)))


def moment_of(db: Connection, query: Query, now: datetime, number: int) -> datetime | None:
    """When the answer with a number, from 1, was given, among the answers of a question in order; None if there are
    fewer."""
    chosen = of(db, query, now)
    kept = row(
        db,
        f"SELECT answered_at FROM ratings WHERE {chosen.answered} ORDER BY answered_at, id LIMIT 1 OFFSET :before",
        before=number - 1,
        **chosen.values,
    )
    return None if kept is None else moment(kept["answered_at"])
