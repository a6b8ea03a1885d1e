"""What a mail says and how it is written, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from syrupy.assertion import SnapshotAssertion

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.language import LANGUAGES, language
from cxbot.mail.addresses import NoAddressError, address
from cxbot.mail.compose import compose, written
from cxbot.mail.letter import Letterhead, one_line
from tests.mail.letters import AT, HEAD, invitation

TOKEN = "t" * 32


def mail(survey: str = "nps", head: Letterhead = HEAD, **changes: str) -> EmailMessage:
    """A mail as its reader's program understands it."""
    made = invitation(survey, **changes)
    sent = written(compose(made, head, language(made.locale), TOKEN, "r" * 24, AT))
    read = message_from_bytes(sent, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def part(of: EmailMessage, kind: str) -> str:
    found = of.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


class Links(HTMLParser):
    """The links of a page with their words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._url = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._url = dict(attributes)["href"] or ""

    def handle_data(self, text: str) -> None:
        if self._url:
            self.found.append((text, self._url))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._url = ""


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("survey", ["nps", "promise", "experience", "enps"])
def test_the_mail_as_its_reader_gets_it(survey: str, locale: str, snapshot: SnapshotAssertion) -> None:
    read = mail(survey, locale=locale)
    assert str(read["Subject"]) == snapshot(name="subject")
    assert part(read, "plain") == snapshot(name="text")
    assert part(read, "html") == snapshot(name="html")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_reminder_as_its_reader_gets_it(locale: str, snapshot: SnapshotAssertion) -> None:
    made = invitation("csat", locale=locale)
    sent = written(compose(made, HEAD, language(locale), TOKEN, "r" * 24, AT, reminds_of="f" * 24))
    read = message_from_bytes(sent, policy=default)
    assert isinstance(read, EmailMessage)
    assert (str(read["In-Reply-To"]), str(read["References"])) == (f"<{'f' * 24}@example.com>",) * 2
    assert str(read["Subject"]) == snapshot(name="subject")
    assert part(read, "plain") == snapshot(name="text")


def test_every_answer_is_a_link_in_both_parts() -> None:
    read = mail()
    wanted = [(str(score), f"https://cx.example.com/s/{TOKEN}?a={score}&lang=en") for score in range(11)]
    assert Links(part(read, "html")).found[:11] == wanted
    assert re.findall(r"^ *(\d+)  (\S+)$", part(read, "plain"), re.MULTILINE) == wanted


@pytest.mark.parametrize("survey", SURVEYS)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_survey_has_its_question_as_the_subject_and_no_image(survey: str, locale: str) -> None:
    read = mail(survey, locale=locale)
    assert read["Subject"] == language(locale).say(SURVEYS[survey].first.question)
    page = part(read, "html")
    assert "<img" not in page
    assert "url(" not in page


def test_headers_say_who_writes_and_how_to_end_it() -> None:
    read = mail()
    assert {name: str(read[name]) for name in (
        "From", "Reply-To", "To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
        "X-Auto-Response-Suppress", "Feedback-ID", "Content-Language",
    )} == {
        "From": "Support <support@example.com>",
        "Reply-To": "Support <support@example.com>",
        "To": "carla@customer.example",
        "Date": "Wed, 25 Nov 2026 10:00:00 +0000",
        "Message-ID": f"<{'r' * 24}@example.com>",
        "List-Unsubscribe": f"<https://cx.example.com/u/{TOKEN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": "nps:3:survey:cxbot",
        "Content-Language": "en",
    }  # fmt: skip


def test_a_long_address_of_the_pages_stays_whole_in_the_header() -> None:
    head = replace(HEAD, public_url="https://feedback.customers.a-long-name.example.com/and/a/long/path")
    sent = written(compose(invitation(), head, language("en"), TOKEN, "r" * 24, AT))
    assert f"\r\nList-Unsubscribe: <{head.public_url}/u/{TOKEN}>\r\n".encode() in sent


def test_every_line_is_as_short_as_mail_allows_and_in_ascii() -> None:
    head = replace(HEAD, company="Ä" * 150, sender=Address("Ö" * 100, "support", "example.com"))
    sent = written(compose(invitation(team="Ü" * 50, locale="fi"), head, language("fi"), TOKEN, "r" * 24, AT))
    assert sent.isascii()
    assert max(map(len, sent.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "name",
    [
        "Support\r\nBcc: eve@example.net", "Support\n\nHello", "Support\u2028X", "Support\x0bX\x00",
        "a\u202eb\u2066c",
    ],
)  # fmt: skip
def test_a_name_can_add_no_header_and_turn_no_text(name: str) -> None:
    read = mail(team=name, head=replace(HEAD, company=name))
    assert read["Bcc"] is None
    assert len(read.keys()) == len(mail().keys())
    for text in (part(read, "plain"), part(read, "html")):
        assert one_line(name) in text.replace("&#x27;", "'")
        assert not set(name) & set("\u202e\u2066\u2028\x00\x0b") & set(text)


def test_everything_is_escaped() -> None:
    name = '<b onload="x">&\'{dark}'
    page = part(mail(team=name, head=replace(HEAD, company=name, public_url="https://cx.example.com/\"'<x>")), "html")
    assert "<b onload" not in page
    assert "<x>" not in page
    assert "&lt;b onload=&quot;x&quot;&gt;&amp;&#x27;{dark}" in page


def test_without_a_company_and_its_own_notice_there_is_only_the_bots_page() -> None:
    read = mail(head=replace(HEAD, company="", privacy_url=""))
    assert "our team Support" in part(read, "plain")
    notice, stop = Links(part(read, "html")).found[11:]
    assert notice == ("How we handle your data", "https://cx.example.com/privacy?lang=en")
    assert stop[0] == "Don't ask me again"


@pytest.mark.parametrize(
    "text",
    [
        "carla", "carla@", "@customer.example", "carla@localhost", "a b@customer.example", "a@b@customer.example",
        "carla@customer..example", "carla@customer.example\nBcc: eve@example.net", "<carla@customer.example>",
        '"a b"@customer.example', "carla@[127.0.0.1]", "a,b@customer.example", f"{'x' * 65}@customer.example",
        f"carla@{'x' * 64}.example", f"carla@{'ä' * 63}.example", "", "U0CARLA",
    ],
)  # fmt: skip
def test_an_address_that_mail_can_not_reach_is_refused(text: str) -> None:
    with pytest.raises(NoAddressError, match="no address that mail can be sent to"):
        address(text)


@pytest.mark.parametrize("text", ["carla@customer.example", "o'neil+cx@customer.example", "käyttäjä@customer.example"])
def test_addresses_as_people_have_them_are_written_as_they_are(text: str) -> None:
    assert address(text).addr_spec == text
