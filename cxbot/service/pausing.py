"""Pausing and resuming surveys and digests, for a team or for everybody."""

from __future__ import annotations

from cxbot.core.teams.team import Team
from cxbot.service import access
from cxbot.service.access import Rights
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, teams, waiting


def pause_all(bot: Bot, rights: Rights, *, paused: bool) -> None:
    """Pause everything, or resume. Raises NotAllowed for everybody but admins."""
    access.require_admin(rights)

    def write(db: Connection) -> None:
        teams.switch(db, "paused", "1" if paused else None)
        waiting.hold(db, teams.every(db) if paused else [])
        audit.note(db, rights.user, audit.PAUSED if paused else audit.RESUMED, "everything", bot.clock())

    bot.database.write(write)


def pause(bot: Bot, rights: Rights, team: Team, *, paused: bool) -> None:
    """Pause a team, or resume. Raises NotAllowed for people who don't lead it."""
    access.require_lead(rights, team)

    def write(db: Connection) -> None:
        teams.change(db, team.id, {"paused": int(paused)})
        waiting.hold(db, [team] if paused else [])
        audit.note(db, rights.user, audit.PAUSED if paused else audit.RESUMED, team.name, bot.clock())

    bot.database.write(write)


def everything_paused(bot: Bot) -> bool:
    """Whether an admin has paused everything."""
    return bool(teams.switched(bot.database.reader, "paused"))
