"""The local Slack in the languages of the demo: its page, and what it tells people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from cxbot.sandbox import MAILBOX, NotPossible, Sandbox, SandboxClock, Step

from .conftest import Heard, Team, populate
from .test_methods import SECTION, button
from .test_ui import do, state

PAGE = Path(__file__).parents[2] / "cxbot" / "sandbox" / "page"
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//.*?$", re.DOTALL | re.MULTILINE)
SAID = re.compile(r'\bsay\("((?:[^"\\]|\\.)*)"|\bcount\([^"]*"([^"]*)", "[^"]*"')
IMPORTED = re.compile(r"^import .*?;$", re.MULTILINE)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
WORDS = re.compile(r"(?:^|>)[^a-zA-Z.#\[]*(?:[A-Z][a-z]+\b|[a-z]+ (?:[a-z]+ )*[a-z]{2,})")
NO_WORDS = {
    "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "End", "Enter", "Escape", "Home", "Tab",  # keys
    "Accept", "Content-Type", "POST", "USLACKBOT",  # of HTTP, and an id
}  # fmt: skip
CLASSES = re.compile(r"\bclass: [^,\n]*|classList\.\w+\([^)]*\)")
MARKUP = re.compile(r"noopener noreferrer|allow-popups .*|\d+px .*|M[\d. a-zA-Z-]+")  # values of attributes, paths


@pytest.fixture(params=["en", "fi", "sv"])
def speaking(request: pytest.FixtureRequest, clock: SandboxClock) -> Iterator[Sandbox]:
    with Sandbox(clock, locale=request.param) as sandbox:
        yield sandbox


@pytest.fixture
def slack(clock: SandboxClock) -> Iterator[Sandbox]:
    with Sandbox(clock, locale="fi") as sandbox:
        yield sandbox


def _get(url: str) -> str:
    with urlopen(url) as answer:
        return str(answer.read().decode())


def _words(slack: Sandbox) -> Any:
    return json.loads(_get(f"{slack.url}/words.js").removeprefix("export default ").removesuffix(";"))


def test_the_page_gets_the_words_of_its_language(speaking: Sandbox) -> None:
    words = _words(speaking)
    code = words["code"]
    assert f'<html lang="{code}">' in _get(speaking.url)
    said = {"en": "Direct messages", "fi": "Yksityisviestit", "sv": "Direktmeddelanden"}[code]
    assert words["texts"]["Direct messages"] == speaking.label("Direct messages") == said
    replies = {"en": ["{n} reply", "{n} replies"], "fi": ["{n} vastaus", "{n} vastausta"], "sv": ["{n} svar"] * 2}
    assert words["plurals"]["{n} reply"] == replies[code]
    assert speaking.label("Skip to the message field") in _get(speaking.url)


def test_whatever_the_page_says_is_in_the_catalogues(speaking: Sandbox) -> None:
    """Also where the tool that collects texts does not look, such as within a template literal."""
    words = _words(speaking)
    known = {*words["texts"], *words["plurals"]}
    for path in PAGE.glob("*.js"):
        found = {one or many for one, many in SAID.findall(path.read_text())}
        assert found <= known, path.name


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.js")), ids=lambda path: path.name)
def test_the_page_shows_no_words_but_what_it_says(path: Path) -> None:
    rest = path.read_text()
    for each in (COMMENT, IMPORTED, CLASSES, SAID):
        rest = each.sub("", rest)
    literals = [re.sub(r"\$\{[^}]*\}", "", one or other) for one, other in LITERAL.findall(rest)]
    found = [each for each in literals if WORDS.search(each) and each not in NO_WORDS and not MARKUP.fullmatch(each)]
    assert found == []


def test_a_language_without_a_catalogue_is_refused(clock: SandboxClock) -> None:
    with pytest.raises(FileNotFoundError):
        Sandbox(clock, locale="tlh")


def test_a_label_that_the_page_does_not_have_is_refused(slack: Sandbox) -> None:
    with pytest.raises(KeyError):
        slack.label("Open the pod bay doors")


def test_what_is_not_possible_is_told_in_the_pages_language(team: Team) -> None:
    assert do(team, "reopen_case")["error"] == "Asiakastukea ei ole."
    back = do(team, "advance_clock", to="2020-01-01T00:00")
    assert back["error"] == "Kello kulkee vain eteenpäin."
    said = do(team, "react", user=team.anna, channel=team.support, ts="1.0", name="eyes")["error"]
    assert said.startswith("Viestiä 1.0 ei ole;")
    with pytest.raises(NotPossible, match=r"There is no message 1\.0; ephemeral"):
        team.slack.react(team.anna, team.support, "1.0", "eyes")


def test_notes_to_people_are_in_the_pages_language(team: Team, heard: Heard) -> None:
    blocks = [SECTION, {"type": "actions", "elements": [button("go")]}]
    ts = team.client.chat_postMessage(channel=team.support, text="x", blocks=blocks)["ts"]
    team.slack.settle()
    heard.answers += [("", 500)] * 2
    do(team, "click", user=team.anna, channel=team.support, ts=ts, action_id="go")
    do(team, "command", user=team.anna, channel=team.support, command="/nps", text="")
    do(team, "command", user=team.carla, channel=team.support, command="/nps", text="")
    assert [note["text"] for note in state(team, team.anna)["notices"]] == [
        "cxbot vastasi virheellä (tila 500).",
        "/nps epäonnistui virheeseen ”dispatch_failed”",
    ]
    [refused] = state(team, team.carla)["notices"]
    assert refused["text"] == "/nps ei ole muiden työtilojen käyttäjien käytettävissä."


def test_no_app_at_all_is_told_in_the_pages_language(team: Team) -> None:
    said = do(team, "command", user=team.anna, channel=team.support, command="/nps", text="")
    assert said["error"] == "Mikään sovellus ei ole yhteydessä."


def test_times_are_as_the_language_writes_them(team: Team, speaking: Sandbox) -> None:
    other = populate(speaking)
    other.slack.post(other.anna, other.support, "hello")
    [message] = state(other, other.anna)["messages"][other.support]
    assert message["local_time"] in ("Mon 16 Nov 09:00", "ma 16.11. klo 9.00", "mån 16 nov. kl. 09:00")
    assert team.slack.label("Monday 09:01") == "ma 9.01"


def test_a_guide_is_asked_anew_for_each_state(team: Team) -> None:
    assert state(team, team.anna)["guide"] is None
    done: list[str] = []

    def guide() -> list[Step]:
        return [
            Step("mail", f"Done: {len(done)}", "Read it.", team.anna, MAILBOX),
            Step("any", "Ask", "…", write="/nps"),
        ]

    team.slack.show_guide(guide)
    mail = {"id": "mail", "text": "Read it.", "as": team.anna, "channel": "mailbox", "write": ""}
    asked = {"id": "any", "title": "Ask", "text": "…", "as": None, "channel": None, "write": "/nps"}
    assert state(team, team.anna)["guide"] == [mail | {"title": "Done: 0"}, asked]
    done.append("one")
    assert state(team, team.leo)["guide"] == [mail | {"title": "Done: 1"}, asked]
