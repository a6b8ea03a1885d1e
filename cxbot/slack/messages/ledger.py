"""Why somebody was or was not asked, in plain sentences with times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cxbot.core.invitations.rules import Invitation
from cxbot.core.teams.conditions import HANDLING, parse
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.service.ledger import OnFile, Story
from cxbot.slack.messages.parts.blocks import escape, person, quote
from cxbot.store.engine.times import moment
from cxbot.store.files.filed import Filed
from cxbot.store.records.attributions import Correction
from cxbot.store.records.conversations import Interaction
from cxbot.store.records.endings import OPTED_OUT, TEAM_REMOVED
from cxbot.store.records.sources import SLACK

WHY_SHOWN = 300  # characters
OUTCOMES = {
    "waiting": N_("waiting"),
    "sent": N_("asked, no answer yet"),
    "answered": N_("answered"),
    "commented": N_("answered with a comment"),
    "throttled": N_("not asked: asked too recently"),
    "sampled out": N_("not asked: not in the sample"),
    "opted out": N_("not asked: does not want to be asked"),
    "withdrawn": N_("withdrawn"),
    "undeliverable": N_("could not be delivered"),
    "expired": N_("over without an answer"),
    "declined": N_("the customer pressed “Not now”"),
    "paused": N_("held by a pause"),
    "rehearsed": N_("rehearsal: nobody was asked"),
    "incident": N_("not asked: a known incident"),
    "not eligible": N_("not asked: a rule excludes it"),
    "no address": N_("not asked: no address"),
}
NOT_ASKED, TAKEN_BACK = N_("Not asked: a rule excludes it."), N_("Withdrawn.")
"""For reasons that have no words of their own."""
REFUSALS = {
    "throttled": N_("Not asked: this customer was asked not long ago; the next time is possible from %(until)s."),
    "relationship_throttled": N_(
        "Not asked: this customer got a relationship question not long ago; the next one is possible from %(until)s."
    ),
    "company_relationship_throttled": N_(
        "Not asked: somebody of this company got a relationship question not long ago; possible from %(until)s."
    ),
    "company_throttled": N_("Not asked: somebody of this company was asked not long ago; possible from %(until)s."),
    "waiting": N_("Not asked: another survey for this customer was waiting."),
    "sampled_out": N_("Not asked: the team asks about a part of its conversations, and this one is not in the sample."),
    "never_company": N_("Not asked: the team never asks people of this company."),
    "opted_out": N_("Not asked: this customer has asked not to get surveys."),
    "paused": N_("Not asked: surveys were paused."),
    "incident": N_("Not asked: it was closed during a known incident."),
    "too_old": N_("Not asked: it was closed more than 7 days before a survey could go out."),
    "no_address": N_("Not asked: no address of this customer is known."),
    "no_way": N_("Not asked: there is no way to reach this customer, neither Slack nor e-mail."),
    "team": N_("Not asked: this person belongs to the team."),
    "self": N_("Not asked: the agent and the customer are the same person."),
    "bot": N_("Not asked: that is a bot."),
    "gone": N_("Not asked: the account is deactivated."),
    "outsider": N_("Not asked: the survey is for colleagues."),
    "unknown": N_("Not asked: Slack does not know this person."),
    "unclear": N_("Not asked: it is unclear who of two people was helped. Whoever closed it was asked."),
}
CONDITIONS = {
    "condition": N_("Not asked: the team's condition “%(rule)s” is not met."),
    "condition_unknown": N_("Not asked: it is not known whether the team's condition “%(rule)s” is met."),
}
WORDS = {
    "source": N_("source"), "channel": N_("channel"), "topic": N_("topic"), "touchpoint": N_("touchpoint"),
    "company": N_("company"), "tag": N_("tag"), "agent": N_("agent"), "handling": N_("handling time"),
}  # fmt: skip
RULES = {
    ":": N_("%(word)s: %(values)s"),
    ">=": N_("%(word)s: at least %(values)s"),
    "<=": N_("%(word)s: at most %(values)s"),
    ">": N_("%(word)s: more than %(values)s"),
    "<": N_("%(word)s: less than %(values)s"),
}
NOT_RULES = {
    ":": N_("%(word)s: not %(values)s"), ">=": RULES["<"], "<=": RULES[">"], ">": RULES["<="], "<": RULES[">="],
}  # fmt: skip
WAITS = {
    "": N_("To be asked on %(when)s."),
    "holiday": N_("To be asked on %(when)s, as it is a holiday before."),
    "quiet": N_("The thread was not quiet yet: to be asked on %(when)s."),
    "incident": N_("A known incident: to be asked on %(when)s."),
}
SENT = {
    "thread": N_("Asked in the thread."),
    "dm": N_("Asked by direct message."),
    "email": N_("Asked by e-mail."),
    "link": N_("A personal link was handed out."),
}
WITHDRAWN = {
    "reopened": N_("Withdrawn: the conversation was reopened."),
    "merged": N_("Withdrawn: the conversation was merged into another one."),
    "opted out": N_("Withdrawn: the customer does not want to be asked."),
    "erased": N_("Withdrawn: the customer's data were erased."),
    TEAM_REMOVED: N_("Withdrawn: the team was removed."),
    "campaign paused": N_("Withdrawn: the campaign was paused."),
    "campaign stopped": N_("Withdrawn: the campaign was stopped."),
}
WITHDRAWN_BY = {
    "reaction removed by ": N_("Withdrawn: %(who)s took the reaction back."),
    "cancelled by ": N_("Withdrawn: %(who)s cancelled it."),
}
STATES = {
    "open": N_("it is open, and nobody is asked before it is closed"),
    "closed": N_("it is closed, and nobody was asked"),
    "merged": N_("it was merged into another one, which tells what became of it"),
}
OF_SOURCES = {"opened_at": N_("Opened."), "closed_at": N_("Closed."), "reopened_at": N_("Reopened.")}
OF_FILES = {
    "opened_at": N_("Opened."), "closed_at": N_("Closed."), "sent_at": N_("Another tool asked."),
    "answered_at": N_("Answered."), "imported_at": N_("Imported."),
}  # fmt: skip
FROM_CLOSE = N_("*%(what)s* (%(team)s), closed on %(when)s: %(outcome)s.")
FROM_CAMPAIGN = N_("*%(what)s* (%(team)s), in a campaign on %(when)s: %(outcome)s.")
VIAS: Mapping[str, str] = {
    "command": N_("Somebody asked with `/cx ask`."),
    "shortcut": N_("Somebody asked with the shortcut."),
    "reaction": N_("The team's reaction was put on it."),
    "silence": N_("Nobody wrote in the thread any more."),
    "hook": N_("The helpdesk said so."),
    "workflow": N_("A workflow asked."),
    "import": N_("It was imported."),
    "campaign": N_("It was this person's turn in a campaign."),
}


def told(stories: Sequence[Story | OnFile], language: Language, zone: str) -> str:
    """The stories as text, one paragraph each. The time zone is that of what was not asked about."""
    return "\n\n".join(
        _story(each, language) if isinstance(each, Story) else _on_file(each, language, ZoneInfo(zone))
        for each in stories
    )


def _on_file(known: OnFile, language: Language, zone: ZoneInfo) -> str:
    about, team = known.about, escape(known.team) or language.say("no team")
    if isinstance(about, Filed):
        what, why, moments = escape(about.id), N_("it came with a file, so nobody was asked here"), OF_FILES
    else:
        what, why, moments = _named(about), STATES[about.state], OF_SOURCES
    opened = language.say("*%(what)s* (%(team)s): %(why)s.", what=what, team=team, why=language.say(why))
    told = [(getattr(about, name), language.say(text)) for name, text in moments.items()]
    lines = sorted(((at, text) for at, text in told if at is not None), key=lambda line: line[0])
    wrote = [] if isinstance(about, Filed) else _wrote(about, language)
    return "\n".join([opened, *(f"• {language.moment(at, zone, year=True)}: {text}" for at, text in lines), *wrote])


def _wrote(thread: Interaction, language: Language) -> list[str]:
    """How many messages of whom are in a thread, if that is known."""
    if not thread.customer_messages + thread.team_messages:
        return []
    told = language.say(
        "Messages: %(customer)s of the customer, %(team)s of the team, %(others)s of others.",
        customer=thread.customer_messages, team=thread.team_messages, others=thread.other_messages,
    )  # fmt: skip
    if thread.first_answered_at is not None and thread.opened_at is not None:
        waited = (thread.first_answered_at - thread.opened_at).total_seconds()
        told += " " + language.say("The first reply came after %(time)s.", time=language.duration(waited))
    return [f"• {told}"]


def _story(story: Story, language: Language) -> str:
    invitation = story.invitation
    zone = ZoneInfo(invitation.timezone)
    opening = FROM_CAMPAIGN if invitation.asked_via == "campaign" else FROM_CLOSE
    opened = [
        language.say(
            opening,
            what=_what(story), team=escape(invitation.team),
            when=language.moment(invitation.closed_at, zone, year=True), outcome=language.say(_outcome(story)),
        )
    ]  # fmt: skip
    if via := VIAS.get(invitation.asked_via):
        opened.append(f"• {language.moment(invitation.closed_at, zone)}: {language.say(via)}")
    lines = [(at, _line(invitation, at, state, reason, language, zone)) for at, state, reason in story.past]
    lines += [(each.at, _corrected(each, language)) for each in story.corrections]
    lines.sort(key=lambda line: line[0])
    wrote = [] if story.interaction is None else _wrote(story.interaction, language)
    told = (f"• {_at(at, invitation, language, zone)}: {text}" for at, text in lines if text)
    return "\n".join([*opened, *told, *wrote])


def _at(at: datetime, invitation: Invitation, language: Language, zone: ZoneInfo) -> str:
    """A moment of a story, with its year if that is another one than that of the close."""
    other = at.astimezone(zone).year != invitation.closed_at.astimezone(zone).year
    return language.moment(at, zone, year=other)


def _outcome(story: Story) -> str:
    """The outcome in words. What was closed during a pause is not asked about after it, either, and there are two ways
    to decline."""
    if story.outcome == "declined" and story.invitation.reason == OPTED_OUT:
        return N_("asked, and the customer does not want to be asked any more")
    if story.outcome == "paused" and story.invitation.state == "refused":
        return N_("not asked: surveys were paused")
    return OUTCOMES[story.outcome]


def _corrected(made: Correction, language: Language) -> str:
    who, new, old = person(made.who), person(made.new), person(made.old) or language.say("nobody")
    if made.why:
        return language.say(
            "%(who)s corrected who helped: %(new)s (before: %(old)s), %(why)s",
            who=who, new=new, old=old, why=quote(made.why, WHY_SHOWN, language),
        )  # fmt: skip
    return language.say("%(who)s corrected who helped: %(new)s (before: %(old)s).", who=who, new=new, old=old)


def _what(story: Story) -> str:
    interaction, invitation = story.interaction, story.invitation
    if interaction is not None and interaction.source != SLACK:
        return _named(interaction)
    return person(invitation.customer) if invitation.customer else invitation.key


def _named(interaction: Interaction) -> str:
    return escape(f"{interaction.source} {interaction.source_id}")


def _line(
    invitation: Invitation, noted_at: datetime, state: str, reason: str, language: Language, zone: ZoneInfo
) -> str:
    code, _, detail = reason.partition("|")
    if code in CONDITIONS:
        return language.say(CONDITIONS[code], rule=in_words(detail, language))
    if state == "refused":
        until = moment(detail) if detail else None
        when = _at(until, invitation, language, zone) if until is not None else "?"
        return language.say(REFUSALS.get(code, NOT_ASKED), until=when)
    if state == "due" and not code and _planned(invitation, detail) <= noted_at:  # also what was told late
        return language.say("To be asked at once.")
    if state == "due":
        return language.say(WAITS.get(code, WAITS[""]), when=_when(invitation, detail, language, zone))
    if state == "sending" and code == "unknown":
        return language.say("It is not known whether it arrived, so it is not sent again by itself.")
    if state == "sending" and code == "put off":
        at, _, why = detail.partition("|")
        return language.say(
            "Not taken yet (%(why)s): the next attempt is on %(when)s.",
            why=f"`{escape(why)}`", when=_when(invitation, at, language, zone),
        )  # fmt: skip
    if state == "sending" and code == "by mail instead":
        return language.say("Slack could not reach this customer, so it goes by e-mail.")
    if state == "sent":
        return language.say(SENT[invitation.delivery])
    if state == "reminded":
        return language.say("Reminded, as there was no answer.")
    if state == "not reminded":
        return language.say("The reminder could not be delivered: %(why)s.", why=f"`{escape(reason)}`")
    if state == "withdrawn" and (by := next((each for each in WITHDRAWN_BY if code.startswith(each)), "")):
        return language.say(WITHDRAWN_BY[by], who=person(code.removeprefix(by)))
    if state == "withdrawn" or code == "erased":
        return language.say(WITHDRAWN.get(code, TAKEN_BACK))
    if state == "undeliverable":
        return language.say("Could not be delivered: %(why)s.", why=f"`{escape(code)}`")
    if state == "expired" and code == "outcome unknown":
        return language.say("It never became known whether it arrived. The survey is over.")
    if state == "expired":
        return language.say("The survey is over.")
    if state == "declined" and code == OPTED_OUT:
        return language.say("The customer does not want to be asked any more.")
    if state == "declined":
        return language.say("The customer pressed “Not now”.")
    if state == "rehearsed":
        return language.say("Rehearsal: nobody was asked.")
    if state == "answered":
        return language.say("Answered.")
    return ""


def in_words(rule: str, language: Language) -> str:
    """A condition in plain words, such as “topic: billing”."""
    [condition] = parse(rule)
    told = language.duration(condition.seconds) if condition.word == HANDLING else " / ".join(condition.values)
    pattern = (NOT_RULES if condition.negated else RULES)[condition.sign]
    return language.say(pattern, word=language.say(WORDS[condition.word]), values=escape(told))


def _when(invitation: Invitation, detail: str, language: Language, zone: ZoneInfo) -> str:
    return _at(_planned(invitation, detail), invitation, language, zone)


def _planned(invitation: Invitation, detail: str) -> datetime:
    return (moment(detail) if detail else None) or invitation.send_at
