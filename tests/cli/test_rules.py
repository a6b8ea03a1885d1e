"""The rules of a team in the terminal: what is stored, what is listed, and what is refused with what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk

CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Sample days off
DTSTART;VALUE=DATE:20261228
DTEND;VALUE=DATE:20270101
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, CXBOT_PUBLIC_URL="https://cx.example.com", CXBOT_SMTP_URL="smtp://127.0.0.1:2525",
                CXBOT_MAIL_FROM="Support <us@sample.example>")  # fmt: skip
    made.run("team", "add", "Support", "--channel", "C0000000001")
    return made


def listed(desk: Desk, name: str) -> str:
    found = [line.strip() for line in desk.run("team", "list").splitlines() if line.strip().startswith(name)]
    assert len(found) == 1, found
    return found[0].removeprefix(name).strip()


def put(desk: Desk, *options: str) -> None:
    desk.run("team", "set", "Support", *options)


def test_nothing_of_it_is_on_in_a_new_team(desk: Desk) -> None:
    names = ("conditions", "holidays", "waits for quiet", "reminder", "surveys by source", "relationship")
    assert [listed(desk, name) for name in names] == ["–", "off", "off", "off", "–", "90 days"]


def test_every_rule_is_set_listed_and_taken_back(desk: Desk) -> None:
    desk.run("hook", "add", "desk", "--kind", "generic", "--team", "Support")
    put(
        desk, "--only", "source:desk  company:“Example Oy” handling>=2m", "--holidays", "fi, DE-BY,2026-12-27",
        "--quiet", "30 m", "--reminder", "2", "--survey-for", "desk=ces", "--survey-for", "silence=nps",
        "--relationship-days", "120",
    )  # fmt: skip
    assert listed(desk, "conditions") == 'source:desk company:"Example Oy" handling>=2m'
    assert listed(desk, "holidays") == "FI, DE-BY, 2026-12-27"
    assert listed(desk, "waits for quiet") == "30m"
    assert listed(desk, "reminder") == "2 days"
    assert listed(desk, "surveys by source") == "desk=ces, silence=nps"
    assert listed(desk, "relationship") == "120 days"
    put(desk, "--only", "", "--holidays", "off", "--quiet", "off", "--reminder", "off", "--survey-for", "")
    assert [listed(desk, name) for name in ("conditions", "holidays", "waits for quiet", "reminder")] == [
        "–", "off", "off", "off",
    ]  # fmt: skip
    assert listed(desk, "surveys by source") == "–"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--only", "colour:red"), "There is no condition `colour`. Words: source, channel"),
        (("--only", "source:zendsk"), "There is no source `zendsk`. Sources: reaction, silence, import, workflow."),
        (("--only", "handling:2m"), "write `handling>=2m`"),
        (("--holidays", "Finland"), "Write `FI`"),
        (("--holidays", "XX"), "No public holidays of `XX` are known"),
        (("--holidays", "DE-ZZ"), "`DE` has no part `ZZ`. Parts: BB, BE, BW, BY"),
        (("--holidays", "nowhere.ics"), "cannot be read (No such file or directory)"),
        (("--reminder", "7"), "`7` is not a number of days. Write a whole number from 1 to 6, or `off`."),
        (("--quiet", "3 days"), "Write one from `1m` to `48h`"),
        (("--relationship-days", "-1"), "is not a number of days"),
        (("--survey-for", "desk"), "Write `desk=ces`"),
        (("--survey-for", "desk=ces"), "There is no source `desk`"),
        (("--survey-for", "silence=nothing"), "`nothing` is not a survey"),
        (("--survey-for", "silence=enps"), "for colleagues"),
    ],
)
def test_what_is_wrong_changes_nothing_and_says_what_to_do(desk: Desk, options: tuple[str, ...], says: str) -> None:
    before = desk.run("team", "list")
    assert says in desk.run("team", "set", "Support", *options, code=2)
    assert desk.run("team", "list") == before


def test_the_days_of_files_are_stored_and_the_files_are_not_needed_later(desk: Desk) -> None:
    desk.save(CALENDAR, "closed.ics")
    desk.save("day;name\n2026-12-07;Sample day\n2026-12-24\n", "days.csv")
    put(desk, "--holidays", "FI, closed.ics,days.csv")
    for name in ("closed.ics", "days.csv"):
        (desk.folder / name).unlink()
    assert listed(desk, "holidays") == "FI, 2026-12-07, 2026-12-24, 2026-12-28..2026-12-31"


def test_a_survey_that_a_source_needs_is_not_retired(desk: Desk) -> None:
    desk.save(desk.run("survey", "example"), "own.toml")
    desk.run("survey", "add", "own.toml")
    put(desk, "--survey-for", "import=parcel")
    said = desk.run("survey", "retire", "parcel", code=2)
    assert 'Give them another one first: `cxbot team set "Support" --survey-for SOURCE=csat`' in said
    put(desk, "--survey-for", "")
    desk.run("survey", "retire", "parcel")


def test_an_import_is_a_source(desk: Desk) -> None:
    put(desk, "--only", "source:import topic:login", "--survey-for", "import=ces")
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    path = desk.write([
        ["external_id", "team", "customer", "topic", "closed_at"],
        ["C-1", "Support", "carla@sample.example", "login", at],
        ["C-2", "Support", "dora@sample.example", "billing", at],
    ])  # fmt: skip
    desk.run("import", path, "--ask")
    found = {each["id"]: each["outcome"]
             for each in map(json.loads, desk.run("export", "ledger", "--format", "ndjson").splitlines())}  # fmt: skip
    assert found == {"C-1": "waiting", "C-2": "not eligible"}
    assert "the team's condition “topic: login” is not met" in desk.run("why", "C-2")


def test_a_finnish_team_writes_and_reads_finnish_words(desk: Desk) -> None:
    put(desk, "--reminder", "ei", "--quiet", "EI", "--holidays", "ei")
    assert "off" not in desk.run("team", "list", CXBOT_LOCALE="fi")
    put(desk, "--only", 'aihe:laskutus yritys:"Aihe: kanava" -tunniste:sisäinen Käsittelyaika>=2m')
    assert listed(desk, "conditions") == 'topic:laskutus company:"Aihe: kanava" -tag:sisäinen handling>=2m'
    rules = 'aihe:laskutus yritys:"Aihe: kanava" -tunniste:sisäinen käsittely>=2m'
    assert rules in desk.run("team", "list", CXBOT_LOCALE="fi")
    said = desk.run("team", "set", "Support", "--only", "väri:punainen", code=2, CXBOT_LOCALE="fi")
    assert "Ehtoa `väri` ei ole. Sanat: lähde, kanava, aihe, kosketuspiste, yritys, tunniste, asiakaspalvelija" in said
