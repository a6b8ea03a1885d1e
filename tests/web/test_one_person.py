"""One person with several addresses: asked once, left alone once, and forgotten wholly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxbot.store.engine.statements import rows
from tests.desk import Desk as Terminal
from tests.web.test_hooks import Desk

EMAIL = "carla@customer.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, CXBOT_DB=str(desk.path))


def test_a_link_throttles_both_addresses(desk: Desk, terminal: Terminal) -> None:
    assert desk.close_case("C-1")["outcome"] == "sent"
    terminal.run("person", "link", desk.carla, EMAIL)
    assert desk.tell("conversation.closed", id="C-2", customer={"slack": desk.carla})[1]["outcome"] == "throttled"
    assert "C-1" in desk.why(f"<@{desk.carla}>")


def test_a_hook_that_tells_both_addresses_when_it_opens_a_conversation_links_them(desk: Desk) -> None:
    desk.tell("conversation.opened", customer={"slack": desk.carla, "email": EMAIL})
    desk.ask()
    assert desk.close_case("C-2")["outcome"] == "throttled"


def test_who_does_not_want_to_be_asked_is_not_asked_at_another_address(desk: Desk, terminal: Terminal) -> None:
    terminal.run("person", "link", desk.carla, EMAIL)
    channel, ts = desk.ask()
    desk.click(desk.carla, channel, ts, "Don't ask me again")
    desk.pass_time(days=40)
    assert desk.close_case("C-1")["outcome"] == "opted out"
    terminal.run("erase", EMAIL, "--yes")
    assert rows(desk.database.reader, "SELECT * FROM name_keys WHERE kind = 'customer'") == []
    assert desk.close_case("C-2")["outcome"] == "opted out", "the wish outlives the name"
    assert desk.tell("conversation.closed", id="C-3", customer={"slack": desk.carla})[1]["outcome"] == "opted out"


def test_a_wish_that_was_there_before_the_link_holds_for_both(desk: Desk, terminal: Terminal) -> None:
    channel, ts = desk.ask()
    desk.click(desk.carla, channel, ts, "Don't ask me again")
    desk.pass_time(days=40)
    assert desk.close_case("C-1")["outcome"] == "sent", "nobody knows yet that this is Carla"
    terminal.run("person", "link", EMAIL, desk.carla)
    desk.pass_time(days=40)
    assert desk.close_case("C-2")["outcome"] == "opted out"


def test_of_two_surveys_that_wait_for_one_person_the_later_one_is_not_sent(desk: Desk, terminal: Terminal) -> None:
    other = desk.slack.add_user("carla-too", external=True)
    desk.slack.join(desk.acme, other)
    for customer in (desk.carla, other):
        desk.close(desk.conversation(customer=customer))
        desk.pass_time(minutes=1)
    terminal.run("person", "link", other, desk.carla)
    assert [(each["customer"], each["state"]) for each in desk.invitations()] == [
        (desk.carla, "due"), (other, "refused"),
    ]  # fmt: skip
    assert "another survey for this customer was waiting" in desk.why(f"<@{other}>")
    desk.pass_time(minutes=11)
    assert [each["state"] for each in desk.invitations()] == ["sent", "refused"]


def test_two_surveys_whose_arrival_is_not_known_are_waited_for(desk: Desk, terminal: Terminal) -> None:
    other = desk.slack.add_user("carla-too", external=True)
    desk.slack.join(desk.acme, other)
    for customer in (desk.carla, other):
        desk.close(desk.conversation(customer=customer))
    desk.slack.faults.next("chat.postMessage", "drop_after", times=2)
    desk.pass_time(minutes=10)
    assert "just now. Try again" in terminal.run("person", "link", other, desk.carla, code=1)
    desk.pass_time(minutes=2)
    desk.slack.wait_for(lambda: not desk.unknown() or None)
    terminal.run("person", "link", other, desk.carla)
    assert [each["state"] for each in desk.invitations()] == ["sent", "sent"]


def test_the_survey_goes_to_the_address_as_slack_spells_it(desk: Desk, terminal: Terminal) -> None:
    terminal.run("person", "link", EMAIL, desk.carla)
    desk.ask()
    [invitation] = desk.invitations()
    assert (invitation["address"], invitation["state"]) == (desk.carla, "sent")
    [name] = rows(desk.database.reader, "SELECT name FROM names WHERE kind = 'customer'")
    assert name["name"] == desk.carla
