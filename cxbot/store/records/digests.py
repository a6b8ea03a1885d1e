"""Which digests are claimed, so that each is posted once."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.calendar.periods import Period
from cxbot.core.teams.team import Team
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import outbox


def claim(db: Connection, team: Team, period: Period, now: datetime, *, post: bool = True) -> bool:
    """Claim a team's digest of a week or month and, with `post`, queue it.

    False if it is claimed already. A digest that was skipped during a pause can still be posted on demand.
    """
    claimed = insert(
        db,
        "digests",
        {"team_id": team.id, "period": period.key, "claimed_at": stamp(now), "posted": int(post)},
        "ON CONFLICT (team_id, period) DO NOTHING",
    )
    if not claimed and post:
        claimed = run(
            db, "UPDATE digests SET posted = 1 WHERE team_id = :team AND period = :period AND posted = 0",
            team=team.id, period=period.key,
        )  # fmt: skip
    if claimed and post:
        outbox.put(db, "digest", f"{team.id}:{period.key}", now)
    return bool(claimed)


def claimed(db: Connection, team: Team, period: Period) -> bool:
    """Whether a team's digest of a week or month is claimed."""
    sql = "SELECT 1 AS one FROM digests WHERE team_id = :team AND period = :period"
    return row(db, sql, team=team.id, period=period.key) is not None


def posted(db: Connection, team: Team) -> list[str]:
    """The keys of the weeks and months whose digests a team has got, oldest first."""
    sql = "SELECT period FROM digests WHERE team_id = :team AND posted = 1 ORDER BY period"
    return [each["period"] for each in rows(db, sql, team=team.id)]


def last_posted(db: Connection) -> dict[str, datetime]:
    """By name of the team, when its last digest that reached Slack was due. Teams without one are left out."""
    last = rows(
        db,
        "SELECT teams.name AS team, MAX(claimed_at) AS at FROM digests JOIN teams ON teams.id = digests.team_id "
        "WHERE posted = 1 AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'digest' AND (state <> 'sent' OR ts = '') "
        "AND subject = digests.team_id || ':' || digests.period) GROUP BY teams.name",
    )
    times = {each["team"]: moment(each["at"]) for each in last}
    return {team: at for team, at in times.items() if at is not None}
