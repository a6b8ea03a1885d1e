"""Who takes part in a Slack conversation, and which of them is the customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web import SlackResponse

from cxbot.core.invitations.customers import Participant, likely
from cxbot.core.invitations.rules import Person
from cxbot.core.teams.team import Team
from cxbot.errors import N_, CxbotError, Refused
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.slack.bot import SlackBot

LOOKED_UP = 10  # people of a conversation who may be its customer: more are not looked up


@dataclass(frozen=True, slots=True)
class Served:
    """The customer of a conversation, the timestamp of its thread, and who wrote how many messages in it ({} if that
    is not known)."""

    customer: str
    thread_ts: str
    wrote: Mapping[str, int]


class UnclearError(CxbotError):
    """Two people may be the customer of a conversation: `one`, who is likelier, or `other`."""

    def __init__(self, one: str, other: str, thread_ts: str) -> None:
        super().__init__(N_("It is unclear who of two people was helped."))
        self.one, self.other, self.thread_ts = one, other, thread_ts


@dataclass(frozen=True, slots=True)
class _Conversation:
    """Its thread, who began it ("" if unknown), whose message that passes on (""), its people in order of appearance,
    and how much they wrote."""

    thread_ts: str
    began: str
    forwarded: str
    people: tuple[str, ...]
    wrote: Mapping[str, int]


def customer_of(
    bot: SlackBot, channel: str, ts: str, thread_ts: str, author: str, team: Team, agent: str
) -> Served:  # fmt: skip
    """The customer of a conversation that an agent closes, given any message in it (see `core/invitations/customers`).
    Raises Refused if there is none, UnclearError if it may be one of two, and NotCheckedError if Slack can't say now.
    """
    talk = _conversation(bot, channel, ts, thread_ts, author)
    own = bot.directory.people((*team.members, *team.leads)) | {bot.identity.user, agent, ""}
    others = [user for user in dict.fromkeys((talk.began, *talk.people)) if user not in own][:LOOKED_UP]
    people = [
        Participant(user, person.full_member, user == talk.began, user == talk.forwarded, talk.wrote.get(user, 0))
        for user in others
        if (person := _person(bot, user)) is not None and (user == talk.began or not person.gone)
    ]
    match likely(people):
        case (customer,):
            return Served(customer, talk.thread_ts, talk.wrote)
        case (one, other):
            raise UnclearError(one, other, talk.thread_ts)
    raise Refused(
        N_("I see no customer in this conversation: only members of the team and bots wrote in it."), code="nobody"
    )


def _person(bot: SlackBot, user: str) -> Person | None:
    """Somebody; None for bots and for people whom Slack does not know."""
    try:
        person = bot.directory.person(user)
    except NotCheckedError:
        raise
    except NotKnownError:
        return None
    return None if person.bot else person


def _conversation(bot: SlackBot, channel: str, ts: str, thread_ts: str, author: str) -> _Conversation:
    """A conversation as far as the granted scopes allow. `reactions.get` is in the base scopes and returns only the
    message itself. `conversations.replies` returns everybody in the thread and needs the feature `history`."""
    message = _message(bot, channel, ts)
    root_ts = thread_ts if thread_ts and thread_ts != ts else str(message.get("thread_ts") or ts)
    root = message if root_ts == ts else _message(bot, channel, root_ts)
    replies = _replies(bot, channel, root_ts) if bot.identity.has("channels:history") or not root else []
    began = root.get("user") or message.get("parent_user_id") or (author if root_ts == ts else "")
    wrote = Counter(each["user"] for each in replies)
    people = [*wrote, *(user for user in root.get("reply_users") or () if isinstance(user, str))]
    return _Conversation(root_ts, began, _forwarded(root), tuple(people or (author,)), wrote)


def _forwarded(message: Mapping[str, Any]) -> str:
    """Whose message a message passes on; "" if it is nobody's in Slack. An app's attachment names nobody."""
    for attachment in message.get("attachments") or ():
        if isinstance(attachment, dict) and attachment.get("is_share") and isinstance(attachment.get("author_id"), str):
            return str(attachment["author_id"])
    return ""


def _message(bot: SlackBot, channel: str, ts: str) -> dict[str, Any]:
    try:
        return bot.directory.ask(bot.short_client.reactions_get, _told, channel=channel, timestamp=ts, full=True)
    except NotCheckedError:
        raise
    except NotKnownError:
        return {}  # the author that the event names is enough for what follows


def _told(answer: SlackResponse) -> dict[str, Any]:
    message = answer.get("message")
    told = message if isinstance(message, dict) else {}
    return {name: value for name, value in told.items() if name not in TEXTS or isinstance(value, str)}


TEXTS = ("user", "thread_ts", "parent_user_id")  # of a message, if it has them


def _replies(bot: SlackBot, channel: str, ts: str) -> list[dict[str, Any]]:
    """The messages that people wrote in a thread, the first one included."""
    try:
        return bot.directory.ask(bot.short_client.conversations_replies, _written, channel=channel, ts=ts, limit=50)
    except NotCheckedError:
        raise
    except NotKnownError:
        return []  # without that scope, use the base scopes


def _written(answer: SlackResponse) -> list[dict[str, Any]]:
    written = answer.get("messages") or []
    return [each for each in written if not each.get("bot_id") and isinstance(each.get("user"), str)]
