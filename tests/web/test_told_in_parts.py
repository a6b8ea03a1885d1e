"""Who the customer of a conversation is, as a helpdesk tells it in several deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk as Terminal
from tests.mail.server import MailServer, mail_server
from tests.web.test_hooks import Desk

DORA = {"email": "dora@ny.example", "timezone": "America/New_York", "locale": "fi"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, server: MailServer) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.reach_by_mail(server.url)
        made.add_hook()
        yield made


@pytest.mark.parametrize("again", [{}, {"email": "Dora@NY.example"}], ids=["nothing", "the address"])
def test_what_was_told_of_a_customer_holds_for_the_close(desk: Desk, server: MailServer, again: dict[str, str]) -> None:
    desk.tell("conversation.opened", customer=DORA, agent="Anna")
    status, answer = desk.tell("conversation.closed", customer=again)
    assert (status, answer["outcome"]) == (202, "waiting")
    desk.pass_time(hours=2)
    assert server.mails == [], "it is night in New York"
    desk.pass_time(hours=4)
    [mail] = server.mails
    assert mail["Date"].datetime >= datetime(2026, 11, 18, 13, tzinfo=UTC)
    assert mail["Content-Language"] == "fi"


def test_a_close_without_its_customer_is_about_whom_the_opening_told(desk: Desk) -> None:
    desk.change_team(never_companies=["ny.example"])
    for case, customer in (("C-1", DORA), ("C-2", {"slack": desk.anna}), ("C-3", {"slack": desk.carla})):
        desk.tell("conversation.opened", id=case, customer=customer)
        desk.tell("conversation.closed", id=case)
    stories = [desk.why(case) for case in ("C-1", "C-2", "C-3")]
    assert "never asks people of this company" in stories[0]
    assert "belongs to the team" in stories[1]
    assert "To be asked on" in stories[2]


def asked(desk: Desk) -> list[tuple[Any, ...]]:
    return [(each["customer"], each["state"]) for each in desk.invitations()]


def test_a_conversation_that_goes_to_another_customer_makes_nobody_one_person(desk: Desk, server: MailServer) -> None:
    both = {"slack": desk.carla, "email": "carla@customer.example"}
    desk.tell("conversation.opened", customer=both)
    desk.tell("conversation.closed", customer={"email": "dora@b.example"})
    assert asked(desk) == [("dora@b.example", "due")]
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    assert desk.carla not in terminal.run("person", "dora@b.example")
    desk.pass_time(hours=6)
    assert [to for _, to in server.envelopes] == [["dora@b.example"]]
    desk.tell("conversation.reopened", customer={"slack": desk.carla})
    desk.clock_seconds(60)
    desk.tell("conversation.closed", customer={"slack": desk.carla})
    assert asked(desk)[-1] == (desk.carla, "due")


def test_two_addresses_are_one_customers_though_the_rest_is_no_news(desk: Desk) -> None:
    desk.tell("conversation.closed", customer={"slack": desk.carla})
    both = {"slack": desk.carla, "email": "carla@customer.example"}
    assert desk.tell("conversation.closed", customer=both)[0] == 200
    desk.pass_time(minutes=11)
    assert desk.close_case("C-2", "carla@customer.example")["outcome"] == "throttled"
