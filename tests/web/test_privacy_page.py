"""Every survey leads to a privacy notice: the company's own, else the bot's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cxbot.store.engine.statements import rows
from tests.office import Office
from tests.web.test_hooks import PUBLIC, Desk
from tests.web.visitor import get

OWN = "https://example.com/notice?a=1&b=2"


class WithNotice(Desk):
    """A desk of a company with a privacy notice of its own."""

    environment: ClassVar[dict[str, str]] = {"CXBOT_PUBLIC_URL": PUBLIC, "CXBOT_PRIVACY_URL": OWN}


class Longer(Desk):
    """A desk of a company that keeps words for a month, and identities for good."""

    environment: ClassVar[dict[str, str]] = {
        "CXBOT_PUBLIC_URL": PUBLIC,
        "CXBOT_COMPANY": "Sample & Company",
        "CXBOT_KEEP_COMMENTS": "1",
        "CXBOT_KEEP_IDENTITIES": "forever",
    }


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


def sentences(text: str) -> list[str]:
    return re.findall(r"<p>(.+?)</p>", text.partition("<main>")[2].partition("</main>")[0])


def small_print(office: Office, **asked: Any) -> str:
    channel, ts = office.ask(**asked)
    return str(office.message(channel, ts)["blocks"][-1])


def test_ten_sentences_in_two_languages(desk: Desk) -> None:
    page = get(desk, "/privacy?lang=en")
    assert page.status == 200
    assert len(sentences(page.text)) == 10
    assert "after 24 months the scores are nobody&#39;s." in page.text
    assert "Your words are deleted after 12 months." in page.text
    assert 'hreflang="fi"' in page.text
    assert 'rel="noreferrer"' not in page.text
    finnish = get(desk, "/privacy", Accept_Language="fi-FI,en;q=0.5")
    assert '<html lang="fi"' in finnish.text
    assert "<h1>Näin käsittelemme tietojasi</h1>" in finnish.text
    assert not set(sentences(page.text)) & set(sentences(finnish.text))


def test_it_says_what_the_company_has_set(tmp_path: Path) -> None:
    with Longer(tmp_path) as desk:
        page = get(desk, "/privacy")
        assert len(sentences(page.text)) == 10
        assert "Sample &amp; Company asks these questions and is responsible" in page.text
        assert "Your words are deleted after a month." in page.text
        assert "nobody&#39;s" not in page.text


def test_the_page_records_nothing_and_is_guarded_like_the_others(desk: Desk) -> None:
    before = rows(desk.database.reader, "SELECT * FROM outbox")
    page = get(desk, "/privacy")
    assert rows(desk.database.reader, "SELECT * FROM outbox") == before
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_survey_in_slack_leads_to_the_page_in_its_language(desk: Desk) -> None:
    said = small_print(desk)
    assert f"<{PUBLIC}/privacy?lang=en|How we handle your data>" in said


def test_a_survey_on_a_page_leads_to_it(desk: Desk) -> None:
    link = desk.close_case()["link"]
    page = get(desk, f"{link.removeprefix(PUBLIC)}?lang=fi")
    assert f'href="{PUBLIC}/privacy?lang=fi"' in page.text


def test_the_companys_own_notice_comes_first(tmp_path: Path) -> None:
    with WithNotice(tmp_path) as desk:
        desk.add_hook()
        assert f"<{OWN.replace('&', '&amp;')}|How we handle your data>" in small_print(desk)
        page = get(desk, "/privacy")
        assert (page.status, page.location) == (303, OWN)


def test_without_an_address_of_the_bot_there_is_no_line_and_no_page(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        assert "How we handle" not in small_print(office)
        assert get(office, "/privacy").status == 404
