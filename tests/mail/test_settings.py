"""The settings of mails, and what the doctor says of the server."""

from __future__ import annotations

import pytest

from cxbot.config import Settings
from cxbot.errors import ConfigError
from tests.desk import Desk
from tests.mail.server import mail_server

WELL = {
    "CXBOT_SMTP_URL": "smtp://cxbot:p%40ss@mail.example.com:587",
    "CXBOT_MAIL_FROM": "Tukitiimi Ääkköset <tuki@example.com>",
    "CXBOT_PUBLIC_URL": "https://cx.example.com/",
}


def test_settings_are_read() -> None:
    settings = Settings.from_env(WELL)
    assert settings.smtp_url == WELL["CXBOT_SMTP_URL"]
    assert settings.mail_from is not None
    assert (settings.mail_from.display_name, settings.mail_from.addr_spec) == ("Tukitiimi Ääkköset", "tuki@example.com")
    assert settings.public_url == "https://cx.example.com"


@pytest.mark.parametrize("url", ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]"])
def test_pages_are_encrypted_or_on_this_machine(url: str) -> None:
    assert Settings.from_env({"CXBOT_PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("CXBOT_SMTP_URL", text) for text in (
            "mail.example.com:25", "smtp://", "smtp://user@mail.example.com", "smtp://u:p#x@mail.example.com",
            "smtp://u:p%C3%A4@mail.example.com", "smtp://mail.example.com:0", "smtp://mail.example.com:x",
            "smtp://mail.example.com/path", "https://mail.example.com",
        )),
        *(("CXBOT_MAIL_FROM", text) for text in (
            "Support", "a@example.com, b@example.com", "Support <support@localhost>", "Tuki, Oy <tuki@example.com>",
            "Support <support@example.com>\nBcc: eve@example.net", "tüki@example.com",
        )),
        *(("CXBOT_PUBLIC_URL", text) for text in (
            "cx.example.com", "http://cx.example.com", "https://", "https://cx.example.com?x=1", "https://cx.example.com#x",
            "https://user:secret@cx.example.com", "https://cx.example.com/ä", "https://cx.example.com/\"<x>",
            "https://cx.example.com/a b", "https://[cx", "javascript:alert(1)",
        )),
        ("CXBOT_PRIVACY_URL", "javascript:alert(1)"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.from_env({**WELL, name: text})


def test_no_error_shows_the_password() -> None:
    with pytest.raises(ConfigError) as raised:
        Settings.from_env({**WELL, "CXBOT_SMTP_URL": "smtp://cxbot:hunter2#@mail.example.com"})
    assert "hunter2" not in str(raised.value)


def test_a_mail_server_needs_a_sender_and_an_address_of_the_pages() -> None:
    with pytest.raises(ConfigError) as raised:
        Settings.from_env({"CXBOT_SMTP_URL": "smtp://mail.example.com"})
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd's own, about this test
def test_the_doctor_logs_in_and_sends_nothing(desk: Desk) -> None:
    with mail_server(password="open sesame") as server:
        where = {**WELL, "CXBOT_SMTP_URL": f"smtp://cxbot:open%20sesame@127.0.0.1:{server.port}"}
        well = desk.run("doctor", code=1, **where)
        assert (
            f"ok   mail server: 127.0.0.1, port {server.port} takes mails; they come from tuki@example.com and link to "
            "https://cx.example.com" in well
        )
        wrong = desk.run("doctor", code=1, **where | {"CXBOT_SMTP_URL": f"smtp://cxbot:no@127.0.0.1:{server.port}"})
        assert f"FIX  mail server: 127.0.0.1, port {server.port} refuses the bot (535" in wrong
        assert "check user, password and encryption in CXBOT_SMTP_URL" in wrong
        assert server.mails == []
    away = desk.run("doctor", code=1, **where, CXBOT_LOCALE="fi")
    assert f"sähköpostipalvelin: 127.0.0.1, portti {server.port}, ei vastaa (ConnectionRefusedError)" in away
    assert "sesame" not in well + wrong + away


def test_the_doctor_says_that_pages_on_this_machine_are_for_it_only(desk: Desk) -> None:
    with mail_server() as server:
        where = {**WELL, "CXBOT_SMTP_URL": server.url, "CXBOT_PUBLIC_URL": "http://127.0.0.1:3000"}
        assert "the links in mails work on this machine only" in desk.run("doctor", code=1, **where)
