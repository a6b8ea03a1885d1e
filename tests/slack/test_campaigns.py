"""`/cx campaign`: the form, how far a campaign is, and its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns import Mailing, mailing, submit
from tests.office import Office, labels


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Mailing]:
    with mailing(tmp_path) as made:
        yield made


def shown(office: Office, text: str = "campaign spring") -> dict[str, Any]:
    """The newest answer to a command, as the admin sees it."""
    office.command(office.ada, "/cx", text)
    return office.slack.ephemerals(office.team_channel, office.ada)[-1]


def press(office: Office, label: str) -> dict[str, Any]:
    """Press a button of the newest answer; returns what is there then."""
    ts = office.slack.ephemerals(office.team_channel, office.ada)[-1]["ts"]
    office.click(office.ada, office.team_channel, ts, label)
    return office.slack.ephemerals(office.team_channel, office.ada)[-1]


def test_the_form_starts_a_campaign_and_answers_with_its_progress(office: Mailing) -> None:
    addresses = f"<@{office.carla}|carla>\nEve@Example.com\n\n<mailto:dan@example.com|dan@example.com>\neve@example.com"
    reply = submit(office, addresses, people=[office.carla])
    assert reply.body["response_action"] == "update"
    text = str(reply.body["view"])
    assert "*Spring* (Support, nps) asks until Tue 1 Dec 18:00." in text
    assert "• People: 3" in text
    assert "Line 5: the same person as in line 2, who is asked once." in text
    office.run_for(15)
    assert sorted(office.receivers()) == ["dan@example.com", "eve@example.com"]
    assert office.show()["sent"] == 3
    assert "campaign started" in office.command(office.ada, "/cx", "audit")


def test_errors_stand_under_their_fields(office: Mailing) -> None:
    wrong = {
        "addresses": {"addresses": "carla@\nU0CARLA77"}, "name": {"name": " "}, "over": {"over": "100d"},
    }  # fmt: skip
    for field, values in wrong.items():
        given = {"addresses": "eve@example.com", **values}
        reply = submit(office, given.pop("addresses"), **given)
        assert reply.body["response_action"] == "errors"
        assert set(reply.body["errors"]) == {field}
    assert "Line 1, column customer" in str(submit(office, "carla@").body["errors"])
    assert "There is nobody to ask" in str(submit(office).body["errors"])
    submit(office, "eve@example.com")
    assert "There is a campaign “Spring” already" in str(submit(office, "eve@example.com").body["errors"]["name"])


def test_buttons_are_drawn_from_the_state_as_it_is(office: Mailing) -> None:
    submit(office, "\n".join(f"p{number}@example.com" for number in range(4)), over="2d")
    assert labels(shown(office)) == ["Pause", "Stop"]
    paused = press(office, "Pause")
    assert "is paused" in paused["text"]
    assert labels(paused) == ["Resume", "Stop"]
    office.run_for(1)
    assert len(office.receivers()) <= 1
    office.cxbot("campaign", "resume", "spring")  # somebody else was faster
    resumed = press(office, "Resume")
    assert labels(resumed) == ["Pause", "Stop"]
    stopped = press(office, "Stop")
    assert "was stopped" in stopped["text"]
    assert labels(stopped) == []
    log = office.terminal().run("audit")
    assert log.count("campaign resumed") == 1, "what had no effect is no deed"


def test_a_campaign_that_is_over_has_no_buttons(office: Mailing) -> None:
    submit(office, "eve@example.com", over="1d")
    office.run_for(2)
    message = shown(office)
    assert "is over" in message["text"]
    assert "• Sent: 1" in message["text"]
    assert labels(message) == []


def test_all_campaigns_are_listed(office: Mailing) -> None:
    assert "There is no campaign yet" in office.command(office.ada, "/cx", "campaign list")
    submit(office, "eve@example.com")
    said = office.command(office.ada, "/cx", "kampanja lista")
    assert said == "• Spring: running until Tue 1 Dec 18:00; sent to 0 of 1 people, 0 answered."
    assert "There is no campaign “autumn”. Campaigns: Spring." in office.command(office.ada, "/cx", "campaign autumn")


def test_only_admins_may(office: Mailing) -> None:
    for user in (office.leo, office.anna):
        for text in ("campaign", "campaign list", "campaign spring"):
            assert "Only admins can do that" in office.command(user, "/cx", text)
    submit(office, "eve@example.com")
    message = shown(office)
    assert "Only admins" not in message["text"]
    payload = office.slack.click_payload(office.ada, office.team_channel, message["ts"], label="Stop")
    payload["user"]["id"] = office.leo
    assert office.slack.send_action(payload).status == 200
    office.settle()
    assert office.show()["state"] == "running"


def test_the_help_names_it_for_admins_only(office: Mailing) -> None:
    assert "`/cx campaign`" in office.command(office.ada, "/cx", "help")
    assert "`/cx campaign`" not in office.command(office.leo, "/cx", "help")
