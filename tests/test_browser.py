"""The demo's story in a real browser; screenshots go to `screenshots/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cxbot.cli.stage import Stage
from cxbot.sandbox import Sandbox

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
expect.set_options(timeout=20_000)  # ms; a busy machine may take a while
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM} to click with")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


def opened(browser: Browser, stage: Stage, width: int, height: int) -> tuple[Page, list[str]]:
    """The page at a size, and the errors it reports."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(stage.slack.url)
    expect(page.get_by_test_id("clock")).to_be_visible()
    return page, errors


class Player:
    """Does what a person does with the page."""

    def __init__(self, page: Page, stage: Stage, name: str) -> None:
        self.page = page
        self.stage = stage
        self._name = name

    def look(self, what: str) -> None:
        """Leave a screenshot."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=SCREENSHOTS / f"{self._name}-{what}.png")

    def become(self, user: str) -> None:
        """Play another person; on a phone an open thread covers the switch."""
        close = self.page.get_by_test_id("thread-close")
        if close.is_visible() and self.page.viewport_size["width"] < 700:
            close.click()
        self.page.get_by_test_id("person-switcher").locator(f'[data-user="{user}"]').click()

    def go(self, channel: str) -> None:
        """Open a channel, through the drawer on a phone."""
        place = self.page.get_by_test_id(f"channel-{channel}")
        if self.page.viewport_size["width"] < 700:
            self.page.get_by_role("button", name="channels").first.click()
        place.click()


def play(player: Player) -> None:
    """The story of the demo, by clicking."""
    page, stage = player.page, player.stage
    player.become(stage.anna)
    player.go("acme-support")
    root = page.locator(f'[data-ts="{stage.thread}"]').first
    root.hover()
    root.get_by_test_id("reaction-add").click()
    page.get_by_test_id("reaction-option-ballot_box_with_ballot").click()
    expect(page.get_by_text("will be asked in the thread").first).to_be_visible()
    player.look("1-asked")
    page.get_by_test_id("clock-plus-10").click()

    player.become(stage.carla)
    player.go("acme-support")
    if not page.get_by_test_id("thread-composer").is_visible():
        page.get_by_test_id(f"replies-{stage.thread}").click()
    thread = page.get_by_test_id("thread-panel")
    expect(thread.get_by_text("How likely are you to recommend us")).to_be_visible()
    player.look("2-survey")
    thread.get_by_role("button", name="3 of 10").click()
    expect(thread.get_by_text("Thank you for your answer!")).to_be_visible()
    long_wait = thread.get_by_role("button", name="Long wait")
    long_wait.click()
    expect(thread.get_by_role("button", name="Long wait, chosen")).to_be_visible()
    player.look("3-answered")
    thread.get_by_role("button", name="Comment or change").click()
    modal = page.get_by_test_id("modal")
    modal.get_by_label("In your own words").fill("Three days for one tick mark!")
    player.look("4-comment")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(thread.get_by_text("Three days for one tick mark!")).to_be_visible()

    player.become(stage.leo)
    player.go("support-leads")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("takes care of it")).to_be_visible()
    player.look("5-notice")
    player.go("support-team")
    composer = page.get_by_test_id("composer")
    composer.fill("/nps week")
    composer.press("Enter")
    expect(page.get_by_text("2026-W").first).to_be_visible()
    expect(page.get_by_role("button", name="How is this counted?")).to_be_visible()
    player.look("6-report")

    page.get_by_test_id("clock-monday").click()
    expect(page.get_by_text("Support · week").first).to_be_visible()
    player.look("7-digest")
    digest = next(each for each in stage.slack.messages(stage.team) if each.get("thread_ts", each["ts"]) == each["ts"])
    stage.slack.wait_for(lambda: len(stage.slack.messages(stage.team, digest["ts"])) >= 3, timeout=15)
    page.get_by_test_id(f"replies-{digest['ts']}").click()
    expect(page.get_by_test_id("thread-panel").locator("img").first).to_be_visible()
    page.get_by_test_id("thread-panel").locator("img").first.scroll_into_view_if_needed()
    player.look("8-chart")


def test_the_story_is_played_by_clicking(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    play(Player(page, stage, "desktop"))
    assert errors == []
    page.close()


def test_the_story_is_played_on_a_phone(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 390, 844)
    play(Player(page, stage, "phone"))
    assert errors == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.close()


def test_on_a_phone_the_guide_takes_no_room_from_a_report(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 390, 844)
    player = Player(page, stage, "phone-guide")
    steps, toggle, main = page.locator("#story-steps"), page.get_by_test_id("story-toggle"), page.locator("#main")
    expect(steps).to_be_visible()
    open_box = main.bounding_box()
    player.become(stage.leo)  # whoever does something has read the guide
    expect(steps).to_be_hidden()
    expect(toggle).to_contain_text("Story, 1 of 13: End a conversation")
    assert main.bounding_box() == open_box
    assert open_box["height"] > 844 * 0.7
    player.go("support-team")
    page.get_by_test_id("composer").fill("/nps last month")
    page.get_by_test_id("composer").press("Enter")
    expect(page.get_by_text("How is this counted?").last).to_be_visible()
    player.look("report")
    toggle.click()
    player.look("open")
    expect(steps).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.focus()
    page.keyboard.press("Shift+Tab")
    expect(steps).to_be_hidden()
    assert errors == []
    page.close()


def test_the_page_works_with_the_keyboard(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    Player(page, stage, "keyboard").become(stage.leo)
    page.get_by_test_id("channel-support-team").focus()
    page.keyboard.press("Enter")
    # Else the first keys are another channel's.
    expect(page.get_by_role("heading", name="support-team")).to_be_visible()
    page.get_by_test_id("composer").focus()
    page.keyboard.type("/nps week")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="How is this counted?")
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tango 1998").first).to_be_visible()
    assert errors == []
    page.close()


def test_a_workflow_is_run_and_hears_of_the_answer(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    player = Player(page, stage, "workflow")
    player.go("Mailbox")
    said = page.get_by_test_id("workflow-said")
    page.get_by_test_id("run-workflow").click()
    expect(said).to_have_text("The step is running.")
    page.get_by_test_id("clock-plus-10").click()
    channel = stage.slack.dm(stage.carla)
    [survey] = stage.slack.wait_for(lambda: stage.slack.messages(channel), timeout=10)
    stage.slack.click(stage.carla, channel, survey["ts"], label="9")
    expect(said).to_contain_text("The step is completed: outcome answered")
    expect(said).to_contain_text("answered true")
    player.look("answered")
    assert errors == []
    page.close()


def answer_a_mail(player: Player) -> None:
    """The way outside Slack, by clicking."""
    page, stage = player.page, player.stage
    player.go("Mailbox")
    expect(page.get_by_text("No mail yet")).to_be_visible()
    reopen = page.get_by_test_id("reopen-case")
    expect(reopen).to_be_disabled()
    player.look("9-no-mail")
    page.get_by_test_id("close-case").click()
    expect(page.get_by_test_id("helpdesk-said")).to_contain_text("outcome waiting")
    reopen.click()
    expect(page.get_by_test_id("helpdesk-said")).to_contain_text("conversation.reopened")
    expect(reopen).to_be_disabled()
    page.get_by_test_id("close-case").click()
    expect(page.get_by_test_id("helpdesk-said")).to_contain_text("outcome waiting")
    page.get_by_test_id("clock-plus-10").click()
    row = page.locator(".mail-row")
    expect(row).to_contain_text("How likely are you to recommend us")
    expect(row).to_contain_text("to dora@sample.example")
    player.look("10-mail-arrived")
    row.click()
    mail = page.get_by_test_id("mail")
    expect(mail).to_contain_text("support@company.example")
    link = mail.frame_locator("iframe").get_by_role("link", name="9", exact=True)
    expect(link).to_be_visible()
    player.look("11-mail")
    mail.get_by_test_id("mail-as-text").click()
    expect(mail.get_by_test_id("mail-text")).to_contain_text("Don't ask me again")
    player.look("12-mail-as-text")
    mail.get_by_test_id("mail-as-html").click()
    with page.expect_popup() as opened_tab:
        link.click()
    survey = opened_tab.value
    assert survey.url.startswith(stage.public_url)
    expect(survey.get_by_role("radio", name="9")).to_be_checked()
    survey.get_by_role("button", name="Send").click()
    expect(survey.get_by_text("Thank you for your answer!")).to_be_visible()
    survey.close()
    player.become(stage.leo)
    player.go("support-team")
    composer = page.get_by_test_id("composer")
    composer.fill("/cx why SAMPLE-1")
    composer.press("Enter")
    expect(page.get_by_text("Asked by e-mail.").first).to_be_visible()


def test_a_mail_is_answered_by_clicking(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    answer_a_mail(Player(page, stage, "desktop"))
    assert errors == []
    page.close()


def test_a_mail_is_answered_on_a_phone(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 390, 844)
    answer_a_mail(Player(page, stage, "phone"))
    assert errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_the_mailbox_works_with_the_keyboard(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    page.get_by_test_id("channel-Mailbox").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("close-case").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("helpdesk-said")).to_contain_text("outcome waiting")
    page.get_by_test_id("clock-plus-10").focus()
    page.keyboard.press("Enter")
    row = page.locator(".mail-row")
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("mail").get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("mail-as-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("mail-text")).to_be_visible()
    expect(page.get_by_test_id("mail-as-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    expect(page.get_by_test_id("mail").get_by_text("Choose a mail to read it.")).to_be_visible()
    assert errors == []
    page.close()


def test_the_guide_leads_outside_slack(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    page.get_by_text("11. Close a case outside Slack").click()
    page.get_by_test_id("story-show-11").click()
    expect(page.get_by_test_id("close-case")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Step 11 done")).to_be_checked()
    page.get_by_test_id("clock-plus-10").click()
    expect(page.get_by_test_id("channel-Mailbox")).to_contain_text("Mailbox")
    expect(page.locator(".mail-row.unread")).to_be_visible()
    page.get_by_test_id("channel-support-team").click()
    expect(page.get_by_test_id("channel-Mailbox").locator(".count")).to_contain_text("1")
    page.get_by_text("12. Answer a mail").click()
    page.get_by_test_id("story-show-12").click()
    expect(page.locator(".mail-row")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Step 12 done")).to_be_checked()
    page.get_by_text("13. Ask what became of it").click()
    page.get_by_test_id("story-show-13").click()
    composer = page.get_by_test_id("composer")
    expect(composer).to_have_value("/cx why SAMPLE-1")
    composer.press("Enter")
    expect(page.get_by_label("Step 13 done")).to_be_checked()
    page.go_back()
    expect(page.get_by_test_id("mail").get_by_role("heading")).to_be_visible()
    assert errors == []
    page.close()


def test_the_guide_leads_through_figures(browser: Browser, stage: Stage) -> None:
    page, errors = opened(browser, stage, 1280, 800)
    steps = {6: "/nps week", 7: "/cx drivers nps 90d", 8: "/cx journey nps 90d"}
    composer = page.get_by_test_id("composer")
    for number, command in steps.items():
        page.locator(f"[data-testid=story-step-{number}] .step-title").click()
        expect(page.get_by_test_id(f"story-step-{number}")).to_contain_text(f"{command} in #support-team")
        page.get_by_test_id(f"story-show-{number}").click()
        expect(composer).to_have_value(command)
        expect(page.get_by_role("heading", name="support-team")).to_be_visible()
        composer.fill(f"{command} vs:moon")
        composer.press("Enter")
        expect(page.get_by_text("moon").nth(number - 6)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(composer).to_have_value("")
        expect(page.get_by_label(f"Step {number} done")).not_to_be_checked()
        composer.fill(command.replace(" ", "  "))
        composer.press("Enter")
        expect(page.get_by_label(f"Step {number} done")).to_be_checked()
    assert errors == []
    page.close()


def test_without_a_guide_there_is_no_story(browser: Browser) -> None:
    with Sandbox() as slack:
        slack.add_channel("support", members=[slack.add_user("anna")])
        page = browser.new_page()
        page.goto(slack.url)
        expect(page.get_by_role("heading", name="support")).to_be_visible()
        expect(page.locator("#story")).to_be_hidden()
        page.close()


def test_nothing_comes_from_other_hosts(browser: Browser, stage: Stage) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(stage.slack.url)
    expect(page.get_by_test_id("clock")).to_be_visible()
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {stage.slack.url.split("/")[2]}
    page.close()
