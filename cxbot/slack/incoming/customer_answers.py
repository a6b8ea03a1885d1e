"""What customers do with a survey: scores, reasons, words, *Please contact me*, *Not now*."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk.errors import SlackApiError

from cxbot.core.invitations.replies import Action, form_ts
from cxbot.core.invitations.rules import Invitation
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.language import Language, language
from cxbot.slack.bot import Bot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click, DirectMessage
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.surveys import answer_form, survey
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, invitations, outbox
from cxbot.store.records.answers import Taken

ANSWERABLE = ("sent", "declined", "expired")


class NotInvitedError(CxbotError):
    """Somebody else's survey, or none that is known here."""


class Answers:
    """One method for each thing a customer can do."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def score(self, ack: Ack, body: Body) -> None:
        """A click on a score: on disk before it is acknowledged."""
        click = payloads.click(body)
        metric, score = ids.scored(click.action) or (None, 0)

        def take(db: Connection, invitation: Invitation, action: Action) -> Taken:
            item = None if metric is None else invitation.survey.item(metric)
            if item is None:
                raise NotInvitedError(N_("This question is not known any more. Nothing was stored."))
            return answers.take_score(db, invitation, item, score, action)

        taken = self._take(click, take)
        if taken is not None and taken.outcome == "locked":
            boundary.say(self._bot, click, _locked(taken, language(taken.invitation.locale)))
        ack()

    def reason(self, ack: Ack, body: Body) -> None:
        """A tap on a reason: set, or taken back."""
        click = payloads.click(body)
        code = click.action.partition(":")[2]
        self._take(click, lambda db, invitation, action: answers.toggle_reason(db, invitation, code, action))
        ack()

    def contact(self, ack: Ack, body: Body) -> None:
        """*Please contact me*."""
        self._take(payloads.click(body), answers.ask_contact)
        ack()

    def not_now(self, ack: Ack, body: Body) -> None:
        """*Not now*: this survey ends."""
        click = payloads.click(body)
        self._take(click, lambda db, invitation, action: invitations.decline(db, invitation, action.at))
        ack()

    def opt_out(self, ack: Ack, body: Body) -> None:
        """*Don't ask me again*: kept for good, with a way back."""
        click = payloads.click(body)

        def keep(db: Connection, invitation: Invitation, action: Action) -> Invitation:
            invitations.opt_out(db, invitation.customer, action.at)
            invitations.decline(db, invitation, action.at)
            return invitation

        if (invitation := self._take(click, keep)) is not None:
            speech = language(invitation.locale)
            boundary.show(self._bot, click, survey.opted_out(invitation.key, speech))
        ack()

    def opt_in(self, ack: Ack, body: Body) -> None:
        """*Ask me again*."""
        click = payloads.click(body)

        def keep(db: Connection, invitation: Invitation, _: Action) -> Invitation:
            invitations.opt_in(db, invitation.customer)
            return invitation

        if (invitation := self._take(click, keep)) is not None:
            text = language(invitation.locale).say("Thank you! We may ask you again some day.")
            boundary.show(self._bot, click, notes.plain_note(text), replace=True)
        ack()

    def write(self, ack: Ack, body: Body) -> None:
        """*Comment or change*, *Write…*: the form, opened while the person waits."""
        click = payloads.click(body)
        invitation = self._take(click, lambda _, invitation, __: invitation)
        if invitation is not None:
            self._open_form(click, invitation)
        ack()

    def _open_form(self, click: Click, invitation: Invitation) -> None:
        now = self._bot.clock()
        speech = language(invitation.locale)
        reply = answers.current(self._bot.database.reader, invitation)
        if not invitation.open_at(now):
            boundary.say(self._bot, click, speech.say("This question is closed now. Thank you for your answer!"))
            return
        form = answer_form.form(invitation, reply, speech, now)
        try:
            self._bot.hurried.views_open(trigger_id=click.trigger, view=form)
        except (SlackApiError, OSError):
            boundary.say(self._bot, click, speech.say("The form could not be opened in time. Please press again."))

    def submit(self, ack: Ack, body: Body) -> None:
        """The form: score, reasons, comment and contact in one commit."""
        form = payloads.submission(body)
        now = self._bot.clock()
        given = _entered(form.values)

        def keep(db: Connection) -> None:
            invitation = self._invited(db, form.about, form.user)
            if not invitation.open_at(now):
                raise UsageError(N_("This question is closed now, so nothing was stored. Thank you for your answer!"))
            if not outbox.seen(db, f"view:{form.once}", now):
                _keep_form(db, invitation, given, now)

        try:
            self._bot.database.write(keep)
        except (NotInvitedError, UsageError) as error:
            block = next(iter(form.values), "comment")
            ack(response_action="errors", errors={block: self._bot.language().error(error)})
            return
        ack()

    def message(self, ack: Ack, body: Body) -> None:
        """A plain message to the bot: the comment on the survey just answered, or something nobody reads."""
        message = payloads.direct_message(body)
        if message is not None and message.user != self._bot.identity.user:
            self._bot.database.write(lambda db: self._take_message(db, message))
        ack()

    def _take_message(self, db: Connection, message: DirectMessage) -> None:
        now = self._bot.clock()
        if outbox.seen(db, message.id or f"{message.channel}:{message.ts}", now):
            return
        invitation = invitations.latest_in_dm(db, message.channel, now)
        if invitation is not None and invitation.customer == message.user and message.text.strip():
            before = answers.current(db, invitation)
            if not before.comment:
                answers.take_comment(db, invitation, unescape(message.text), Action(message.ts, now))
                return
        last = invitations.latest_of(db, message.user)
        speech = language(last.locale if last else self._bot.locale)
        # Only a channel in which the customer has written is named: others may belong to other customers.
        helped_in = last.channel if last and last.thread_ts else ""
        shown = notes.plain_note(notes.nobody_reads(helped_in, speech))
        outbox.put(db, "say", message.user, now, once=message.ts, user=message.user, channel=message.channel,
                   message=shown, post=True)  # fmt: skip

    def _take(self, click: Click, take: Callable[[Connection, Invitation, Action], Any]) -> Any:
        """Carry something out for the invited person; others are told kindly, and get None."""
        action = Action(click.at, self._bot.clock(), click.reply_to if click.ephemeral else "")
        try:
            return self._bot.database.write(
                lambda db: take(db, self._invited(db, click.value, click.user, click), action)
            )
        except NotInvitedError as error:
            boundary.refused(self._bot, click, error)
        except UsageError as error:
            boundary.refused(self._bot, click, error)
        return None

    def _invited(self, db: Connection, key: str, user: str, click: Click | None = None) -> Invitation:
        """The invitation of a key, if this person may act on it.

        A click proves that a survey arrived whose sending ended without an answer of Slack's.
        """
        invitation = invitations.by_key(db, key)
        if invitation is not None and invitation.state == "sending" and click is not None and click.ts:
            invitation = invitations.proven(db, key, click.channel, click.ts, self._bot.clock())
        if invitation is None or invitation.state not in ANSWERABLE:
            raise NotInvitedError(N_("This question is not known any more. Nothing was stored."))
        if invitation.customer != user:
            raise NotInvitedError(
                N_("Thank you, but this question is for the person we helped. Your click was not counted.")
            )
        return invitation


def _keep_form(db: Connection, invitation: Invitation, given: Mapping[str, Any], now: datetime) -> None:
    before = answers.current(db, invitation)
    action = Action(f"{now.timestamp():.6f}", now)
    for metric, score in given["scores"].items():
        item = invitation.survey.item(metric)
        if item is None or score == before.score(item):
            continue
        at = form_ts(now, before.answer(item).action_ts)
        taken = answers.take_score(db, invitation, item, score, Action(at, now))
        if taken.outcome == "locked":
            _say_locked(db, taken, now)
        invitation, before = taken.invitation, taken.reply
    for code in set(before.reasons) ^ set(given["reasons"]) if given["reasons"] is not None else ():
        answers.toggle_reason(db, invitation, code, Action(f"{action.ts}.{code}", now))
    if given["comment"] != before.comment:
        answers.take_comment(db, invitation, given["comment"], action)
    if given["contact"]:
        answers.ask_contact(db, invitation, action)


def _say_locked(db: Connection, taken: Taken, now: datetime) -> None:
    """Tell a customer whose form was open for too long, where only they see it."""
    invitation = taken.invitation
    shown = notes.plain_note(_locked(taken, language(invitation.locale)))
    where = {"user": invitation.customer, "channel": invitation.message_channel, "thread_ts": invitation.thread_ts}
    if invitation.delivery == "dm":
        where["thread_ts"] = ""
    outbox.put(db, "say", invitation.customer, now, once=f"locked:{invitation.key}", message=shown, **where)


def _entered(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the form holds: the scores by metric ("" for that of the only item); `reasons` is None where it doesn't
    ask for them."""

    def state(name: str) -> Mapping[str, Any] | None:
        return (values.get(name) or {}).get(name)

    reasons = state("reasons")
    fields = [name for name in values if name.partition(":")[0] == ids.SCORE]
    chosen = {name: (state(name) or {}).get("selected_option") or {} for name in fields}
    scores = [ids.scored(f"{name}:{option.get('value', '')}") for name, option in chosen.items()]
    return {
        "scores": dict(each for each in scores if each is not None),
        "reasons": None if reasons is None else [each["value"] for each in reasons.get("selected_options") or ()],
        "comment": str((state("comment") or {}).get("value") or ""),
        "contact": bool((state("contact") or {}).get("selected_options")),
    }


def _locked(taken: Taken, speech: Language) -> str:
    if taken.invitation.expires_at is not None and taken.invitation.state == "expired":
        return speech.say("This question is closed now. Thank you for your answer!")
    return speech.say("Thank you! Your score can't be changed any more, but you can still write a comment.")


def unescape(text: str) -> str:
    """A message's text as it was typed: Slack escapes three characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
