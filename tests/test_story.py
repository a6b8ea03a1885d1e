"""The main job from end to end, as people do it; and the demo, whose sample data answers everything one can ask."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cxbot.cli.demo import beginning
from cxbot.cli.guide import steps
from cxbot.cli.sample.words import WORDS
from cxbot.cli.stage import Stage
from cxbot.cli.story import play
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.language import LANGUAGES, language
from cxbot.slack.messages.help import SECTIONS
from tests.office import Office, labels

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # so that the dates in `/cx help` are in the sample's weeks
DEEDS = ("/cx ask", "/cx pause", "/cx incident", "/cx team", "/cx why", "/cx campaign", "/cx attribute")
EMPTY = re.compile(
    r"no (answers|value)|\b0 answers|too few|No word stands out|not a (name|command)|^Only ", re.IGNORECASE
)


def test_reaction_survey_answer_report(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    notes = office.slack.ephemerals(office.acme, office.anna)
    assert "will be asked in the thread" in notes[-1]["text"]
    office.pass_time(minutes=10)
    survey = office.slack.messages(office.acme, thread)[-1]
    assert labels(survey)[:5] == ["1", "2", "3", "4", "5"]
    reply = office.slack.click(office.carla, office.acme, survey["ts"], label="5")
    assert reply.status == 200
    office.settle()
    shown = office.slack.messages(office.acme, thread)[-1]
    assert "5" not in shown["text"]
    private = office.slack.ephemerals(office.acme, office.carla)[-1]
    assert "5 of 5" in private["text"]
    reply = office.slack.command(office.leo, office.team_channel, "/csat", "week")
    assert "1 answer" in reply.body["text"], reply


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_demo_tells_its_story_in_every_language(locale: str) -> None:
    out = io.StringIO()
    with Stage(locale=locale, now=NOW) as stage:
        well = play(stage, out)
        said = language(locale)
        told, words = out.getvalue(), stage.words
        assert well, told
        assert said.say("The period is not over, so it is not judged.") in told
        assert said.say("Strongest: %(driver)s, in %(lead)s of 1,000 resamples.").partition("%")[0] in told
        level = said.say("↑ *A new level since about %(since)s*: %(before)s → %(after)s.").replace("*", "")
        assert level.partition("%")[0] + "2026-W44" in told, "the digest tells the lasting change in the right week"
        assert f"{words.incident} (" in told
        assert words.mark in told
        assert words.topics[0] in told
        assert words.touchpoints[-1].name in told
        assert "<@" not in told
        [mail] = stage.slack.mails
        assert mail.text.strip().splitlines()[0] in told
        assert words.company in mail.text
        assert words.outsider in told
        assert f"desk {stage.helpdesk.case}" in told
        for typed in (line.strip() for line in beginning(stage) if line.startswith("  /")):
            answer = _answer(stage, stage.ada if words.campaign in typed else stage.leo, typed)
            assert len(answer.splitlines()) > 3, answer
        written = [step.write for step in steps(stage) if step.write]
        assert written[-1].endswith(stage.helpdesk.case)
        for typed in written:
            assert len(_answer(stage, stage.leo, typed).splitlines()) > 3, typed
    for other in (each for code, each in WORDS.items() if code != locale):
        assert other.mark not in told
        assert other.support == words.support or other.support + " ·" not in told


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(now=NOW) as made:
        yield made


def _answer(stage: Stage, user: str, command: str) -> str:
    name, _, words = command.partition(" ")
    reply = stage.slack.command(user, stage.team, name, words)
    assert reply.status == 200, reply
    return str((reply.body or {})["text"])


EXAMPLES = [example for _, lines in SECTIONS for example, _, _ in lines if not example.startswith(DEEDS)]
FURTHER = ("/csat week", "/ces last month", "/cx aht last month", "/cx churn last month", "/cx ease last month",
           "/cx drivers nps 90d", "/cx words nps 90d", "/cx journey nps 90d", "/nps last month by:topic",
           '/cx compare nps since:2026-10-26 "call-backs" against:Sales', "/cx digest Sales")  # fmt: skip


@pytest.mark.parametrize("command", [*EXAMPLES, *FURTHER, *(f"/cx {name} last month" for name in SURVEYS)])
def test_every_report_of_the_help_has_something_to_say(stage: Stage, command: str) -> None:
    asking = stage.ada if command == "/cx audit" else stage.leo
    head = "\n".join(_answer(stage, asking, command).splitlines()[:4])
    assert re.search(r"\d", head), head
    assert not EMPTY.search(head), head


@pytest.mark.parametrize("command", ["/nps week", "/nps last month by:agent", "/csat last month", "/cx fcr last month",
                                     "/cx aht last month", "/cx experience last month", "/cx explain nps last week",
                                     "/cx digest", "/cx promise last month", "/cx enps last month"])  # fmt: skip
def test_an_agent_gets_values_too(stage: Stage, command: str) -> None:
    head = "\n".join(_answer(stage, stage.anna, command).splitlines()[:4])
    assert re.search(r"\d", head), head
    assert not EMPTY.search(head), head


def test_a_campaign_is_half_done_and_goes_on_when_somebody_resumes_it() -> None:
    with Stage(now=NOW) as stage:
        assert "Sample campaign: paused; sent to 2" in _answer(stage, stage.ada, "/cx campaign list")
        said = _answer(stage, stage.ada, '/cx campaign "Sample campaign"')
        assert re.search(r"Waiting: [1-9]", said)
        assert "belong to the team: 1" in said
        stage.clock.advance(timedelta(days=4))
        assert not stage.slack.mails
        shown = stage.slack.ephemerals(stage.team, stage.ada)[-1]
        assert stage.slack.click(stage.ada, stage.team, shown["ts"], label="Resume").ok
        stage.clock.advance(timedelta(days=1))
        mail = stage.slack.wait_for(lambda: next(iter(stage.slack.mails), None), timeout=10)
        assert re.fullmatch(r"customer-\d+@sample\.example", mail.to)


def test_the_sample_says_that_it_is_one(stage: Stage) -> None:
    assert "sample outage" in _answer(stage, stage.leo, "/cx incident")
    assert "Sample comment:" in _answer(stage, stage.leo, "/cx digest")
    assert "Sample Bakery" in _answer(stage, stage.leo, "/nps last month by:company")


def test_agents_are_people_of_the_demo(stage: Stage) -> None:
    answer = _answer(stage, stage.leo, "/nps last month by:agent")
    assert all(f"<@{agent}>: " in answer for agent in stage.agents)
