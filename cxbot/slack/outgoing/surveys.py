"""What customers and agents get about an invitation: the survey, its follow-up, notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cxbot.core.invitations.notice import notice_at
from cxbot.core.invitations.rules import Invitation
from cxbot.language import language
from cxbot.outgoing.calls import Kind, Outcome, Sending, Unknown
from cxbot.service.lateness import taken_back
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts.blocks import Message, is_slack_id
from cxbot.slack.messages.surveys import survey
from cxbot.slack.outgoing.sending import Sender, respond
from cxbot.slack.web_api.client import call
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, endings, invitations, outbox
from cxbot.store.records.outbox import Task

URL_LASTS = timedelta(minutes=30)  # a response_url


class Surveys:
    """The kinds of tasks about an invitation. A task's subject is the key of the invitation."""

    def __init__(self, bot: SlackBot, sender: Sender) -> None:
        self._bot = bot
        self._sender = sender
        self.kinds = {
            "survey": Kind("chat.postMessage", self._survey, self._arrived, self._undelivered),
            "survey_update": Kind("chat.update", self._survey_update, failed=self._not_updated),
            "survey_close": Kind("chat.update", self._survey_close),
            "survey_delete": Kind("chat.delete", self._survey_delete),
            "followup": Kind("", self._follow_up, failed=self._reply_refused),
            "asked": Kind("chat.postEphemeral", self._asked),
            "rehearsal": Kind("chat.postMessage", self._rehearsal),
            "undeliverable": Kind("chat.postMessage", self._undeliverable),
            "too_late": Kind("chat.postMessage", self._too_late),
        }

    def _invitation(self, task: Task) -> Invitation | None:
        return invitations.by_key(self._bot.database.reader, task.subject)

    def _survey(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or invitation.state != "sending":
            return None
        if taken_back(
            self._bot, invitation, task.created_at, lambda: self._bot.directory.person(invitation.customer), now
        ):
            return None
        shown = survey.question(invitation, language(invitation.locale), notice=self._notice(invitation))
        if invitation.delivery == "thread":
            return self._sender.post(task, invitation.channel, shown, invitation.thread_ts)
        return self._sender.post(task, self._sender.open_dm(invitation.customer), shown)

    def _notice(self, invitation: Invitation) -> str:
        return notice_at(self._bot.privacy_url, self._bot.public_url, invitation.locale)

    def _survey_update(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or invitation.state != "sent" or not invitation.message_ts:
            return None
        reply = answers.current(self._bot.database.reader, invitation)
        speech, asked = language(invitation.locale), invitation.survey
        if not reply.given(asked) or (invitation.delivery == "thread" and not reply.complete(asked)):
            return None
        if invitation.delivery == "thread":
            return self._sender.update(invitation, survey.thanks(invitation, speech))
        if not reply.complete(asked):
            return self._sender.update(invitation, survey.question(invitation, speech, reply, self._notice(invitation)))
        return self._sender.update(invitation, self._follow_up_message(invitation, now))

    def _survey_close(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.message_ts:
            return None
        given = answers.any_given(self._bot.database.reader, invitation.key)
        return self._sender.update(invitation, survey.closed(given, language(invitation.locale)))

    def _survey_delete(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.message_ts:
            return None
        target = {"channel": invitation.message_channel, "ts": invitation.message_ts}
        return Sending(invitation.message_channel, lambda: self._delete(target), "chat.delete", Unknown.REPEAT)

    def _delete(self, target: dict[str, str]) -> Outcome:
        """A message that is gone needs no deletion, such as one that was deleted after a back-up was made."""
        outcome = call(self._bot.client, "chat.delete", target)
        return Outcome("ok", {}) if outcome.error == "message_not_found" else outcome

    def _follow_up(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None or not invitation.in_slack:  # whoever answers on a page sees everything there
            return None
        if reply_to := task.details.get("reply_to", ""):
            shown = self._follow_up_message(invitation, now)
            return Sending(invitation.channel, lambda: respond(reply_to, shown), "response_url")
        last = None if task.details.get("again") else outbox.before(self._bot.database.reader, task)
        older = _deleted_at(last, now)
        shown = self._follow_up_message(invitation, now, alone=bool(older) or not (last and last.details.get("live")))
        if invitation.delivery == "thread":
            card = self._sender.ephemeral(invitation.channel, invitation.customer, shown, invitation.thread_ts)
        else:
            card = self._sender.ephemeral(self._sender.open_dm(invitation.customer), invitation.customer, shown)
        return replace(card, make=lambda: _replacing(older, card.make)) if older else card

    def _follow_up_message(self, invitation: Invitation, now: datetime, *, alone: bool = True) -> Message:
        """What the customer sees of their reply. `alone` is False if another card with buttons stays beside it."""
        reply = answers.current(self._bot.database.reader, invitation)
        can_comment = invitation.open_at(now) and invitation.state == "sent"
        return survey.follow_up(
            invitation, reply, language(invitation.locale),
            can_comment=can_comment, by_message=self._bot.identity.has("im:history"), alone=alone,
        )  # fmt: skip

    def _asked(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None:
            return None
        shown = notes.asked(invitation, self._bot.language(self._bot.team(invitation.team_id)))
        where = task.details
        return self._sender.ephemeral(where["channel"], where["user"], shown, where.get("thread_ts", ""))

    def _rehearsal(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        team = None if invitation is None else self._bot.team(invitation.team_id)
        if invitation is None or team is None:
            return None
        return self._sender.to_leads(task, team, notes.rehearsed(invitation, self._bot.language(team)))

    def _undeliverable(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None:
            return None
        speech = self._bot.language(self._bot.team(invitation.team_id))
        return self._to_agent(task, invitation, notes.undeliverable(invitation, invitation.reason, speech))

    def _too_late(self, task: Task, now: datetime) -> Sending | None:
        invitation = self._invitation(task)
        if invitation is None:
            return None
        shown = notes.too_late(invitation, self._bot.language(self._bot.team(invitation.team_id)))
        return self._to_agent(task, invitation, shown)

    def _to_agent(self, task: Task, invitation: Invitation, shown: Message) -> Sending | None:
        """To the one who helped; to the leads if that one is known outside Slack only, or if nobody is known to have
        sent an e-mail. A survey in Slack without an agent concerns nobody; a campaign shows its own in its progress."""
        if is_slack_id(invitation.agent):
            return self._sender.post(task, self._sender.open_dm(invitation.agent), shown)
        if not invitation.agent and (invitation.in_slack or invitation.asked_via == "campaign"):
            return None
        return self._sender.to_leads(task, self._bot.team(invitation.team_id), shown)

    def _arrived(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        endings.sent(db, task.subject, channel, ts, now)

    def _undelivered(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        if endings.by_direct_message_instead(db, task.subject, now):
            return
        if not (self._bot.mails and endings.by_mail_instead(db, task.subject, now)):
            endings.undeliverable(db, task.subject, error, now)

    def _not_updated(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """The message is gone. In a direct message the customer would be left without any answer, so a new one is
        sent."""
        invitation = invitations.by_key(db, task.subject)
        if invitation is not None and invitation.delivery == "dm":
            reply_to = task.details.get("reply_to", "")
            outbox.put(db, "followup", task.subject, now, once=f"instead {task.id}", reply_to=reply_to, live=True)

    def _reply_refused(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """The response_url is used up: send the same once more as a new message."""
        if task.details.get("reply_to"):
            outbox.put(db, "followup", task.subject, now, once=f"again {task.id}", again=True, live=True)


def _deleted_at(card: Task | None, now: datetime) -> str:
    """The URL at which the card of an earlier task can be deleted; "" if it can't.

    Slack gives such a URL only with a click on the card, and it ends after half an hour.
    """
    if card is None or now - card.created_at > URL_LASTS:
        return ""
    return str(card.details.get("reply_to", ""))


def _replacing(older: str, post: Callable[[], Outcome]) -> Outcome:
    """Post a card, then delete the older one. If that fails, the older one still works: a click on it is answered with
    the state as it is then."""
    outcome = post()
    if outcome.kind == "ok":
        respond(older, {"replace_original": False, "delete_original": True})
    return outcome
