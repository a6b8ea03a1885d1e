"""What an invited person does with a survey: stored on disk before it is confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cxbot.core.invitations.replies import Action, form_ts, newer
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.typed import typed_score
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.language import language
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, endings, invitations, names, outbox
from cxbot.store.records.answers import Taken

T = TypeVar("T")

ANSWERABLE = ("sent", "declined", "expired")


class NotInvitedError(CxbotError):
    """The survey is somebody else's, or unknown here."""


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button of a survey.

    `key` names the invitation. `at` identifies the press and puts presses in order. `reply_to` is a URL at which only
    this person is answered ("" if there is none). `seen_in` is the channel and timestamp of the message with the
    button, which proves that the survey arrived; both are "" for a page.
    """

    key: str
    user: str
    at: str
    reply_to: str = ""
    seen_in: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted form. `scores` are by name of the metric; `reasons` and `comment` are None if the form does not ask
    for them. `once` is the same for repeated deliveries of one submission; "" if each says all that it wants anyway.
    `seen_in` is as in `Press`."""

    key: str
    user: str
    once: str
    scores: Mapping[str, int]
    reasons: Sequence[str] | None
    comment: str | None
    contact: bool
    seen_in: tuple[str, str] | None = None


def score(bot: Bot, press: Press, metric: str | None, value: int) -> Taken:
    """Store a score for an item of the survey.

    Like all functions here it raises NotInvitedError for anybody but the invited person and for an unknown survey or
    item. Raises UsageError for a score outside the scale.
    """

    def take(db: Connection, invitation: Invitation, action: Action) -> Taken:
        item = None if metric is None else invitation.survey.item(metric)
        if item is None:
            raise NotInvitedError(N_("This question is not known any more. Nothing was stored."))
        return answers.take_score(db, invitation, item, value, action)

    return _take(bot, press, take)


def reason(bot: Bot, press: Press, code: str) -> Taken:
    """Select a reason, or clear it if it was selected."""
    return _take(bot, press, lambda db, invitation, action: answers.tap_reason(db, invitation, code, action))


def contact(bot: Bot, press: Press) -> Taken:
    """*Please contact me*: opens a case for the leads."""
    return _take(bot, press, answers.ask_contact)


def decline(bot: Bot, press: Press) -> None:
    """*Not now*: close this survey."""
    _take(bot, press, lambda db, invitation, action: endings.decline(db, invitation, action.at))


def opt_out(bot: Bot, press: Press) -> Invitation:
    """*Don't ask me again*: the person is not asked until they press *Ask me again*. Possible whatever became of the
    survey. A press that is older than the person's last wish changes nothing."""

    def keep(db: Connection, invitation: Invitation, action: Action) -> Invitation:
        if _newest_wish(db, invitation, action):
            endings.opt_out(db, invitation.customer, action.at)
            endings.decline(db, invitation, action.at, endings.OPTED_OUT)
        return invitation

    return _take(bot, press, keep, whatever_became=True)


def opt_in(bot: Bot, press: Press) -> Invitation:
    """*Ask me again*. A press that is older than the person's last wish changes nothing."""

    def keep(db: Connection, invitation: Invitation, action: Action) -> Invitation:
        if _newest_wish(db, invitation, action):
            endings.opt_in(db, invitation.customer)
        return invitation

    return _take(bot, press, keep, whatever_became=True)


def _newest_wish(db: Connection, invitation: Invitation, action: Action) -> bool:
    """Whether a wish to be asked or not is the person's latest one; on a page it is of now, so it is."""
    person = names.find(db, "customer", invitation.customer)
    return outbox.newest(db, f"wish {person}", action.ts or f"{action.at.timestamp():.6f}") or not action.ts


def invited(bot: Bot, press: Press) -> Invitation:
    """The invitation of a press, for which a form is to be opened."""
    return _take(bot, press, lambda _, invitation, __: invitation)


def submit(bot: Bot, form: Form, locked: Callable[[Connection, Taken], None]) -> None:
    """Store a whole form in one commit; a repeated submission changes nothing.

    `locked` writes a note about a score that can no longer be changed, in the same commit. Raises NotInvitedError like
    the others, and UsageError if the survey is closed.
    """
    now = bot.clock()

    def keep(db: Connection) -> None:
        invitation = _invitation(db, form.key, form.user, form.seen_in, now)
        if not invitation.open_at(now):
            raise UsageError(N_("This question is closed now, so nothing was stored. Thank you for your answer!"))
        if not (form.once and outbox.seen(db, f"view:{form.once}", now)):
            _keep_form(db, invitation, form, now, locked)

    bot.database.write(keep)


def take_message(db: Connection, channel: str, user: str, at: str, text: str, now: datetime) -> bool:
    """Store a direct message: as the score if it says exactly what a button of the open question says, else as the
    comment on the survey that the person answered there last. False if it is neither, or if there is a comment."""
    return _score_by_message(db, channel, user, at, text, now) or _comment_by_message(db, channel, user, at, text, now)


def _score_by_message(db: Connection, channel: str, user: str, at: str, text: str, now: datetime) -> bool:
    invitation = standing(db, channel, user, at, now)
    if invitation is None or invitation.survey.several or answers.any_given(db, invitation.key):
        return False
    item = invitation.survey.first
    typed = typed_score(item, text, language(invitation.locale).say)
    if typed is None:
        return False
    answers.take_score(db, invitation, item, typed, Action(at, now))
    return True


def _comment_by_message(db: Connection, channel: str, user: str, at: str, text: str, now: datetime) -> bool:
    invitation = invitations.latest_in_dm(db, channel, now)
    if invitation is None or invitation.customer != user or not text.strip():
        return False
    if newer(answers.first_scored(db, invitation.key), at):
        return False  # was written before there was anything to comment on
    if answers.current(db, invitation).comment:
        return False
    answers.take_comment(db, invitation, text, Action(at, now))
    return True


def standing(db: Connection, channel: str, user: str, at: str, now: datetime, thread_ts: str = "") -> Invitation | None:
    """The survey that stood open for a person in their direct message, or in a thread, when they wrote something at the
    timestamp `at`, and still does; None if there is none."""
    invitation = invitations.latest_of(db, user)
    if invitation is None or invitation.state != "sent" or not invitation.open_at(now):
        return None
    if newer(invitation.message_ts, at):
        return None  # the message was late: it was written before the survey
    place = (invitation.message_channel, invitation.thread_ts if invitation.delivery == "thread" else "")
    return invitation if place == (channel, thread_ts) else None


def _take(
    bot: Bot, press: Press, take: Callable[[Connection, Invitation, Action], T], *, whatever_became: bool = False
) -> T:
    """Carry out an action of the invited person in one commit; with `whatever_became` also on a survey that was
    withdrawn or refused."""
    now = bot.clock()
    action = Action(press.at, now, press.reply_to)

    def keep(db: Connection) -> T:
        invitation = _invitation(db, press.key, press.user, press.seen_in, now, whatever_became=whatever_became)
        return take(db, invitation, action)

    return bot.database.write(keep)


def _invitation(
    db: Connection,
    key: str,
    user: str,
    seen_in: tuple[str, str] | None,
    now: datetime,
    *,
    whatever_became: bool = False,
) -> Invitation:
    """The invitation with this key, if the person may act on it. A press proves that a survey arrived whose sending had
    an unknown outcome."""
    invitation = invitations.by_key(db, key)
    if invitation is not None and invitation.state == "sending" and seen_in is not None:
        invitation = endings.proven(db, key, *seen_in, now)
    if invitation is None or not (whatever_became or invitation.state in ANSWERABLE):
        raise NotInvitedError(N_("This question is not known any more. Nothing was stored."))
    if invitation.customer != user:
        raise NotInvitedError(
            N_("Thank you, but this question is for the person we helped. Your click was not counted.")
        )
    return invitation


def _keep_form(
    db: Connection, invitation: Invitation, form: Form, now: datetime, locked: Callable[[Connection, Taken], None]
) -> None:
    before = answers.current(db, invitation)
    action = Action(f"{now.timestamp():.6f}.{secrets.token_hex(4)}", now)  # another form may come at the same moment
    for metric, value in form.scores.items():
        item = invitation.survey.item(metric)
        if item is None or value == before.score(item):
            continue
        at = form_ts(now, before.answer(item).action_ts)
        taken = answers.take_score(db, invitation, item, value, Action(at, now))
        if taken.outcome == "locked":
            locked(db, taken)
        invitation, before = taken.invitation, taken.reply
    for code in set(before.reasons) ^ set(form.reasons) if form.reasons is not None else ():
        answers.toggle_reason(db, invitation, code, Action(f"{action.ts}.{code}", now))
    if form.comment is not None and form.comment != before.comment:
        answers.take_comment(db, invitation, form.comment, action)
    if form.contact:
        answers.ask_contact(db, invitation, action)
