"""What leads get about a case: the notice, kept up to date wherever they read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cxbot.core.teams.team import Team
from cxbot.outgoing.calls import Kind, Outcome, Sending, Unknown
from cxbot.service.directory import NotCheckedError, NotKnownError
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import cases as messages
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.outgoing.sending import Sender
from cxbot.slack.web_api.client import call
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, cases, invitations, outbox
from cxbot.store.records.outbox import Task


class Cases:
    """The kinds of tasks about a case. A task's subject is the number of the case."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {
            "case_notice": Kind("chat.postMessage", self._case_notice, self._posted, self._refused),
            "case_update": Kind("chat.update", self._case_update),
        }

    def _case_notice(self, task: Task, now: datetime) -> Sending | None:
        shown = self._case_message(task)
        if shown is None:
            return None
        team = self._case_team(self._bot.database.reader, task)
        if to := task.details.get("to"):
            if not self._may_read(team, to):
                self._bot.database.write(lambda db: self._refused(db, task, "no lead any more", now))
                return None
            return self._sender.post(task, self._sender.open_dm(to), shown)
        if not task.details.get("directly") and (channel := self._sender.safe_leads_channel(team)):
            return self._sender.post(task, channel, shown)
        self._bot.database.write(lambda db: self._tell_each(db, task, self._sender.leads(team), now))
        return None

    def _case_update(self, task: Task, now: datetime) -> Sending | None:
        """Update every notice of a case that only people read who may know of it by now. Notices whose tasks were
        swept from the outbox stay as they are, apart from the last one."""
        db = self._bot.database.reader
        case = cases.by_id(db, int(task.subject))
        shown = self._case_message(task)
        if case is None or shown is None or not case.message_ts:
            return None
        team = self._case_team(db, task)
        sent = outbox.addressed(db, "case_notice", task.subject) or [(case.message_channel, case.message_ts, "")]
        places = [(channel, ts) for channel, ts, to in sent if self._is_for(team, channel, to)]
        if not places:
            return None
        return Sending(case.message_channel, lambda: self._update_all(places, shown), "chat.update", Unknown.REPEAT)

    def _may_read(self, team: Team | None, user: str) -> bool:
        """Whether somebody who was a lead or an admin is one still, and still in the company."""
        if user not in (*self._sender.leads(team), *self._bot.admins):
            return False
        self._sender.ask_anew(user)
        try:
            return self._bot.directory.person(user).full_member
        except NotCheckedError:
            raise
        except NotKnownError:
            return False

    def _is_for(self, team: Team | None, channel: str, to: str) -> bool:
        """Whether what is new about a case may go to a place where its notice is: outsiders may be there by now."""
        if to:
            return self._may_read(team, to)
        self._sender.ask_anew(channel)
        return not self._bot.directory.has_outsiders(channel)

    def _update_all(self, places: list[tuple[str, str]], shown: Message) -> Outcome:
        """Show the same message in several places. The outcome is the most serious one."""
        client = self._bot.client
        outcomes = [call(client, "chat.update", {"channel": channel, "ts": ts, **shown}) for channel, ts in places]
        return max(outcomes, key=lambda outcome: ("ok", "refused", "unknown", "later").index(outcome.kind))

    def _case_message(self, task: Task) -> Message | None:
        db = self._bot.database.reader
        case = cases.by_id(db, int(task.subject))
        invitation = None if case is None else invitations.by_key(db, case.invitation)
        if case is None or invitation is None or (case.settled_itself and not case.message_ts):
            return None  # nobody has to hear of it any more
        speech = self._bot.language(self._bot.team(invitation.team_id))
        return messages.notice(case, invitation, answers.current(db, invitation), speech)

    def _case_team(self, db: Connection, task: Task) -> Team | None:
        case = cases.by_id(db, int(task.subject))
        invitation = None if case is None else invitations.by_key(db, case.invitation)
        return None if invitation is None else self._bot.team(invitation.team_id)

    @staticmethod
    def _tell_each(db: Connection, task: Task, people: Iterable[str], now: datetime) -> None:
        """Send a case's notice to each of these people as a direct message, once."""
        with outbox.following(db, task):
            for person in sorted(people):
                outbox.put(db, "case_notice", task.subject, now, once=f"{task.id}:{person}", to=person)

    def _posted(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        cases.posted(db, int(task.subject), channel, ts)

    def _refused(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """If the bot can't post in the channel, each lead gets the notice directly. If a lead can't be reached, the
        admins get a note."""
        if "to" not in task.details:
            outbox.put(db, "case_notice", task.subject, now, once=f"{task.id}:directly", directly=True)
        elif task.details["to"] not in self._bot.admins:
            self._tell_each(db, task, self._bot.admins, now)
