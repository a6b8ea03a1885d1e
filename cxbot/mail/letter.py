"""What a mail says, in words: the question, its answers, who asks and why."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from zoneinfo import ZoneInfo

from cxbot.core.invitations.notice import notice_at
from cxbot.core.invitations.rules import Invitation
from cxbot.core.names import harmless
from cxbot.core.surveys.survey import Item
from cxbot.errors import N_
from cxbot.language import Language

THANKS = N_("Thank you for being in touch with our team %(team)s. One small question:")
THANKS_FOR_SEVERAL = N_("Thank you for being in touch with our team %(team)s. A few small questions, one tap each:")
COMPANY_THANKS = N_("Thank you for being in touch with the team %(team)s of %(company)s. One small question:")
COMPANY_THANKS_FOR_SEVERAL = N_(
    "Thank you for being in touch with the team %(team)s of %(company)s. A few small questions, one tap each:"
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, and where the pages are. `company` and `privacy_url` are "" if they are not set."""

    sender: Address
    public_url: str
    company: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words."""

    says: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in words. `answers` are bare numbers with `ends` that explain them, or, with `ends` "", maybe words.
    `code` is the language. `why` says why the reader gets it, and who will see the answer."""

    code: str
    greeting: str
    question: str
    answers: tuple[Link, ...]
    in_words: bool
    ends: str
    hint: str
    why: tuple[str, ...]
    links: tuple[Link, ...]


def write(invitation: Invitation, head: Letterhead, language: Language, token: str, *, reminds: bool = False) -> Letter:
    """The mail of an invitation, or the one that `reminds` of it. Its links end in `token`, which is the customer's
    own."""
    item, say = invitation.survey.first, language.say
    links = [Link(say("Don't ask me again"), f"{head.public_url}/u/{token}?lang={language.code}")]
    if notice := notice_at(head.privacy_url, head.public_url, language.code):
        links.insert(0, Link(say("How we handle your data"), notice))
    return Letter(
        code=language.code,
        greeting=_reminder(invitation, language) if reminds else _greeting(invitation, head, language),
        question=one_line(say(item.question)),
        answers=tuple(
            Link(one_line(say(choice.label)) if choice.label else str(choice.score),
                 f"{head.public_url}/s/{token}?a={choice.score}&lang={language.code}")
            for choice in item.choices
        ),
        in_words=item.in_words,
        ends=_ends(item, language),
        hint=_hint(invitation, language),
        why=_why(invitation, language),
        links=tuple(links),
    )  # fmt: skip


def _greeting(invitation: Invitation, head: Letterhead, language: Language) -> str:
    team, company = one_line(invitation.team), one_line(head.company)
    if invitation.survey.employees:
        return language.say("Our team %(team)s would like to hear from its own people:", team=team)
    if invitation.asked_via == "campaign":
        return language.say("Our team %(team)s would like to hear from you:", team=team)
    if company:
        thanks = COMPANY_THANKS_FOR_SEVERAL if invitation.survey.several else COMPANY_THANKS
    else:
        thanks = THANKS_FOR_SEVERAL if invitation.survey.several else THANKS
    return language.say(thanks, team=team, company=company)


def _reminder(invitation: Invitation, language: Language) -> str:
    return language.say(
        "A reminder, the only one: our team %(team)s asked you a small question that is still open.",
        team=one_line(invitation.team),
    )


def _hint(invitation: Invitation, language: Language) -> str:
    hint = language.say("Choose an answer. On the page that opens you can change it before you send it.")
    more = len(invitation.survey.items) - 1
    if not more:
        return hint
    return hint + " " + language.count(more, "One more question follows there.", "%(n)s more questions follow there.")


def _why(invitation: Invitation, language: Language) -> tuple[str, ...]:
    team = one_line(invitation.team)
    if invitation.survey.employees:
        return (
            language.say(
                "Confidential: nobody is shown who answered what. There are only figures, and these need at least 5 "
                "people."
            ),
        )
    day = language.day(invitation.closed_at.astimezone(ZoneInfo(invitation.timezone)).date())
    helped = language.say("You get this mail because our team %(team)s helped you on %(day)s.", team=team, day=day)
    if invitation.asked_via == "campaign":
        helped = language.say(
            "You get this mail because our team %(team)s asks its customers for an opinion.", team=team
        )
    return (
        helped,
        language.say(
            "Only the leads of %(team)s see your answer. The team may read your words, without your name.", team=team
        ),
    )  # fmt: skip


def _ends(item: Item, language: Language) -> str:
    if not item.low_label:
        return ""
    low, high = one_line(language.say(item.low_label)), one_line(language.say(item.high_label))
    return f"{item.low} = {low}  ·  {item.high} = {high}"


def one_line(text: str) -> str:
    """A text on one line, without control characters and marks that turn its direction."""
    return " ".join(harmless(text).split())


def as_text(letter: Letter) -> str:
    """The mail for readers without HTML."""
    lines = [letter.greeting, "", letter.question]
    if letter.ends:
        lines.append(letter.ends)
    width = max(len(answer.says) for answer in letter.answers)
    lines += ["", *(f"{answer.says:>{0 if letter.in_words else width}}  {answer.url}" for answer in letter.answers)]
    lines += ["", letter.hint, "", *letter.why]
    lines += [f"{link.says}: {link.url}" for link in letter.links]
    return "\n".join(lines) + "\n"
