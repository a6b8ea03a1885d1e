"""Short messages to one person or, if somebody shares a report, to a channel; and notes to the admins."""

from __future__ import annotations

from datetime import datetime

from cxbot.errors import N_, CxbotError, NotAllowed, UsageError
from cxbot.outgoing.calls import Kind, Sending
from cxbot.service import reporting
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import notes
from cxbot.slack.messages.reports import any_report
from cxbot.slack.outgoing.sending import Sender, respond
from cxbot.store.engine.connection import Connection
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task


class NobodyError(CxbotError):
    """There is nobody to whom a report could be sent."""


class Notes:
    """The kinds of tasks that carry their own message, and notes to the admins."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {
            "say": Kind("", self._say, failed=self._not_said),
            "admin_note": Kind("chat.postMessage", self._admin_note),
        }

    def _say(self, task: Task, now: datetime) -> Sending | None:
        """A message to one person, as a reply or as an ephemeral message, or (`post`) to everybody in the channel."""
        if "words" in task.details:
            return self._share(task, now)
        shown, channel, user = task.details["message"], task.details.get("channel", ""), task.details["user"]
        thread_ts = task.details.get("thread_ts", "")
        if reply_to := task.details.get("reply_to", ""):
            body = {"response_type": "ephemeral", "replace_original": bool(task.details.get("replace")), **shown}
            return Sending(channel, lambda: respond(reply_to, body), "response_url")
        if not channel or task.details.get("post"):
            return self._sender.post(task, channel or self._sender.open_dm(user), shown, thread_ts)
        return self._sender.ephemeral(channel, user, shown, thread_ts)

    def _share(self, task: Task, now: datetime) -> Sending | None:
        """A report that somebody shares, as they may share it when it goes out; else they are told why not."""
        user, channel, words = task.details["user"], task.details["channel"], task.details["words"]
        self._sender.ask_anew(user, channel, *(each for team in self._bot.teams() for each in team.leads))
        try:
            report, speech = reporting.to_share(self._bot, user, channel, task.details["metric"], words)
            if self._bot.directory.has_outsiders(channel):
                raise NotAllowed(notes.OVERHEARD)
        except (NotAllowed, UsageError) as error:
            why = notes.refusal(error, self._bot.language_of(user), self._bot.zone_of(user))
            self._bot.database.write(
                lambda db: outbox.put(db, "say", user, now, once=f"instead {task.id}", user=user, message=why)
            )
            return None
        return self._sender.post(task, channel, any_report.render(report, speech, words, shared_by=user))

    def _admin_note(self, task: Task, now: datetime) -> Sending | None:
        to = self._addressee()
        speech = self._bot.language()
        if task.subject == "dead":
            text = notes.given_up(len(outbox.in_state(self._bot.database.reader, "dead")), speech)
        elif "digest" in task.details:
            team_id, _, week = task.details["digest"].partition(":")
            team = self._bot.team(int(team_id))
            text = notes.digest_failed(team.name if team else "–", week, task.details["error"], speech)
        else:
            text = notes.unsure(len(outbox.in_state(self._bot.database.reader, "unknown")), speech)
        return self._sender.post(task, self._sender.open_dm(to), notes.plain_note(text))

    def _addressee(self) -> str:
        """An admin, or a lead if there are no admins. A report that nobody gets must not count as sent."""
        for admin in sorted(self._bot.admins):
            return admin
        for team in self._bot.teams():
            for lead in sorted(self._bot.directory.people(team.leads)):
                return lead
        raise NobodyError(N_("Nobody can be told: set CXBOT_ADMINS, or give a team leads."))

    def _not_said(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """If the response_url is used up, send it once more as a message. If the bot can't post in the channel, tell
        the person; or send the same as a direct message, if it is for nobody else (`or_direct`)."""
        if task.details.get("reply_to"):
            details = {name: value for name, value in task.details.items() if name not in ("reply_to", "replace")}
            outbox.put(db, "say", task.subject, now, once=f"again {task.id}", **details)
        elif task.details.get("post"):
            shown = notes.plain_note(notes.not_posted(error, self._bot.language_of(task.subject)))
            outbox.put(db, "say", task.subject, now, once=f"instead {task.id}", user=task.subject, message=shown)
        elif task.details.get("or_direct"):
            shown = task.details["message"]
            outbox.put(db, "say", task.subject, now, once=f"instead {task.id}", user=task.subject, message=shown)
