"""What became of the closes of a period, counted."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.invitations.funnel import Tally
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows
from cxbot.store.engine.times import stamp
from cxbot.store.records import answers, names
from cxbot.store.records.limits import HELD


def tallies(db: Connection, team: str | None, start: datetime, end: datetime) -> list[Tally]:
    """What became of everything that was closed in a period, of the team with a name or of all."""
    found = rows(
        db,
        "SELECT state, reason, agent, answered, commented, paused, COUNT(*) AS n FROM (SELECT i.state, i.reason, "
        f"i.agent, {HELD} AS paused, "
        f"{answers.ANSWERED} AS answered, {answers.COMMENTED} AS commented "
        "FROM invitations AS i WHERE i.closed_at >= :start AND i.closed_at < :end AND i.asked_via != 'campaign' "
        "AND (i.team = :team OR :all)) "
        "AS closes GROUP BY state, reason, agent, answered, commented, paused",
        start=stamp(start),
        end=stamp(end),
        team=0 if team is None else names.find(db, "team", team),
        all=team is None,
    )
    shown = names.texts(db, (line["agent"] for line in found))
    return [
        Tally(**{**line, "agent": shown[line["agent"]], "answered": bool(line["answered"]),
                 "commented": bool(line["commented"]), "paused": bool(line["paused"])})
        for line in found
    ]  # fmt: skip
