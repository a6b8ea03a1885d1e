"""One person with several addresses: asked once, left alone once, and forgotten wholly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.statements import rows
from tests.campaigns import mailing
from tests.desk import Desk as Terminal
from tests.web.test_hooks import Desk
from tests.web.visitor import post

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


TECH = {"name": "Tech", "email": "tech@sample.example"}


@pytest.mark.parametrize("agents", ["own", "off"])
@pytest.mark.parametrize(
    "served", [{"agents": [TECH]}, {"agents": [{"name": "Anna", "share": 0.9}, {**TECH, "share": 0.1}]}]
)
def test_nobody_is_asked_about_their_own_work(desk: Desk, served: dict[str, Any], agents: str) -> None:
    desk.change_team(agents=agents)
    assert desk.close_case("C-1", "Tech@sample.example", **served)["outcome"] == "not eligible"
    assert "the agent and the customer are the same person" in desk.why("C-1")


def test_whoever_serves_is_no_customer_at_any_address(desk: Desk, terminal: Terminal) -> None:
    other = desk.slack.add_user("anna-elsewhere", external=True)
    desk.slack.join(desk.acme, other)
    terminal.run("person", "link", desk.anna, EMAIL)
    terminal.run("person", "link", desk.anna, other)
    assert desk.close_case("C-1", agent="Leo")["outcome"] == "not eligible"
    desk.close_as(desk.leo, desk.conversation(customer=other))
    assert "belongs to the team" in desk.whispers(desk.leo)[-1]
    assert desk.close_case("C-2", agent=desk.anna)["outcome"] == "not eligible"
    assert desk.close_case("C-3", "carla@other.example", agent=desk.anna)["outcome"] == "sent"


OWN_LETTERS, ASCII = "carla@bücher.example", "carla@xn--bcher-kva.example"


def test_a_domain_in_ascii_and_in_its_own_letters_is_one_address(desk: Desk, terminal: Terminal) -> None:
    """Some tools tell the one, some the other: the budget, the wish and the erasure hold for both."""
    link = desk.close_case("C-1", OWN_LETTERS)["link"]
    assert desk.close_case("C-2", ASCII)["outcome"] == "throttled"
    desk.pass_time(days=40)
    assert post(desk, f"/u/{link.rpartition('/')[2]}", {"List-Unsubscribe": "One-Click"}).status == 200
    assert desk.close_case("C-3", ASCII)["outcome"] == "opted out"
    assert all(case in desk.why(ASCII) for case in ("C-1", "C-2", "C-3"))
    terminal.run("erase", ASCII, "--yes")
    assert rows(desk.database.reader, "SELECT * FROM name_keys WHERE kind = 'customer'") == []
    assert desk.close_case("C-4", OWN_LETTERS)["outcome"] == "opted out", "the wish outlives the name"


def test_a_company_that_is_never_asked_is_not_asked_in_other_letters_either(desk: Desk) -> None:
    for domain, address in (("bücher.example", ASCII), ("xn--bcher-kva.example", OWN_LETTERS)):
        desk.change_team(never_companies=[domain])
        assert desk.close_case(f"C {domain}", address)["outcome"] == "not eligible"


def test_a_mail_goes_to_the_address_as_it_was_told_and_to_nobody_of_a_like_name(tmp_path: Path) -> None:
    with mailing(tmp_path) as office:
        office.begin(["carla@fußball.example"], over="1d")
        office.run_for(days=1)
        assert office.receivers() == ["carla@xn--fuball-cta.example"]
