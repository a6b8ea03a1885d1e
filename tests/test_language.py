"""The catalogues are complete, and figures, dates and words read as people write them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from cxbot.core.queries.query import WORDS, read
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS
from cxbot.errors import N_, UsageError
from cxbot.language import AFTER_CX, LANGUAGES, Language, language, vocabulary

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"%(?:\(\w+\)[sd]|%|.)|\{\w+\}")
IN_TITLES = ("Your answer", "Team", "Teams", "Save", "Close")  # modal title, submit, close: Slack allows 24
ON_BUTTONS = (
    "Not now", "Don't ask me again", "Ask me again", "Comment or change", "Please contact me",
    "Take it", "Done", "Cancel", "Share in this channel", "How is this counted?", "New team…", "Long wait",
    "Not solved", "Hard to follow", "Tone", "Speed", "Expertise", "Attitude", "Solved",
)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """The catalogues of the bot, or of the local Slack: `mapping` says which code below `root` they are of."""

    root: Path
    folder: Path
    mapping: Path

    def catalogue(self, code: str) -> Catalog:
        return self._read(self.folder / f"{code}.po", code)

    @property
    def template(self) -> Catalog:
        [found] = self.folder.glob("*.pot")
        return self._read(found)

    def _read(self, path: Path, locale: str | None = None) -> Catalog:
        with path.open("rb") as file:
            return read_po(file, locale=locale, abort_invalid=True)

    def extracted(self) -> Catalog:
        """What `make messages` finds in the code, with the keywords that the Makefile names."""
        keywords = parse_keywords(re.findall(r"-k (\S+)", (ROOT / "Makefile").read_text()))
        with self.mapping.open() as file:
            methods, options = parse_mapping_cfg(file)
        found = Catalog()
        for _, _, text, _, context in extract_from_dir(
            self.root, method_map=methods, options_map=options, keywords=keywords, strip_comment_tags=True
        ):
            found.add(text, context=context)
        return found


SANDBOX = ROOT / "cxbot" / "sandbox"
BOT = Book(ROOT, ROOT / "cxbot" / "locale", ROOT / "babel.cfg")
LOCAL_SLACK = Book(SANDBOX, SANDBOX / "locale", SANDBOX / "babel.cfg")
BOOKS = (BOT, LOCAL_SLACK)


@pytest.fixture(params=BOOKS, ids=["bot", "local-slack"])
def book(request: pytest.FixtureRequest) -> Book:
    found: Book = request.param
    return found


@pytest.fixture(params=[each for each in LANGUAGES if each != "en"])
def catalogue(request: pytest.FixtureRequest, book: Book) -> Catalog:
    return book.catalogue(request.param)


@pytest.fixture
def fi() -> Language:
    return language("fi")


@pytest.fixture
def sv() -> Language:
    return language("sv")


@pytest.fixture
def en() -> Language:
    return language("en")


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _ids(catalogue: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in _messages(catalogue)}


def _forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else [str(each) for each in text]  # type: ignore[attr-defined]


def test_the_template_holds_what_the_code_says(book: Book) -> None:
    """Where this fails: `make messages`, then translate what is new."""
    assert _ids(book.template) == _ids(book.extracted())


def test_what_is_counted_is_written_where_it_is_counted() -> None:
    """Otherwise it is not found, and readers of other languages get it in English."""
    for path in (ROOT / "cxbot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "count" and len(node.args) == 3:
                assert all(isinstance(each, ast.Constant) for each in node.args[1:]), f"{path}:{node.lineno}"


def test_what_is_said_is_written_where_it_is_found() -> None:
    """Within an f-string, or within another message, it is not found, and readers of other languages get English."""
    known = {book: {form for message in _messages(book.template) for form in _forms(message.id)} for book in BOOKS}
    for path in (ROOT / "cxbot").rglob("*.py"):
        book = LOCAL_SLACK if path.is_relative_to(SANDBOX) else BOT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in ("say", "N_") and isinstance(node.args[0], ast.Constant):
                assert node.args[0].value in known[book], f"{path}:{node.lineno}"


def test_every_catalogue_holds_what_the_template_holds(book: Book, catalogue: Catalog) -> None:
    assert _ids(catalogue) == _ids(book.template)


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert [each.id for each in _messages(catalogue) if each.fuzzy or not all(_forms(each.string))] == []


def test_placeholders_are_the_same_on_both_sides(catalogue: Catalog) -> None:
    for message in _messages(catalogue):
        if message.context is None:
            for one, other in zip(_forms(message.id), _forms(message.string), strict=True):
                assert sorted(PLACEHOLDER.findall(one)) == sorted(PLACEHOLDER.findall(other)), message.id


def test_texts_are_typed_as_they_are_printed(catalogue: Catalog) -> None:
    for message in _messages(catalogue):
        for text in _forms(message.string):
            assert "“" not in text, "Finnish and Swedish open with ” as well"
            assert not re.search(r"\.\.(?!\d)|,,|\s{2,}|\s[,.;](?!env|xlsx)", text.replace("`.env`", "")), text


def test_no_finnish_case_ending_follows_a_placeholder(book: Book) -> None:
    """`26:sta`, `25:stä`: the ending depends on the value, so the sentence has to go without one."""
    allowed = {"%(word)s:nimi", "%(place)smeans"}  # a filter to type and a key of a file, no endings
    for message in _messages(book.catalogue("fi")):
        for text in _forms(message.string):
            assert set(re.findall(r"(?:%\(\w+\)[sd]|\{\w+\})[:-]?[a-zåäö]+", text)) <= allowed, text


def test_no_line_begins_with_a_percent_sign(catalogue: Catalog) -> None:
    texts = [text for message in _messages(catalogue) for text in _forms(message.string)]
    assert [text for text in texts if re.search(r"(?:\d|\)s) %(?!\()", text)] == []


def test_no_decimal_comma_meets_a_comma_before_a_count(catalogue: Catalog) -> None:
    """“37, 772 vastausta” reads as a number."""
    for message in _messages(catalogue):
        for text in _forms(message.string):
            assert not re.search(r"%\(value\)s\*?, %\((answers|counted|people|n)\)s", text), text


def test_markup_is_closed_in_every_language(catalogue: Catalog) -> None:
    for message in _messages(catalogue):
        for text in _forms(message.string):
            assert text.count("`") % 2 == 0, text
            assert text.count("*") % 2 == 0, text


@pytest.mark.parametrize("code", LANGUAGES)
def test_labels_fit_where_slack_puts_them(code: str) -> None:
    known = {each for each in _ids(BOT.template) if each[0] is None}
    for label, most in [*((each, 24) for each in IN_TITLES), *((each, 30) for each in ON_BUTTONS)]:
        assert (None, label) in known
        assert len(language(code).say(label)) <= most, label


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_after_cx_are_single_and_different(code: str) -> None:
    words = [word for each in AFTER_CX for word in language(code).term(COMMAND_WORDS, each).split("|")]
    assert len(set(words)) == len(words)
    assert all(" " not in word and word.islower() for word in words)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_of_a_query_means_two_things(code: str) -> None:
    written = [each for word in WORDS for each in language(code).term(QUERY_WORDS, word).split("|")]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("viime viikko", "last week"),
        ("Viime Viikolla", "last week"),
        ("tämä viikko", "week"),
        ("tänään", "today"),
        ("eilen", "yesterday"),
        ("kuukausi", "month"),
        ("viime kuussa", "last month"),
        ("neljännes", "quarter"),
        ("viime vuosi", "last year"),
        ("30pv", "30d"),
        ("30 päivää", "30d"),
        ("förra veckan", "last week"),
        ("Förra Veckan", "last week"),
        ("fo\u0308rra veckan", "last week"),
        ("den här veckan", "week"),
        ("v. 46", "W46"),
        ("vecka 46 2026", "2026-W46"),
        ("idag", "today"),
        ("i går", "yesterday"),
        ("månad", "month"),
        ("förra månaden", "last month"),
        ("kvartal 4", "Q4"),
        ("i fjol", "last year"),
        ("30 dagar", "30d"),
        ("last week", "last week"),
        ("2026-w46", "2026-W46"),
    ],
)
def test_periods_are_understood_in_every_language(typed: str, meant: str) -> None:
    assert read(typed, "nps", vocabulary()).period == meant


def test_a_whole_question_in_finnish() -> None:
    asked = read('viime viikko tiimi:"Toinen linja" jako:käsittelijä vrt:"viime kuukausi"', "nps", vocabulary())
    assert (asked.period, asked.filters, asked.by, asked.versus) == (
        "last week", {"team": "Toinen linja"}, "agent", "last month",
    )  # fmt: skip


def test_a_filter_in_finnish() -> None:
    assert read("tiimi:Tuki", "nps", vocabulary()).filters == {"team": "Tuki"}


def test_a_whole_question_in_swedish() -> None:
    asked = read('förra veckan team:"Andra linjen" per:handläggare jfr:"förra månaden"', "nps", vocabulary())
    assert (asked.period, asked.filters, asked.by, asked.versus) == (
        "last week", {"team": "Andra linjen"}, "agent", "last month",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "decimals", "english", "finnish"),
    [
        (1234.5, 1, "1,234.5", "1\u00a0234,5"),
        (-3, 0, "−3", "−3"),
        (12.5, 0, "13", "13"),
        (-0.4, 0, "0", "0"),
        (4.0, 1, "4.0", "4,0"),
    ],
)
def test_numbers(value: float, decimals: int, english: str, finnish: str) -> None:
    assert language("en").number(value, decimals) == english
    assert language("fi").number(value, decimals) == finnish
    assert language("sv").number(value, decimals) == finnish, "Swedish writes figures alike"


def test_signed_numbers(en: Language) -> None:
    assert [en.number(each, signed=True) for each in (3, -3, 0, 0.2)] == ["+3", "−3", "0", "0"]


def test_percentages(en: Language, fi: Language, sv: Language) -> None:
    assert en.percent(45.2) == "45%"
    assert fi.percent(45.2) == "45\N{NO-BREAK SPACE}%"
    assert sv.percent(-1.5, 1, signed=True) == "−1,5\N{NO-BREAK SPACE}%"


def test_moments_and_days(en: Language, fi: Language, sv: Language) -> None:
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    helsinki = ZoneInfo("Europe/Helsinki")
    assert en.moment(monday, helsinki) == "Mon 23 Nov 09:00"
    assert fi.moment(monday, helsinki) == "ma 23.11. klo 9.00"
    assert sv.moment(monday, helsinki) == "mån 23 november kl. 09:00"
    day = date(2026, 11, 3)
    assert [each.day(day) for each in (en, fi, sv)] == ["3 Nov 2026", "3.11.2026", "3 november 2026"]
    assert [each.short_day(day) for each in (en, fi, sv)] == ["3 Nov", "3.11.", "3 november"]
    assert [each.tick(day) for each in (en, fi, sv)] == ["3 Nov", "3.11.", "3 nov."]


@pytest.mark.parametrize(
    ("n", "english", "finnish", "swedish"),
    [
        (0, "0 days", "0 päivää", "0 dagar"),
        (1, "1 day", "1 päivä", "1 dag"),
        (1200, "1,200 days", "1\u00a0200 päivää", "1\u00a0200 dagar"),
    ],
)
def test_counts(n: int, english: str, finnish: str, swedish: str) -> None:
    said = [language(code).count(n, "%(n)s day", "%(n)s days") for code in ("en", "fi", "sv")]
    assert said == [english, finnish, swedish]


def test_an_error_is_told_in_the_readers_language_and_zone(fi: Language, sv: Language) -> None:
    error = UsageError(
        N_("A survey for this customer is already waiting; it goes out on %(when)s."),
        when=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
    )
    assert fi.error(error, "Europe/Helsinki").endswith("se lähtee ma 23.11. klo 9.00.")
    assert sv.error(error, "Europe/Stockholm").endswith("den skickas mån 23 november kl. 08:00.")


@pytest.mark.parametrize("code", ["fi", "fi-FI", "fi_FI", "FI", "sv", "sv-SE", "sv_FI"])
def test_a_language_is_found_by_any_spelling_of_its_code(code: str) -> None:
    assert language(code).code == code[:2].lower()


@pytest.mark.parametrize("code", ["de", "en-GB", "tlh", "xx-YY"])
def test_other_languages_fall_back_to_english(code: str) -> None:
    assert language(code).say("Thank you!") == "Thank you!"
