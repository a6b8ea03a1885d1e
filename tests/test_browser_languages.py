"""The demo in Finnish and Swedish, in a real browser: no English words, nothing too wide, and axe finds nothing."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from cxbot.cli.guide import steps
from cxbot.cli.stage import Stage
from cxbot.language import language
from tests.test_browser import CHROMIUM, SCREENSHOTS, browser, opened
from tests.test_language import LOCAL_SLACK

__all__ = ["browser"]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM} to click with")

DESKTOP, PHONE = (1280, 800), (390, 844)
OF_THE_MANIFEST = {"Ask for feedback"}  # English in Slack, too
SHOWN = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [document.title];
    const unseen = (text) => text.parentElement.closest("script, noscript");
    while (walk.nextNode()) if (!unseen(walk.currentNode)) found.push(walk.currentNode.data);
    for (const name of ["aria-label", "title", "placeholder", "alt"])
        for (const each of document.querySelectorAll(`[${name}]`)) found.push(each.getAttribute(name));
    return found.map((each) => each.trim()).filter(Boolean);
}"""
TOO_WIDE = """() => [...document.querySelectorAll("button, h2, .badge, .step-body p, .hint")]
    .filter((each) => each.offsetParent && getComputedStyle(each).overflow === "visible")
    .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent)"""


@pytest.fixture(scope="module")
def english_guide() -> set[str]:
    with Stage() as stage:
        return {text for step in steps(stage) for text in (step.title, step.text)}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", text)))


def _english(code: str) -> list[re.Pattern[str]]:
    """The page's English texts that this language says otherwise, with two words or without a placeholder."""
    found = []
    for message in LOCAL_SLACK.catalogue(code):
        ids, strings = ([each] if isinstance(each, str) else [*each] for each in (message.id, message.string))
        found += [one for one, other in zip(ids, strings, strict=True) if one and one != other]
    return [_pattern(text) for text in found if "{" not in text or len(re.findall(r"[A-Za-z]+(?![^{]*\})", text)) > 1]


class Reader:
    """Looks at the page as it is now."""

    def __init__(self, page: Page, locale: str, english_guide: set[str]) -> None:
        self.page = page
        self._english, self._guide = _english(locale), english_guide
        self._name = f"{locale}-{page.viewport_size['width']}"

    def look(self, what: str) -> None:
        """No English, nothing too wide, no violation; and a screenshot."""
        page = self.page
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{self._name}-{what}.png")
        shown = [each for each in page.evaluate(SHOWN) if each not in OF_THE_MANIFEST]
        assert len(shown) > 50
        assert [each for each in shown if any(text.fullmatch(each) for text in self._english)] == []
        assert [each for each in shown if any(text in each for text in self._guide)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        assert page.evaluate(TOO_WIDE) == []
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    def show(self, number: int) -> None:
        """Unfold a step of the guide and press its *Show me*."""
        step = self.page.get_by_test_id(f"story-step-{number}")
        toggle = self.page.get_by_test_id("story-toggle")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
        expect(step).to_be_visible()
        if step.get_by_role("button").first.get_attribute("aria-expanded") == "false":
            step.get_by_role("button").first.click()
        self.page.get_by_test_id(f"story-show-{number}").click()

    def done(self, number: int) -> None:
        expect(self.page.get_by_test_id(f"story-step-{number}").locator("input")).to_be_checked()

    def leave_thread(self) -> None:
        if self.page.viewport_size["width"] < 800:
            self.page.get_by_test_id("thread-close").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["fi", "sv"])
def test_the_demo_speaks_its_language(
    browser: Browser, english_guide: set[str], locale: str, size: tuple[int, int]
) -> None:
    with Stage(locale=locale) as stage:
        page, errors = opened(browser, stage, *size)
        reader = Reader(page, locale, english_guide)
        assert page.evaluate("document.documentElement.lang") == locale
        reader.look("1-begin")

        reader.show(1)
        root = page.locator(f'[data-ts="{stage.thread}"]').first
        root.hover()
        root.get_by_test_id("reaction-add").click()
        reader.look("2-reactions")
        page.get_by_test_id("reaction-option-ballot_box_with_ballot").click()
        reader.done(1)
        page.get_by_test_id("clock-plus-10").click()
        reader.done(2)

        reader.show(3)
        thread = page.get_by_test_id("thread-panel")
        thread.get_by_role("button").filter(has_text=re.compile(r"^3$")).click()
        thread.locator("[data-action-id^=reason]").first.click()
        reader.done(4)
        thread.get_by_role("button", name=language(locale).say("Comment or change")).click()
        modal = page.get_by_test_id("modal")
        expect(modal).to_be_visible()
        reader.look("3-form")
        modal.locator("textarea").fill(stage.words.complaint)
        page.get_by_test_id("modal-submit").click()
        reader.done(5)
        reader.look("4-thread")
        reader.leave_thread()

        for number in (6, 7, 8):
            reader.show(number)
            composer = page.get_by_test_id("composer")
            expect(composer).to_have_value(re.compile(r"^/(nps|cx) \w+"))
            composer.press("Enter")
            reader.done(number)
        reader.look("5-figures")

        reader.show(11)
        page.get_by_test_id("close-case").click()
        reader.done(11)
        page.get_by_test_id("clock-plus-10").click()
        expect(page.locator(".mail-row")).to_be_visible()
        reader.look("6-mailbox")
        page.locator(".mail-row").click()
        expect(page.get_by_test_id("mail").get_by_role("heading")).to_be_visible()
        reader.look("7-mail")
        page.get_by_test_id("trouble").click()
        reader.look("8-troubles")
        page.keyboard.press("Escape")

        reader.show(13)
        expect(page.get_by_test_id("composer")).to_have_value(re.compile("SAMPLE-1$"))
        assert errors == []
        page.close()


def test_forms_show_channels_by_name_whether_or_not_the_person_is_in_them(browser: Browser) -> None:
    with Stage(locale="fi") as stage:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(stage.slack.url)
        page.get_by_test_id("person-switcher").locator(f'[data-user="{stage.ada}"]').click()
        stage.slack.command(stage.ada, stage.team, "/cx", "tiimi Tuki")
        modal = page.get_by_test_id("modal")
        expect(modal).to_contain_text("#acme-support")
        expect(modal).to_contain_text("yksityinen kanava")
        expect(modal).not_to_contain_text(stage.acme)
        expect(modal).not_to_contain_text(stage.leads)
        page.close()
