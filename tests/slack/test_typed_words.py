"""Words that people type in another language than English: what the help shows works, and means the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from cxbot.core.calendar.hours import HOUR_WORDS
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS, WORDS
from cxbot.language import AFTER_CX, HOURS, language, vocabulary
from cxbot.slack.messages import help as help_messages
from tests.desk import Desk
from tests.office import Office
from tests.team_form import submit, team

NAMES = {"Support": "Tuki", "Sales": "Myynti", "outage": "katkos", "new form": "uusi lomake"}
NOT_UNDERSTOOD = ("Kokeile", "Vaihtoehdot", "ei ole komento", "ei kuulu tähän", "Nimeä asiakas", "Anna mittari")
ROLES = ("anna", "leo", "ada")
FI = language("fi")


class Finnish(Office):
    """The office with a team that speaks Finnish, and another team; Ada leads the first one, too."""

    def __init__(self, folder: Path, name: str, other: str) -> None:
        folder.mkdir()
        super().__init__(folder, name=name, locale="fi")
        self.change_team(name, leads=[self.leo, self.ada])
        self.add_team(name=other, channel=self.team_channel)

    def typed(self, person: str, text: str) -> str:
        """The answer to a command as it is typed; `@customer` is Carla."""
        name, _, rest = re.sub(r"@\w+", f"<@{self.carla}>", text).partition(" ")
        return self.command(getattr(self, person), name, rest)

    def help(self, person: str, code: str) -> str:
        rights = self.service.bot.rights(getattr(self, person))
        return str(help_messages.render(self.service.bot.catalogue().in_use, rights, language(code))["text"])


@pytest.fixture
def english_typed(tmp_path: Path) -> Iterator[Finnish]:
    with Finnish(tmp_path / "one", "Support", "Sales") as made:
        yield made


@pytest.fixture
def finnish_typed(tmp_path: Path) -> Iterator[Finnish]:
    with Finnish(tmp_path / "other", "Tuki", "Myynti") as made:
        yield made


def _examples(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _in_finnish(answer: str) -> str:
    for english, finnish in NAMES.items():
        answer = answer.replace(english, finnish)
    return answer


@pytest.mark.parametrize("person", ROLES)
def test_every_example_of_the_help_does_the_same_in_both_languages(
    english_typed: Finnish, finnish_typed: Finnish, person: str
) -> None:
    pairs = zip(*(_examples(english_typed.help(person, code)) for code in ("en", "fi")), strict=True)
    for english, finnish in dict.fromkeys(pairs):
        if ":" in english and "/" not in english:  # a filter alone, as in `against:Sales`
            assert vocabulary().meaning(finnish.split(":")[0]) == english.split(":")[0]
            continue
        one, other = (text if text.startswith("/") else f"/cx {text}" for text in (english, finnish))
        answer = finnish_typed.typed(person, other)
        assert answer == _in_finnish(english_typed.typed(person, one)), finnish
        assert not any(words in answer for words in NOT_UNDERSTOOD), (finnish, answer)


@pytest.mark.parametrize("person", ROLES)
def test_no_example_of_the_help_has_an_english_word_that_there_is_a_finnish_one_for(
    finnish_typed: Finnish, person: str
) -> None:
    shown = finnish_typed.command(getattr(finnish_typed, person), "/cx", "ohje")
    assert shown == finnish_typed.help(person, "fi")
    assert not {word for example in _examples(shown) for word in re.findall(r"[^\W\d]+", example)} & english_only()


def english_only() -> set[str]:
    """Every English word that people type and for which there is a Finnish one; of phrases, their words."""
    contexts = ((WORDS, QUERY_WORDS), (AFTER_CX, COMMAND_WORDS), (HOURS, HOUR_WORDS))
    terms = [(term, FI.term(context, term).split("|")) for words, context in contexts for term in words]
    return {word for term, written in terms if term not in written for word in term.split()}


def test_no_finnish_message_tells_people_to_type_an_english_word() -> None:
    """Commands of a terminal have no other language; the keys of files neither."""
    with (files("cxbot.locale") / "fi.po").open("rb") as file:
        texts = [message.string for message in read_po(file, locale="fi") if message.id and not message.context]
    for text in (form for each in texts for form in ([each] if isinstance(each, str) else each)):
        for example in _examples(text):
            if not example.startswith("cxbot "):
                words = re.findall(r"(?<![\w.(%-])[a-z]+(?![\w)])", example)
                assert not set(words) & english_only(), text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/cx ohjx", "`/cx ohjx` ei ole komento. Kokeile `/cx ohje`."),
        ("/cx kokemuss", "Kokeile `/cx kokemus`."),
        ("/nps wek", "`wek` ei ole jakso. Kokeile `/nps viikko`."),
        ("/nps vrt:wek", "Kokeile `/nps vrt:viikko`."),
        ("/nps jako:foo", "Kokeile `jako:tiimi`. Vaihtoehdot: tiimi, asiakaspalvelija, asiakas, yritys, "),
        ("/nps tiim:Tuki", "Kokeile `tiimi:Tuki`. Suodattimet: tiimi, asiakaspalvelija, "),
        ("/nps viikko viime kuukausi", '`/nps viikko vrt:"viime kuukausi"`'),
        ("/nps jako", "`jako:tiimi`"),
        ("/nps tiimi", "`tiimi:nimi`. Jos haluat jakaa sen mukaan, kirjoita `jako:tiimi`."),
        ("/nps aihe:Laskk", "Rajauksella `aihe:Laskk` ei ole mitään. Katso, mitä on: `jako:aihe`."),
        ("/cx helppous wek", "Kokeile `/cx helppous viikko`."),
        ("/cx sanat nps wek", "Kokeile `/cx sanat viikko`."),
        ("/cx selitä kokemuss", "Aiheesta `kokemuss` ei ole raporttia. Kokeile `kokemus`."),
        ("/cx selitä ohje", "Aiheesta `ohje` ei ole raporttia."),
        ("/cx tekijät nps jako:tiimi", "Komentoon `/cx tekijät` voi kirjoittaa"),
        ("/cx poistuma jako:tiimi", "yritys, asiakas. Ei näin: `tiimi`; jätä `tiimi:` pois."),
        ("/cx selitä", "nps, csat, ces, ces1, fcr, enps, odotukset, lupaus, "),
        ("/cx kysy foo", "(nps, csat, ces, kokemus, tasot, odotukset, lupaus, kunnossa, fcr, enps, osa-alueet)"),
        ("/cx kooste", "`tiimi:Myynti`, `tiimi:Tuki`"),
    ],
)
def test_what_is_not_understood_is_answered_with_words_that_can_be_typed(
    finnish_typed: Finnish, typed: str, said: str
) -> None:
    finnish_typed.change_team("Myynti", leads=[finnish_typed.ada], locale="fi")
    assert said in finnish_typed.typed("ada", typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/cx kysy @asiakas kokemus aihe:Lasku kosketuspiste:Verkkokauppa tiimi:Tuki", "Kokemus"),
        ("/cx tauko tiimi:Tuki", "Tuki on tauolla"),
        ("/cx tauko kaikki", "Kaikki on tauolla"),
        ('/cx jatka tiimi:"Tuki"', "Tuki jatkaa"),
        ("/cx kooste tiimi:Tuki", "Tuki · viikko 2026-W46"),
        ('/cx häiriö "katkos" viime viikko tiimi:Tuki', "on nyt tunnettu häiriö"),
        ("/cx selitä tekijät helppous viime viikko", "Mitkä tekijät ovat yhteydessä mittariin Helppous"),
        ("/cx vertaa laatu alkaen:2026-10-05 vastaan:Myynti", "Laatu ennen päivää 5.10.2026 ja sen jälkeen"),
        ("/cx suunnittele nps 10 tiimi:Tuki", "Jotta muutos 10 näkyisi (NPS)"),
        ("/cx drivers csat quarter", "Mitkä tekijät ovat yhteydessä mittariin CSAT"),
    ],
)
def test_every_word_of_a_command_can_be_finnish(finnish_typed: Finnish, typed: str, said: str) -> None:
    assert said in finnish_typed.typed("ada", typed)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("ma-pe 8-18", "mon-fri 8-18", "ma-pe 8-18"),
        ("Ma-to,la 9:30-17", "mon-thu,sat 9:30-17", "ma-to,la 9:30-17"),
        ("aina", "always", "aina"),
        ("mon-fri 8-18", "mon-fri 8-18", "ma-pe 8-18"),
        ("always", "always", "aina"),
    ],
)
def test_working_hours_in_finnish(finnish_typed: Finnish, typed: str, kept: str, shown: str) -> None:
    submit(finnish_typed, _form(finnish_typed), hours=typed)
    assert team(finnish_typed, "Tuki").hours == kept
    assert _shown(_form(finnish_typed), "hours") == shown


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("ma 09:00", "mon 09:00", "ma 09:00"),
        ("perjantaisin 15.00", "fri 15.00", "pe 15.00"),
        ("kuukausittain", "monthly", "kuukausittain"),
        ("kuukausittain 08:30", "monthly 08:30", "kuukausittain 08:30"),
        ("ei", "off", "ei"),
        ("pois", "off", "ei"),
        ("off", "off", "ei"),
        ("mon 09:00", "mon 09:00", "ma 09:00"),
    ],
)
def test_digest_times_in_finnish(finnish_typed: Finnish, typed: str, kept: str, shown: str) -> None:
    submit(finnish_typed, _form(finnish_typed), digest=typed)
    assert team(finnish_typed, "Tuki").digest == kept
    assert _shown(_form(finnish_typed), "digest") == shown


@pytest.mark.parametrize(
    ("typed", "kept", "shown"), [("4h", "4h", "4h"), ("ei", "off", "ei"), ("pois", "off", "ei"), ("off", "off", "ei")]
)
def test_silence_in_finnish(finnish_typed: Finnish, typed: str, kept: str, shown: str) -> None:
    submit(finnish_typed, _form(finnish_typed), silence=typed)
    assert team(finnish_typed, "Tuki").silence == kept
    assert _shown(_form(finnish_typed), "silence") == shown


def test_a_form_saved_as_it_was_changes_nothing(finnish_typed: Finnish) -> None:
    before = team(finnish_typed, "Tuki")
    submit(finnish_typed, _form(finnish_typed))
    assert team(finnish_typed, "Tuki") == before


def test_wrong_hours_are_answered_with_finnish_examples(finnish_typed: Finnish) -> None:
    wrong = {"hours": "milloin vain", "digest": "ma", "silence": "90h"}
    errors = submit(finnish_typed, _form(finnish_typed), **wrong).body["errors"]
    assert errors["silence"] == "`90h` ei ole työtuntien määrä. Kirjoita `1h`–`80h` tai `ei`."
    assert errors["hours"] == (
        "`milloin vain` ei ole viikonpäiviä ja kellonaikoja. Kirjoita `ma-pe 8-18`, `ma-la 9:30-17` tai `aina`."
    )
    assert errors["digest"] == (
        "`ma` ei ole viikonpäivä ja kellonaika. Kirjoita `ma 09:00`, `kuukausittain`, `kuukausittain 09:00` tai `ei`."
    )


def test_a_terminal_takes_hours_and_digest_times_in_finnish(desk: Desk) -> None:
    desk.run("team", "add", "Tuki", "--channel", "C0TEAM", "--hours", "ma-la 9-17", "--digest", "kuukausittain 10:00",
             "--silence", "pois")  # fmt: skip
    listed = desk.run("team", "list")
    assert "mon-sat 9-17" in listed
    assert "monthly 10:00" in listed


def _form(office: Finnish) -> dict[str, Any]:
    office.typed("ada", "/cx tiimi Tuki")
    return office.slack.views(office.ada)[-1]


def _shown(form: dict[str, Any], field: str) -> str:
    return next(str(block["element"]["initial_value"]) for block in form["blocks"] if block.get("block_id") == field)
