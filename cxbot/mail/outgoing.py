"""The kinds of tasks that ask a customer by e-mail, and remind once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxbot.core.invitations.rules import Invitation, Person
from cxbot.errors import N_
from cxbot.language import language
from cxbot.mail.addresses import NoAddressError
from cxbot.mail.compose import compose
from cxbot.mail.letter import Letterhead
from cxbot.mail.smtp import Mailer
from cxbot.outgoing.calls import Kind, Outcome, Sending, reference, reference_of
from cxbot.outgoing.wires import Wire
from cxbot.service import reminding
from cxbot.service.bot import Bot
from cxbot.service.directory import OutOfReachError
from cxbot.service.lateness import taken_back
from cxbot.store.engine.connection import Connection
from cxbot.store.records import campaigns, conversations, endings, invitations, links
from cxbot.store.records.outbox import Task

WIRE, METHOD = "mail", "smtp"
MAIL, REMINDER = "mail", "mail_reminder"
PER_MINUTE = {METHOD: 120}
NO_SERVER = N_("no mail server is set")


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to send mails: the server, and who writes."""

    mailer: Mailer
    head: Letterhead


def mail_wire(bot: Bot, post: Post | None) -> Wire:
    """E-mail, as a way to reach people. Without a `post` nobody can be reached by it."""
    mails = Mails(bot, post)
    kinds = {
        MAIL: Kind(METHOD, mails.prepare, mails.arrived, mails.undelivered),
        REMINDER: Kind(METHOD, mails.remind, reminding.reminded, reminding.not_reminded),
    }
    return Wire(WIRE, kinds, post.mailer.longest if post else 0.0)


class Mails:
    """Surveys by e-mail. A task's subject is the key of the invitation."""

    def __init__(self, bot: Bot, post: Post | None) -> None:
        self._bot = bot
        self._post = post

    def prepare(self, task: Task, now: datetime) -> Sending | None:
        """The mail of an invitation, unless it was taken back. Raises OutOfReachError if nothing can be sent."""
        invitation = invitations.by_key(self._bot.database.reader, task.subject)
        if invitation is None or invitation.state != "sending":
            return None
        if self._post is None:
            raise OutOfReachError("%(error)s", error=NO_SERVER)
        if taken_back(self._bot, invitation, task.created_at, lambda: self._customer(invitation), now):
            return None
        return self._mail(task, invitation, self._post, now)

    def remind(self, task: Task, now: datetime) -> Sending | None:
        """The mail that reminds of an earlier one, in its thread and with its links, if that may be now."""
        invitation = reminding.to_remind(self._bot, task, self._customer, now)
        if invitation is None:
            return None
        if self._post is None:
            raise OutOfReachError("%(error)s", error=NO_SERVER)
        return self._mail(task, invitation, self._post, now, reminds_of=reference_of(MAIL, invitation.key))

    def _mail(self, task: Task, invitation: Invitation, post: Post, now: datetime, *, reminds_of: str = "") -> Sending:
        """A mail, ready to be sent."""
        token = self._bot.database.write(lambda db: links.of(db, invitation, now))
        mailer, head = post.mailer, post.head
        try:
            mail = compose(invitation, head, language(invitation.locale), token, reference(task), now, reminds_of)
        except NoAddressError as error:
            raise OutOfReachError("%(error)s", error=error.msgid) from error
        to = mail["To"].addresses[0].addr_spec

        def make() -> Outcome:
            return mailer.send(mail, head.sender.addr_spec, to)

        return Sending("", make, METHOD)

    def _customer(self, invitation: Invitation) -> Person:
        """What is known about a person outside Slack: the time zone, if the interaction's source or a campaign's file
        told it."""
        db = self._bot.database.reader
        known = conversations.by_number(db, invitation.interaction) or campaigns.of_invitation(db, invitation.key)
        return Person(
            id=invitation.customer, bot=False, gone=False, external=True, guest=False,
            timezone=known.timezone if known else "", locale=invitation.locale,
        )  # fmt: skip

    def arrived(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        """The server took the mail."""
        endings.sent(db, task.subject, "", "", now)

    def undelivered(self, db: Connection, task: Task, error: str, now: datetime) -> None:
        """The mail can't be sent, now or later."""
        endings.undeliverable(db, task.subject, error, now)
