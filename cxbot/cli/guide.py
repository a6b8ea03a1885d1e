"""The guide through the demo: its steps, in the demo's language."""

from __future__ import annotations

from typing import Protocol

from cxbot.cli.sample.words import Words
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS
from cxbot.errors import N_
from cxbot.language import Language, language
from cxbot.sandbox import MAILBOX, Sandbox, Step
from cxbot.sandbox.helpdesk import Helpdesk


class Scene(Protocol):
    """Who and what the guide is about: ids of people and channels, and the language."""

    locale: str
    words: Words
    slack: Sandbox
    helpdesk: Helpdesk
    anna: str
    leo: str
    carla: str
    acme: str
    team: str
    leads: str


ACME, TEAM, LEADS = "#acme-support", "#support-team", "#support-leads"
FIGURES = (
    (
        "drivers",
        N_("See what goes with the score"),
        N_("Type %(command)s in %(channel)s: what goes together with high and low scores, the strongest first."),
    ),
    (
        "journey",
        N_("Follow the journey"),
        N_("Type %(command)s in %(channel)s: every touchpoint with its score, in the order of the journey."),
    ),
)
"""Steps that are one command about the last quarter: its word, a title and a text."""


def steps(stage: Scene) -> list[Step]:
    """The story of the demo. The helpdesk's steps name its latest case, so they change with it."""
    speech = language(stage.locale)
    return [
        *_asking(stage, speech), *_answering(stage, speech), *_figures(stage, speech), *_acting(stage, speech),
        *_outside_slack(stage, speech),
    ]  # fmt: skip


def _asking(stage: Scene, speech: Language) -> list[Step]:
    say = speech.say
    reaction = say(
        "You are %(agent)s. A customer's question in %(channel)s is solved. Put the team's reaction "
        ":ballot_box_with_ballot: (ballot box) on its first message.",
        agent=_first_name(stage.words.people["anna"]), channel=ACME,
    )  # fmt: skip
    wait = say(
        "The bot waits a little, so that nobody is asked too early. Press %(button)s in the clock: the survey "
        "arrives in the thread.",
        button=stage.slack.label("+10 min"),
    )
    return [
        Step("reaction", say("End a conversation"), reaction, stage.anna, stage.acme),
        Step("wait", say("Let 10 minutes pass"), wait),
    ]


def _answering(stage: Scene, speech: Language) -> list[Step]:
    say = speech.say
    score = say(
        "Become %(customer)s, open the thread and tap a score. A low one shows what happens then.",
        customer=_first_name(stage.words.people["carla"]),
    )
    reason = say("Only the customer sees the score and the reasons below it. One tap is enough.")
    comment = say("Press “%(button)s”, write a line, save.", button=say("Comment or change"))
    return [
        Step("score", say("Answer as the customer"), score, stage.carla, stage.acme),
        Step("reason", say("Tap a reason"), reason, stage.carla, stage.acme),
        Step("comment", say("Write a comment"), comment, stage.carla, stage.acme),
    ]


def _figures(stage: Scene, speech: Language) -> list[Step]:
    week = f"/nps {speech.typed(QUERY_WORDS, 'week')}"
    report = speech.say(
        "Become %(lead)s and type %(command)s in %(channel)s. The answer is only for you.",
        lead=_first_name(stage.words.people["leo"]), command=week, channel=TEAM,
    )  # fmt: skip
    commands = {word: last_quarter(speech, word) for word, _, _ in FIGURES}
    return [
        Step("report", speech.say("Look at the figures"), report, stage.leo, stage.team, week),
        *(
            Step(
                word, speech.say(title), speech.say(text, command=commands[word], channel=TEAM), stage.leo, stage.team,
                commands[word],
            )
            for word, title, text in FIGURES
        ),
    ]  # fmt: skip


def _acting(stage: Scene, speech: Language) -> list[Step]:
    say = speech.say
    case = say(
        "If the score was low, there is a notice in %(channel)s: press “%(button)s”. (If it was not, tick this off.)",
        channel=LEADS, button=say("Take it"),
    )  # fmt: skip
    digest = say(
        "Move the clock to %(time)s. The digest comes to %(channel)s, with its chart in the thread.",
        time=stage.slack.label("Monday 09:01"), channel=TEAM,
    )  # fmt: skip
    return [
        Step("case", say("Take care of it"), case, stage.leo, stage.leads),
        Step("digest", say("Monday morning"), digest, stage.leo, stage.team),
    ]


def _outside_slack(stage: Scene, speech: Language) -> list[Step]:
    say, helpdesk = speech.say, stage.helpdesk
    customer = _first_name(stage.words.outsider)
    case = say(
        "%(customer)s is not in Slack. In the sample helpdesk, beside the mailbox, press “%(button)s”; then "
        "let 10 minutes pass.",
        customer=customer, button=stage.slack.label("Close a case"),
    )  # fmt: skip
    mail = say(
        "Open the mail and choose an answer. It opens the survey's page in a new tab; send it there as %(customer)s.",
        customer=customer,
    )
    why = f"{after_cx(speech, 'why')} {helpdesk.first_or_latest}"
    asked = say(
        "As %(lead)s, type %(command)s in %(channel)s.",
        lead=_first_name(stage.words.people["leo"]), command=why, channel=TEAM,
    )  # fmt: skip
    shown = why if helpdesk.case else ""  # nothing is known of a case that is yet to come
    return [
        Step("helpdesk", say("Close a case outside Slack"), case, place=MAILBOX),
        Step("mail", say("Answer a mail"), mail, place=MAILBOX),
        Step("why", say("Ask what became of it"), asked, stage.leo, stage.team, shown),
    ]


def after_cx(speech: Language, word: str) -> str:
    """A command such as `/cx drivers`, as the language types it."""
    return f"/cx {speech.typed(COMMAND_WORDS, word)}"


def last_quarter(speech: Language, word: str) -> str:
    """A command about the NPS of the last 90 days, as the language types it."""
    return f"{after_cx(speech, word)} nps 90{speech.typed(QUERY_WORDS, 'd')}"


def _first_name(name: str) -> str:
    return name.partition(" ")[0]
