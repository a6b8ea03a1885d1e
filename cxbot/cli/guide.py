"""The guide through the demo: its steps, in the demo's language."""

from __future__ import annotations

from typing import Protocol

from cxbot.cli.sample.words import Words
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS
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


def steps(stage: Scene) -> list[Step]:
    """The story of the demo. The helpdesk's steps name its latest case, so they change with it."""
    return [*_in_slack(stage), *_outside_slack(stage)]


def _in_slack(stage: Scene) -> list[Step]:
    speech, label = language(stage.locale), stage.slack.label
    agent, customer, lead = (_first_name(stage.words.people[each]) for each in ("anna", "carla", "leo"))
    acme, team, leads = "#acme-support", "#support-team", "#support-leads"
    report = f"/nps {speech.typed(QUERY_WORDS, 'week')}"
    drivers, journey = last_quarter(speech, "drivers"), last_quarter(speech, "journey")
    return [
        Step(
            "reaction",
            speech.say("End a conversation"),
            speech.say(
                "You are %(agent)s. A customer's question in %(channel)s is solved. Put the team's reaction "
                ":ballot_box_with_ballot: (ballot box) on its first message.",
                agent=agent,
                channel=acme,
            ),
            stage.anna,
            stage.acme,
        ),
        Step(
            "wait",
            speech.say("Let 10 minutes pass"),
            speech.say(
                "The bot waits a little, so that nobody is asked too early. Press %(button)s in the clock: the survey "
                "arrives in the thread.",
                button=label("+10 min"),
            ),
        ),
        Step(
            "score",
            speech.say("Answer as the customer"),
            speech.say(
                "Become %(customer)s, open the thread and tap a score. A low one shows what happens then.",
                customer=customer,
            ),
            stage.carla,
            stage.acme,
        ),
        Step(
            "reason",
            speech.say("Tap a reason"),
            speech.say("Only the customer sees the score and the reasons below it. One tap is enough."),
            stage.carla,
            stage.acme,
        ),
        Step(
            "comment",
            speech.say("Write a comment"),
            speech.say("Press “%(button)s”, write a line, save.", button=speech.say("Comment or change")),
            stage.carla,
            stage.acme,
        ),
        Step(
            "report",
            speech.say("Look at the figures"),
            speech.say(
                "Become %(lead)s and type %(command)s in %(channel)s. The answer is only for you.",
                lead=lead,
                command=report,
                channel=team,
            ),
            stage.leo,
            stage.team,
            report,
        ),
        Step(
            "drivers",
            speech.say("See what goes with the score"),
            speech.say(
                "Type %(command)s in %(channel)s: what goes together with high and low scores, the strongest first.",
                command=drivers,
                channel=team,
            ),
            stage.leo,
            stage.team,
            drivers,
        ),
        Step(
            "journey",
            speech.say("Follow the journey"),
            speech.say(
                "Type %(command)s in %(channel)s: every touchpoint with its score, in the order of the journey.",
                command=journey,
                channel=team,
            ),
            stage.leo,
            stage.team,
            journey,
        ),
        Step(
            "case",
            speech.say("Take care of it"),
            speech.say(
                "If the score was low, there is a notice in %(channel)s: press “%(button)s”. "
                "(If it was not, tick this off.)",
                channel=leads,
                button=speech.say("Take it"),
            ),
            stage.leo,
            stage.leads,
        ),
        Step(
            "digest",
            speech.say("Monday morning"),
            speech.say(
                "Move the clock to %(time)s. The digest comes to %(channel)s, with its chart in the thread.",
                time=label("Monday 09:01"),
                channel=team,
            ),
            stage.leo,
            stage.team,
        ),
    ]


def _outside_slack(stage: Scene) -> list[Step]:
    speech, helpdesk = language(stage.locale), stage.helpdesk
    customer, lead = _first_name(stage.words.outsider), _first_name(stage.words.people["leo"])
    why = f"{after_cx(speech, 'why')} {helpdesk.first_or_latest}"
    return [
        Step(
            "helpdesk",
            speech.say("Close a case outside Slack"),
            speech.say(
                "%(customer)s is not in Slack. In the sample helpdesk, beside the mailbox, press “%(button)s”; then "
                "let 10 minutes pass.",
                customer=customer,
                button=stage.slack.label("Close a case"),
            ),
            place=MAILBOX,
        ),
        Step(
            "mail",
            speech.say("Answer a mail"),
            speech.say(
                "Open the mail and choose an answer. It opens the survey's page in a new tab; send it there as "
                "%(customer)s.",
                customer=customer,
            ),
            place=MAILBOX,
        ),
        Step(
            "why",
            speech.say("Ask what became of it"),
            speech.say(
                "As %(lead)s, type %(command)s in %(channel)s.", lead=lead, command=why, channel="#support-team"
            ),
            stage.leo,
            stage.team,
            why if helpdesk.case else "",  # nothing is known of a case that is yet to come
        ),
    ]


def after_cx(speech: Language, word: str) -> str:
    """A command such as `/cx drivers`, as the language types it."""
    return f"/cx {speech.typed(COMMAND_WORDS, word)}"


def last_quarter(speech: Language, word: str) -> str:
    """A command about the NPS of the last 90 days, as the language types it."""
    return f"{after_cx(speech, word)} nps 90{speech.typed(QUERY_WORDS, 'd')}"


def _first_name(name: str) -> str:
    return name.partition(" ")[0]
