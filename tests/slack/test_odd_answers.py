"""Slack's answers in which something is missing: a person is told, what waits waits, and nothing breaks."""

from __future__ import annotations

import logging

import pytest

from tests.office import Office, labels

FACTS = ("users.info", "conversations.info", "conversations.members", "usergroups.users.list", "conversations.open")


@pytest.mark.parametrize("method", FACTS)
def test_a_command_says_so_and_works_when_the_answer_is_whole(
    office: Office, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.change_team(members=[office.slack.add_usergroup("support", [office.anna])])
    office.slack.faults.next(method, "bare", times=50)
    with caplog.at_level(logging.ERROR):
        for command in (f"ask <@{office.carla}>", f"why <@{office.carla}>", "team", "help", "audit"):
            said = office.command(office.anna, "/cx", command, office.acme)
            assert said
            assert "went wrong on my side" not in said, said
        office.settle()
    assert caplog.records == []
    office.slack.faults.clear()
    office.service.bot.directory.forget(office.carla)
    office.command(office.anna, "/cx", f"ask <@{office.carla}>", office.acme)
    for _ in range(3):
        office.pass_time(minutes=11)
    assert len(surveys(office)) == 1


def surveys(office: Office) -> list[str]:
    places = (office.acme, office.slack.dm(office.carla))
    return [each["ts"] for place in places for each in office.slack.messages(place) if "Not now" in labels(each)]


def test_a_form_that_slack_does_not_confirm_is_no_fault_of_the_bots(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.slack.faults.next("views.open", "bare")
    with caplog.at_level(logging.ERROR):
        office.command(office.ada, "/cx", "team Support")
    assert caplog.records == []
