"""Short notes: to agents who ask, to people who click on a survey that isn't theirs, to admins."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from cxbot.core.invitations.rules import Invitation
from cxbot.errors import N_, CxbotError, Somebody
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Message, actions, button, escape, message, person, section, shown_name
from cxbot.store.records.audit import Entry

WILL_BE_ASKED = {
    "thread": N_("%(survey)s: %(customer)s will be asked in the thread on %(when)s."),
    "dm": N_("%(survey)s: %(customer)s will be asked by direct message on %(when)s."),
    "email": N_("%(survey)s: %(customer)s will be asked by e-mail on %(when)s."),
    "link": N_("%(survey)s: %(customer)s can be asked by link on %(when)s."),
}
IS_BEING_ASKED = {
    "thread": N_("%(survey)s: %(customer)s is being asked in the thread now."),
    "dm": N_("%(survey)s: %(customer)s is being asked by direct message now."),
    "email": N_("%(survey)s: %(customer)s is being asked by e-mail now."),
    "link": N_("%(survey)s: %(customer)s can be asked by link now."),
}

OVERHEARD = N_(
    "There are guests or people of other companies here, so internal figures can't be shared in this channel."
)


def asked(invitation: Invitation, language: Language) -> Message:
    """To the agent: where and when the survey goes, with *Cancel*, or its outcome."""
    if invitation.state == "rehearsed":
        return plain_note(language.say("Rehearsal: nothing was sent. The leads see who would have been asked."))
    survey = escape(language.say(invitation.survey.title))
    customer = person(invitation.customer)
    if invitation.state == "due":
        when = language.moment(invitation.send_at, ZoneInfo(invitation.timezone))
        text = language.say(WILL_BE_ASKED[invitation.delivery], survey=survey, customer=customer, when=when)
    else:
        text = language.say(IS_BEING_ASKED[invitation.delivery], survey=survey, customer=customer)
    return message(text, [section(text), actions(button(language.say("Cancel"), ids.CANCEL, invitation.key))])


def cancelled(done: bool, language: Language) -> Message:
    """What *Cancel* did."""
    return plain_note(
        language.say("Cancelled: the customer is not asked.")
        if done
        else language.say("Too late to cancel: the survey was answered or is over.")
    )


def plain_note(text: str) -> Message:
    """A note of one paragraph."""
    return message(text, [section(text)])


def refusal(error: CxbotError, language: Language, zone: str = "UTC") -> Message:
    """An expected error, for the person who caused it. Moments in it are shown in `zone`."""
    return plain_note(language.error(error, zone, _in_error))


def _in_error(value: str | Somebody) -> str:
    return person(value.id) if isinstance(value, Somebody) else escape(value)


def audited(entries: Sequence[Entry], language: Language) -> str:
    """The latest deeds of the audit log, one line each."""
    if not entries:
        return language.say("The audit log is empty.")
    return "\n".join(_deed(entry, language) for entry in entries)


def _deed(entry: Entry, language: Language) -> str:
    who, what = shown_name("agent", entry.who), language.say(entry.what)
    return f"{entry.at:%Y-%m-%d %H:%M} UTC · {who} · {what} · {escape(entry.about)}"


def rehearsed(invitation: Invitation, language: Language) -> Message:
    """To the leads of a team in rehearsal: who would have been asked."""
    customer, survey = person(invitation.customer), escape(language.say(invitation.survey.title))
    if not invitation.agent:
        text = language.say(
            "Rehearsal: %(customer)s would have been asked now: %(survey)s.", customer=customer, survey=survey
        )
    else:
        text = language.say(
            "Rehearsal: %(customer)s would have been asked now, for %(agent)s: %(survey)s.",
            customer=customer, survey=survey, agent=person(invitation.agent),
        )  # fmt: skip
    return plain_note(text)


def undeliverable(invitation: Invitation, error: str, language: Language) -> Message:
    """To the agent or the leads: the survey was refused, by Slack or by the mail server."""
    customer = person(invitation.customer)
    if invitation.in_slack:
        text = language.say(
            "The survey for %(customer)s could not be delivered (Slack says `%(error)s`).",
            customer=customer, error=error,
        )  # fmt: skip
    else:
        why = escape(language.say(error)) if error else "–"
        text = language.say(
            "The survey for %(customer)s could not be sent by e-mail: %(why)s.", customer=customer, why=why
        )
    return plain_note(text)


def too_late(invitation: Invitation, language: Language) -> Message:
    """To the agent: the survey could not go out for so long that it is too late."""
    return plain_note(
        language.say(
            "%(customer)s was not asked: for 7 days after the conversation the survey could not be sent.",
            customer=person(invitation.customer),
        )
    )


def not_yours(language: Language) -> str:
    """To anybody but the invited person: this survey is for somebody else."""
    return language.say("Thank you, but this question is for the person we helped. Your click was not counted.")


def unknown(language: Language) -> str:
    """To a person who clicked on a survey that is unknown here."""
    return language.say("This question is not known any more. Nothing was stored.")


def counting(language: Language) -> str:
    """The first answer to a question whose report takes longer than Slack waits."""
    return language.say("That takes a moment to count. The answer comes here as soon as it is done.")


def nobody_reads(channel: str, language: Language) -> str:
    """The answer to a direct message that is no comment."""
    if channel:
        return language.say(
            "Nobody reads messages here live. For help, please write to %(channel)s.", channel=f"<#{channel}>"
        )
    return language.say("Nobody reads messages here live. For help, please write where you were helped before.")


def where_to_press(answered: bool, language: Language, team: str = "") -> str:
    """To a customer who typed something beside an open survey. `team` is named where everybody reads what is typed."""
    if not team:
        if answered:
            return language.say("To change your answer or your comment, press “Comment or change” above.")
        return language.say("To answer, please press a button of the question above.")
    if answered:
        return language.say(
            "Everybody here can read what you write. To change your answer or your comment, press “Comment or change”."
        )
    return language.say(
        "Everybody here can read what you write, so it was not taken as your answer. Please press a button of the "
        "question: only the leads of %(team)s see that.",
        team=escape(team),
    )


def not_posted(error: str, language: Language) -> str:
    """To the person who shared a report: Slack refused to post it."""
    return language.say(
        "I could not post that: Slack says `%(error)s`. Invite me to the channel first: `/invite @cxbot`.", error=error
    )


def digest_failed(team: str, week: str, error: str, language: Language) -> str:
    """To an admin: a digest could not be posted."""
    return language.say(
        "I could not post the digest of %(team)s for %(week)s: Slack says `%(error)s`. Invite me to the team's "
        "channel, or choose another one with `/cx team`; `cxbot doctor` checks all channels.",
        team=escape(team),
        week=week,
        error=error,
    )


def unsure(tasks: int, language: Language) -> str:
    """To an admin: posts with an unknown outcome that can't be looked up and are not repeated."""
    return language.count(
        tasks,
        "Slack did not say whether a message of mine arrived, and I cannot look it up, so I do not send it again. "
        "`cxbot outbox list` shows it.",
        "Slack did not say whether %(n)s messages of mine arrived, and I cannot look them up, so I do not send them "
        "again. `cxbot outbox list` shows them.",
    )


def given_up(tasks: int, language: Language) -> str:
    """To an admin: messages that were not sent, or may not have arrived, and are not tried again."""
    return language.count(
        tasks,
        "I gave up a message: Slack refused it, or it may not have arrived. See what it was, and send it again if you "
        "like: `cxbot outbox list`.",
        "I gave up %(n)s messages: Slack refused them, or they may not have arrived. See what they were, and send them "
        "again if you like: `cxbot outbox list`.",
    )


def put_off(language: Language) -> str:
    """To the agent who used the shortcut while Slack could not tell who the people are."""
    return language.say(
        "Slack can't tell me right now who took part in this conversation. I'll ask the customer as soon as it can, "
        "and tell you."
    )


def undecided(language: Language) -> str:
    """To the agent who closed a conversation: Slack could not tell for a week who the people are."""
    return language.say(
        "For a week Slack could not tell me who took part in a conversation that you closed, so nobody was asked."
    )
