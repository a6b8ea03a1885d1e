"""The notice to the leads about a customer who was let down or asks to be contacted."""

from __future__ import annotations

from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.survey import Survey
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import (
    Message,
    actions,
    button,
    context,
    escape,
    message,
    person,
    quote,
    section,
    shown_name,
)
from cxbot.slack.messages.surveys.survey import answered
from cxbot.store.records.cases import Case


def notice(case: Case, invitation: Invitation, reply: Reply, language: Language) -> Message:
    """The case as it is now: scores, reasons, comment, agent, conversation, and who takes care of it. Answers of
    colleagues are never shown."""
    survey = invitation.survey
    customer = person(invitation.customer) or language.say("A customer who was forgotten")
    if reply.contact:
        head = language.say("%(customer)s asks to be contacted.", customer=customer)
    elif reply.low(survey):
        head = language.say("%(customer)s was let down.", customer=customer)
    else:
        head = language.say("%(customer)s has changed the answer to a better one.", customer=customer)
    lines = [f"*{head}*"]
    lines += _scores(survey, reply, language)
    known = survey.known_reasons
    if reply.reasons:
        lines.append(", ".join(escape(language.say(known[code].label)) for code in reply.reasons if code in known))
    if reply.comment:
        lines.append(quote(reply.comment, 1000, language))
    where = _where(invitation, language)
    if invitation.agent:
        where = language.say("%(where)s, helped by %(agent)s", where=where, agent=person(invitation.agent))
    state = _state(case, language)
    text = "\n".join([*lines, where, *([state] if state else [])])
    blocks = [section("\n".join(lines), verbatim=bool(reply.comment)), context(where)]
    if state:
        blocks.append(section(state))
    buttons = []
    if case.state == "open":
        buttons.append(button(language.say("Take it"), ids.TAKE, str(case.id), style="primary"))
    if case.state != "done":
        buttons.append(button(language.say("Done"), ids.DONE, str(case.id)))
        blocks.append(actions(*buttons))
    return message(text, blocks)


def _where(invitation: Invitation, language: Language) -> str:
    if invitation.channel:
        return shown_name("channel", invitation.channel)
    return {
        "email": language.say("e-mail"),
        "link": language.say("link"),
    }.get(invitation.delivery, language.say("direct message"))


def _scores(survey: Survey, reply: Reply, language: Language) -> list[str]:
    if survey.employees:
        return []
    return [
        language.say(
            "%(item)s: %(answer)s",
            item=escape(language.say(item.metric.title if survey.several else survey.title)),
            answer=escape(answered(item, score, language)),
        )
        for item, score in reply.given(survey)
    ]


def _state(case: Case, language: Language) -> str:
    if case.state == "taken":
        return language.say("%(owner)s takes care of it.", owner=f"<@{case.owner}>")
    if case.settled_itself:
        return language.say("There is nothing to do any more.")
    if case.state == "done":
        return language.say("Done by %(owner)s.", owner=f"<@{case.owner}>")
    return ""
