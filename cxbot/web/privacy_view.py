"""What stands on the page about privacy: ten sentences that tell customers what docs/privacy.md tells companies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cxbot.core.retention import Retention
from cxbot.language import Language
from cxbot.web.page_view import Frame, Look, frame


@dataclass(frozen=True, slots=True)
class Privacy:
    """The page: a heading and sentences."""

    frame: Frame
    heading: str
    sentences: tuple[str, ...]


def privacy(look: Look, retention: Retention, speech: Language, *, mails: bool) -> Privacy:
    """The page in a language. `mails` says whether customers may be asked by e-mail."""
    heading = speech.say("How we handle your data")
    around = replace(frame(heading, look, speech), privacy=None)  # it leads here
    return Privacy(around, heading, _sentences(look, retention, speech, mails))


def _sentences(look: Look, retention: Retention, speech: Language, mails: bool) -> tuple[str, ...]:
    say = speech.say
    return (
        say("%(company)s asks these questions and is responsible for your data; they lie on its own machine.",
            company=look.company) if look.company
        else say("The company that asks these questions is responsible for your data; they lie on its own machine."),
        say("Besides, they go only through Slack and, if you are asked by e-mail, through the company's mail server.")
        if mails else say("Besides, they go only through Slack."),
        say("Stored are your answers and words, when they were asked for and given, and what they are about: the team, "
            "the topic, the channel."),
        _identity(retention, speech),
        _words(retention, speech),
        say("Not stored are the texts of your conversations, your IP address, and anything about your device."),
        say("Only the leads of the team see your answer; the team may read your words without your name, and figures."),
        say("Answers of colleagues are confidential: nobody is shown who answered what."),
        say("You can change an answer for up to 24 hours, and “Don't ask me again” in every survey holds for good."),
        say("If you write to those who asked you, you get a copy of what is stored about you, or it is deleted; "
            "back-ups that were made before are kept a little longer."),
    )  # fmt: skip


def _identity(retention: Retention, speech: Language) -> str:
    if not retention.identities:
        return speech.say("Stored with them is who you are: your Slack id or e-mail address, and your company.")
    return speech.count(
        retention.identities,
        "Stored with them is who you are: your Slack id or e-mail address, and your company; after a month the scores "
        "are nobody's.",
        "Stored with them is who you are: your Slack id or e-mail address, and your company; after %(n)s months the "
        "scores are nobody's.",
    )


def _words(retention: Retention, speech: Language) -> str:
    if not retention.comments:
        return speech.say("Your words are kept until you ask that they be deleted.")
    return speech.count(
        retention.comments, "Your words are deleted after a month.", "Your words are deleted after %(n)s months."
    )
