"""Calls to Slack, ready to be made."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.team import Team
from cxbot.outgoing.calls import Outcome, Sending, Unknown, reference
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.web_api.client import TIMEOUT, call, unreached
from cxbot.store.records.outbox import Task

EVENT_TYPE = "cxbot_task"


class Sender:
    """Turns messages into calls."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def open_dm(self, user: str) -> str:
        """The id of the direct message with a person. Raises CxbotError if Slack can't open it right now."""
        return self._bot.directory.direct_message(user)

    def send(self, channel: str, method: str, arguments: dict[str, Any]) -> Sending:
        """A call that is safe to repeat."""
        return Sending(channel, lambda: call(self._bot.client, method, arguments), method, Unknown.REPEAT)

    def update(self, invitation: Invitation, shown: Message) -> Sending:
        """Replace the content of a survey's message."""
        where = {"channel": invitation.message_channel, "ts": invitation.message_ts}
        return self.send(invitation.message_channel, "chat.update", {**where, **shown})

    def ephemeral(self, channel: str, user: str, shown: Message, thread_ts: str = "") -> Sending:
        """A message that only one person sees. It may be lost."""
        arguments = {"channel": channel, "user": user, **shown}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        method = "chat.postEphemeral"
        return Sending(channel, lambda: call(self._bot.client, method, arguments), method)

    def post(self, task: Task, channel: str, shown: Message, thread_ts: str = "") -> Sending:
        """A new message that can be looked up by its reference."""
        arguments = {
            "channel": channel,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"reference": reference(task)}},
            **shown,
        }
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        return Sending(
            channel,
            lambda: call(self._bot.client, "chat.postMessage", arguments),
            "chat.postMessage",
            Unknown.LOOK_UP,
            thread_ts,
        )

    def ask_anew(self, *things: str) -> None:
        """Believe nothing that was known of people, groups and channels: what goes out now is internal."""
        for thing in things:
            self._bot.directory.forget(thing)

    def leads(self, team: Team | None) -> list[str]:
        """The people to turn to: the team's leads, or the admins if there are none."""
        self.ask_anew(*(team.leads if team else ()))
        leads = sorted(self._bot.directory.people(team.leads)) if team else []
        return leads or sorted(self._bot.admins)

    def safe_leads_channel(self, team: Team | None) -> str:
        """The leads' channel; "" if there is none, or if guests or people of other companies read it."""
        channel = team.leads_channel if team else ""
        self.ask_anew(channel)
        return "" if not channel or self._bot.directory.has_outsiders(channel) else channel

    def to_leads(self, task: Task, team: Team | None, shown: Message) -> Sending | None:
        """Post in the leads' channel if that is safe, else send a direct message to the first lead."""
        if channel := self.safe_leads_channel(team):
            return self.post(task, channel, shown)
        people = self.leads(team)
        return self.post(task, self.open_dm(people[0]), shown) if people else None


def respond(url: str, body: dict[str, Any]) -> Outcome:
    """Answer through a response_url: replace the message that was clicked, unless `body` says otherwise. Slack allows
    five answers within half an hour."""
    content = json.dumps({"replace_original": True, **body}).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return Outcome("ok", {})
    except urllib.error.HTTPError as error:
        known = error.code < 500
        return Outcome("refused" if known else "unknown", error=f"http {error.code}", final=known)
    except urllib.error.URLError as error:
        return unreached(error.reason)
    except (OSError, http.client.HTTPException) as error:
        return unreached(error)
