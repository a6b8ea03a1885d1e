"""The mail as a browser shows it: on a narrow screen and a wide one, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.language import LANGUAGES, language
from cxbot.mail import letter, markup
from tests.mail.letters import HEAD, invitation

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LINKS = """[...document.querySelectorAll('a')].map(link => Math.round(link.getBoundingClientRect().height))"""
CONTRAST = """(() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number)
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
    const ground = of => {
        const colour = parts(getComputedStyle(of).backgroundColor)
        return colour.length === 4 && colour[3] === 0 ? ground(of.parentElement) : colour
    }
    return Math.min(...[...document.querySelectorAll('p, h1, a')].map(each => {
        const [a, b] = [light(parts(getComputedStyle(each).color)), light(ground(each))]
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    }))
})()"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM} to look with")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("width", [320, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mail_can_be_read_and_pressed(browser: Browser, locale: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)  # type: ignore[arg-type]
    for survey in SURVEYS:
        made = letter.write(invitation(survey, locale=locale), HEAD, language(locale), "t" * 32)
        page.set_content(markup.page(made))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, survey
        assert min(page.evaluate(LINKS)) >= 44, survey
        assert page.evaluate(CONTRAST) >= 4.5, survey
    page.close()
