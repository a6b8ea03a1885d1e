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
from cxbot.language import AFTER_CX, HOURS, LANGUAGES, language, vocabulary
from cxbot.slack.messages import help as help_messages
from tests.desk import Desk
from tests.office import Office
from tests.team_form import submit, team

CODES = tuple(code for code in LANGUAGES if code != "en")
NAMES = {
    "fi": {"Support": "Tuki", "Sales": "Myynti", "outage": "katkos", "new form": "uusi lomake"},
    "sv": {"Support": "Support", "Sales": "Sälj", "outage": "avbrott", "new form": "nytt formulär"},
}
NOT_UNDERSTOOD = {
    "fi": ("Kokeile", "Vaihtoehdot", "ei ole komento", "ei kuulu tähän", "Nimeä asiakas", "Anna mittari"),
    "sv": ("Prova", "Det finns:", "är inget kommando", "hör inte hemma här", "Ange kunden", "Ange ett mått"),
}
HELP = {"fi": "ohje", "sv": "hjälp"}
ROLES = ("anna", "leo", "ada")


class Abroad(Office):
    """The office with a team that speaks another language, and another team; Ada leads the first one, too."""

    def __init__(self, folder: Path, code: str, name: str, other: str) -> None:
        folder.mkdir()
        super().__init__(folder, name=name, locale=code)
        self.names = (name, other)
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
def code() -> str:
    """The language, where a test does not name one."""
    return "fi"


@pytest.fixture
def english_typed(tmp_path: Path, code: str) -> Iterator[Abroad]:
    with Abroad(tmp_path / "one", code, "Support", "Sales") as made:
        yield made


@pytest.fixture
def abroad(tmp_path: Path, code: str) -> Iterator[Abroad]:
    with Abroad(tmp_path / "other", code, NAMES[code]["Support"], NAMES[code]["Sales"]) as made:
        yield made


def _examples(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _translated(answer: str, code: str) -> str:
    for english, name in NAMES[code].items():
        answer = answer.replace(english, name)
    return answer


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("person", ROLES)
def test_every_example_of_the_help_does_the_same_in_both_languages(
    english_typed: Abroad, abroad: Abroad, person: str, code: str
) -> None:
    pairs = zip(*(_examples(english_typed.help(person, each)) for each in ("en", code)), strict=True)
    for english, other in dict.fromkeys(pairs):
        if ":" in english and "/" not in english:  # a filter alone, as in `against:Sales`
            assert vocabulary().meaning(other.split(":")[0]) == english.split(":")[0]
            continue
        one, two = (text if text.startswith("/") else f"/cx {text}" for text in (english, other))
        answer = abroad.typed(person, two)
        same = _translated(english_typed.typed(person, one), code)
        assert sorted(answer.splitlines()) == sorted(same.splitlines()), other  # teams are listed by their names
        assert not any(words in answer for words in NOT_UNDERSTOOD[code]), (other, answer)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("person", ROLES)
def test_no_example_of_the_help_has_an_english_word_that_there_is_another_one_for(
    abroad: Abroad, person: str, code: str
) -> None:
    shown = abroad.command(getattr(abroad, person), "/cx", HELP[code])
    assert shown == abroad.help(person, code)
    words = {word for example in _examples(shown) for word in re.findall(r"[^\W\d]+", example)}
    assert not words & english_only(code)


def english_only(code: str) -> set[str]:
    """Every English word that people type and for which a language has its own; of phrases, their words."""
    contexts = ((WORDS, QUERY_WORDS), (AFTER_CX, COMMAND_WORDS), (HOURS, HOUR_WORDS))
    terms = [(term, language(code).term(context, term).split("|")) for words, context in contexts for term in words]
    return {word for term, written in terms if term not in written for word in term.split()}


@pytest.mark.parametrize("code", CODES)
def test_no_message_tells_people_to_type_an_english_word(code: str) -> None:
    """Commands of a terminal have no other language; the keys of files neither."""
    with (files("cxbot.locale") / f"{code}.po").open("rb") as file:
        texts = [message.string for message in read_po(file, locale=code) if message.id and not message.context]
    for text in (form for each in texts for form in ([each] if isinstance(each, str) else each)):
        for example in _examples(text):
            if not example.startswith("cxbot "):
                words = re.findall(r"(?<![\w.(%-])[a-z]+(?![\w)])", example)
                assert not set(words) & english_only(code), text


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("fi", "/cx ohjx", "`/cx ohjx` ei ole komento. Kokeile `/cx ohje`."),
        ("fi", "/cx kokemuss", "Kokeile `/cx kokemus`."),
        ("fi", "/nps wek", "`wek` ei ole jakso. Kokeile `/nps viikko`."),
        ("fi", "/nps vrt:wek", "Kokeile `/nps vrt:viikko`."),
        ("fi", "/nps jako:foo", "Kokeile `jako:tiimi`. Vaihtoehdot: tiimi, asiakaspalvelija, asiakas, yritys, "),
        ("fi", "/nps tiim:Tuki", "Kokeile `tiimi:Tuki`. Rajaukset: tiimi, asiakaspalvelija, "),
        ("fi", "/nps viikko viime kuukausi", '`/nps viikko vrt:"viime kuukausi"`'),
        ("fi", "/nps jako", "`jako:tiimi`"),
        ("fi", "/nps tiimi", "`tiimi:nimi`. Jos haluat jakaa sen mukaan, kirjoita `jako:tiimi`."),
        ("fi", "/nps aihe:Laskk", "Rajauksella `aihe:Laskk` ei ole mitään. Katso, mitä on: `jako:aihe`."),
        ("fi", "/cx helppous wek", "Kokeile `/cx helppous viikko`."),
        ("fi", "/cx sanat nps wek", "Kokeile `/cx sanat nps viikko`."),
        ("fi", "/cx selitä kokemuss", "Aiheesta `kokemuss` ei ole raporttia. Kokeile `kokemus`."),
        ("fi", "/cx selitä ohje", "Aiheesta `ohje` ei ole raporttia."),
        ("fi", "/cx tekijät nps jako:tiimi", "Komentoon `/cx tekijät` voi kirjoittaa"),
        ("fi", "/cx poistuma jako:tiimi", "yritys, asiakas. Ei näin: `tiimi`; jätä `tiimi:` pois."),
        ("fi", "/cx selitä", "nps, csat, ces, ces1, fcr, enps, odotukset, lupaus, "),
        ("fi", "/cx kysy foo", "(nps, csat, ces, kokemus, tasot, odotukset, lupaus, kunnossa, fcr, enps, osa-alueet)"),
        ("fi", "/cx kooste", "`tiimi:Myynti`, `tiimi:Tuki`"),
        ("sv", "/cx hjalp", "`/cx hjalp` är inget kommando. Prova `/cx hjälp`."),
        ("sv", "/cx upplevelsee", "Prova `/cx upplevelse`."),
        ("sv", "/nps wek", "`wek` är ingen period. Prova `/nps vecka`."),
        ("sv", "/nps jfr:wek", "Prova `/nps jfr:vecka`."),
        ("sv", "/nps per:foo", "Prova `per:team`. Det finns: team, handläggare, kund, företag, "),
        ("sv", "/nps kundd:Anna", "Prova `kund:Anna`. Filtren är: team, handläggare, "),
        ("sv", "/nps vecka förra månaden", '`/nps vecka jfr:"förra månaden"`'),
        ("sv", "/nps per", "`per:team`"),
        ("sv", "/nps kund", "`kund:namn`. Skriv `per:kund` om du vill dela upp efter det."),
        ("sv", "/nps ämne:Fakturr", "Det finns ingenting under `ämne:Fakturr`. Se vad som finns: `per:ämne`."),
        ("sv", "/cx enkelhet wek", "Prova `/cx enkelhet vecka`."),
        ("sv", "/cx ord nps wek", "Prova `/cx ord nps vecka`."),
        ("sv", "/cx förklara upplevelsee", "Det finns ingen rapport om `upplevelsee`. Prova `upplevelse`."),
        ("sv", "/cx förklara hjälp", "Det finns ingen rapport om `hjälp`."),
        ("sv", "/cx faktorer nps per:team", "`/cx faktorer` tar ett mått"),
        ("sv", "/cx kundbortfall per:team", "företag, kund, inte per `team`: utelämna `team:`."),
        ("sv", "/cx förklara", "nps, csat, ces, ces1, fcr, enps, förväntningar, löfte, "),
        ("sv", "/cx fråga foo", "(nps, csat, ces, upplevelse, nivåer, förväntningar, löfte, löst, fcr, enps, områden)"),
        ("sv", "/cx sammanfattning", "`team:Support`, `team:Sälj`"),
    ],
)
def test_what_is_not_understood_is_answered_with_words_that_can_be_typed(
    abroad: Abroad, code: str, typed: str, said: str
) -> None:
    abroad.change_team(abroad.names[1], leads=[abroad.ada], locale=code)
    assert said in abroad.typed("ada", typed)


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("fi", "/cx kysy @asiakas kokemus aihe:Lasku kosketuspiste:Verkkokauppa tiimi:Tuki", "Kokemus"),
        ("fi", "/cx tauko tiimi:Tuki", "Tuki on tauolla"),
        ("fi", "/cx tauko kaikki", "Kaikki on tauolla"),
        ("fi", '/cx jatka tiimi:"Tuki"', "Tuki jatkaa"),
        ("fi", "/cx kooste tiimi:Tuki", "Tuki · viikko 2026-W46"),
        ("fi", '/cx häiriö "katkos" viime viikko tiimi:Tuki', "on nyt tunnettu häiriö"),
        ("fi", "/cx selitä tekijät helppous viime viikko", "Mitkä tekijät ovat yhteydessä mittariin Helppous"),
        ("fi", "/cx vertaa laatu alkaen:2026-10-05 vastaan:Myynti", "Laatu ennen päivää 5.10.2026 ja sen jälkeen"),
        ("fi", "/cx suunnittele nps 10 tiimi:Tuki", "Jotta mittarin NPS muutos (10 pistettä) näkyisi"),
        ("fi", "/cx drivers csat quarter", "Mitkä tekijät ovat yhteydessä mittariin CSAT"),
        ("sv", "/cx fråga @kund upplevelse ämne:Faktura kontaktpunkt:Webbutik team:Support", "Upplevelse"),
        ("sv", "/cx pausa team:Support", "Support är pausat"),
        ("sv", "/cx paus allt", "Allt är pausat"),
        ("sv", '/cx fortsätt team:"Support"', "Support fortsätter"),
        ("sv", "/cx sammanfattning team:Support", "Support · vecka 2026-W46"),
        ("sv", "/cx sammanfattning publicera team:Support", "Sammanfattningen för 2026-W46 publiceras i"),
        ("sv", '/cx störning "avbrott" förra veckan team:Support', "är nu en känd störning"),
        ("sv", '/cx störning radera "avbrott"', "Det finns ingen störning ”avbrott” som du kan ta bort."),
        ("sv", "/cx förklara faktorer enkelhet förra veckan", "Det här har samband med Enkelhet"),
        ("sv", "/cx jämför kvalitet sedan:2026-10-05 mot:Sälj", "Kvalitet före och efter 5 oktober 2026"),
        ("sv", "/cx planera nps 10 team:Support", "För att se NPS ändras med 10 poäng krävs"),
        ("sv", "/cx drivers csat quarter", "Det här har samband med CSAT"),
    ],
)
def test_every_word_of_a_command_can_be_of_another_language(abroad: Abroad, typed: str, said: str) -> None:
    assert said in abroad.typed("ada", typed)


@pytest.mark.parametrize(
    ("code", "typed", "kept", "shown"),
    [
        ("fi", "ma-pe 8-18", "mon-fri 8-18", "ma-pe 8-18"),
        ("fi", "Ma-to,la 9:30-17", "mon-thu,sat 9:30-17", "ma-to,la 9:30-17"),
        ("fi", "aina", "always", "aina"),
        ("fi", "mon-fri 8-18", "mon-fri 8-18", "ma-pe 8-18"),
        ("fi", "always", "always", "aina"),
        ("sv", "mån-fre 8-18", "mon-fri 8-18", "mån-fre 8-18"),
        ("sv", "ma\u030an-tor,lo\u0308r 9:30-17", "mon-thu,sat 9:30-17", "mån-tors,lör 9:30-17"),
        ("sv", "Alltid", "always", "alltid"),
    ],
)
def test_working_hours(abroad: Abroad, typed: str, kept: str, shown: str) -> None:
    submit(abroad, _form(abroad), hours=typed)
    assert team(abroad, abroad.names[0]).hours == kept
    assert _shown(_form(abroad), "hours") == shown


@pytest.mark.parametrize(
    ("code", "typed", "kept", "shown"),
    [
        ("fi", "ma 09:00", "mon 09:00", "ma 09:00"),
        ("fi", "perjantaisin 15.00", "fri 15.00", "pe 15.00"),
        ("fi", "kuukausittain", "monthly", "kuukausittain"),
        ("fi", "kuukausittain 08:30", "monthly 08:30", "kuukausittain 08:30"),
        ("fi", "ei", "off", "ei"),
        ("fi", "pois", "off", "ei"),
        ("fi", "off", "off", "ei"),
        ("fi", "mon 09:00", "mon 09:00", "ma 09:00"),
        ("sv", "mån 09:00", "mon 09:00", "mån 09:00"),
        ("sv", "fredagar 15.00", "fri 15.00", "fre 15.00"),
        ("sv", "månadsvis 08:30", "monthly 08:30", "månadsvis 08:30"),
        ("sv", "av", "off", "av"),
        ("sv", "off", "off", "av"),
    ],
)
def test_digest_times(abroad: Abroad, typed: str, kept: str, shown: str) -> None:
    submit(abroad, _form(abroad), digest=typed)
    assert team(abroad, abroad.names[0]).digest == kept
    assert _shown(_form(abroad), "digest") == shown


@pytest.mark.parametrize(
    ("code", "typed", "kept", "shown"),
    [
        ("fi", "4h", "4h", "4h"),
        ("fi", "ei", "off", "ei"),
        ("fi", "pois", "off", "ei"),
        ("fi", "off", "off", "ei"),
        ("sv", "4h", "4h", "4h"),
        ("sv", "av", "off", "av"),
    ],
)
def test_silence(abroad: Abroad, typed: str, kept: str, shown: str) -> None:
    submit(abroad, _form(abroad), silence=typed)
    assert team(abroad, abroad.names[0]).silence == kept
    assert _shown(_form(abroad), "silence") == shown


@pytest.mark.parametrize("code", CODES)
def test_a_form_saved_as_it_was_changes_nothing(abroad: Abroad) -> None:
    before = team(abroad, abroad.names[0])
    submit(abroad, _form(abroad))
    assert team(abroad, abroad.names[0]) == before


def test_wrong_hours_are_answered_with_finnish_examples(abroad: Abroad) -> None:
    wrong = {"hours": "milloin vain", "digest": "ma", "silence": "90h"}
    errors = submit(abroad, _form(abroad), **wrong).body["errors"]
    assert errors["silence"] == "`90h` ei ole työtuntien määrä. Kirjoita `1h`–`80h` tai `ei`."
    assert errors["hours"] == (
        "`milloin vain` ei ole viikonpäiviä ja kellonaikoja. Kirjoita `ma-pe 8-18`, `ma-la 9:30-17` tai `aina`."
    )
    assert errors["digest"] == (
        "`ma` ei ole viikonpäivä ja kellonaika. Kirjoita `ma 09:00`, `kuukausittain`, `kuukausittain 09:00` tai `ei`."
    )


@pytest.mark.parametrize("code", ["sv"])
def test_wrong_hours_are_answered_with_swedish_examples(abroad: Abroad) -> None:
    wrong = {"hours": "när som helst", "digest": "mån", "silence": "90h"}
    errors = submit(abroad, _form(abroad), **wrong).body["errors"]
    assert errors["silence"] == "`90h` är inget antal arbetstimmar. Skriv ett från `1h` till `80h`, eller `av`."
    assert errors["hours"] == (
        "`när som helst` är inga veckodagar med klockslag. Skriv `mån-fre 8-18`, `mån-lör 9:30-17` eller `alltid`."
    )
    assert errors["digest"] == (
        "`mån` är ingen veckodag med klockslag. Skriv `mån 09:00`, `månadsvis`, `månadsvis 09:00` eller `av`."
    )


def test_a_terminal_takes_hours_and_digest_times_in_finnish(desk: Desk) -> None:
    desk.run("team", "add", "Tuki", "--channel", "C0TEAM", "--hours", "ma-la 9-17", "--digest", "kuukausittain 10:00",
             "--silence", "pois")  # fmt: skip
    listed = desk.run("team", "list")
    assert "mon-sat 9-17" in listed
    assert "monthly 10:00" in listed


def test_a_terminal_takes_hours_and_digest_times_in_swedish(desk: Desk) -> None:
    desk.run("team", "add", "Sälj", "--channel", "C0TEAM", "--hours", "mån-lör 9-17", "--digest", "månadsvis 10:00",
             "--silence", "av")  # fmt: skip
    listed = desk.run("team", "list")
    assert "mon-sat 9-17" in listed
    assert "monthly 10:00" in listed


def _form(office: Abroad) -> dict[str, Any]:
    office.typed("ada", f"/cx team {office.names[0]}")
    return office.slack.views(office.ada)[-1]


def _shown(form: dict[str, Any], field: str) -> str:
    return next(str(block["element"]["initial_value"]) for block in form["blocks"] if block.get("block_id") == field)
