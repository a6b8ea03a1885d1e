"""Asking a customer: who it is, whose team it is, and the invitation."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError

from cxbot.core.invitations.rules import Invitation, check_customer, send_time, way
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused, UsageError
from cxbot.slack import access
from cxbot.slack.access import Rights
from cxbot.slack.bot import Bot
from cxbot.slack.web_api.directory import NotKnownError
from cxbot.store.records import invitations


def team_for(bot: Bot, rights: Rights, channel: str, name: str = "") -> Team:
    """The team in whose name a person asks: the named one, the channel's, or the person's only one."""
    teams = bot.teams()
    if name:
        team = access.team_named(rights, teams, name)
        if team is None:
            raise UsageError(N_("There is no team “%(name)s”. Teams: %(teams)s."), name=name,
                             teams=", ".join(each.name for each in teams) or "–")  # fmt: skip
        return team
    here = next((team for team in teams if channel in team.source_channels), None)
    if here is not None and rights.belongs(here):
        return here
    own = rights.teams or (tuple(teams) if rights.admin else ())
    if len(own) == 1:
        return own[0]
    if not own:
        raise UsageError(N_("There is no team yet. An admin can set one up with `/cx team`."))
    raise UsageError(
        N_("Say in which team's name you ask: %(teams)s."), teams=", ".join(f'`team:"{team.name}"`' for team in own)
    )


def ask(
    bot: Bot, rights: Rights, team: Team, customer: str, via: str, *,
    survey: Survey | None = None, channel: str = "", thread_ts: str = "", trigger: str = "",
    topic: str = "", touchpoint: str = "",
) -> Invitation:  # fmt: skip
    """Invite a customer; the invitation says when and where the survey goes.

    Raises Refused where a rule or a budget forbids it; that is kept in the ledger. The same trigger again gives
    the invitation that waits; of one that was sent the budgets speak.
    """
    now = bot.clock()
    try:
        person = bot.directory.person(customer)
    except NotKnownError as error:
        raise Refused(N_("Slack does not know this person, so nobody was asked."), code="unknown") from error
    asked = survey or team.survey
    shared = bool(thread_ts) and _is_shared(bot, channel)
    invitation = Invitation(
        key=invitations.new_key(), state="due", reason="", survey=asked,
        team_id=team.id, team=team.name, agent="" if team.agents == "off" else rights.user, customer=customer,
        channel=channel, thread_ts=thread_ts, trigger_ts=trigger, delivery=way(team, asked, shared, thread_ts),
        topic=topic, touchpoint=touchpoint, asked_by="hand-picked", asked_via=via, timezone=team.timezone,
        locale=team.locale, closed_at=now, send_at=send_time(team, asked, person, via, now, now),
    )  # fmt: skip
    known = invitations.by_trigger(bot.database.reader, channel, trigger) if trigger else None
    if known is not None and known.customer == customer and known.state in ("due", "sending", "rehearsed"):
        return known
    try:
        check_customer(person, rights.user, bot.directory.people((*team.members, *team.leads)), asked)
        return bot.database.write(lambda db: invitations.ask(db, invitation, team, now))
    except Refused as refusal:
        code = str(refusal.values.get("code", ""))
        bot.database.write(lambda db: invitations.refuse(db, invitation, code))
        raise


def _is_shared(bot: Bot, channel: str) -> bool:
    try:
        return bot.directory.channel(channel).shared
    except NotKnownError:
        return False


def customer_of(bot: Bot, channel: str, ts: str, thread_ts: str, author: str, team: Team) -> tuple[str, str]:
    """The customer of a conversation and the timestamp of its thread, from any message in it: the author of the
    first message, else the first participant who is not of the team. Raises Refused where there is none."""
    root_ts, candidates = _participants(bot, channel, ts, thread_ts, author)
    own = bot.directory.people((*team.members, *team.leads))
    for user in dict.fromkeys(candidates):
        if user and user not in own and user != bot.identity.user and not _is_bot(bot, user):
            return user, root_ts
    raise Refused(
        N_("I see no customer in this conversation: only members of the team and bots wrote in it."), code="nobody"
    )


def _is_bot(bot: Bot, user: str) -> bool:
    try:
        return bot.directory.person(user).bot
    except NotKnownError:
        return True


def _participants(bot: Bot, channel: str, ts: str, thread_ts: str, author: str) -> tuple[str, list[str]]:
    """The thread's timestamp and its people in order of appearance, as far as the granted scopes show them.

    `reactions.get` belongs to the base scopes and returns the message itself; all of a thread's people are only
    in `conversations.replies`, which needs the feature `history`.
    """
    message = _message(bot, channel, ts)
    root_ts = thread_ts if thread_ts and thread_ts != ts else str(message.get("thread_ts") or ts)
    root = message if root_ts == ts else _message(bot, channel, root_ts)
    found = [root.get("user") or message.get("parent_user_id"), *(root.get("reply_users") or ())]
    if bot.identity.has("channels:history") or not root:
        found = [*found[:1], *_repliers(bot, channel, root_ts), *found[1:]]
    if not any(found) or root_ts == ts:
        found.append(author)
    return root_ts, [user for user in found if isinstance(user, str)]


def _message(bot: Bot, channel: str, ts: str) -> dict[str, Any]:
    try:
        found = bot.hurried.reactions_get(channel=channel, timestamp=ts, full=True).get("message")
    except SlackApiError:
        return {}  # what follows does with the author that the event names
    return found if isinstance(found, dict) else {}


def _repliers(bot: Bot, channel: str, ts: str) -> list[Any]:
    try:
        found = bot.hurried.conversations_replies(channel=channel, ts=ts, limit=50).get("messages") or []
    except SlackApiError:
        return []  # without the scope the base scopes have to do
    return [message.get("user") for message in found if not message.get("bot_id")]
