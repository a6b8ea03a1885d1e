"""Rules that a helpdesk's closes meet between the close and the mail, and what `why` and the funnel say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk as Terminal
from tests.mail.server import DROP, MailServer
from tests.office import REACTION
from tests.web.test_hooks import PUBLIC, Desk
from tests.web.visitor import post


@pytest.fixture
def desk(tmp_path: Path, server: MailServer) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.reach_by_mail(server.url)
        made.add_hook()
        yield made


def funnel(desk: Desk) -> dict[str, Any]:
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path), CXBOT_TIMEZONE="Europe/Helsinki")
    report = json.loads(terminal.run("report", "csat", "2026", "--json", "--at", desk.now().isoformat()))
    found: dict[str, Any] = report["funnel"]
    return found


def to_moment(desk: Desk, *moment: int) -> None:
    desk.clock.advance(datetime(*moment, tzinfo=UTC) - desk.now())  # type: ignore[misc,arg-type]


def test_of_two_surveys_to_a_company_that_are_due_at_once_one_goes_out(desk: Desk, server: MailServer) -> None:
    desk.change_team(company_days="14")
    for case in ("C-1", "C-2", "C-3"):
        assert desk.close_case(case, f"{case.lower()}@firm.example")["outcome"] == "waiting"
    desk.pass_time(minutes=11)
    assert len(server.mails) == 1
    assert funnel(desk)["outcomes"] == {"sent": 1, "throttled": 2}
    stories = [desk.why(case) for case in ("C-1", "C-2", "C-3")]
    assert sum("somebody of this company was asked not long ago" in each for each in stories) == 2


def test_without_a_budget_for_companies_each_of_them_is_asked(desk: Desk, server: MailServer) -> None:
    for case in ("C-1", "C-2"):
        desk.close_case(case, f"{case.lower()}@firm.example")
    desk.pass_time(minutes=11)
    assert len(server.mails) == 2


def test_what_is_too_old_was_never_asked(desk: Desk) -> None:
    desk.close_case(closed_at="2026-11-01T08:00:00Z")
    found = funnel(desk)
    assert (found["closed"], found["asked"], found["outcomes"]) == (1, 0, {"not eligible": 1})
    said = desk.why("C-1")
    assert "not asked: a rule excludes it" in said
    assert "more than 7 days before" in said


def test_a_survey_that_waits_for_the_end_of_an_incident_says_so(desk: Desk, server: MailServer) -> None:
    desk.command(desk.leo, "/cx", 'incident "outage" 2026-11-18 .. 2026-11-18')
    desk.close_case("C-2", "dora@customer.example", closed_at="2026-11-17T08:00:00Z")
    assert "A known incident: to be asked on Thu 19 Nov 10:10." in desk.why("C-2")
    desk.pass_time(days=1)
    desk.pass_time(minutes=11)
    assert [str(mail["To"]) for mail in server.mails] == ["dora@customer.example"]


def test_after_an_incident_the_hours_are_the_customers(desk: Desk, server: MailServer) -> None:
    """What was due on a Monday afternoon in Los Angeles does not go out there on a Sunday."""
    desk.command(desk.leo, "/cx", 'incident "outage" 2026-11-24 .. 2026-11-27')
    to_moment(desk, 2026, 11, 23, 21, 55)
    there = {"email": "lou@customer.example", "timezone": "America/Los_Angeles"}
    assert desk.tell("conversation.closed", customer=there)[1]["until"] == "2026-11-23T22:05:00+00:00"
    desk.pass_time(minutes=10)
    assert "A known incident: to be asked on Mon 30 Nov 00:05." in desk.why("C-1")
    to_moment(desk, 2026, 11, 29, 22, 5)
    desk.pass_time(minutes=0)
    assert server.mails == []
    assert "To be asked on Mon 30 Nov 18:00." in desk.why("C-1")
    to_moment(desk, 2026, 11, 30, 16, 0)
    desk.pass_time(minutes=0)
    assert len(server.mails) == 1


def test_a_link_that_an_incident_keeps_back_is_not_handed_out_later(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.add_hook()
        desk.command(desk.leo, "/cx", 'incident "outage" 2026-11-18 .. 2026-11-18')
        assert desk.close_case(closed_at="2026-11-17T08:00:00Z")["outcome"] == "incident"
        desk.pass_time(days=2)
        assert [each["state"] for each in desk.invitations()] == ["refused"]


def test_what_was_closed_during_a_pause_is_not_held_by_it(desk: Desk) -> None:
    desk.command(desk.leo, "/cx", "pause")
    assert desk.close_case()["outcome"] == "paused"
    desk.command(desk.leo, "/cx", "resume")
    desk.pass_time(hours=1)
    assert "not asked: surveys were paused" in desk.why("C-1")
    assert funnel(desk)["outcomes"] == {"paused": 1}


def test_why_tells_what_the_mail_server_has_said_so_far(desk: Desk, server: MailServer) -> None:
    desk.close_case()
    server.next["DATA"].append("451 4.7.1 greylisted")
    desk.pass_time(minutes=10)
    assert "Not taken yet (`451 4.7.1 greylisted`): the next attempt is on Wed 18 Nov 10:15." in desk.why("C-1")
    desk.pass_time(minutes=6)
    assert "Not taken yet" not in desk.why("C-1")
    assert "Asked by e-mail." in desk.why("C-1")


def test_why_tells_that_nobody_knows_whether_a_mail_arrived(desk: Desk, server: MailServer) -> None:
    desk.close_case()
    server.next["DATA"].append(DROP)
    desk.pass_time(minutes=10)
    assert "It is not known whether it arrived, so it is not sent again by itself." in desk.why("C-1")
    desk.pass_time(days=8)
    assert "It never became known whether it arrived. The survey is over." in desk.why("C-1")


def test_a_wish_not_to_be_asked_again_is_no_not_now(desk: Desk, server: MailServer) -> None:
    desk.close_case()
    desk.pass_time(minutes=10)
    stop = server.mails[0]["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC)
    assert post(desk, stop, {"List-Unsubscribe": "One-Click"}).status == 200
    said = desk.why("C-1")
    assert "asked, and the customer does not want to be asked any more" in said
    assert "Not now" not in said


def test_why_names_who_took_a_survey_back(desk: Desk) -> None:
    thread = desk.conversation()
    desk.close(thread)
    desk.slack.unreact(desk.anna, desk.acme, thread, REACTION)
    desk.settle()
    assert f"Withdrawn: <@{desk.anna}> took the reaction back." in desk.why(f"<@{desk.carla}>")
