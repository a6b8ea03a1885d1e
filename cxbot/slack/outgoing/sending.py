"""One call to Slack, ready to be made, and the ways of making one."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.team import Team
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.web_api.client import TIMEOUT, Outcome, call
from cxbot.store.engine.connection import Connection
from cxbot.store.records.outbox import Task

EVENT_TYPE = "cxbot_task"


class Unknown(StrEnum):
    """What to do when nobody can say whether a call was carried out."""

    REPEAT = "repeat"  # made twice, it does the same as once
    LOOK_UP = "look up"  # it makes a message, which must never appear twice and can be found by its reference
    GIVE_UP = "give up"  # nothing shows whether it arrived, and a second one would be worse than none


@dataclass(frozen=True, slots=True)
class Sending:
    """One call, ready to be made. `unknown` says what to do when its outcome is unknown; what is looked up is in
    `channel`, in the thread `thread_ts` where that is not ""."""

    channel: str
    make: Callable[[], Outcome]
    method: str
    unknown: Unknown = Unknown.GIVE_UP
    thread_ts: str = ""

    @property
    def posts(self) -> bool:
        """Whether it makes a new message."""
        return self.unknown is Unknown.LOOK_UP

    @property
    def target(self) -> str:
        """Where it can be looked up, as `look_up` takes it; "" for a call that is not looked up."""
        return f"{self.channel}:{self.thread_ts}" if self.posts else ""


def reference(task: Task) -> str:
    """The opaque reference of a task in a message's metadata."""
    return hashlib.sha256(task.key.encode()).hexdigest()[:24]


Prepare = Callable[[Task, datetime], Sending | None]
Sent = Callable[[Connection, Task, str, str, datetime], None]
Failed = Callable[[Connection, Task, str, datetime], None]


def nothing_more(*_: object) -> None:
    """What follows from most tasks: nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of task. `method` is the call it ends in ("" where Slack sets no limit); `prepare` draws it, or says
    None where there is nothing left to do; `sent` (with channel and timestamp) and `failed` (with Slack's error)
    record in the same commit what follows from the outcome."""

    method: str
    prepare: Prepare
    sent: Sent = nothing_more
    failed: Failed = nothing_more


class Sender:
    """Makes calls out of messages."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def open_dm(self, user: str) -> str:
        """The direct message with a person; raises CxbotError where Slack can't open it right now."""
        return self._bot.directory.direct_message(user)

    def send(self, channel: str, method: str, arguments: dict[str, Any]) -> Sending:
        """A call that does the same when it is made twice."""
        return Sending(channel, lambda: call(self._bot.client, method, arguments), method, Unknown.REPEAT)

    def update(self, invitation: Invitation, shown: Message) -> Sending:
        """Show a survey's message anew."""
        where = {"channel": invitation.message_channel, "ts": invitation.message_ts}
        return self.send(invitation.message_channel, "chat.update", {**where, **shown})

    def ephemeral(self, channel: str, user: str, shown: Message, thread_ts: str = "") -> Sending:
        """A message that only one person sees, and that may not arrive."""
        arguments = {"channel": channel, "user": user, **shown}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        method = "chat.postEphemeral"
        return Sending(channel, lambda: call(self._bot.client, method, arguments), method)

    def post(self, task: Task, channel: str, shown: Message, thread_ts: str = "") -> Sending:
        """A new message, which can be found again by its reference."""
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

    def leads(self, team: Team | None) -> list[str]:
        """The people to turn to: the team's leads, else the admins."""
        leads = sorted(self._bot.directory.people(team.leads)) if team else []
        return leads or sorted(self._bot.admins)

    def safe_leads_channel(self, team: Team | None) -> str:
        """The leads' channel, "" where there is none or outsiders read there."""
        channel = team.leads_channel if team else ""
        return "" if not channel or self._bot.directory.outsiders_or_wait(channel) else channel

    def to_leads(self, task: Task, team: Team | None, shown: Message) -> Sending | None:
        """Post in the leads' channel where it is safe, else to the first lead directly."""
        if channel := self.safe_leads_channel(team):
            return self.post(task, channel, shown)
        people = self.leads(team)
        return self.post(task, self.open_dm(people[0]), shown) if people else None


def respond(url: str, body: dict[str, Any]) -> Outcome:
    """Answer through a response_url: at most five times in half an hour, then Slack refuses."""
    content = json.dumps({"replace_original": True, **body}).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return Outcome("ok", {})
    except urllib.error.HTTPError as error:
        return Outcome("refused", {}, f"http {error.code}")
    except OSError as error:
        return Outcome("refused", {}, type(error).__name__)
