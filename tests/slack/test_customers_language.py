"""The language in which customers are spoken to: their own, then their team's."""

from __future__ import annotations

import pytest

from cxbot.store.engine.statements import rows
from tests.desk import Desk
from tests.office import Office, labels

FINNISH = "Kuinka tyytyväinen olet saamaasi apuun?"
SWEDISH = "Hur nöjd är du med hjälpen du fick?"
ENGLISH = "How satisfied are you with the help you got?"
OWN = """
name = "{name}"
title = "Doors"
[[items]]
question{text}
scale = "1-5"
"""


def guest(office: Office, locale: str) -> str:
    """A guest in a channel of the team who reads Slack in a language."""
    customer = office.slack.add_user(f"guest{len(office.slack.workspace.world.users)}", guest="multi", locale=locale)
    office.slack.join(office.acme, customer)
    return customer


@pytest.mark.parametrize(
    ("locale", "team", "question"),
    [("fi-FI", "en", FINNISH), ("fi_FI", "en", FINNISH), ("en-GB", "fi", ENGLISH), ("sv-SE", "fi", SWEDISH),
     ("sv_FI", "en", SWEDISH), ("de-DE", "fi", FINNISH), ("", "fi", FINNISH), ("", "sv", SWEDISH)],
)  # fmt: skip
def test_a_customer_is_asked_in_their_own_language_then_in_the_teams(
    office: Office, locale: str, team: str, question: str
) -> None:
    office.change_team(locale=team)
    channel, ts = office.ask(customer=guest(office, locale))
    assert question in office.message(channel, ts)["text"]


def test_slack_does_not_name_the_language_of_people_of_other_companies(office: Office) -> None:
    office.slack.workspace.world.users[office.carla].locale = "fi-FI"
    channel, ts = office.ask()
    assert ENGLISH in office.message(channel, ts)["text"]


def test_everything_that_a_customer_gets_is_in_their_language(office: Office) -> None:
    gus = guest(office, "fi-FI")
    thread = office.conversation(customer=gus)
    office.change_team(delivery="thread")
    office.close(thread)
    office.pass_time(minutes=10)
    ts = office.slack.messages(office.acme, thread)[-1]["ts"]
    assert FINNISH in office.message(office.acme, ts)["text"]
    office.slack.post(gus, office.acme, "4, nopeaa!", thread_ts=thread)
    office.settle()
    office.click(gus, office.acme, ts, "2")
    [*_, card] = office.slack.ephemerals(office.acme, gus)
    assert "Missä olisi ollut parantamista?" in card["text"]
    assert "Kommentoi tai muuta" in labels(office.message(office.acme, ts))
    office.slack.click(gus, office.acme, ts, label="Kommentoi tai muuta")
    view = office.slack.views(gus)[-1]
    assert view["title"]["text"] == "Vastauksesi"
    office.slack.post(gus, office.slack.dm(gus), "Haloo?")
    office.settle()
    assert "Kukaan ei lue" in office.told(gus)[-1]
    office.pass_time(days=7)
    assert office.message(office.acme, ts)["text"] == "Kiitos vastauksestasi!"
    reply = office.slack.submit(gus, view["id"], {"comment": {"comment": "Myöhässä."}})
    assert "Kiitos vastauksestasi!" in str(reply.body)
    [notice] = office.notices()
    assert "was let down" in notice["text"], "leads read their team's language"


def test_who_clicks_on_anothers_survey_hears_it_in_their_own_or_the_teams_language(office: Office) -> None:
    office.change_team(locale="fi")
    bea, gus = office.slack.add_user("bea", external=True), guest(office, "en-GB")
    office.slack.join(office.acme, bea)
    office.ask(customer=gus)
    _, ts = office.thread_survey()
    office.click(bea, office.acme, ts, "4")
    office.click(gus, office.acme, ts, "4")
    assert "tämä kysymys" in office.whispers(bea)[-1]
    assert "this question is for the person" in office.whispers(gus)[-1]


def test_a_click_asks_slack_nothing_about_languages(office: Office) -> None:
    gus = guest(office, "fi-FI")
    channel, ts = office.ask(customer=gus)
    office.service.bot.directory.forget(gus)
    before = len(office.slack.calls)
    office.click(gus, channel, ts, "4")
    office.click(gus, channel, ts, "Nopeus")
    assert {call.method for call in office.slack.calls[before:]} == {"chat.update"}


@pytest.mark.parametrize(
    ("text", "language"),
    [(' = "Ovet?"', "fi"), ('.en = "Doors?"', "en"), ('.en = "Doors?"\nquestion.fi = "Ovet?"', "fi")],
)
def test_an_own_survey_is_asked_in_a_language_in_which_it_was_written(office: Office, text: str, language: str) -> None:
    desk = Desk(office.path.parent)
    (desk.folder / "doors.toml").write_text(OWN.format(name="doors", text=text), encoding="utf-8")
    desk.run("survey", "add", "doors.toml")
    office.ask("doors", guest(office, "fi-FI"))
    [asked] = rows(office.database.reader, "SELECT locale FROM invitations")
    assert asked["locale"] == language
