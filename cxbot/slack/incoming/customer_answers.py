"""What customers do with a survey: scores, reasons, words, *Please contact me*, *Not now*."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slack_bolt import Ack

from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.typed import seems_answered
from cxbot.errors import CxbotError, UsageError
from cxbot.language import Language, language
from cxbot.service import answering
from cxbot.service.answering import Form, NotInvitedError, Press
from cxbot.service.bot import Bot
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click, Submission, Written
from cxbot.slack.incoming.threads import Threads
from cxbot.slack.messages import notes
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.surveys import answer_form, survey
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, invitations, limits, outbox
from cxbot.store.records.answers import Taken

T = TypeVar("T")


class CustomerAnswers:
    """One method for each thing a customer can do."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot
        self._threads = Threads(bot)

    def score(self, ack: Ack, body: Body) -> None:
        """A click on a score. It is on disk before it is acknowledged."""
        click = payloads.click(body)
        metric, value = ids.scored(click.action) or (None, 0)
        taken = self._take(click, lambda press: answering.score(self._bot, press, metric, value))
        if taken is not None and taken.outcome == "locked":
            boundary.say(self._bot, click, _locked(taken, language(taken.invitation.locale)))
        ack()

    def reason(self, ack: Ack, body: Body) -> None:
        """A tap on a reason selects it, or clears it if it was selected."""
        click = payloads.click(body)
        code = click.action.partition(":")[2]
        self._take(click, lambda press: answering.reason(self._bot, press, code))
        ack()

    def contact(self, ack: Ack, body: Body) -> None:
        """*Please contact me*."""
        self._take(payloads.click(body), lambda press: answering.contact(self._bot, press))
        ack()

    def not_now(self, ack: Ack, body: Body) -> None:
        """*Not now*: close this survey."""
        self._take(payloads.click(body), lambda press: answering.decline(self._bot, press))
        ack()

    def opt_out(self, ack: Ack, body: Body) -> None:
        """*Don't ask me again*: the customer is not asked again until they press *Ask me again*."""
        self._wish(payloads.click(body), answering.opt_out)
        ack()

    def opt_in(self, ack: Ack, body: Body) -> None:
        """*Ask me again*."""
        self._wish(payloads.click(body), answering.opt_in)
        ack()

    def _wish(self, click: Click, take: Callable[[Bot, Press], Invitation]) -> None:
        """Take a wish to be asked or not, and show the wish that holds then."""
        invitation = self._take(click, lambda press: take(self._bot, press))
        if invitation is None:
            return
        speech = language(invitation.locale)
        if limits.opted_out(self._bot.database.reader, invitation.customer):
            boundary.show(self._bot, click, survey.opted_out(invitation.key, speech))
        else:
            text = speech.say("Thank you! We may ask you again some day.")
            boundary.show(self._bot, click, notes.plain_note(text), replace=True)

    def write(self, ack: Ack, body: Body) -> None:
        """*Comment or change*: open the form while the person waits."""
        click = payloads.opening(body)
        invitation = self._take(click, lambda press: answering.invited(self._bot, press))
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
            with boundary.opening(boundary.PRESSED):
                self._bot.short_client.views_open(trigger_id=click.trigger, view=form)
        except CxbotError as error:
            boundary.show(self._bot, click, notes.refusal(error, speech))

    def submit(self, ack: Ack, body: Body) -> None:
        """The form: score, reasons, comment and contact in one commit."""
        submission = payloads.submission(body)
        try:
            answering.submit(self._bot, _entered(submission), self._say_locked)
        except (NotInvitedError, UsageError) as error:
            block = next(iter(submission.values), "comment")
            ack(response_action="errors", errors={block: self._bot.language_of(submission.user).error(error)})
            return
        ack()

    def _say_locked(self, db: Connection, taken: Taken) -> None:
        """Tell a customer that their form was open for too long, in a message that only they see."""
        invitation = taken.invitation
        shown = notes.plain_note(_locked(taken, language(invitation.locale)))
        where = {"user": invitation.customer, "channel": invitation.message_channel, "thread_ts": invitation.thread_ts}
        if invitation.delivery == "dm":
            where["thread_ts"] = ""
        once = f"locked:{invitation.key}"
        outbox.put(db, "say", invitation.customer, self._bot.clock(), once=once, message=shown, **where)

    def message(self, ack: Ack, body: Body) -> None:
        """A message to the bot is the score, or the comment on the survey just answered, or gets a reply that nobody
        reads it. In a channel its text is not stored: who seems to answer in a thread is told where to press, and all
        else is part of a conversation."""
        message = payloads.written(body)
        if message is not None and message.user != self._bot.identity.user:
            if message.direct:
                self._bot.database.write(lambda db: self._take_message(db, message))
            elif (meant := self._answered_by(message)) is not None:
                self._show_where_to_press(message, meant)
            else:
                self._threads.message(message)
        ack()

    def _take_message(self, db: Connection, message: Written) -> None:
        now = self._bot.clock()
        if outbox.seen(db, f"message {message.channel}:{message.ts}", now):
            return
        text = unescape(message.text)
        if answering.take_message(db, message.channel, message.user, message.ts, text, now):
            return
        last = invitations.latest_of(db, message.user)
        speech = self._bot.language_of(message.user)
        # Only a channel in which the customer has written is named: other channels may belong to other customers.
        helped_in = last.channel if last and last.thread_ts else ""
        said = notes.nobody_reads(helped_in, speech)
        if (standing := answering.standing(db, message.channel, message.user, message.ts, now)) is not None:
            answered = answers.current(db, standing).complete(standing.survey)
            said = f"{notes.where_to_press(answered, speech)} {said}"
        outbox.put(db, "say", message.user, now, once=message.ts, user=message.user, channel=message.channel,
                   message=notes.plain_note(said), post=True)  # fmt: skip

    def _answered_by(self, message: Written) -> Invitation | None:
        """The survey that a customer seems to answer with a message in its thread."""
        if not message.thread_ts:
            return None
        now, db = self._bot.clock(), self._bot.database.reader
        invitation = answering.standing(db, message.channel, message.user, message.ts, now, message.thread_ts)
        if invitation is None:
            return None
        said = seems_answered(invitation.survey, unescape(message.text), language(invitation.locale).say)
        return invitation if said else None

    def _show_where_to_press(self, message: Written, invitation: Invitation) -> None:
        """Tell a customer, so that only they see it, that what they typed in the thread is no answer. Once before and
        once after they have answered: whoever goes on talking to the team is left alone."""
        now, db, speech = self._bot.clock(), self._bot.database.reader, language(invitation.locale)
        answered = answers.current(db, invitation).complete(invitation.survey)
        shown = notes.plain_note(notes.where_to_press(answered, speech, invitation.team))
        once = f"typed:{invitation.key}:{answered}"
        where = {"user": message.user, "channel": message.channel, "thread_ts": message.thread_ts}
        self._bot.database.write(lambda db: outbox.put(db, "say", message.user, now, once=once, message=shown, **where))

    def _take(self, click: Click, take: Callable[[Press], T]) -> T | None:
        """Carry out a press. None for people who were not invited; they are told so."""
        reply_to = click.reply_to if click.ephemeral else ""
        seen_in = (click.channel, click.ts) if click.ts else None
        try:
            return take(Press(click.value, click.user, click.at, reply_to, seen_in))
        except (NotInvitedError, UsageError) as error:
            asked = invitations.by_key(self._bot.database.reader, click.value)
            boundary.refused(self._bot, click, error, self._bot.team(asked.team_id) if asked else None)
        return None


def _entered(submission: Submission) -> Form:
    """What was entered in the form: the scores by metric ("" for a survey of one item), reasons, comment and
    contact."""
    values = submission.values

    def state(name: str) -> Mapping[str, Any] | None:
        return (values.get(name) or {}).get(name)

    reasons = state("reasons")
    fields = [name for name in values if name.partition(":")[0] == ids.SCORE]
    chosen = {name: (state(name) or {}).get("selected_option") or {} for name in fields}
    scores = [ids.scored(f"{name}:{option.get('value', '')}") for name, option in chosen.items()]
    return Form(
        key=submission.about,
        user=submission.user,
        once=submission.once,
        scores=dict(score for score in scores if score is not None),
        reasons=None if reasons is None else [option["value"] for option in reasons.get("selected_options") or ()],
        comment=str((state("comment") or {}).get("value") or ""),
        contact=bool((state("contact") or {}).get("selected_options")),
    )


def _locked(taken: Taken, speech: Language) -> str:
    if taken.invitation.expires_at is not None and taken.invitation.state == "expired":
        return speech.say("This question is closed now. Thank you for your answer!")
    return speech.say("Thank you! Your score can't be changed any more, but you can still write a comment.")


def unescape(text: str) -> str:
    """A message's text as it was typed. Slack escapes three characters in it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
