"""What stands on the pages for customers outside Slack, as pure functions from an invitation and its reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cxbot.core.invitations.notice import notice_at
from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.survey import Item, Survey
from cxbot.language import LANGUAGES, Language, language
from cxbot.slack.messages.surveys.survey import answered, reasons_asked
from cxbot.store.records.answers import COMMENT_LIMIT

NAMES = {"en": "In English", "fi": "Suomeksi", "sv": "På svenska"}  # each in its own language


@dataclass(frozen=True, slots=True)
class Look:
    """The company's name, colour (#rrggbb) and privacy notice, and the address of the pages; "" for what is not set."""

    company: str = ""
    color: str = ""
    privacy_url: str = ""
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text. `lang` is the language of the text, if it is another one than the page's."""

    text: str
    url: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around every page. `languages` are links to the same page in the others."""

    lang: str
    title: str
    company: str
    privacy: Link | None
    languages: tuple[Link, ...]
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or checkbox. `spoken` is its name for screen readers if the label alone says too little."""

    value: str
    label: str
    chosen: bool
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One item of the survey. With `locked`, a sentence about the answer stands in place of the options."""

    name: str
    asked: str
    low: str
    high: str
    options: tuple[Option, ...]
    in_words: bool
    locked: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The page with the survey's questions. A single one is the heading itself. `first_open` is the id of the first
    radio button."""

    frame: Frame
    heading: str
    intro: str
    hint: str
    problem: str
    problem_detail: str
    questions: tuple[Question, ...]
    first_open: str
    action: str
    button: str
    notes: tuple[str, ...]
    stop: Link


@dataclass(frozen=True, slots=True)
class Thanks:
    """The page after an answer: what was answered, and a form for the reasons and words."""

    frame: Frame
    heading: str
    saved: str
    answers: tuple[str, ...]
    still_open: str
    change: Link | None
    locked: str
    action: str
    reasons_asked: str
    reasons: tuple[Option, ...]
    comment_label: str
    comment: str
    contact: Option | None
    button: str
    notes: tuple[str, ...]
    stop: Link
    comment_limit: int = COMMENT_LIMIT


@dataclass(frozen=True, slots=True)
class Stop:
    """The page of *Don't ask me again*: a sentence and one button."""

    frame: Frame
    heading: str
    text: str
    action: str
    field: tuple[str, str]
    button: str


@dataclass(frozen=True, slots=True)
class Note:
    """A page that only says something."""

    frame: Frame
    heading: str
    text: str


def spoken(asked: str, accepted: Iterable[str], locale: str) -> Language:
    """The language of a page: the one in the link, else the first that the browser accepts and the bot speaks, else
    that of the invitation."""
    wanted = (each.replace("_", "-").partition("-")[0].lower() for each in (asked, *accepted))
    return language(next((code for code in wanted if code in LANGUAGES), locale))


def field(survey: Survey, item: Item) -> str:
    """The name of an item's field: `a` for the first, then `a2`, `a3`."""
    number = survey.items.index(item) + 1
    return "a" if number == 1 else f"a{number}"


def chosen(survey: Survey, fields: Mapping[str, str]) -> dict[str, int]:
    """The scores that were chosen, by metric; fields that name none of the answers are left out."""
    found = {}
    for item in survey.items:
        text = fields.get(field(survey, item), "")
        known = {str(choice.score): choice.score for choice in item.choices}
        if text in known:
            found[item.metric.name] = known[text]
    return found


def frame(title: str, look: Look, speech: Language, company: str = "") -> Frame:
    """The frame of a page in a language."""
    others = tuple(
        Link(NAMES.get(code, code), f"?lang={code}", code) for code in LANGUAGES if code != speech.code
    )  # fmt: skip
    notice = notice_at(look.privacy_url, look.public_url, speech.code)
    privacy = Link(speech.say("How we handle your data"), notice) if notice else None
    return Frame(speech.code, title, look.company or company, privacy, others)


def ask(
    invitation: Invitation,
    reply: Reply,
    preselected: Mapping[str, int],
    look: Look,
    speech: Language,
    now: datetime,
    token: str,
    *,
    missing: bool = False,
) -> Ask:
    """The survey's questions, with the answers so far, or the preselected ones. With `missing`, it says that an answer
    has to be chosen."""
    survey = invitation.survey
    questions = tuple(_question(invitation, item, reply, preselected, speech, now) for item in survey.items)
    open_ones = (each for each in questions if not each.locked)
    title = speech.say("Your feedback")
    problem = speech.say("There is no answer yet") if missing else ""
    return Ask(
        frame=frame(f"{problem} · {title}" if problem else title, look, speech, invitation.team),
        heading=title if survey.several else "",
        intro=_intro(invitation, speech),
        hint=speech.say("%(n)s questions. You may leave any of them out.", n=len(questions)) if survey.several else "",
        problem=problem,
        problem_detail=speech.say("Please choose an answer, then send it."),
        questions=questions,
        first_open=next((f"{each.name}-{each.options[0].value}" for each in open_ones), ""),
        action=_here(f"/s/{token}", speech),
        button=speech.say("Send the answer") if not survey.several else speech.say("Send the answers"),
        notes=_notes(invitation, speech),
        stop=_stop(token, speech),
    )


def _question(
    invitation: Invitation,
    item: Item,
    reply: Reply,
    preselected: Mapping[str, int],
    speech: Language,
    now: datetime,
) -> Question:
    name = field(invitation.survey, item)
    answer = reply.answer(item)
    score = preselected.get(item.metric.name, answer.score)
    locked = ""
    if answer.score is not None and not invitation.can_change(answer, now):
        locked = speech.say(
            "Your answer is %(answer)s. It can't be changed any more, but you can still write to us.",
            answer=answered(item, answer.score, speech),
        )
    return Question(
        name=name,
        asked=speech.say(item.question),
        low=speech.say(item.low_label) if item.low_label else "",
        high=speech.say(item.high_label) if item.high_label else "",
        options=tuple(
            Option(
                str(choice.score),
                speech.say(choice.label) if choice.label else str(choice.score),
                choice.score == score,
                _end(item, choice.score, speech),
            )
            for choice in item.choices
        ),
        in_words=item.in_words,
        locked=locked,
    )


def _end(item: Item, score: int, speech: Language) -> str:
    """The meaning of a number at an end of the scale, for those who don't see where it stands."""
    label = {item.low: item.low_label, item.high: item.high_label}.get(score, "")
    return speech.say(label) if label and not item.in_words else ""


def _intro(invitation: Invitation, speech: Language) -> str:
    if invitation.survey.employees:
        return speech.say("Our team %(team)s would like to hear from its own people:", team=invitation.team)
    if invitation.asked_via == "campaign":
        return speech.say("Our team %(team)s would like to hear from you:", team=invitation.team)
    return speech.say("Thank you for being in touch with our team %(team)s.", team=invitation.team)


def _notes(invitation: Invitation, speech: Language) -> tuple[str, ...]:
    """Why somebody is asked, and who sees the answer."""
    if invitation.survey.employees:
        return (
            speech.say(
                "Confidential: nobody is shown who answered what. There are only figures, and these need at least 5 "
                "people."
            ),
        )
    day = speech.day(invitation.closed_at.astimezone(ZoneInfo(invitation.timezone)).date())
    why = speech.say("You are asked because you were in touch with us on %(day)s.", day=day)
    if invitation.asked_via == "campaign":
        why = speech.say("You are asked because our team %(team)s asks its customers for an opinion.",
                         team=invitation.team)  # fmt: skip
    return (
        why,
        speech.say(
            "Only the leads of %(team)s see your answer. The team may read your words, without your name.",
            team=invitation.team,
        ),
    )


def _stop(token: str, speech: Language) -> Link:
    return Link(speech.say("Don't ask me again"), _here(f"/u/{token}", speech))


def _here(path: str, speech: Language) -> str:
    """A path in the language of the page."""
    return f"{path}?lang={speech.code}"


def thanks(invitation: Invitation, reply: Reply, look: Look, speech: Language, now: datetime, token: str) -> Thanks:
    """What stands on the page after an answer."""
    survey = invitation.survey
    given = reply.given(survey)
    changeable = any(invitation.can_change(reply.answer(item), now) for item in survey.items)
    still_open = [speech.say(item.question) for item in survey.items if reply.score(item) is None]
    fitting = reply.reasons_for(survey)
    words = bool(reply.reasons or reply.comment or reply.contact)
    contact = None
    if not survey.employees and not reply.contact:  # the wish would name who answered
        contact = Option("yes", speech.say("Please contact me"), False)
    return Thanks(
        frame=frame(speech.say("Thank you!"), look, speech, invitation.team),
        heading=speech.say("Thank you for your answer!"),
        saved=_saved(invitation, reply, speech) if words else "",
        answers=tuple(_given(survey, item, score, speech) for item, score in given),
        still_open=speech.say("Still open: %(questions)s", questions=" ".join(still_open)) if still_open else "",
        change=_change(token, speech, rest=bool(still_open)) if changeable else None,
        locked="" if changeable else speech.say("This can't be changed any more, but you can still write to us."),
        action=_here(f"/s/{token}/thanks", speech),
        reasons_asked=reasons_asked(survey, reply, speech) if fitting else "",
        reasons=tuple(
            Option(reason.code, speech.say(reason.label), reason.code in reply.reasons) for reason in fitting
        ),
        comment_label=speech.say("In your own words"),
        comment=reply.comment,
        contact=contact,
        button=speech.say("Save"),
        notes=_notes(invitation, speech),
        stop=_stop(token, speech),
    )  # fmt: skip


def _given(survey: Survey, item: Item, score: int, speech: Language) -> str:
    answer = answered(item, score, speech)
    if not survey.several:
        return speech.say("Your answer: %(answer)s", answer=answer)
    return f"{speech.say(item.question)} {answer}"


def _saved(invitation: Invitation, reply: Reply, speech: Language) -> str:
    said = [speech.say("Saved.")]
    if reply.contact:
        said.append(speech.say("Somebody will contact you."))
    if invitation.expires_at is not None:
        until = speech.moment(invitation.expires_at, ZoneInfo(invitation.timezone))
        said.append(speech.say("You can add to it until %(until)s.", until=until))
    return " ".join(said)


def _change(token: str, speech: Language, *, rest: bool) -> Link:
    text = speech.say("Answer the rest") if rest else speech.say("Change the answer")
    return Link(text, _here(f"/s/{token}", speech))


def stop(asked: bool, look: Look, speech: Language, token: str, team: str, *, just: bool = False) -> Stop:
    """The page of *Don't ask me again*. `asked` says whether the person may be asked; `just`, whether that was changed
    by this request."""
    action = _here(f"/u/{token}", speech)
    if not asked:
        heading = speech.say("All right: we won't ask you again.")
        text = speech.say("If you ever change your mind, this button is all it takes.")
        button, name = speech.say("Ask me again"), ("again", "yes")
    else:
        heading = speech.say("Thank you! We may ask you again some day.") if just else speech.say("No more surveys?")
        text = speech.say("With this button you get no more surveys from us. Nothing else changes.")
        button, name = speech.say("Don't ask me again"), ("List-Unsubscribe", "One-Click")
    return Stop(frame(heading, look, speech, team), heading, text, action, name, button)


def gone(look: Look, speech: Language) -> Note:
    """The page for every link that leads nowhere, whatever the cause."""
    heading = speech.say("This link does not work any more")
    text = speech.say(
        "Surveys close after a week, and a link works only as it was sent. Thank you all the same! "
        "If you have something to tell us, please reply to the message that the link came in."
    )
    return Note(frame(heading, look, speech), heading, text)


def foreign(look: Look, speech: Language) -> Note:
    """The page for an answer that was sent from another web site."""
    heading = speech.say("Nothing was stored")
    text = speech.say("This came from another web site. Please open the link in our message, and answer there.")
    return Note(frame(heading, look, speech), heading, text)


def odd(look: Look, speech: Language) -> Note:
    """The page for a request that no browser sends from a page of ours."""
    heading = speech.say("Nothing was stored")
    text = speech.say("This page can't do that. Please open the link in our message, and answer there.")
    return Note(frame(heading, look, speech), heading, text)


def broken(look: Look, speech: Language) -> Note:
    """The page for an answer that could not be stored."""
    heading = speech.say("Nothing was stored")
    text = speech.say("Something failed on our side. Please go back and try again in a few minutes.")
    return Note(frame(heading, look, speech), heading, text)


def hurried(look: Look, speech: Language) -> Note:
    """The page for one of too many answers with one link."""
    heading = speech.say("Nothing was stored")
    text = speech.say("That was very often in a short time. Please try again in a minute.")
    return Note(frame(heading, look, speech), heading, text)
