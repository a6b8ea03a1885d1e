"""Known incidents, of one team or of everybody."""

from __future__ import annotations

from datetime import date, datetime

from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import local_date
from cxbot.core.names import key
from cxbot.core.queries.vocabulary import typed_filters
from cxbot.core.teams.team import Team
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.records import names

EVERY = "SELECT i.*, n.name AS team_name FROM incidents AS i JOIN names AS n ON n.id = i.team"
LATEST_FIRST = "ORDER BY i.first_day DESC, i.name_key, i.team_id"


def _incident(kept: Row) -> Incident:
    first, last = (date.fromisoformat(kept[name]) for name in ("first_day", "last_day"))
    return Incident(kept["name"], first, last, kept["team_id"], kept["team_name"])


def every(db: Connection) -> list[Incident]:
    """All incidents, the latest first."""
    return [_incident(kept) for kept in rows(db, f"{EVERY} {LATEST_FIRST}")]


def about(db: Connection, team: str) -> tuple[Incident, ...]:
    """The incidents that concern a team's answers, the latest first. Without a team's name: the incidents of everybody,
    and if there is only one team, its incidents as well."""
    kept = rows(
        db,
        f"{EVERY} WHERE i.team_id = 0 OR i.team = :team OR (:team = 0 AND (SELECT COUNT(*) FROM teams) = 1) "
        f"{LATEST_FIRST}",
        team=names.find(db, "team", team),
    )
    return tuple(map(_incident, kept))


def on(db: Connection, team: Team, moment: datetime) -> Incident | None:
    """The incident of a team at a moment, by the team's calendar; None if there is none."""
    kept = row(
        db,
        f"{EVERY} WHERE i.team_id IN (0, :team) AND i.first_day <= :day AND i.last_day >= :day "
        "ORDER BY i.last_day DESC LIMIT 1",
        team=team.id,
        day=local_date(moment, team.timezone).isoformat(),
    )
    return None if kept is None else _incident(kept)


def add(db: Connection, incident: Incident) -> None:
    """Add an incident. Raises UsageError if its name is taken."""
    kept = insert(
        db,
        "incidents",
        {
            "team_id": incident.team_id,
            "team": names.keep(db, "team", incident.team),
            "name": incident.name,
            "name_key": key(incident.name),
            "first_day": incident.first.isoformat(),
            "last_day": incident.last.isoformat(),
        },
        "ON CONFLICT (team_id, name_key) DO NOTHING",
    )
    if not kept:
        raise UsageError(
            N_("There is already an incident “%(name)s”. Choose another name, or remove it first: "
               "`/cx incident remove \"%(name)s\"`."), name=incident.name,
        )  # fmt: skip


def named(db: Connection, name: str, of: frozenset[int]) -> Incident:
    """The incident with this name that belongs to one of the teams `of` (team 0 is everybody). An incident of everybody
    has priority. Raises UsageError if there is none, or if there are several."""
    of_that_name = f"{EVERY} WHERE i.name_key = :key {LATEST_FIRST}"
    incidents = [_incident(kept) for kept in rows(db, of_that_name, key=key(name))]
    mine = [incident for incident in incidents if incident.team_id in of]
    of_everybody = [incident for incident in mine if not incident.team_id]
    mine = of_everybody or sorted(mine, key=lambda incident: incident.team)
    if len(mine) == 1:
        return mine[0]
    if mine:
        raise UsageError(
            N_("There are several incidents “%(name)s”. Say of which team: %(teams)s."),
            name=name, teams=typed_filters("team", (incident.team for incident in mine)),
        )  # fmt: skip
    raise UsageError(
        N_("There is no incident “%(name)s” that you could remove. See them all with `/cx incident`."), name=name
    )


def remove(db: Connection, incident: Incident) -> None:
    """Remove an incident. Its days count like any others again."""
    run(
        db,
        "DELETE FROM incidents WHERE team_id = :team AND name_key = :key",
        team=incident.team_id,
        key=key(incident.name),
    )
