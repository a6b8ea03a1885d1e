"""The command line in Finnish: what it prints, and what it says is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, CXBOT_LOCALE="fi", CXBOT_TIMEZONE="Europe/Helsinki")


def test_teams(desk: Desk) -> None:
    assert "Kerro, mille kanavalle kooste julkaistaan" in desk.run("team", "add", "Tuki", code=2)
    desk.run("migrate")
    assert "Tiimejä ei vielä ole." in desk.run("team", "list")
    said = desk.run("team", "add", "Tuki", "--channel", "C0TEAM", "--hours", "ma-la 9-17", "--digest", "kuukausittain")
    assert said == "Lisätty: Tuki. Kutsu botti tiimin kanaville: /invite @cxbot\n"
    assert desk.run("team", "set", "Tuki", "--rehearsal") == "Muutettu: Tuki.\n"
    assert desk.run("team", "list").splitlines() == [
        "Tuki (harjoitus)",
        "  kanava                     C0TEAM",
        "  vetäjien kanava            –",
        "  vetäjät                    –",
        "  jäsenet                    –",
        "  asiakaskanavat             –",
        "  kysely                     csat, 10 min reaktion :ballot_box_with_ballot: jälkeen, ma-la 9-17, auto",
        "  hiljaisuus päättää         ei",
        "  ehdot                      –",
        "  pyhäpäivät                 ei",
        "  ketjun oltava hiljaa       ei",
        "  muistutus                  ei",
        "  lähteiden kyselyt          –",
        "  suhdekyselyt               90 päivää",
        "  kyselyjen väli             30 päivää",
        "  kooste                     kuukausittain Europe/Helsinki, fi",
        "  asiakaspalvelijoiden luvut own",
    ]
    assert "Ei muutettavaa" in desk.run("team", "set", "Tuki", code=2)
    assert "Poistettu: Tuki." in desk.run("team", "remove", "Tuki")
    assert re.sub(r"^.*  (?=tiimi)", "", desk.run("audit"), flags=re.M).split("\n")[:3] == [
        "tiimi poistettu  Tuki", "tiimiä muutettu  Tuki", "tiimi lisätty  Tuki",
    ]  # fmt: skip


def test_the_doctor(desk: Desk) -> None:
    said = desk.run("doctor", code=1)
    assert f"huom.  tietokanta: tiedostoa {desk.database} ei vielä ole; `cxbot serve` luo sen" in said
    assert "KORJAA yhteys: aseta SLACK_APP_TOKEN (Socket Mode) tai SLACK_SIGNING_SECRET (HTTP)" in said
    assert "KORJAA botin avain: SLACK_BOT_TOKEN puuttuu." in said
    desk.run("migrate")
    assert f"ok     tietokanta: {desk.database} on ehjä" in desk.run("doctor", code=1)


def test_wrong_rows_of_a_file(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"], ["1", "nps", "11", "2026-11-16T09:00"]]
    said = desk.run("import", desk.write(lines), code=2)
    assert "Rivi 2, sarake answered_at: ajasta ”2026-11-16T09:00” puuttuu aikavyöhyke." in said
    assert "Rivi 2, sarake score: `11` ei ole mittarin NPS arvosana." in said
    assert "Mitään ei tuotu." in said
    assert "Lisätty 1, päivitetty 0, ennallaan 0." in desk.run(
        "import", desk.write([lines[0], ["1", "nps", "9", "2026-11-16T09:00Z"]])
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "missing.csv"), "Tiedostoa missing.csv ei voi lukea (tiedostoa tai kansiota ei ole)."),
        (("import", "."), "ei voi lukea (se on kansio)."),
        (("survey", "add", "missing.toml"), "Tiedostoa missing.toml ei voi lukea (tiedostoa tai kansiota ei ole)."),
    ],
)
def test_what_the_system_says(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    assert said in desk.run(*arguments, code=2)


def test_a_database_that_cannot_be_opened(desk: Desk) -> None:
    said = desk.run("migrate", code=1, CXBOT_DB=str(desk.folder / "missing" / "cxbot.db"))
    assert "ei voi avata tai kirjoittaa (tietokantatiedostoa ei voi avata)." in said


def test_wrong_settings_are_told_in_the_language_of_the_settings(desk: Desk) -> None:
    said = desk.run("team", "list", code=1, PORT="many", CXBOT_ADMINS="ada")
    assert "PORT on `many`. Kirjoita luku väliltä 0–65535." in said
    assert "CXBOT_ADMINS: `ada` ei ole henkilön tunnus." in said
    assert "is not a language here" in desk.run("team", "list", code=1, CXBOT_LOCALE="tlh")


def test_a_report_is_asked_for_in_finnish(desk: Desk) -> None:
    desk.run("team", "add", "Tuki", "--channel", "C0TEAM")
    said = desk.run("report", "kokemus", "viime", "viikko", "tiimi:Tuki")
    assert said == desk.run("report", "experience", "last", "week", "team:Tuki")
    assert said.startswith("Kokemus (tavoite, helppous, tunne)")
