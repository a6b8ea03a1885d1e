"""Who takes part in a Slack conversation, and which of them is the customer."""

from __future__ import annotations

from typing import Any

from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.slack.bot import SlackBot


def customer_of(bot: SlackBot, channel: str, ts: str, thread_ts: str, author: str, team: Team) -> tuple[str, str]:
    """The customer of a conversation and the timestamp of its thread, given any message in it. The customer is the
    author of the first message, or else the first participant outside the team. Raises Refused if there is none,
    and NotCheckedError if Slack can't say now."""
    root_ts, candidates = _participants(bot, channel, ts, thread_ts, author)
    own = bot.directory.people((*team.members, *team.leads))
    for user in dict.fromkeys(candidates):
        if user and user not in own and user != bot.identity.user and not _is_bot(bot, user):
            return user, root_ts
    raise Refused(
        N_("I see no customer in this conversation: only members of the team and bots wrote in it."), code="nobody"
    )


def _is_bot(bot: SlackBot, user: str) -> bool:
    try:
        return bot.directory.person(user).bot
    except NotCheckedError:
        raise
    except NotKnownError:
        return True


def _participants(bot: SlackBot, channel: str, ts: str, thread_ts: str, author: str) -> tuple[str, list[str]]:
    """The thread's timestamp and its people in order of appearance, as far as the granted scopes allow. `reactions.get`
    is in the base scopes and returns only the message itself. `conversations.replies` returns everybody in the thread
    and needs the feature `history`."""
    message = _message(bot, channel, ts)
    root_ts = thread_ts if thread_ts and thread_ts != ts else str(message.get("thread_ts") or ts)
    root = message if root_ts == ts else _message(bot, channel, root_ts)
    people = [root.get("user") or message.get("parent_user_id"), *(root.get("reply_users") or ())]
    if bot.identity.has("channels:history") or not root:
        people = [*people[:1], *_repliers(bot, channel, root_ts), *people[1:]]
    if not any(people) or root_ts == ts:
        people.append(author)
    return root_ts, [user for user in people if isinstance(user, str)]


def _message(bot: SlackBot, channel: str, ts: str) -> dict[str, Any]:
    try:
        message = bot.directory.ask(bot.short_client.reactions_get, channel=channel, timestamp=ts, full=True).get(
            "message"
        )
    except NotCheckedError:
        raise
    except NotKnownError:
        return {}  # the author that the event names is enough for what follows
    return message if isinstance(message, dict) else {}


def _repliers(bot: SlackBot, channel: str, ts: str) -> list[object]:
    try:
        answer = bot.directory.ask(bot.short_client.conversations_replies, channel=channel, ts=ts, limit=50)
    except NotCheckedError:
        raise
    except NotKnownError:
        return []  # without that scope, use the base scopes
    return [message.get("user") for message in answer.get("messages") or [] if not message.get("bot_id")]
