"""The facts behind a report's warnings: who answered, who was asked but did not, and which scores were changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import TypeVar

from cxbot.core.invitations.rules import WINDOW
from cxbot.core.queries.query import Query
from cxbot.core.reports.cautions import Background, Share
from cxbot.core.reports.metric_report import Facts
from cxbot.store.counts import by_sending, selection
from cxbot.store.counts.scope import known, looking_back
from cxbot.store.counts.selection import Selection
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, row, rows
from cxbot.store.engine.times import stamp
from cxbot.store.records import names
from cxbot.store.records.closes import OF_IMPORT, OWN
from cxbot.store.records.published import VISIBLE

T = TypeVar("T")
READ = 2000  # answers, surveys or interactions; above this they are not read one by one for warnings


def read(db: Connection, query: Query, facts: Facts, now: datetime) -> Background | None:
    """The background of a report with these facts; None if there are too many answers to read each."""
    if max(facts.current.n, facts.current.response.sent) > READ:
        return None
    chosen = selection.of(db, query, now)
    back = looking_back(db, chosen.scope, now)
    previous = known(query.beside, now)
    response, before = (
        facts.current.response,
        by_sending.response(db, chosen.scope, previous, chosen.counted, now, back),
    )
    return Background(
        several=facts.current.several,
        answered=_answered(db, rows(db, SETTLED.format(chosen.sent), settled=stamp(now - WINDOW), **chosen.values)),
        asked=_asked(db, chosen),
        changed=_changed(db, chosen, facts.current.n),
        settled=Share(response.settled_answered, response.settled_delivered),
        settled_before=Share(before.settled_answered, before.settled_delivered),
    )


# Delivered surveys whose window is over.
SETTLED = (
    "SELECT channel, topic, handling_seconds, score IS NOT NULL AND late = 0 AS answered FROM ratings "
    f"WHERE {{}} AND sent_at <= :settled AND delivered = 1 AND {VISIBLE}"
)


def _answered(db: Connection, asked: list[Row]) -> dict[str, Mapping[str, Share]]:
    times = [survey["handling_seconds"] for survey in asked if survey["handling_seconds"] is not None]
    middle = median(times) if times else 0.0
    halves = (
        ("long" if survey["handling_seconds"] > middle else "short", survey["answered"])
        for survey in asked
        if survey["handling_seconds"] is not None
    )
    return {
        "channel": _by_name(db, asked, "channel"),
        "topic": _by_name(db, asked, "topic"),
        "handling time": _shares(halves),
    }


def _by_name(db: Connection, asked: list[Row], column: str) -> dict[str, Share]:
    shares = _shares((survey[column], survey["answered"]) for survey in asked if survey[column])
    shown = names.of(db, column, shares)
    return {shown[value]: share for value, share in shares.items()}


def _shares(answered: Iterable[tuple[T, int]]) -> dict[T, Share]:
    whole: Counter[T] = Counter()
    part: dict[T, int] = defaultdict(int)
    for value, counts in answered:
        whole[value] += 1
        part[value] += counts
    return {value: Share(part[value], n) for value, n in whole.items()}


def _asked(db: Connection, chosen: Selection) -> dict[str, Share]:
    """For each agent: the interactions closed in the period, and how many of them were asked about, in any survey."""
    agents = rows(
        db,
        "SELECT agent, COUNT(*) AS n, SUM(asked) AS asked FROM (SELECT agent, CASE WHEN sent_at IS NOT NULL THEN 1 "
        f"WHEN EXISTS (SELECT 1 {OWN} AND said.sent_at IS NOT NULL AND {VISIBLE}) THEN 1 "
        f"WHEN EXISTS (SELECT 1 {OF_IMPORT} AND said.sent_at IS NOT NULL AND {VISIBLE}) THEN 1 "
        f"ELSE 0 END AS asked FROM ratings WHERE {chosen.scope.closed()} "
        f"LIMIT {READ}) AS closes WHERE agent != 0 GROUP BY agent",
        **chosen.values,
    )
    shown = names.of(db, "agent", (agent["agent"] for agent in agents))
    return {shown[agent["agent"]]: Share(agent["asked"], agent["n"]) for agent in agents}


def _changed(db: Connection, chosen: Selection, n: int) -> Share:
    """The share of answers whose score was changed after somebody had taken the case that followed from the answer."""
    # A case is taken after its answer. CROSS JOIN makes SQLite read the few changes first, then their answers.
    changed = row(
        db,
        "SELECT COUNT(*) AS n FROM (SELECT DISTINCT e.invitation FROM cases c JOIN answer_events e ON e.invitation = "
        "c.invitation AND e.kind = 'score' AND e.outcome = 'counted' AND e.received_at > c.taken_at WHERE c.taken_at "
        f">= :start) AS changes CROSS JOIN ratings WHERE external_id = changes.invitation AND {chosen.answered}",
        **chosen.values,
    )
    return Share(changed["n"] if changed else 0, n)
