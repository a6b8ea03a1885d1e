"""Customers of whom a helpdesk tells only an e-mail address: they are looked up in Slack, with the feature email."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cxbot.sandbox import ALL_SCOPES
from cxbot.slack.web_api.directory import LOOK_UPS
from cxbot.store.records import people
from tests.office import labels
from tests.web.test_hooks import PUBLIC, Desk
from tests.web.test_two_sources import link

EMAIL = "gina@customer.example"


class MailingDesk(Desk):
    """A desk that can also send mails; nobody takes them."""

    environment: ClassVar[dict[str, str]] = {
        "CXBOT_PUBLIC_URL": PUBLIC,
        "CXBOT_SMTP_URL": "smtp://127.0.0.1:9",
        "CXBOT_MAIL_FROM": "Support <support@company.example>",
    }


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


def guest(desk: Desk, **about: Any) -> str:
    """A guest with the address, who reads in the channel of Acme."""
    made = desk.slack.add_user("gina", guest="multi", email=EMAIL, **about)
    desk.slack.join(desk.acme, made)
    return made


def look_ups(desk: Desk) -> int:
    return sum(call.method == "users.lookupByEmail" for call in desk.slack.workspace.calls)


def asked(desk: Desk) -> list[tuple[str, str]]:
    return [(each["customer"], each["delivery"]) for each in desk.invitations()]


def test_somebody_in_slack_is_asked_there_and_linked(desk: Desk) -> None:
    gina = guest(desk)
    assert desk.close_case(email="Gina@Customer.example")["outcome"] == "waiting"
    desk.pass_time(minutes=10)
    assert asked(desk) == [(gina, "dm")]
    assert any("Not now" in labels(each) for each in desk.slack.messages(desk.slack.dm(gina)))
    assert people.addresses(desk.database.reader, gina) == [gina, EMAIL]
    assert [each["company"] for each in desk.invitations()] == ["customer.example"]


def test_both_addresses_share_one_budget_and_one_wish(desk: Desk) -> None:
    gina = guest(desk)
    desk.close_case(email=EMAIL)
    desk.pass_time(minutes=10)
    assert desk.close_case("C-2", EMAIL)["outcome"] == "throttled"
    said = desk.command(desk.anna, "/cx", f"ask <@{gina}> csat")
    assert "was asked on" in said


def test_without_the_feature_nothing_is_looked_up(tmp_path: Path) -> None:
    with Desk(tmp_path, scopes=[scope for scope in ALL_SCOPES if scope != "users:read.email"]) as desk:
        desk.add_hook()
        guest(desk)
        assert desk.close_case(email=EMAIL)["outcome"] == "sent"
        assert asked(desk) == [(EMAIL, "link")]
        assert look_ups(desk) == 0


@pytest.mark.parametrize("kind", ["500", "rate_limited", "drop_before", "html_200", "error"])
def test_a_look_up_that_fails_is_no_error_and_is_not_repeated_at_once(desk: Desk, kind: Any) -> None:
    guest(desk)
    desk.slack.faults.next("users.lookupByEmail", kind)
    assert desk.close_case(email=EMAIL)["outcome"] == "sent"
    assert desk.close_case("C-2", "other@customer.example")["outcome"] == "sent"
    assert sorted(asked(desk)) == [(EMAIL, "link"), ("other@customer.example", "link")]
    assert look_ups(desk) == 1


def test_what_slack_has_said_is_remembered_for_a_while(desk: Desk) -> None:
    guest(desk)
    for number in range(3):
        desk.close_case(f"A-{number}", EMAIL)
        desk.close_case(f"B-{number}", "nobody@customer.example")
    assert look_ups(desk) == 2


def test_a_flood_of_addresses_asks_slack_no_more_than_it_allows(desk: Desk) -> None:
    began = time.monotonic()
    for number in range(45):
        desk.close_case(f"C-{number}", f"x{number}@customer.example")
    assert 40 <= look_ups(desk) <= 41 + (time.monotonic() - began) * LOOK_UPS / 60
    assert {delivery for _, delivery in asked(desk)} == {"link"}


def test_who_has_left_is_asked_outside_slack(desk: Desk) -> None:
    desk.slack.deactivate(guest(desk))
    desk.close_case(email=EMAIL)
    assert asked(desk) == [(EMAIL, "link")]


def test_a_wish_to_be_forgotten_asks_slack_nothing(desk: Desk) -> None:
    guest(desk)
    desk.tell("person.erase", customer={"email": EMAIL})
    assert look_ups(desk) == 0


@pytest.mark.parametrize(
    ("delivery", "how"), [("auto", "thread"), ("thread", "thread"), ("dm", "dm")], ids=["auto", "thread", "dm"]
)
def test_in_a_thread_that_the_helpdesk_names_the_teams_delivery_decides(desk: Desk, delivery: str, how: str) -> None:
    gina = guest(desk)
    desk.change_team(delivery=delivery)
    thread = desk.conversation(customer=gina)
    desk.tell("conversation.closed", id=link(desk, thread), customer={"email": EMAIL})
    desk.pass_time(minutes=10)
    assert asked(desk) == [(gina, how)]
    in_thread = any("Not now" in labels(each) for each in desk.slack.messages(desk.acme, thread))
    assert in_thread == (how == "thread")


def test_who_does_not_read_in_the_channel_gets_a_direct_message(desk: Desk) -> None:
    gina = desk.slack.add_user("gina", guest="multi", email=EMAIL)
    thread = desk.conversation()
    desk.tell("conversation.closed", id=link(desk, thread), customer={"email": EMAIL})
    assert asked(desk) == [(gina, "dm")]


@pytest.mark.parametrize(("delivery", "last"), [("auto", "dm"), ("thread", "email")])
def test_what_the_thread_refuses_goes_on_along_the_chain(tmp_path: Path, delivery: str, last: str) -> None:
    with MailingDesk(tmp_path, delivery=delivery) as desk:
        desk.add_hook()
        gina = guest(desk)
        thread = desk.conversation(customer=gina)
        desk.tell("conversation.closed", id=link(desk, thread), customer={"email": EMAIL})
        desk.slack.faults.next("chat.postMessage", "error", code="thread_locked")
        desk.clock_seconds(600)
        desk.service.tick()
        desk.slack.wait_for(lambda: asked(desk)[0][1] == last or None)
        assert asked(desk) == [(gina if last == "dm" else EMAIL, last)]


def test_a_direct_message_that_is_refused_goes_by_mail(tmp_path: Path) -> None:
    with MailingDesk(tmp_path) as desk:
        desk.add_hook()
        guest(desk)
        desk.tell("conversation.closed", id="C-1", customer={"email": EMAIL})
        desk.slack.faults.next("chat.postMessage", "error", code="restricted_action")
        desk.clock_seconds(600)
        desk.service.tick()
        desk.slack.wait_for(lambda: asked(desk) == [(EMAIL, "email")] or None)
