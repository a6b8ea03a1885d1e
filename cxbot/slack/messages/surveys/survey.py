"""The survey as the customer sees it: the question, the thanks, the private follow-up."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.survey import Item, Reason, Survey
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, Message, actions, button, context, escape, message, quote, section

ROW = 6  # the eleven buttons of NPS take two rows, 0-5 and 6-10


def question(invitation: Invitation, language: Language, reply: Reply | None = None, notice: str = "") -> Message:
    """The survey with a button for every score, *Not now* and *Don't ask me again*. `notice` is the address at which
    people read how their data are handled.

    Answers in `reply` are shown in place of their buttons. Pass a reply only in a direct message, where nobody else
    reads it.
    """
    survey = invitation.survey
    reply = reply or Reply()
    intro = _intro(invitation, survey, language)
    blocks: list[Block] = []
    if survey.several:
        blocks.append(section(intro))
        said = [line for item in survey.items for line in _asked(item, reply, language)]
        for item in survey.items:
            blocks.append(section("\n".join(_asked(item, reply, language, bold=True))))
            if reply.score(item) is None:
                blocks += _buttons(invitation, survey, item, language)
        if words := _words(reply, language):
            said += words
            blocks.append(section("\n".join(words), verbatim=bool(reply.comment)))
    else:
        item = survey.first
        asked, ends = escape(language.say(item.question)), scale(item, language)
        said = [asked, *([ends] if ends else [])]
        blocks += [section(f"{intro}\n*{asked}*"), *_buttons(invitation, survey, item, language)]
        if ends:
            blocks.append(context(ends))
    sees = who_sees(invitation, survey, language)
    small = [sees, *_notice(notice, language)]
    blocks += [_ways_out(invitation, survey, reply, language), context(*small)]
    return message("\n".join((intro, *said, *small)), blocks)


def _notice(url: str, language: Language) -> list[str]:
    """The link to the privacy notice."""
    shown = escape(url).replace("|", "%7C")
    return [f"<{shown}|{escape(language.say('How we handle your data'))}>"] if url else []


def reminder(invitation: Invitation, link: str, language: Language) -> Message:
    """The one reminder of a survey in a direct message. It leads to the survey, whose buttons are there only."""
    text = language.say(
        "A reminder, the only one: our team %(team)s asked you a small question that is still open. "
        "<%(link)s|Go to the question>",
        team=escape(invitation.team), link=link,
    )  # fmt: skip
    return message(text, [section(text)])


def _intro(invitation: Invitation, survey: Survey, language: Language) -> str:
    team = escape(invitation.team)
    if survey.employees:
        return language.say("Our team %(team)s would like to hear from its own people:", team=team)
    if invitation.delivery == "thread":
        if survey.several:
            return language.say("A few questions for the person we helped in this thread, one tap each:")
        return language.say("A question for the person we helped in this thread:")
    if survey.several:
        return language.say(
            "Thank you for being in touch with our team %(team)s. A few small questions, one tap each:", team=team
        )
    return language.say("Thank you for being in touch with our team %(team)s. One small question:", team=team)


def _asked(item: Item, reply: Reply, language: Language, *, bold: bool = False) -> list[str]:
    """One of several items: its question with the ends of its scale, or with the answer."""
    asked = escape(language.say(item.question))
    first = f"*{asked}*" if bold else asked
    score = reply.score(item)
    if score is not None:
        return [first, language.say("Your answer: *%(answer)s*", answer=escape(answered(item, score, language)))]
    ends = scale(item, language)
    return [first, ends] if ends else [first]


def _buttons(invitation: Invitation, survey: Survey, item: Item, language: Language) -> list[Block]:
    buttons = [
        button(
            language.say(choice.label) if choice.label else str(choice.score),
            ids.score(survey, item, choice.score),
            invitation.key,
            says=_spoken(survey, item, choice.score, language),
        )
        for choice in item.choices
    ]
    rows = [buttons] if len(buttons) <= ROW + 1 else [buttons[:ROW], buttons[ROW:]]
    return [actions(*row) for row in rows]


def _spoken(survey: Survey, item: Item, score: int, language: Language) -> str:
    """A button's label for screen readers: the answer and, if there are several items, the item."""
    answer = answered(item, score, language)
    if not survey.several:
        return "" if item.in_words else answer
    return language.say("%(item)s: %(answer)s", item=language.say(item.metric.title), answer=answer)


def _ways_out(invitation: Invitation, survey: Survey, reply: Reply, language: Language) -> Block:
    first = (
        button(language.say("Comment or change"), ids.WRITE, invitation.key)
        if reply.given(survey)
        else button(language.say("Not now"), ids.NOT_NOW, invitation.key)
    )
    return actions(first, button(language.say("Don't ask me again"), ids.OPT_OUT, invitation.key))


def answered(item: Item, score: int, language: Language) -> str:
    """An answer in words: `4 of 5`, or the label of its button. Not escaped."""
    label = item.label(score)
    return language.say(label) if label else language.say("%(score)s of %(high)s", score=score, high=item.high)


def scale(item: Item, language: Language) -> str:
    """The meaning of the ends of a scale; "" if the answers are words."""
    if not item.low_label:
        return ""
    low, high = escape(language.say(item.low_label)), escape(language.say(item.high_label))
    return f"{item.low} = {low}  ·  {item.high} = {high}"


def who_sees(invitation: Invitation, survey: Survey, language: Language) -> str:
    """One line that says who will see the answer."""
    team = escape(invitation.team)
    if survey.employees:
        return language.say(
            "Confidential: nobody is shown who answered what. There are only figures, and these need at least 5 people."
        )
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
    """What everybody in the thread sees after an answer: no score, no comment, one button."""
    text = language.say("Thank you for your answer!")
    return message(
        text,
        [section(text), actions(button(language.say("Comment or change"), ids.WRITE, invitation.key))],
    )


def closed(answered: bool, language: Language) -> Message:
    """The one line that remains of a closed survey."""
    text = (
        language.say("Thank you for your answer!")
        if answered
        else language.say("All right, no question this time. Thank you!")
    )
    return message(text, [context(text)])


def follow_up(
    invitation: Invitation,
    reply: Reply,
    language: Language,
    *,
    can_comment: bool,
    by_message: bool = False,
    alone: bool = True,
) -> Message:
    """The card that only the customer sees: the answers, one-tap reasons, *Comment or change*, *Please contact me*.

    No button is there twice. In a thread the message that everybody sees opens the form, which has the wish to be
    contacted, so the card has only the reasons. With `alone=False` a card that can't be replaced stays beside this one,
    which then has no buttons.
    """
    survey = invitation.survey
    if not reply.given(survey):
        return message(language.say("Thank you!"), [section(language.say("Thank you!"))])
    lines = _answers(survey, reply, language)
    if can_comment and not reply.complete(survey):
        lines.append(_still_open(survey, reply, language))
    lines += _words(reply, language)
    blocks = [section("\n".join(lines), verbatim=bool(reply.comment))]
    if not can_comment:
        return message("\n".join(lines), blocks)
    if alone and reply.complete(survey) and (fitting := reply.reasons_for(survey)):
        ask = reasons_asked(survey, reply, language)
        lines.append(ask)
        blocks += [section(ask), _reasons(invitation, reply, fitting, language)]
    if invitation.delivery == "thread":
        blocks.append(context(language.say("Only you see this message.")))
    elif alone:
        blocks += _last_buttons(invitation, reply, language, by_message=by_message)
    return message("\n".join(lines), blocks)


def _last_buttons(invitation: Invitation, reply: Reply, language: Language, *, by_message: bool) -> list[Block]:
    last = [button(language.say("Comment or change"), ids.WRITE, invitation.key)]
    if not reply.contact and not invitation.survey.employees:  # a wish to be contacted would name who answered
        last.append(button(language.say("Please contact me"), ids.CONTACT, invitation.key))
    hint = language.say("You can also just write your comment here as a message.")
    return [actions(*last), *([context(hint)] if by_message else [])]


def _answers(survey: Survey, reply: Reply, language: Language) -> list[str]:
    given = [
        (escape(language.say(item.question)), escape(answered(item, score, language)))
        for item, score in reply.given(survey)
    ]
    if not survey.several:
        return [language.say("Your answer: *%(answer)s*. Thank you!", answer=given[0][1])]
    return [language.say("Thank you! Your answers:"), *(f"• {asked} *{answer}*" for asked, answer in given)]


def _words(reply: Reply, language: Language) -> list[str]:
    """The reasons, comment and wish to be contacted, in words."""
    lines = [quote(reply.comment, 500, language)] if reply.comment else []
    return [*lines, language.say("Somebody will contact you.")] if reply.contact else lines


def _still_open(survey: Survey, reply: Reply, language: Language) -> str:
    waiting = " ".join(escape(language.say(item.question)) for item in survey.items if reply.score(item) is None)
    return language.say("Still open: %(questions)s", questions=waiting)


def reasons_asked(survey: Survey, reply: Reply, language: Language) -> str:
    """The question above the one-tap reasons."""
    if survey.went_well(reply.given(survey)):
        return language.say("What went well?")
    return language.say("What could have been better?")


def _reasons(invitation: Invitation, reply: Reply, fitting: Sequence[Reason], language: Language) -> Block:
    buttons = []
    for reason in fitting:
        label = language.say(reason.label)
        chosen = reason.code in reply.reasons
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


def opted_out(customer_key: str, language: Language) -> Message:
    """The answer to *Don't ask me again*, with a button to undo it."""
    text = language.say("All right: we won't ask you again.")
    return message(text, [section(text), actions(button(language.say("Ask me again"), ids.OPT_IN, customer_key))])
