"""The whole way outside Slack: a helpdesk closes a case, a mail goes out, the customer answers on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from tests.mail.server import MailServer
from tests.web.test_hooks import PUBLIC, Desk
from tests.web.visitor import get, post

EMAIL = "carla@customer.example"


@pytest.fixture
def desk(tmp_path: Path, server: MailServer) -> Iterator[Desk]:
    class Mailing(Desk):
        environment: ClassVar[Mapping[str, str]] = {
            "CXBOT_PUBLIC_URL": PUBLIC, "CXBOT_SMTP_URL": server.url, "CXBOT_MAIL_FROM": "Support <us@sample.example>",
        }  # fmt: skip

    with Mailing(tmp_path) as made:
        made.add_hook()
        yield made


def link(server: MailServer, answer: str = "") -> str:
    """The path of a link in the newest mail."""
    text = server.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(PUBLIC + r"(/s/[\w-]+\?a=" + (answer or r"\d+") + r"\S*)", text)
    assert found is not None, text
    return found[1]


def test_a_case_is_closed_a_mail_goes_out_and_the_answer_counts(desk: Desk, server: MailServer) -> None:
    status, told = desk.tell(
        "conversation.closed", customer={"email": EMAIL, "locale": "fi"}, agent="Anna", topic="login"
    )
    assert (status, told["outcome"]) == (202, "waiting")
    assert server.mails == []
    desk.pass_time(minutes=11)
    [mail] = server.mails
    assert mail["To"] == EMAIL
    path = link(server, "5")
    shown = get(desk, path)
    assert shown.status == 200
    assert 'lang="fi"' in shown.text
    assert desk.tell("conversation.closed", id="C-2", customer={"email": EMAIL})[1]["outcome"] == "throttled"
    assert "No answers" in desk.command(desk.leo, "/csat", "week")
    assert post(desk, path.partition("?")[0], {"a": "5"}).status == 303
    desk.settle()
    assert "1 answer" in desk.command(desk.leo, "/csat", "week")
    said = desk.why("C-1")
    assert said.index("Asked by e-mail.") < said.index("Answered.")
    assert desk.response()["response"]["sent"] == 1


def test_a_reopened_case_sends_no_mail(desk: Desk, server: MailServer) -> None:
    desk.tell("conversation.closed", customer={"email": EMAIL})
    desk.tell("conversation.reopened", at=timedelta(seconds=1))
    desk.pass_time(minutes=11)
    assert server.mails == []


def test_a_refused_address_is_undeliverable_with_the_servers_reason(desk: Desk, server: MailServer) -> None:
    server.next["RCPT"].append("550 5.1.1 No such user here")
    desk.tell("conversation.closed", customer={"email": EMAIL})
    desk.pass_time(minutes=11)
    assert server.mails == []
    assert "could not be delivered" in desk.why("C-1").lower()
    assert "5.1.1" in desk.why("C-1")


def test_who_unsubscribes_is_not_asked_again(desk: Desk, server: MailServer) -> None:
    desk.tell("conversation.closed", customer={"email": EMAIL})
    desk.pass_time(minutes=11)
    found = re.search(rf"<{PUBLIC}(/u/[\w-]+)>", str(server.mails[0]["List-Unsubscribe"]))
    assert found is not None
    assert post(desk, found[1], {"List-Unsubscribe": "One-Click"}).status == 200
    desk.pass_time(days=40)
    assert desk.tell("conversation.closed", id="C-2", customer={"email": EMAIL.upper()})[1]["outcome"] == "opted out"


def test_whoever_slack_can_not_reach_gets_the_mail(desk: Desk, server: MailServer) -> None:
    desk.tell("conversation.closed", customer={"slack": "U0NOBODY99", "email": EMAIL})
    desk.pass_time(minutes=11)
    desk.pass_time(minutes=11)
    assert [mail["To"] for mail in server.mails] == [EMAIL]
    assert "Asked by e-mail" in desk.why("C-1")
