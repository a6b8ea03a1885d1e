"""`/cx incident`: leads record incidents of their team, admins record incidents that concern everybody."""

from __future__ import annotations

from cxbot.core.calendar import incidents as rules
from cxbot.core.queries import incident as incident_words
from cxbot.language import vocabulary
from cxbot.service import access, asking
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.payloads import Command
from cxbot.slack.messages import incidents as messages
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts.blocks import Message
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, incidents, waiting

LIST = ("", "list", "lista")
REMOVE = ("remove", "poista", "radera")


def answer(bot: SlackBot, command: Command) -> Message:
    """The answer to `/cx incident …`. Raises UsageError and NotAllowed."""
    first, _, rest = command.text.strip().partition(" ")
    if command.text.strip().lower() in LIST:
        return _list(bot, command)
    return _remove(bot, command, rest) if first.lower() in REMOVE else _add(bot, command)


def _list(bot: SlackBot, command: Command) -> Message:
    rights = bot.rights(command.user)
    seen = {0, *(team.id for team in rights.teams)}
    every = incidents.every(bot.database.reader)
    visible = [incident for incident in every if rights.admin or incident.team_id in seen]
    return messages.listing(visible, bot.language_of(command.user))


def _add(bot: SlackBot, command: Command) -> Message:
    rights = bot.rights(command.user)
    wanted = incident_words.read(command.text, vocabulary())
    team = None
    if wanted.team or not rights.admin:
        team = asking.team_for(bot, rights, command.channel, wanted.team)
    access.require_lead(rights, team)
    now = bot.clock()
    made = rules.made(
        wanted.name, wanted.days, now, bot.zone(team), team_id=team.id if team else 0, team=team.name if team else ""
    )

    def write(db: Connection) -> None:
        incidents.add(db, made)
        waiting.hold_during(db, made, now)
        audit.note(db, command.user, audit.INCIDENT_ADDED, f"{made.name} {made.key}", now)

    bot.database.write(write)
    return notes.plain_note(messages.added(made, bot.language_for(command.user, team)))


def _remove(bot: SlackBot, command: Command, text: str) -> Message:
    rights = bot.rights(command.user)
    wanted = incident_words.read(text, vocabulary())
    if wanted.team:
        team = asking.team_for(bot, rights, command.channel, wanted.team)
        access.require_lead(rights, team)
        of = frozenset({team.id})
    else:
        of = frozenset(team.id for team in (bot.teams() if rights.admin else rights.lead_of))
        of |= {0} if rights.admin else frozenset()
    if not of:
        access.require_lead(rights, None)
    removed = incidents.named(bot.database.reader, wanted.name, of)

    def write(db: Connection) -> None:
        incidents.remove(db, removed)
        audit.note(db, command.user, audit.INCIDENT_REMOVED, f"{removed.name} {removed.key}", bot.clock())

    bot.database.write(write)
    return notes.plain_note(messages.removed(removed, bot.language_of(command.user)))
