"""Every close is in the figures once, whoever told of it and whether or not anybody is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns import mailing, people
from tests.desk import Desk as Terminal
from tests.office import REACTION, Office, interactions, labels
from tests.web.test_hooks import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, reaction_means="close") as made:
        made.add_hook()
        yield made


def exported(office: Office) -> list[dict[str, Any]]:
    """The closes in the figures, as anybody gets them."""
    told = Terminal(office.path.parent).run("export", "interactions", "--format", "ndjson")
    return [json.loads(line) for line in told.splitlines()]


def report(office: Office, *words: str) -> dict[str, Any]:
    return Terminal(office.path.parent).report(*words, at=office.now().isoformat())


def close_with_reaction(desk: Desk) -> str:
    thread = desk.conversation()
    desk.close(thread)
    desk.settle()
    return thread


def survey_of(desk: Office, user: str) -> dict[str, Any]:
    shown = desk.slack.messages(desk.slack.dm(user))
    return next(each for each in reversed(shown) if "Yes" in labels(each) or "Not now" in labels(each))


def test_a_close_that_is_not_in_the_sample_counts(desk: Desk) -> None:
    desk.change_team(sampling="0")
    close_with_reaction(desk)
    assert [each["state"] for each in desk.invitations()] == ["refused"]
    [close] = exported(desk)
    assert (close["customer"], close["agent"]) == (desk.carla, desk.anna)


def test_a_close_counts_once_before_and_after_its_survey(desk: Desk) -> None:
    close_with_reaction(desk)
    [before] = exported(desk)
    desk.pass_time(minutes=11)
    [ts] = [each["ts"] for each in desk.slack.messages(desk.acme) if "Not now" in labels(each)]
    [after] = exported(desk)
    assert after == before
    desk.click(desk.carla, desk.acme, ts, "5")
    assert exported(desk) == [before]


def test_a_reaction_that_is_taken_back_is_no_close(desk: Desk) -> None:
    thread = close_with_reaction(desk)
    desk.slack.unreact(desk.anna, desk.acme, thread, REACTION)
    desk.settle()
    assert [each["state"] for each in desk.invitations()] == ["withdrawn"]
    assert exported(desk) == []
    desk.clock_seconds(60)
    desk.close(thread)
    desk.settle()
    assert len(exported(desk)) == 1


def test_the_team_among_themselves_is_no_contact_with_a_customer(desk: Desk) -> None:
    desk.tell("conversation.closed", customer={"slack": desk.leo})
    assert [each["reason"] for each in desk.invitations()] == ["team"]
    assert exported(desk) == []


def test_what_is_reopened_counts_as_a_contact_that_came_back(desk: Desk) -> None:
    for number in range(5):
        desk.close_case(f"C-{number}", email=f"c{number}@sample.example", handling_seconds=600)
    desk.clock_seconds(60)
    assert desk.tell("conversation.reopened", id="C-0")[0] == 202
    desk.clock_seconds(60)
    desk.close_case("C-0", email="c0@sample.example", handling_seconds=900)
    desk.clock.advance(timedelta(days=8))
    found = report(desk, "aht", "last week")
    assert found["n"] == 6
    assert found["also"]["reopen_rate"]["value"] == pytest.approx(100 / 6)


def test_a_customer_who_says_otherwise_is_found_by_the_helpdesks_id(desk: Desk) -> None:
    desk.change_team(survey="fcr")
    desk.tell("conversation.closed", id="C-77", customer={"slack": desk.carla})
    desk.pass_time(minutes=11)
    shown = survey_of(desk, desk.carla)
    desk.click(desk.carla, desk.slack.dm(desk.carla), shown["ts"], "No")
    desk.clock.advance(timedelta(days=8))
    said = desk.command(desk.leo, "/cx", "fcr last week")
    assert "In 1 interaction the customer said otherwise: C-77" in said, said


def test_a_survey_about_an_imported_close_belongs_to_it(tmp_path: Path) -> None:
    now = datetime.now(UTC)  # the command knows no other time
    with Office(tmp_path, start=now, survey="fcr", hours="always") as office:
        header = ("external_id", "closed_at", "customer", "team", "agent")
        line = ("row-9", now.isoformat(), office.carla, "Support", "Anna")
        terminal = Terminal(tmp_path, SLACK_BOT_TOKEN=office.slack.bot_token, SLACK_API_URL=office.slack.api_url)
        terminal.run("import", terminal.write([header, line]), "--ask")
        office.pass_time(minutes=11)
        shown = survey_of(office, office.carla)
        office.click(office.carla, office.slack.dm(office.carla), shown["ts"], "No")
        assert len(exported(office)) == 1
        office.clock.advance(timedelta(days=8))
        said = office.command(office.leo, "/cx", "fcr last 30 days")
        assert "In 1 interaction the customer said otherwise: row-9" in said, said


def test_an_agent_whose_cases_are_asked_about_less_is_told_of(desk: Desk) -> None:
    desk.change_team(conditions="-topic:hard")
    desk.seed([5] * 20)
    for number in range(60):
        desk.close_case(f"A-{number}", email=f"a{number}@sample.example", agent="Anna", topic="login")
    for number in range(40):
        desk.close_case(
            f"B-{number}", email=f"b{number}@other.example", agent="Bo", topic="hard" if number else "login"
        )
    found = report(desk, "csat", "week")["warnings"]
    assert [each["value"] for each in found if each["code"] == "asked_less"] == ["Bo"]


def test_a_campaign_is_no_contact(tmp_path: Path) -> None:
    with mailing(tmp_path) as office:
        office.begin(people(3), over="1d")
        office.run_for(2)
        assert len(office.receivers()) == 3
        assert exported(office) == []


def test_messages_are_counted_by_who_wrote_them(tmp_path: Path) -> None:
    with Office(tmp_path, silence="4h") as office:
        thread = office.conversation()  # of the customer and of the team, one each
        for user in (office.carla, office.anna, office.leo, office.carla, office.ada_in(office.acme)):
            office.clock_seconds(60)
            office.slack.post(user, office.acme, "sample words", thread_ts=thread)
        office.settle()
        link = f"https://sample.slack.com/archives/{office.acme}/p{thread.replace('.', '')}"
        said = office.command(office.leo, "/cx", f"why {link}")
        assert "Messages: 3 of the customer, 3 of the team, 1 of others." in said, said
        assert "The first reply came after" in said


def test_a_message_that_is_told_twice_is_one(tmp_path: Path) -> None:
    with Office(tmp_path, silence="4h") as office:
        thread = office.conversation()
        office.slack.faults.duplicate_events(3)
        office.slack.post(office.carla, office.acme, "sample words", thread_ts=thread)
        office.settle()
        [kept] = interactions(office.database.reader)
        assert (kept.customer_messages, kept.team_messages) == (2, 1)
