"""The command line in Swedish: what it prints, and what it says is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, CXBOT_LOCALE="sv", CXBOT_TIMEZONE="Europe/Stockholm")


def test_teams(desk: Desk) -> None:
    assert "Säg vilken kanal som ska få sammanfattningen" in desk.run("team", "add", "Support", code=2)
    desk.run("migrate")
    assert "Inget team än." in desk.run("team", "list")
    said = desk.run("team", "add", "Support", "--channel", "C0TEAM", "--hours", "mån-lör 9-17", "--digest", "månadsvis")
    assert said == "Tillagt: Support. Bjud in boten till teamets kanaler: /invite @cxbot\n"
    assert desk.run("team", "set", "Support", "--rehearsal") == "Ändrat: Support.\n"
    assert desk.run("team", "list").splitlines() == [
        "Support (provkörning)",
        "  kanal                 C0TEAM",
        "  teamledarnas kanal    –",
        "  teamledare            –",
        "  medlemmar             –",
        "  kundkanaler           –",
        "  enkät                 csat, 10 minuter efter :ballot_box_with_ballot:, mån-lör 9-17, auto",
        "  avslutas av tystnad   av",
        "  villkor               –",
        "  helgdagar             av",
        "  väntar på tystnad     av",
        "  påminnelse            av",
        "  enkäter per källa     –",
        "  relationsfrågor       90 dagar",
        "  tid mellan enkäter    30 dagar",
        "  sammanfattning        månadsvis Europe/Stockholm, sv",
        "  handläggarnas siffror own",
    ]
    assert "Inget att ändra" in desk.run("team", "set", "Support", code=2)
    assert "Borttagen: Support." in desk.run("team", "remove", "Support")


def test_the_doctor(desk: Desk) -> None:
    said = desk.run("doctor", code=1)
    assert f"obs     databas: det finns ingen på {desk.database} än; `cxbot serve` skapar den" in said
    assert "ÅTGÄRDA anslutning: sätt SLACK_APP_TOKEN (Socket Mode) eller SLACK_SIGNING_SECRET (HTTP)" in said
    desk.run("migrate")
    assert f"ok      databas: {desk.database} är oskadad" in desk.run("doctor", code=1)


def test_wrong_rows_of_a_file(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"], ["1", "nps", "11", "2026-11-16T09:00"]]
    said = desk.run("import", desk.write(lines), code=2)
    assert "Rad 2, kolumn answered_at: ”2026-11-16T09:00” har ingen tidszon." in said
    assert "Rad 2, kolumn score: `11` är inget betyg för NPS." in said
    assert "Ingenting importerades." in said
    assert "1 tillagda, 0 uppdaterade, 0 oförändrade." in desk.run(
        "import", desk.write([lines[0], ["1", "nps", "9", "2026-11-16T09:00Z"]])
    )


def test_what_the_system_says(desk: Desk) -> None:
    said = desk.run("import", "missing.csv", code=2)
    assert "Filen missing.csv kan inte läsas (filen eller mappen finns inte)." in said


def test_wrong_settings_are_told_in_the_language_of_the_settings(desk: Desk) -> None:
    said = desk.run("team", "list", code=1, PORT="many", CXBOT_ADMINS="ada")
    assert "PORT är `many`. Skriv ett tal från 0 till 65535." in said
    assert "CXBOT_ADMINS: `ada` är inget person-id." in said


def test_a_report_is_asked_for_in_swedish(desk: Desk) -> None:
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    said = desk.run("report", "upplevelse", "förra", "veckan", "team:Support")
    assert said == desk.run("report", "experience", "last", "week", "team:Support")
    assert said.startswith("Upplevelse (mål, enkelhet, känsla)")
