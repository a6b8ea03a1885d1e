"""Threads in source channels: when somebody wrote there, and which ones silence has ended, without their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cxbot.core.calendar.hours import OFF, parse_quiet, parse_silence, worked_since, worked_until
from cxbot.core.invitations.close import Close
from cxbot.core.teams.team import Team
from cxbot.service.bot import Bot
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import conversations, endings, invitations, outbox
from cxbot.store.records.conversations import Interaction, place
from cxbot.store.records.sources import SLACK

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in a channel: who wrote it in which thread, and who began that ("" if it was not told). `thread` and
    `at` are timestamps of Slack's."""

    channel: str
    thread: str
    began: str
    user: str
    at: str


def hear(bot: Bot, team: Team, heard: Heard) -> None:
    """Note that somebody wrote in a thread that a customer began: each message once. An older one changes nothing that
    is newer. Raises NotCheckedError, and notes nothing, if Slack can't say now who is of the team."""
    own = bot.directory.people((*team.members, *team.leads))
    if not heard.began or heard.began in own:
        return
    if conversations.find(bot.database.reader, SLACK, _id(heard)) is None and not _is_person(bot, heard.began):
        return
    bot.database.write(lambda db: _note(db, team, heard, heard.user in own, bot.clock()))


def _is_person(bot: Bot, user: str) -> bool:
    try:
        return not bot.directory.person(user).bot
    except NotCheckedError:
        raise
    except NotKnownError:
        return False


def _id(heard: Heard) -> str:
    return place(heard.channel, heard.thread)


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def _note(db: Connection, team: Team, heard: Heard, of_team: bool, now: datetime) -> None:
    at = _moment(heard.at)
    known = conversations.find(db, SLACK, _id(heard))
    thread = known or Interaction(SLACK, _id(heard), team.id, team.name, heard.began, channel=heard.channel)
    if not thread.customer:
        return  # was erased
    if outbox.seen(db, f"message {heard.channel}:{heard.at}", now):
        return
    thread = _counted(thread, heard.user, of_team, at)
    thread = replace(thread, team_id=team.id, team=team.name, opened_at=thread.opened_at or _moment(heard.thread))
    if of_team and at > (thread.answered_at or LONG_AGO):
        thread = replace(thread, answered_at=at, agent="" if team.agents == "off" else heard.user)
    if at > (thread.last_at or LONG_AGO):
        if team.silence != OFF and thread.state == "closed" and heard.user == thread.customer:
            thread = _reopened(db, thread, at, now)
        thread = replace(thread, last_at=at)
    if thread != known:
        conversations.keep(db, thread, now)


def _counted(thread: Interaction, user: str, of_team: bool, at: datetime) -> Interaction:
    """The thread with one message more."""
    if of_team:
        first = min(thread.first_answered_at or at, at)
        return replace(thread, team_messages=thread.team_messages + 1, first_answered_at=first)
    if user == thread.customer:
        newest = max(thread.customer_at or at, at)
        return replace(thread, customer_messages=thread.customer_messages + 1, customer_at=newest)
    return replace(thread, other_messages=thread.other_messages + 1)


def _reopened(db: Connection, thread: Interaction, at: datetime, now: datetime) -> Interaction:
    """The customer wrote again: what was to be asked about the thread is not asked before silence ends it anew."""
    outbox.drop(db, "close", thread.source_id)
    for invitation in invitations.of_interaction(db, thread.id):
        endings.withdraw(db, invitation.key, "reopened", now)
    return replace(thread, state="open", reopened_at=at)


def end_quiet(db: Connection, teams: Iterable[Team], now: datetime) -> int:
    """Close the threads that were quiet for the time of their team, and queue the decisions about them. Returns how
    many."""
    ended = 0
    for team in teams:
        silence = parse_silence(team.silence)
        if silence is None:
            continue
        hours, zone = team.working_hours, team.timezone
        for thread in conversations.quiet(db, team.id, worked_since(now, silence, hours, zone)):
            assert thread.last_at is not None
            # earlier than now, if nothing ticked meanwhile
            over = worked_until(thread.last_at, silence, hours, zone)
            kept = conversations.closed(db, replace(thread, closed_at=over), now)
            details = {"team": team.id, "interaction": kept.id, "via": "silence"}
            outbox.put(db, "close", kept.source_id, now, once=str(kept.closes), **details)
            ended += 1
    return ended


def quiet_from(db: Connection, team: Team, number: int) -> datetime | None:
    """The moment at which nobody has written in a thread for as long as the team waits; None if it does not wait, or if
    the interaction is no thread."""
    quiet = parse_quiet(team.quiet)
    thread = conversations.by_number(db, number) if quiet is not None and number else None
    if quiet is None or thread is None or thread.source != SLACK or thread.last_at is None:
        return None
    return thread.last_at + quiet


def close_of(db: Connection, number: int) -> Close | None:
    """The close of a thread that silence has ended; None if it was opened again, or its customer was erased."""
    thread = conversations.by_number(db, number)
    if thread is None or thread.state != "closed" or thread.closed_at is None or not thread.customer:
        return None
    _, _, thread_ts = thread.source_id.partition(":")
    return Close(
        thread.customer, thread.agent, thread.closed_at, "silence", channel=thread.channel, thread_ts=thread_ts,
        trigger=f"{thread_ts}:{thread.closes}", topic=thread.topic, touchpoint=thread.touchpoint,
        company=thread.company, interaction=thread.id,
    )  # fmt: skip
