"""The form behind *Comment or change*: scores, reasons, a comment and, in a thread, *Please contact me*."""

from __future__ import annotations

from datetime import datetime

from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.survey import Item, Survey
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, context, escape, option, section, words
from cxbot.slack.messages.surveys.survey import answered, reasons_asked, scale, who_sees


def form(invitation: Invitation, reply: Reply, language: Language, now: datetime) -> Block:
    """The modal at the time `now`. A score that can no longer be changed is shown as text."""
    survey = invitation.survey
    blocks: list[Block] = []
    for item in survey.items:
        blocks += _item(invitation, survey, item, reply, language, now)
    if reply.reasons_for(survey):
        blocks.append(_reason_choice(survey, reply, language))
    comment: Block = {
        "type": "plain_text_input",
        "action_id": "comment",
        "multiline": True,
        "max_length": 3000,
    }
    if reply.comment:
        comment["initial_value"] = reply.comment
    blocks.append(_input("comment", language.say("In your own words"), comment))
    blocks += _contact(invitation, reply, language)
    blocks.append(context(who_sees(invitation, survey, language)))
    return {
        "type": "modal",
        "callback_id": ids.ANSWER_FORM,
        "private_metadata": invitation.key,
        "title": words(language.say("Your answer")),
        "submit": words(language.say("Save")),
        "close": words(language.say("Close")),
        "blocks": blocks,
    }


def _item(
    invitation: Invitation, survey: Survey, item: Item, reply: Reply, language: Language, now: datetime
) -> list[Block]:
    ends = scale(item, language)
    asked = section(f"*{escape(language.say(item.question))}*" + (f"\n{ends}" if ends else ""))
    answer = reply.answer(item)
    if invitation.can_change(answer, now):
        return [asked, _score_choice(survey, item, answer.score, language)]
    assert answer.score is not None
    locked = language.say(
        "Your answer is %(answer)s. It can't be changed any more, but you can still write to us.",
        answer=escape(answered(item, answer.score, language)),
    )
    return [asked, context(locked)]


def _contact(invitation: Invitation, reply: Reply, language: Language) -> list[Block]:
    """*Please contact me* as a check box in a thread, where the private card may be gone; in a direct message it is a
    button. A wish that is known is only confirmed."""
    if reply.contact:
        return [context(language.say("Somebody will contact you."))]
    if invitation.delivery != "thread":
        return []
    wish: Block = {
        "type": "checkboxes",
        "action_id": "contact",
        "options": [option(language.say("Please contact me"), "yes")],
    }
    return [_input("contact", language.say("Contact"), wish)]


def _input(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    return {"type": "input", "block_id": block_id, "optional": optional, "label": words(label), "element": element}


def _score_choice(survey: Survey, item: Item, score: int | None, language: Language) -> Block:
    options = {
        choice.score: option(answered(item, choice.score, language), str(choice.score)) for choice in item.choices
    }
    name = ids.field(survey, item)
    select: Block = {"type": "static_select", "action_id": name, "options": list(options.values())}
    if score is not None:
        select["initial_option"] = options[score]
    return _input(name, language.say("Your score"), select)


def _reason_choice(survey: Survey, reply: Reply, language: Language) -> Block:
    fitting = reply.reasons_for(survey)
    options = [option(language.say(reason.label), reason.code) for reason in fitting]
    chosen = [option for option in options if option["value"] in reply.reasons]
    boxes: Block = {"type": "checkboxes", "action_id": "reasons", "options": options}
    if chosen:
        boxes["initial_options"] = chosen
    return _input("reasons", reasons_asked(survey, reply, language), boxes)
