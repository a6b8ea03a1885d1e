"""The survey's page outside Slack: looking changes nothing, a POST counts, and a damaged link tells nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row, rows, run
from cxbot.store.records import endings, links, outbox
from tests.office import Office, at_once
from tests.seeding import link
from tests.web.visitor import FORM, answers, ask, everything, get, post

SAFE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Branded(Office):
    """An office whose company has a name, a colour and a privacy notice."""

    look: dict[str, Any] = {  # noqa: RUF012 - replaced, never changed
        "company": "Sample & Sons",
        "color": "#ffdd00",
        "privacy_url": "https://example.com/privacy?a=1&b=2",
        "public_url": "https://feedback.example.com",
    }

    def serve(self) -> Any:
        self.settings = replace(self.settings, **self.look)
        return super().serve()


@pytest.fixture
def token(office: Office) -> str:
    return link(office.database, office.now())


def chosen(text: str) -> list[str]:
    """The values of the checked radio buttons and checkboxes."""
    return re.findall(r'value="([^"]*)" checked', text)


# Looking


def test_the_page_asks_the_question_with_a_scale(office: Office, token: str) -> None:
    page = get(office, f"/s/{token}")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>How satisfied are you with the help you got?</h1></legend>" in page.text
    assert re.findall(r'type="radio" name="a" id="a-\d" value="(\d)"', page.text) == ["1", "2", "3", "4", "5"]
    assert "1 = very dissatisfied" in page.text
    assert "5 = very satisfied" in page.text
    assert "You are asked because you were in touch with us on 18 Nov 2026." in page.text
    assert chosen(page.text) == []


def test_a_link_with_an_answer_only_preselects_it(office: Office, token: str) -> None:
    before = everything(office)
    assert chosen(get(office, f"/s/{token}?a=4").text) == ["4"]
    assert everything(office) == before


@pytest.mark.parametrize("odd", ["6", "0", "-1", "4.0", "04", "٤", "", "x", "4&a=", "%00", "%ff"])
def test_an_odd_preselection_is_none(office: Office, token: str, odd: str) -> None:
    page = get(office, f"/s/{token}?a={quote(odd, safe='&=%')}")
    assert page.status == 200
    assert chosen(page.text) in ([], ["4"] if odd == "4&a=" else [])


@pytest.mark.parametrize("state", ["sent", "sending"])
def test_looking_a_hundred_times_records_nothing(office: Office, state: str) -> None:
    token = link(office.database, office.now(), state=state)
    answered = link(office.database, office.now(), customer="dora@example.com")
    assert post(office, f"/s/{answered}", {"a": "2"}).status == 303
    office.settle()
    before = everything(office)
    queries = ("", "?a=4&lang=fi&List-Unsubscribe=One-Click&again=yes")
    pages = [page for each in (token, answered) for page in (f"/s/{each}", f"/s/{each}/thanks", f"/u/{each}")]
    paths = [page + query for page in pages for query in queries]
    for _ in range(100):
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in paths:
                assert ask(office, method, path, Purpose="prefetch", Sec_Purpose="prefetch").status < 400
    office.service.tick()
    assert everything(office) == before


@pytest.mark.parametrize("path", ["/s/{}", "/s/{}?a=4", "/s/{}/thanks", "/u/{}", "/s/nothing", "/u/nothing"])
def test_head_says_what_get_says(office: Office, token: str, path: str) -> None:
    shown, told = (ask(office, method, path.format(token)) for method in ("GET", "HEAD"))
    assert told.text == ""
    assert told.status == shown.status
    assert {name: value for name, value in told.headers.items() if name != "Date"} == {
        name: value for name, value in shown.headers.items() if name != "Date"
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_change_nothing(office: Office, token: str, method: str) -> None:
    before = everything(office)
    assert ask(office, method, f"/s/{token}?a=4", b"a=4", Content_Type=FORM).status == 405
    assert everything(office) == before


def test_every_answer_of_the_page_is_private_and_locked_down(office: Office, token: str) -> None:
    pages = [get(office, f"/s/{token}"), get(office, f"/u/{token}"), get(office, "/s/nothing"), get(office, "/u/a/b")]
    pages += [post(office, f"/s/{token}"), post(office, f"/s/{token}", {"a": "4"}), get(office, f"/s/{token}/thanks")]
    pages += [post(office, f"/s/{token}", {"a": "4"}, Origin="https://evil.example"), post(office, f"/u/{token}")]
    for page in pages:
        assert {name: page.headers.get(name) for name in SAFE} == SAFE
        assert "Set-Cookie" not in page.headers
        assert "<script" not in page.text
        assert "style=" not in page.text
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', page.text):
            assert address.startswith(("/", "?", "#")), address


# The company


def test_the_page_has_the_companys_name_colour_and_privacy_notice(tmp_path: Path) -> None:
    with Branded(tmp_path) as office:
        page = get(office, f"/s/{link(office.database, office.now())}")
        assert "<header><p>Sample &amp; Sons</p></header>" in page.text
        assert page.text.count('href="https://example.com/privacy?a=1&amp;b=2"') == 1
        [style] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text)
        css = get(office, style)
        assert "--brand: #ffdd00; --on-brand: #000000;" in css.text
        assert css.headers["Content-Type"].startswith("text/css")
        assert css.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert get(office, "/assets/page.css").headers["Cache-Control"] == "no-cache"
        assert "Sample &amp; Sons" in get(office, "/s/nothing").text


def test_without_settings_the_team_asks_in_its_own_name(office: Office, token: str) -> None:
    page = get(office, f"/s/{token}")
    assert "<header><p>Support</p></header>" in page.text
    assert "How we handle your data" not in page.text


# Answering


def test_a_post_counts_and_leads_to_the_thanks(office: Office, token: str) -> None:
    page = post(office, f"/s/{token}", {"a": "4"})
    assert (page.status, page.location) == (303, f"/s/{token}/thanks")
    assert answers(office) == {"csat": 4}
    assert office.rating()["delivered"] == 1
    thanks = get(office, page.location)
    assert thanks.status == 200
    assert "Your answer: 4 of 5" in thanks.text
    assert "What went well?" in thanks.text
    assert office.response()["response"]["answered"] == 1


def test_the_thanks_before_an_answer_lead_to_the_question(office: Office, token: str) -> None:
    for page in (get(office, f"/s/{token}/thanks"), post(office, f"/s/{token}/thanks", {"comment": "Hello"})):
        assert (page.status, page.location) == (303, f"/s/{token}")
    assert answers(office) == {"csat": None}


def test_a_repeated_post_has_one_effect(office: Office, token: str) -> None:
    fields = {"a": "2", "comment": "Slow"}
    post(office, f"/s/{token}", fields)
    office.settle()
    before = everything(office)
    office.clock_seconds(5)
    assert post(office, f"/s/{token}", fields).status == 303
    office.settle()
    assert everything(office) == before


def test_two_posts_at_the_same_moment_have_one_effect(office: Office, token: str) -> None:
    pages = at_once(lambda score: post(office, f"/s/{token}", {"a": score}), ["2"] * 6)
    assert [page.status for page in pages] == [303] * 6
    office.settle()
    events = everything(office)["answer_events"]
    assert [(each["kind"], each["value"]) for each in events] == [("score", "2")]
    assert len(office.notices()) == 1


def test_a_score_can_be_changed_for_a_day_and_then_no_more(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "2"})
    office.pass_time(hours=23)
    assert chosen(get(office, f"/s/{token}").text) == ["2"]
    post(office, f"/s/{token}", {"a": "5"})
    assert answers(office) == {"csat": 5}
    office.pass_time(hours=2)
    assert post(office, f"/s/{token}", {"a": "1"}).status == 303
    assert answers(office) == {"csat": 5}
    for page in (get(office, f"/s/{token}?a=1"), get(office, f"/s/{token}/thanks")):
        assert "Your answer: 5 of 5" in page.text
        assert "This can&#39;t be changed any more, but you can still write to us." in page.text
        assert 'type="radio"' not in page.text


def test_a_changed_score_leaves_the_words_alone(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "2"})
    post(office, f"/s/{token}/thanks", {"reasons": "tone", "comment": "Rude.", "contact": "yes"})
    office.clock_seconds(60)
    post(office, f"/s/{token}", {"a": "1"})
    kept = office.rating()
    assert (kept["score"], kept["reasons"], kept["comment"], kept["contact"]) == (1, "tone", "Rude.", 1)


def test_reasons_words_and_the_wish_for_contact_follow_the_score(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "1"})
    page = get(office, f"/s/{token}/thanks")
    assert "What could have been better?" in page.text
    assert re.findall(r'name="reasons" value="(\w+)"', page.text) == [
        "long_wait",
        "not_solved",
        "hard_to_follow",
        "tone",
    ]
    written = [("reasons", "long_wait"), ("reasons", "tone"), ("comment", " <b>Hours</b>\r\nof\0 waiting 🙁 "),
               ("contact", "yes")]  # fmt: skip
    done = post(office, f"/s/{token}/thanks", written)
    assert (done.status, done.location) == (303, f"/s/{token}/thanks")
    kept = office.rating()
    assert (kept["reasons"], kept["comment"]) == ("long_wait,tone", "<b>Hours</b>\nof waiting 🙁")
    page = get(office, done.location)
    assert chosen(page.text) == ["long_wait", "tone"]
    assert "&lt;b&gt;Hours&lt;/b&gt;\nof waiting 🙁</textarea>" in page.text
    assert "Saved. Somebody will contact you. You can add to it until Wed 25 Nov 10:00." in page.text
    assert 'name="contact"' not in page.text
    office.settle()
    assert len(office.notices()) == 1


def test_what_is_unchecked_and_emptied_is_taken_back(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "1"})
    post(office, f"/s/{token}/thanks", {"reasons": ["long_wait", "tone"], "comment": "Hours"})
    office.clock_seconds(60)
    post(office, f"/s/{token}/thanks", {"reasons": "tone", "comment": ""})
    assert (office.rating()["reasons"], office.rating()["comment"]) == ("tone", "")


def test_of_two_forms_in_one_moment_the_later_one_counts(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "1"})
    for reasons, words in (("tone", "One tab."), ("long_wait", "Another tab."), ("tone", "One tab.")):
        post(office, f"/s/{token}/thanks", {"reasons": reasons, "comment": words})
        assert (office.rating()["reasons"], office.rating()["comment"]) == (reasons, words)


def test_reasons_that_do_not_fit_and_endless_words_are_not_stored(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "1"})
    post(office, f"/s/{token}/thanks", {"reasons": ["speed", "x", ""], "comment": "ä" * 4000})
    assert office.rating()["reasons"] == ""
    assert len(office.rating()["comment"]) == 3000


def test_an_answer_by_mail_is_told_to_nobody_in_slack(office: Office, token: str) -> None:
    post(office, f"/s/{token}", {"a": "5", "comment": "Good"})
    office.settle()
    assert [each for each in everything(office)["outbox"] if each["kind"] in ("followup", "survey_update")] == []


@pytest.mark.parametrize(
    "body", [b"", b"a=", b"a=6", b"a=0", b"a=x", b"a=4.0", b"a2=4", b"csat=4", b"a=%ff", b"a=99999999999999999999"]
)
def test_without_an_answer_the_page_says_so(office: Office, token: str, body: bytes) -> None:
    before = everything(office)
    page = ask(office, "POST", f"/s/{token}", body, Content_Type=FORM)
    assert page.status == 422
    assert re.search(r'role="alert"[^>]*>\s*<h2>There is no answer yet</h2>\s*<p><a href="#a-1">', page.text)
    assert "<title>There is no answer yet · Your feedback · Support</title>" in page.text
    assert everything(office) == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_forms_count(office: Office, token: str, kind: str) -> None:
    before = everything(office)
    for body in (b'{"a": 4}', b"a=4", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n4\r\n--x--\r\n'):
        assert ask(office, "POST", f"/s/{token}", body, Content_Type=kind).status == 415
    assert everything(office) == before


def test_a_form_that_is_too_large_is_refused(office: Office, token: str) -> None:
    before = everything(office)
    assert post(office, f"/s/{token}", {"a": "4", "comment": "x" * 70_000}).status == 413
    assert everything(office) == before


def test_all_items_of_a_survey_are_asked_and_may_be_left_out(office: Office) -> None:
    token = link(office.database, office.now(), survey="experience")
    page = get(office, f"/s/{token}?a=3")
    assert page.text.count("<fieldset") == 3
    assert "3 questions. You may leave any of them out." in page.text
    assert set(re.findall(r'type="radio" name="(\w+)"', page.text)) == {"a", "a2", "a3"}
    assert post(office, f"/s/{token}", {"a": "4", "a3": "5"}).status == 303
    assert sorted(answers(office).values(), key=str) == [4, 5, None]
    thanks = get(office, f"/s/{token}/thanks")
    assert "Still open: It was easy." in thanks.text
    assert "Answer the rest" in thanks.text
    post(office, f"/s/{token}", {"a2": "5"})
    assert None not in answers(office).values()
    assert chosen(get(office, f"/s/{token}").text) == ["4", "5", "5"]


def test_answers_in_words_are_asked_in_words(office: Office) -> None:
    token = link(office.database, office.now(), survey="promise")
    assert "<span>Partly</span>" in get(office, f"/s/{token}").text
    post(office, f"/s/{token}", {"a": "1"})
    assert "Your answer: Partly" in get(office, f"/s/{token}/thanks").text


def test_an_answer_proves_that_a_survey_with_an_unknown_outcome_arrived(office: Office) -> None:
    token = link(office.database, office.now(), state="sending")

    def lose(db: Connection) -> str:
        invitation = links.find(db, token)
        assert invitation is not None
        outbox.put(db, "mail", invitation.key, office.now())
        run(db, "UPDATE outbox SET state = 'unknown', due_at = '20991231T000000' WHERE kind = 'mail'")
        return invitation.key

    key = office.database.write(lose)
    assert get(office, f"/s/{token}").status == 200
    assert office.invitations()[0]["state"] == "sending"
    assert post(office, f"/s/{token}", {"a": "4"}).status == 303
    assert office.invitations()[0]["state"] == "sent"
    assert answers(office) == {"csat": 4}
    task = row(office.database.reader, "SELECT state FROM outbox WHERE subject = :key AND kind = 'mail'", key=key)
    assert task == {"state": "sent"}


def test_an_answer_after_not_now_counts(office: Office, token: str) -> None:
    post(office, f"/u/{token}", ONE_CLICK)
    assert office.invitations()[0]["state"] == "declined"
    assert post(office, f"/s/{token}", {"a": "4"}).status == 303
    assert answers(office) == {"csat": 4}


def test_each_link_of_an_invitation_leads_to_the_same_answer(office: Office, token: str) -> None:
    other = office.database.write(lambda db: links.make(db, links.find(db, token), office.now()))  # type: ignore[arg-type]
    post(office, f"/s/{token}", {"a": "4"})
    assert "Your answer: 4 of 5" in get(office, f"/s/{other}/thanks").text


# From elsewhere


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[::1"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused(office: Office, token: str, headers: dict[str, str]) -> None:
    post(office, f"/s/{token}", {"a": "5"})
    before = everything(office)
    for path, fields in [("", {"a": "1"}), ("/thanks", {"comment": "x"})]:
        page = post(office, f"/s/{token}{path}", fields, **headers)
        assert page.status == 403
        assert "This came from another web site." in page.text
    assert post(office, f"/u/{token}", {"again": "yes"}, **headers).status == 403
    assert everything(office) == before


def test_a_form_of_the_page_itself_counts_also_behind_a_proxy(tmp_path: Path) -> None:
    with Branded(tmp_path) as office:
        for number, headers in enumerate(
            [
                {"Origin": "null", "Sec_Fetch_Site": "same-origin"},  # what browsers send without referrers
                {"Origin": "https://feedback.example.com", "Sec_Fetch_Site": "same-origin"},
                {"Origin": f"http://127.0.0.1:{office.service.port}"},
                {"Origin": "null"},
                {"Sec_Fetch_Site": "none"},
            ]
        ):
            token = link(office.database, office.now(), customer=f"{number}@example.com")
            assert post(office, f"/s/{token}", {"a": "4"}, **headers).status == 303


# Links that lead nowhere


def gone(office: Office) -> str:
    """The neutral page."""
    page = get(office, "/s/nothing")
    assert page.status == 410
    assert "This link does not work any more" in page.text
    return page.text


def test_every_altered_character_gives_the_same_page(office: Office, token: str) -> None:
    neutral = gone(office)
    post(office, f"/s/{token}", {"a": "4"})
    before = everything(office)
    for place, letter in enumerate(token):
        for other in ("A" if letter != "A" else "B", "~", "%00", "%2F", "%C3%A4", "%ff", ""):
            altered = token[:place] + other + token[place + 1 :]
            for path in (f"/s/{altered}", f"/s/{altered}/thanks", f"/u/{altered}"):
                page = get(office, path)
                if page.status == 308:  # two slashes are one
                    page = get(office, page.location)
                assert (page.status, page.text) == (410, neutral), path
            assert post(office, f"/s/{altered}", {"a": "1"}).status in (308, 410)
            assert post(office, f"/u/{altered}", ONE_CLICK).status in (308, 410)
    assert everything(office) == before


def test_any_text_is_no_token(office: Office) -> None:
    neutral = gone(office)
    before = everything(office)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(min_size=1, max_size=60))
    @example("thanks")
    @example("' OR 1=1 --")
    @example("{{7*7}}")
    def try_one(text: str) -> None:
        path = "/s/" + quote(text, safe="")
        page = get(office, path)
        if page.status == 308:
            return  # slashes or dots that lead to another path
        assert (page.status, page.text) == (410, neutral) or page.status == 404
        assert post(office, path, {"a": "4"}).status in (308, 404, 410)

    try_one()
    assert everything(office) == before


def test_expired_withdrawn_and_erased_links_look_like_unknown_ones(office: Office) -> None:
    neutral = gone(office)
    expired, withdrawn, erased, lost = (
        link(office.database, office.now(), customer=f"{name}@example.com", locale="fi") for name in "abcd"
    )

    def spoil(db: Connection) -> None:
        for token in (withdrawn, lost):
            invitation = links.find(db, token)
            assert invitation is not None
            if token == withdrawn:
                assert endings.withdraw(db, invitation.key, "wrong customer", office.now())
            else:
                run(db, "DELETE FROM links WHERE invitation = :key", key=invitation.key)
        forgotten = links.find(db, erased)
        assert forgotten is not None
        run(db, "DELETE FROM invitations WHERE key = :key", key=forgotten.key)

    office.database.write(spoil)
    office.settle()
    office.clock.advance(timedelta(days=7))  # no tick has closed it yet
    before = everything(office)
    for token in (expired, withdrawn, erased, lost):
        for page in (
            get(office, f"/s/{token}?a=4"),
            get(office, f"/s/{token}/thanks"),
            post(office, f"/s/{token}", {"a": "4"}),
            post(office, f"/s/{token}/thanks", {"comment": "x"}),
        ):
            assert (page.status, page.text) == (410, neutral)
    assert everything(office) == before
    office.service.tick()
    assert get(office, f"/s/{expired}").text == neutral


class Guarded(Office):
    unknown_links_a_minute = 60


def statuses(office: Office, n: int, path: str = "/s/nothing", source: str = "127.0.0.1") -> list[int]:
    return [ask(office, "GET", path, source=source).status for _ in range(n)]


def test_whoever_tries_many_links_has_to_wait_and_others_do_not(tmp_path: Path) -> None:
    with Guarded(tmp_path) as office:
        good, neutral = link(office.database, office.now()), gone(office)
        tried = statuses(office, 100)
        assert tried[:59] == [410] * 59
        assert 429 in tried
        late = get(office, "/u/nothing", X_Forwarded_For="203.0.113.9", Forwarded="for=203.0.113.9")
        assert (late.status, late.headers["Retry-After"], late.text) == (429, "60", neutral)
        # A good link works all the same: behind a proxy everybody has the same address.
        assert post(office, f"/s/{good}", {"a": "4"}).status == 303
        assert statuses(office, 3, source="127.0.0.2") == [410] * 3


def test_a_network_has_a_limit_as_well(tmp_path: Path) -> None:
    with Guarded(tmp_path) as office:
        tried = [status for host in range(2, 9) for status in statuses(office, 58, source=f"127.0.0.{host}")]
        assert tried[:240] == [410] * 240
        assert tried[-1] == 429
        assert statuses(office, 3, source="127.0.1.2") == [410] * 3


def test_one_link_takes_only_so_many_answers_in_a_minute(office: Office, token: str) -> None:
    tried = [post(office, f"/s/{token}", {"a": str(number % 5 + 1)}) for number in range(60)]
    assert [each.status for each in tried[:30]] == [303] * 30
    assert tried[-1].status == 429
    assert "Please try again in a minute." in tried[-1].text
    other = link(office.database, office.now(), customer="dora@example.com")
    assert post(office, f"/s/{other}", {"a": "4"}).status == 303


# Languages


@pytest.mark.parametrize(
    ("query", "accepted", "locale", "lang"),
    [
        ("", "", "en", "en"),
        ("", "", "fi", "fi"),
        ("", "", "fi-FI", "fi"),
        ("", "fi-FI,fi;q=0.9,en;q=0.5", "en", "fi"),
        ("", "sv-FI, en-GB;q=0.4", "fi", "sv"),
        ("", "", "sv", "sv"),
        ("", "de-CH, en-GB;q=0.4", "fi", "en"),
        ("", "de", "fi", "fi"),
        ("", "*", "fi", "fi"),
        ("", "fi;q=0, en", "fi", "en"),
        ("?lang=fi", "en", "en", "fi"),
        ("?lang=fi_FI", "en", "en", "fi"),
        ("?lang=sv", "fi", "fi", "sv"),
        ("?lang=tlh", "fi", "en", "fi"),
        ("?lang=%00", "\xe4;;q=x", "en", "en"),
    ],
)
def test_the_language_is_the_links_then_the_browsers_then_the_invitations(
    office: Office, query: str, accepted: str, locale: str, lang: str
) -> None:
    token = link(office.database, office.now(), locale=locale)
    headers = {"Accept_Language": accepted} if accepted else {}
    assert f'<html lang="{lang}" dir="ltr">' in get(office, f"/s/{token}{query}", **headers).text


def test_the_language_of_a_link_stays(office: Office, token: str) -> None:
    page = get(office, f"/s/{token}?lang=fi")
    assert "Kuinka tyytyväinen olet saamaasi apuun?" in page.text
    [action] = re.findall(r'action="([^"]+)"', page.text)
    done = post(office, action, {"a": "4"})
    assert done.location == f"/s/{token}/thanks?lang=fi"
    assert "Kiitos vastauksestasi!" in get(office, done.location).text


# Don't ask me again


def opted_out(office: Office) -> list[str]:
    sql = "SELECT n.name FROM opt_outs AS o JOIN names AS n ON n.id = o.customer"
    return [each["name"] for each in rows(office.database.reader, sql)]


def test_one_click_in_a_mail_program_is_enough(office: Office, token: str) -> None:
    page = post(office, f"/u/{token}", ONE_CLICK)
    assert page.status == 200
    assert "Set-Cookie" not in page.headers
    assert opted_out(office) == ["carla@example.com"]
    assert office.invitations()[0]["state"] == "declined"
    assert "Ask me again" in page.text
    office.settle()
    before = everything(office)
    assert post(office, f"/u/{token}", ONE_CLICK).status == 200
    assert everything(office) == before


def test_one_click_may_come_as_multipart_and_from_anywhere(office: Office, token: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    headers = {"Content_Type": "multipart/form-data; boundary=x", "Origin": "https://mail.example.com"}
    assert ask(office, "POST", f"/u/{token}", body, **headers).status == 200
    assert opted_out(office) == ["carla@example.com"]


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=", b"List-Unsubscribe=no", b"x=y", b"one-click"])
def test_other_bodies_change_nothing(office: Office, token: str, body: bytes) -> None:
    before = everything(office)
    assert ask(office, "POST", f"/u/{token}", body, Content_Type=FORM).status == 400
    assert everything(office) == before


def test_the_button_does_the_same_and_can_be_undone(office: Office, token: str) -> None:
    page = get(office, f"/u/{token}")
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in page.text
    assert opted_out(office) == []
    post(office, f"/u/{token}", ONE_CLICK)
    assert '<input type="hidden" name="again" value="yes">' in get(office, f"/u/{token}").text
    page = post(office, f"/u/{token}", {"again": "yes"})
    assert page.status == 200
    assert "We may ask you again some day." in page.text
    assert opted_out(office) == []


def test_an_old_link_still_ends_the_asking(office: Office, token: str) -> None:
    withdrawn = link(office.database, office.now(), customer="dora@example.com")
    key = office.database.write(lambda db: getattr(links.find(db, withdrawn), "key", ""))
    assert office.database.write(lambda db: endings.withdraw(db, key, "wrong customer", office.now()))
    office.pass_time(days=30)
    for each in (token, withdrawn):
        assert get(office, f"/u/{each}").status == 200
        assert post(office, f"/u/{each}", ONE_CLICK).status == 200
    assert sorted(opted_out(office)) == ["carla@example.com", "dora@example.com"]


def test_one_click_on_a_mail_with_an_unknown_outcome(office: Office) -> None:
    token = link(office.database, office.now(), state="sending")
    assert post(office, f"/u/{token}", ONE_CLICK).status == 200
    assert office.invitations()[0]["state"] == "declined"
    assert opted_out(office) == ["carla@example.com"]


def test_logs_of_pages_name_ids_only(office: Office, token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    post(office, f"/s/{token}", {"a": "2", "comment": "My secret: kissa123"})
    office.settle()
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("cxbot"))
    assert "page answer invitation=" in told
    for secret in ("kissa123", token, "carla@example.com"):
        assert secret not in told


# Faults


def test_what_cannot_be_stored_is_not_confirmed(office: Office, token: str) -> None:
    """The file may not grow any more, as on a full disk."""

    def fill(db: Connection) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}").fetchall()

    office.database.write(fill)
    page = post(office, f"/s/{token}", {"a": "1", "comment": "ä" * 3000})
    assert page.status == 503
    assert "Nothing was stored" in page.text
    assert answers(office) == {"csat": None}
    office.database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
    assert post(office, f"/s/{token}", {"a": "1", "comment": "ä" * 3000}).status == 303
