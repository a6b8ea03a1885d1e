"""The mail server and the mailbox, as a mail program and the page use them."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from cxbot.sandbox import Sandbox, SandboxClock

from .conftest import Team, populate
from .test_ui import do, state


@pytest.fixture
def team(clock: SandboxClock) -> Iterator[Team]:
    with Sandbox(clock, with_mailbox=True) as slack:
        yield populate(slack)


def port(team: Team) -> int:
    return int(team.slack.smtp_url.rpartition(":")[2])


def written(subject: str = "How was it?", text: str = "Hello", html: str = "") -> EmailMessage:
    mail = EmailMessage(SMTP)
    mail["From"] = "Tuki <us@sample.example>"
    mail["To"] = "somebody@sample.example"
    mail["Subject"] = subject
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def send(team: Team, mail: EmailMessage, *to: str) -> None:
    with smtplib.SMTP("127.0.0.1", port(team), timeout=5) as server:
        server.send_message(mail, to_addrs=to or ("dora@sample.example",))


def test_a_mail_is_in_the_mailbox_of_the_page(team: Team) -> None:
    assert state(team, team.anna)["mails"] == []
    send(team, written("Miten meni, hyvä Åke?", "Päivää\n", "<p>Päivää</p>"), "a@sample.example", "b@sample.example")
    [seen] = state(team, team.anna)["mails"]
    assert seen["from"] == "Tuki <us@sample.example>"
    assert seen["to"] == "a@sample.example, b@sample.example"
    assert (seen["subject"], seen["text"]) == ("Miten meni, hyvä Åke?", "Päivää\n")
    assert float(seen["ts"]) == team.slack.clock.now().timestamp()
    assert not seen["read"]
    assert do(team, "read_mail", mail=seen["id"])["ok"]
    assert state(team, team.leo)["mails"][0]["read"]
    assert not do(team, "read_mail", mail="M0")["ok"]


def test_html_runs_no_scripts_and_its_links_open_new_tabs(team: Team) -> None:
    send(team, written(html='<script>alert(1)</script><a href="http://127.0.0.1/">x</a>'))
    send(team, written())
    formatted, plain = state(team, team.anna)["mails"]
    with urlopen(team.slack.url + formatted["html"]) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert '<base target="_blank">' in answer.read().decode()
    assert "sandbox allow-popups" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert plain["html"] is None
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{team.slack.url}/mails/{plain['id']}")


def test_lines_that_begin_with_dots_stay(team: Team) -> None:
    send(team, written(text=".one\n..two\n.\nthree\n"))
    assert team.slack.mails[0].text == ".one\n..two\n.\nthree\n"


def test_several_mails_go_over_one_connection(team: Team) -> None:
    with smtplib.SMTP("127.0.0.1", port(team), timeout=5) as server:
        for number in range(3):
            server.send_message(written(f"Mail {number}"))
    assert [mail.subject for mail in team.slack.mails] == ["Mail 0", "Mail 1", "Mail 2"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["DATA"], 503),
        (["RCPT TO:<a@sample.example>"], 503),
        (["MAIL FROM:<us@sample.example>", "DATA"], 503),
        (["MAIL FROM:<us@sample.example>", "RCPT TO:<a@sample.example>", "RSET", "DATA"], 503),
        (["MAIL"], 501),
        (["MAIL FROM:<us@sample.example>", "RCPT nobody"], 501),
        (["VRFY somebody"], 502),
        (["HELO there"], 250),
        (["MAIL FROM:<>", "RCPT TO:<a@sample.example>"], 250),
    ],
)
def test_commands_have_their_order(team: Team, lines: list[str], code: int) -> None:
    with smtplib.SMTP("127.0.0.1", port(team), timeout=5) as server:
        assert [server.docmd(line)[0] for line in lines][-1] == code
    assert team.slack.mails == []


def test_a_mail_without_its_end_is_none(team: Team) -> None:
    with socket.create_connection(("127.0.0.1", port(team)), 5) as line, line.makefile("rwb") as server:
        for said in (
            b"MAIL FROM:<us@sample.example>",
            b"RCPT TO:<a@sample.example>",
            b"DATA",
            b"Subject: x\r\n\r\nhalf",
        ):
            server.write(said + b"\r\n")
        server.flush()
        line.shutdown(socket.SHUT_WR)
        assert server.read().splitlines()[-1] == b"354 End with a line of one dot"
    assert team.slack.mails == []


def test_without_a_mailbox_there_is_none(clock: SandboxClock) -> None:
    with Sandbox(clock) as slack:
        team = populate(slack)
        assert slack.smtp_url == ""
        assert state(team, team.anna)["mails"] is None
        assert not do(team, "close_case")["ok"]
