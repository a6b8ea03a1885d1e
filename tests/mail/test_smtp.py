"""Handing a mail to a real server: what became of it, in every way that it can end."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.language import language
from cxbot.mail.compose import compose
from cxbot.mail.letter import Letterhead
from cxbot.mail.smtp import REST, Mailer
from cxbot.outgoing.calls import Outcome
from tests.mail.letters import AT, HEAD, invitation
from tests.mail.server import DROP, NEVER, MailServer, mail_server

CARLA = "carla@customer.example"
LATER: Any = {"wait": 10.0, "rest": 300.0}


def hand_over(url: str, to: str = CARLA, head: Letterhead = HEAD, **timeouts: float) -> Outcome:
    mail = compose(invitation(customer=to), head, language("en"), "t" * 32, "r" * 24, AT)
    return Mailer(url, **timeouts).send(mail, head.sender.addr_spec, mail["To"].addresses[0].addr_spec)


def test_a_mail_is_accepted(server: MailServer) -> None:
    assert hand_over(server.url) == Outcome("ok")
    assert server.envelopes == [("support@example.com", [CARLA])]
    assert server.mails[0]["Subject"] == SURVEYS["nps"].first.question


def test_a_name_with_a_line_that_begins_with_a_dot_arrives_as_it_is(server: MailServer) -> None:
    head = Letterhead(HEAD.sender, "https://cx.example.com", "." * 200)  # so long that some line of the body begins so
    assert hand_over(server.url, head=head).kind == "ok"
    [text] = [part for part in server.mails[0].walk() if part.get_content_type() == "text/plain"]
    assert "." * 200 in text.get_content()


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_refusal_of_the_mail_is_final_and_tells_no_address(server: MailServer, command: str) -> None:
    server.next[command].append(f"550 5.1.1 <{CARLA}>: {CARLA} is unknown here")
    assert hand_over(server.url) == Outcome("refused", error="550 5.1.1 …: … is unknown here", final=True)
    assert server.mails == []


def test_a_long_reason_is_shortened(server: MailServer) -> None:
    server.next["RCPT"].append("550 " + "no " * 100)
    assert len(hand_over(server.url).error) < 130


def test_a_refusal_of_the_sender_is_about_no_single_mail(server: MailServer) -> None:
    server.next["MAIL"].append("553 5.7.1 this sender is not yours")
    assert hand_over(server.url) == Outcome("refused", error="553 5.7.1 this sender is not yours", **LATER)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_puts_a_mail_off_gets_it_later(server: MailServer, command: str) -> None:
    server.next[command].append("451 4.7.1 try again later")
    outcome = hand_over(server.url)
    assert (outcome.kind, outcome.error, outcome.rest) == ("later", "451 4.7.1 try again later", 300.0)
    assert hand_over(server.url).kind == "ok"


def test_a_server_that_is_not_there_gets_it_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert hand_over(f"smtp://127.0.0.1:{port}") == Outcome("later", error="ConnectionRefusedError")


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_slow_server_gets_it_later(server: MailServer, command: str) -> None:
    server.next[command].append(NEVER)
    assert hand_over(server.url, timeout=0.3).kind == "later"


def test_a_server_that_drops_the_connection_before_the_mail_gets_it_later(server: MailServer) -> None:
    server.next["RCPT"].append(DROP)
    assert hand_over(server.url).kind == "later"


@pytest.mark.parametrize("answer", [DROP, NEVER])
def test_nobody_knows_whether_a_mail_arrived_that_was_not_confirmed(server: MailServer, answer: str) -> None:
    server.next["DATA"].append(answer)
    assert hand_over(server.url, after_data=0.3).kind == "unknown"


@pytest.mark.parametrize("answer", ["354 more", "what", "250" + "x" * 9000])
def test_an_answer_that_nobody_understands_confirms_nothing(server: MailServer, answer: str) -> None:
    server.next["DATA"].append(answer)
    assert hand_over(server.url).kind == "unknown"


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_what_nobody_understands_before_the_mail_is_for_now(server: MailServer, command: str) -> None:
    server.next[command].append("999 what")
    assert hand_over(server.url) == Outcome("later", error="999 what", rest=REST)


def test_any_yes_is_a_yes(server: MailServer) -> None:
    server.next["DATA"].append("252 well")
    assert hand_over(server.url) == Outcome("ok")


def test_a_greeting_that_refuses_is_about_no_single_mail() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"554 go away\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        outcome = hand_over(f"smtp://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert outcome == Outcome("refused", error="554 go away", **LATER)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd's own, about this test
def test_a_password_opens_the_server_and_a_wrong_one_is_about_no_single_mail() -> None:
    with mail_server(password="p@ss/word") as server:
        where = f"127.0.0.1:{server.port}"
        assert hand_over(f"smtp://cxbot:p%40ss%2Fword@{where}").kind == "ok"
        wrong = hand_over(f"smtp://cxbot:wrong@{where}")
        assert (wrong.kind, wrong.final, wrong.error[:3]) == ("refused", False, "535")
        without = hand_over(server.url)
        assert (without.kind, without.final, without.error[:3]) == ("refused", False, "530")


@pytest.mark.parametrize(
    ("url", "needed"),
    [
        ("smtp://mail.example.com:587", True),
        ("smtp://10.0.0.1", True),
        ("smtp://localhost:25", False),
        ("smtp://127.0.0.1:25", False),
        ("smtp://[::1]:25", False),
        ("smtps://mail.example.com", False),  # encrypted from the beginning
    ],
)
def test_encryption_is_needed_off_this_machine(url: str, needed: bool) -> None:
    assert Mailer(url).starts_tls is needed


ELSEWHERE = "127.0.0.2"  # for this machine, and yet not one of the names that are it


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that is its own authority, and a server's context with it."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=mail.test", "-addext", f"subjectAltName=IP:{ELSEWHERE},IP:127.0.0.1", "-keyout", str(key),
         "-out", str(chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    return chain, context


def test_a_server_elsewhere_that_can_not_encrypt_hears_nothing() -> None:
    with mail_server(host=ELSEWHERE) as server:
        outcome = hand_over(f"smtp://cxbot:secret@{ELSEWHERE}:{server.port}")
        assert outcome == Outcome("refused", error="STARTTLS extension not supported by server.", **LATER)
        assert server.heard == ["EHLO"]


@pytest.mark.parametrize("whole", [False, True])
def test_a_certificate_has_to_hold(
    certificate: tuple[Path, ssl.SSLContext], whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, context = certificate
    with mail_server(host=ELSEWHERE, tls=context, whole=whole) as server:
        refused = hand_over(server.url)
        assert (refused.kind, refused.final) == ("refused", False)
        assert "certificate" in refused.error
        assert server.heard == ([] if whole else ["EHLO"])
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))  # as an admin does who runs an authority
        assert hand_over(server.url) == Outcome("ok")
        assert len(server.mails) == 1


def test_ports_follow_from_the_scheme() -> None:
    assert [Mailer(f"{scheme}://mail.example.com").port for scheme in ("smtp", "smtps")] == [587, 465]


def test_an_address_that_is_not_ascii_needs_a_server_that_can(server: MailServer) -> None:
    refused = hand_over(server.url, "käyttäjä@asiakas.example")
    assert refused == Outcome("refused", error="the mail server can't send to such an address", final=True)
    server.utf8 = True
    assert hand_over(server.url, "käyttäjä@asiakas.example").kind == "ok"
    assert server.envelopes[0][1] == ["käyttäjä@asiakas.example"]


def test_a_domain_that_is_not_ascii_is_sent_in_ascii(server: MailServer) -> None:
    assert hand_over(server.url, "carla@bücher.example").kind == "ok"
    assert hand_over(server.url, "carla@fußball.example").kind == "ok"
    found = [to for _, [to] in server.envelopes]
    assert found == ["carla@xn--bcher-kva.example", "carla@xn--fuball-cta.example"], "and not to fussball.example"


def test_a_check_sends_no_mail(server: MailServer) -> None:
    assert Mailer(server.url).check() == Outcome("ok")
    assert server.mails == []


def test_a_sender_in_other_letters_arrives(server: MailServer) -> None:
    head = Letterhead(Address("Tukitiimi Ääkköset, Oy", "tuki", "example.com"), "https://cx.example.com")
    assert hand_over(server.url, head=head).kind == "ok"
    assert server.mails[0]["From"].addresses[0].display_name == "Tukitiimi Ääkköset, Oy"
