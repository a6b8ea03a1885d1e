"""The answers that a report counts, one by one, for everything that has to read each of them."""

from __future__ import annotations

from cxbot.core.queries.query import Query
from cxbot.store.counts.scope import ANSWERED, AUTOMATIC, CAMPAIGN, HAND_PICKED, Span, scope_of
from cxbot.store.engine.connection import Connection

# For a team with automatic answers only the automatic ones count. This is the rule of `scope.headline`, per answer.
INTERACTIONS = (
    f" AND (asked_by = '{AUTOMATIC}' OR (asked_by = '{HAND_PICKED}' AND team NOT IN "
    f"(SELECT team FROM daily_answers WHERE metric = :metric AND asked_by = '{AUTOMATIC}' AND n > 0)))"
)
CAMPAIGNS = f" AND asked_by = '{CAMPAIGN}'"


class Selection:
    """The answers of a query in a span of time. `kind` is the way of asking of the answers that count."""

    def __init__(self, db: Connection, query: Query, kind: str, span: Span) -> None:
        self.scope = scope_of(db, query.metric, query.filters, unassigned=query.unassigned)
        filters, _ = self.scope.where()
        self.values = self.scope.values(span)
        # The filters come first: they leave few answers for the longer rule.
        self.asked = f"{filters}{CAMPAIGNS if kind == CAMPAIGN else INTERACTIONS}"
        self.answered = f"answered_at >= :start AND answered_at < :end{self.asked} AND {ANSWERED}"
        self.sent = f"metric = :metric AND sent_at >= :start AND sent_at < :end{self.asked}"
