"""The survey's page in a real browser without JavaScript; screenshots go to `screenshots/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cxbot.language import LANGUAGES
from cxbot.store.engine.statements import rows
from tests.office import Office
from tests.seeding import link
from tests.test_browser import CHROMIUM, FLAGS, SCREENSHOTS
from tests.web.visitor import answers

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM} to click with")

PHONE, ZOOMED, DESKTOP = (320, 640), (195, 422), (1280, 800)  # a phone of 390 pixels at 200 % has 195
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLORS = ("", "#ffffff", "#000000", "#ffdd00", "#0b5fff", "#808080", "#16181d")


class Shop(Office):
    """An office whose company has a name, a colour and a privacy notice."""

    color = "#0b6e4f"

    def serve(self) -> Any:
        look = {"company": "Sample Company", "color": self.color, "privacy_url": "https://example.com/privacy"}
        self.settings = replace(self.settings, **look)
        return super().serve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as made:
        yield made


def opened(browser: Browser, office: Office, size: tuple[int, int] = PHONE, **how: Any) -> Page:
    """A page of a browser without JavaScript."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height}, base_url=f"http://127.0.0.1:{office.service.port}",
        **{"java_script_enabled": False, "locale": "en-GB", **how},
    )  # fmt: skip
    page.set_default_timeout(15_000)
    return page


def pages_of(office: Office) -> dict[str, str]:
    """An address of every kind of page."""
    csat, nps, several, words, over = (
        link(office.database, office.now(), survey=survey, customer=f"{survey}{number}@example.com")
        for number, survey in enumerate(("csat", "nps", "experience", "promise", "csat"))
    )
    return {
        "csat": f"/s/{csat}?a=4", "nps": f"/s/{nps}", "several": f"/s/{several}", "words": f"/s/{words}",
        "stop": f"/u/{over}", "gone": "/s/nothing",
    }  # fmt: skip


def _send(page: Page) -> None:
    """Press the page's button, and wait for the next page: what asks the page itself does not wait."""
    with page.expect_navigation():
        page.locator("button").click()


def test_a_customer_answers_on_a_phone(browser: Browser, shop: Shop) -> None:
    page = opened(browser, shop)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    token = link(shop.database, shop.now())
    page.goto(f"/s/{token}?a=4")
    expect(page.get_by_role("group", name="How satisfied are you with the help you got?")).to_be_visible()
    expect(page.get_by_role("radio", name="4")).to_be_checked()
    page.get_by_text("2", exact=True).click()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", name="Thank you for your answer!")).to_be_visible()
    expect(page.get_by_text("Your answer: 2 of 5")).to_be_visible()
    page.get_by_label("Long wait").check()
    page.get_by_label("In your own words").fill("An hour\nin the queue")
    page.get_by_label("Please contact me").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Somebody will contact you.")
    expect(page.get_by_label("In your own words")).to_have_value("An hour\nin the queue")
    page.get_by_role("link", name="Change the answer").click()
    page.get_by_text("1", exact=True).click()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer: 1 of 5")).to_be_visible()
    expect(page.get_by_label("Long wait")).to_be_checked()
    page.get_by_role("link", name="Don't ask me again").click()
    page.get_by_role("button", name="Don't ask me again").click()
    expect(page.get_by_role("heading", name="All right: we won't ask you again.")).to_be_visible()
    page.get_by_role("button", name="Ask me again").click()
    expect(page.get_by_role("heading", name="Thank you! We may ask you again some day.")).to_be_visible()
    assert answers(shop) == {"csat": 1}
    assert rows(shop.database.reader, "SELECT * FROM opt_outs") == []
    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{shop.service.port}"}
    assert not [url for url in asked if url.endswith(".js")]
    page.close()


def test_the_whole_way_goes_by_keyboard(browser: Browser, shop: Shop) -> None:
    page = opened(browser, shop, DESKTOP)
    page.goto(f"/s/{link(shop.database, shop.now(), survey='nps')}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="0 not at all likely")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send the answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no answer yet")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="0 not at all likely")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answer: 9 of 10")).to_be_visible()
    assert answers(shop) == {"nps": 9}
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Change the answer")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.type("Fast!")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert (shop.rating()["reasons"], shop.rating()["comment"], shop.rating()["contact"]) == ("speed", "Fast!", 0)
    page.close()


@pytest.mark.parametrize("size", [ZOOMED, PHONE, (640, 800), DESKTOP], ids=str)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_cut_off_and_everything_can_be_touched(
    browser: Browser, shop: Shop, size: tuple[int, int], lang: str
) -> None:
    page = opened(browser, shop, size, locale=lang)
    for name, path in pages_of(shop).items():
        page.goto(path)
        _measure(page, name)
        if name == "csat":
            _send(page)
            _measure(page, "thanks")
            page.locator("textarea").fill("word" * 80)
            _send(page)
            _measure(page, "saved")
        if name == "nps":
            _send(page)
            _measure(page, "error")
    page.close()


def _measure(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    small = page.evaluate(
        """[...document.querySelectorAll("a, button, label.option, textarea")]
        .map(each => [each.textContent, each.getBoundingClientRect()])
        .filter(([_, box]) => box.width < 44 || box.height < 44)
        .map(([text, box]) => `${text} ${box.width} ${box.height}`)"""
    )
    assert small == [], name
    beneath = page.evaluate(
        """[...document.querySelectorAll("label.option")].filter(each => {
            const box = each.getBoundingClientRect(), next = each.nextElementSibling?.getBoundingClientRect()
            return next && next.top < box.bottom && next.left < box.right
        }).map(each => each.textContent)"""
    )
    assert beneath == [], name


def test_text_of_twice_the_size_fits(browser: Browser, shop: Shop) -> None:
    page = opened(browser, shop, (640, 800))
    for name, path in pages_of(shop).items():
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.close()


@pytest.mark.parametrize("color", COLORS, ids=lambda color: color or "none")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_whatever_the_colour(browser: Browser, tmp_path: Path, scheme: str, color: str) -> None:
    class Coloured(Shop):
        pass

    Coloured.color = color
    with Coloured(tmp_path) as office:
        # Axe itself needs JavaScript; the page has none.
        page = opened(browser, office, java_script_enabled=True, color_scheme=scheme)
        for name, path in pages_of(office).items():
            page.goto(path)
            _check(page, name)
            if name == "csat":
                _send(page)
                _check(page, "thanks")
                page.get_by_label("In your own words").fill("Hello")
                _send(page)
                _check(page, "saved")
            if name == "nps":
                _send(page)
                _check(page, "error")
        page.close()


def _check(page: Page, name: str) -> None:
    found = Axe().run(page, options=RULES)
    assert len(found.response["passes"]) > 10, name
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("width", "size"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_pictures_are_taken(
    browser: Browser, shop: Shop, width: str, size: tuple[int, int], lang: str, scheme: str
) -> None:
    """For people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page = opened(browser, shop, size, locale=lang, color_scheme=scheme)

    def look(name: str) -> None:
        page.screenshot(path=SCREENSHOTS / f"page-{name}-{width}-{scheme}-{lang}.png", full_page=True)

    for name, path in pages_of(shop).items():
        page.goto(path)
        look(name)
        if name in ("csat", "nps"):
            _send(page)
            look("thanks" if name == "csat" else "error")
    page.close()
