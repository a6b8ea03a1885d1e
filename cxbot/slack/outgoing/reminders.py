"""The reminder of a survey in a direct message: it leads to the survey, and is deleted with the answer or the end."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.invitations.rules import Invitation, Person
from cxbot.language import language
from cxbot.outgoing.calls import Kind, Outcome, Sending, Unknown
from cxbot.service import reminding
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages.surveys import survey
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.web_api.client import call
from cxbot.store.records.outbox import Task


class Reminders:
    """The kinds of tasks about a reminder. A task's subject is the key of the invitation."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {
            "reminder": Kind("chat.postMessage", self._remind, reminding.reminded, reminding.not_reminded),
            "reminder_delete": Kind("chat.delete", self._delete),
        }

    def _remind(self, task: Task, now: datetime) -> Sending | None:
        invitation = reminding.to_remind(self._bot, task, self._customer, now)
        if invitation is None or not invitation.message_ts:
            return None
        channel = invitation.message_channel
        link = self._bot.directory.permalink(channel, invitation.message_ts)
        shown = survey.reminder(invitation, link, language(invitation.locale))
        return self._sender.post(task, channel, shown)

    def _customer(self, invitation: Invitation) -> Person:
        return self._bot.directory.person(invitation.customer)

    def _delete(self, task: Task, now: datetime) -> Sending | None:
        target = {"channel": task.details["channel"], "ts": task.details["ts"]}
        return Sending(target["channel"], lambda: self._gone(target), "chat.delete", Unknown.REPEAT)

    def _gone(self, target: dict[str, str]) -> Outcome:
        """A message that is gone needs no deletion."""
        outcome = call(self._bot.client, "chat.delete", target)
        return Outcome("ok", {}) if outcome.error == "message_not_found" else outcome
