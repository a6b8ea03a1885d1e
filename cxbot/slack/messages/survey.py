"""The survey as the customer sees it: the question, the thanks, the private follow-up, the form."""

from __future__ import annotations

from cxbot.core.answering import Answer
from cxbot.core.asking import Invitation
from cxbot.core.surveys import SURVEYS, Survey
from cxbot.language import Language
from cxbot.slack.messages import ids
from cxbot.slack.messages.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    message,
    option,
    quote,
    section,
    words,
)

NPS_ROW = 6  # NPS buttons stand in two rows, 0-5 and 6-10


def question(invitation: Invitation, language: Language) -> Message:
    """The survey with a button for every score, *Not now* and *Don't ask me again*."""
    survey = SURVEYS[invitation.survey]
    asked = language.say(survey.question)
    intro = (
        language.say("A question for the person we helped in this thread:")
        if invitation.delivery == "thread"
        else language.say(
            "Thank you for being in touch with our team %(team)s. One small question:", team=escape(invitation.team)
        )
    )
    scale = _scale(survey, language)
    text = "\n".join((intro, asked, scale, _who_sees(invitation, language)))
    return message(
        text,
        [
            section(f"{intro}\n*{asked}*"),
            *_score_rows(invitation, survey, language),
            context(scale),
            actions(
                button(language.say("Not now"), ids.NOT_NOW, invitation.key),
                button(language.say("Don't ask me again"), ids.OPT_OUT, invitation.key),
            ),
            context(_who_sees(invitation, language)),
        ],
    )


def _score_rows(invitation: Invitation, survey: Survey, language: Language) -> list[Block]:
    buttons = [
        button(
            str(score),
            ids.numbered(ids.SCORE, score),
            invitation.key,
            says=language.say("%(score)s of %(high)s", score=score, high=survey.high),
        )
        for score in survey.scores
    ]
    rows = [buttons] if len(buttons) <= NPS_ROW + 1 else [buttons[:NPS_ROW], buttons[NPS_ROW:]]
    return [actions(*row) for row in rows]


def _scale(survey: Survey, language: Language) -> str:
    return f"{survey.low} = {language.say(survey.low_label)}  ·  {survey.high} = {language.say(survey.high_label)}"


def _who_sees(invitation: Invitation, language: Language) -> str:
    team = escape(invitation.team)
    if invitation.delivery == "thread":
        return language.say(
            "Only the leads of %(team)s see your answer. Others in this channel don't. "
            "The team may read your words, without your name.",
            team=team,
        )
    return language.say(
        "Only the leads of %(team)s see your answer. The team may read your words, without your name.", team=team
    )


def thanks(invitation: Invitation, language: Language) -> Message:
    """What everybody in a thread sees after an answer: no score, no words, one button."""
    text = language.say("Thank you for your answer!")
    return message(
        text,
        [section(text), actions(button(language.say("Comment or change"), ids.WRITE, invitation.key))],
    )


def closed(answered: bool, language: Language) -> Message:
    """The one line that stays when a survey is over."""
    text = (
        language.say("Thank you for your answer!")
        if answered
        else language.say("All right, no question this time. Thank you!")
    )
    return message(text, [context(text)])


def follow_up(
    invitation: Invitation, answer: Answer, language: Language, *, can_comment: bool, by_message: bool = False
) -> Message:
    """What only the customer sees: the score, one-tap reasons, *Write…* and *Please contact me*."""
    survey = SURVEYS[invitation.survey]
    if answer.score is None:
        return message(language.say("Thank you!"), [section(language.say("Thank you!"))])
    given = language.say("Your answer: *%(score)s of %(high)s*. Thank you!", score=answer.score, high=survey.high)
    lines = [given]
    if answer.comment:
        lines.append(quote(answer.comment, 500, language))
    if answer.contact:
        lines.append(language.say("Somebody will contact you."))
    if not can_comment:
        return message("\n".join(lines), [section("\n".join(lines))])
    ask = language.say(survey.follow_up(answer.score))
    blocks = [section("\n".join(lines)), section(ask), _reasons(invitation, answer, survey, language)]
    last = [button(language.say("Write or change…"), ids.WRITE, invitation.key)]
    if not answer.contact:
        last.append(button(language.say("Please contact me"), ids.CONTACT, invitation.key))
    blocks.append(actions(*last))
    if invitation.delivery == "thread":
        blocks.append(context(language.say("Only you see this message.")))
    elif by_message:
        blocks.append(context(language.say("You can also just write your comment here as a message.")))
    return message("\n".join([*lines, ask]), blocks)


def _reasons(invitation: Invitation, answer: Answer, survey: Survey, language: Language) -> Block:
    assert answer.score is not None
    buttons = []
    for reason in survey.reasons(answer.score):
        label = language.say(reason.label)
        chosen = reason.code in answer.reasons
        buttons.append(
            button(
                f"✓ {label}" if chosen else label,
                ids.numbered(ids.REASON, reason.code),
                invitation.key,
                style="primary" if chosen else "",
                says=language.say("%(reason)s, chosen", reason=label) if chosen else label,
            )
        )
    return actions(*buttons)


def form(invitation: Invitation, answer: Answer, language: Language, *, can_change: bool) -> Block:
    """The modal for a comment, reasons, a changed score and a wish to be contacted."""
    survey = SURVEYS[invitation.survey]
    blocks = [section(f"*{language.say(survey.question)}*\n{_scale(survey, language)}")]
    if can_change:
        blocks.append(_score_choice(survey, answer, language))
    elif answer.score is not None:
        blocks.append(
            context(
                language.say(
                    "Your answer is %(score)s of %(high)s. "
                    "It can't be changed any more, but you can still write to us.",
                    score=answer.score,
                    high=survey.high,
                )
            )
        )
    if answer.score is not None:
        blocks.append(_reason_choice(survey, answer, language))
    comment: Block = {
        "type": "plain_text_input",
        "action_id": "comment",
        "multiline": True,
        "max_length": 3000,
    }
    if answer.comment:
        comment["initial_value"] = answer.comment
    blocks.append(_input("comment", language.say("In your own words"), comment))
    contact: Block = {
        "type": "checkboxes",
        "action_id": "contact",
        "options": [option(language.say("Please contact me"), "yes")],
    }
    if answer.contact:
        contact["initial_options"] = contact["options"]
    blocks.append(_input("contact", language.say("Contact"), contact))
    blocks.append(context(_who_sees(invitation, language)))
    return {
        "type": "modal",
        "callback_id": ids.ANSWER_FORM,
        "private_metadata": invitation.key,
        "title": words(language.say("Your answer")),
        "submit": words(language.say("Save")),
        "close": words(language.say("Close")),
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    return {"type": "input", "block_id": block_id, "optional": optional, "label": words(label), "element": element}


def _score_choice(survey: Survey, answer: Answer, language: Language) -> Block:
    options = [
        option(language.say("%(score)s of %(high)s", score=score, high=survey.high), str(score))
        for score in survey.scores
    ]
    select: Block = {"type": "static_select", "action_id": "score", "options": options}
    if answer.score is not None:
        select["initial_option"] = options[answer.score - survey.low]
    return _input("score", language.say("Your score"), select)


def _reason_choice(survey: Survey, answer: Answer, language: Language) -> Block:
    assert answer.score is not None
    options = [option(language.say(reason.label), reason.code) for reason in survey.reasons(answer.score)]
    chosen = [each for each in options if each["value"] in answer.reasons]
    boxes: Block = {"type": "checkboxes", "action_id": "reasons", "options": options}
    if chosen:
        boxes["initial_options"] = chosen
    return _input("reasons", language.say(survey.follow_up(answer.score)), boxes)


def opted_out(customer_key: str, language: Language) -> Message:
    """The answer to *Don't ask me again*, with a way back."""
    text = language.say("All right: we won't ask you again.")
    return message(text, [section(text), actions(button(language.say("Ask me again"), ids.OPT_IN, customer_key))])
