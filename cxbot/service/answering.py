"""Taking what the invited person does with a survey: on disk before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cxbot.core.invitations.replies import Action, form_ts
from cxbot.core.invitations.rules import Invitation
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, invitations, outbox
from cxbot.store.records.answers import Taken

T = TypeVar("T")

ANSWERABLE = ("sent", "declined", "expired")


class NotInvitedError(CxbotError):
    """Somebody else's survey, or none that is known here."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a survey that somebody pressed.

    `key` names the invitation, `at` orders presses and names this one, `reply_to` is where only this person can be
    answered ("" for nowhere). `seen_in` is the channel and the timestamp of the message with the button: it proves
    that the survey arrived.
    """

    key: str
    user: str
    at: str
    reply_to: str = ""
    seen_in: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What a submitted form says about a survey. `scores` are by metric's name; `reasons` is None where the form does
    not ask for them; `once` is the same for repetitions of one submission."""

    key: str
    user: str
    once: str
    scores: Mapping[str, int]
    reasons: Sequence[str] | None
    comment: str
    contact: bool


def score(bot: Bot, press: Press, metric: str | None, value: int) -> Taken:
    """Take a score for an item of the survey. Like all of these, raises NotInvitedError for anybody but the invited
    person and for a survey or question that is not known, UsageError for a score beside the scale."""

    def take(db: Connection, invitation: Invitation, action: Action) -> Taken:
        item = None if metric is None else invitation.survey.item(metric)
        if item is None:
            raise NotInvitedError(N_("This question is not known any more. Nothing was stored."))
        return answers.take_score(db, invitation, item, value, action)

    return _take(bot, press, take)


def reason(bot: Bot, press: Press, code: str) -> Taken:
    """Set a reason, or take it back."""
    return _take(bot, press, lambda db, invitation, action: answers.toggle_reason(db, invitation, code, action))


def contact(bot: Bot, press: Press) -> Taken:
    """*Please contact me*: opens a case for the leads."""
    return _take(bot, press, answers.ask_contact)


def decline(bot: Bot, press: Press) -> None:
    """*Not now*: this survey ends."""
    _take(bot, press, lambda db, invitation, action: invitations.decline(db, invitation, action.at))


def opt_out(bot: Bot, press: Press) -> Invitation:
    """*Don't ask me again*: kept for good."""

    def keep(db: Connection, invitation: Invitation, action: Action) -> Invitation:
        invitations.opt_out(db, invitation.customer, action.at)
        invitations.decline(db, invitation, action.at)
        return invitation

    return _take(bot, press, keep)


def opt_in(bot: Bot, press: Press) -> Invitation:
    """*Ask me again*."""

    def keep(db: Connection, invitation: Invitation, _: Action) -> Invitation:
        invitations.opt_in(db, invitation.customer)
        return invitation

    return _take(bot, press, keep)


def invited(bot: Bot, press: Press) -> Invitation:
    """The invitation of a press, for a form about it."""
    return _take(bot, press, lambda _, invitation, __: invitation)


def submit(bot: Bot, form: Form, locked: Callable[[Connection, Taken], None]) -> None:
    """Take a whole form in one commit; a submission that was taken before changes nothing.

    `locked` writes down, in the same commit, a note about a score that can't be changed any more. Raises
    NotInvitedError as the others do, UsageError where the survey is closed.
    """
    now = bot.clock()

    def keep(db: Connection) -> None:
        invitation = _invitation(db, form.key, form.user, None, now)
        if not invitation.open_at(now):
            raise UsageError(N_("This question is closed now, so nothing was stored. Thank you for your answer!"))
        if not outbox.seen(db, f"view:{form.once}", now):
            _keep_form(db, invitation, form, now, locked)

    bot.database.write(keep)


def comment_by_message(db: Connection, channel: str, user: str, at: str, text: str, now: datetime) -> bool:
    """Take a plain message in a direct message as the comment on the survey answered there last; False where there is
    none without a comment."""
    invitation = invitations.latest_in_dm(db, channel, now)
    if invitation is None or invitation.customer != user or not text.strip():
        return False
    if answers.current(db, invitation).comment:
        return False
    answers.take_comment(db, invitation, text, Action(at, now))
    return True


def _take(bot: Bot, press: Press, take: Callable[[Connection, Invitation, Action], T]) -> T:
    """Carry something out for the invited person, in one commit."""
    now = bot.clock()
    action = Action(press.at, now, press.reply_to)
    return bot.database.write(lambda db: take(db, _invitation(db, press.key, press.user, press.seen_in, now), action))


def _invitation(db: Connection, key: str, user: str, seen_in: tuple[str, str] | None, now: datetime) -> Invitation:
    """The invitation of a key, if this person may act on it.

    A press proves that a survey arrived whose sending ended without an answer.
    """
    invitation = invitations.by_key(db, key)
    if invitation is not None and invitation.state == "sending" and seen_in is not None:
        invitation = invitations.proven(db, key, *seen_in, now)
    if invitation is None or invitation.state not in ANSWERABLE:
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
    action = Action(f"{now.timestamp():.6f}", now)
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
    if form.comment != before.comment:
        answers.take_comment(db, invitation, form.comment, action)
    if form.contact:
        answers.ask_contact(db, invitation, action)
