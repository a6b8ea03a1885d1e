"""`cxbot campaign`: what people type, what they are told, and what is wrong with a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.desk import Desk

AT = "2026-11-18T08:00:00Z"
REACH = {
    "CXBOT_PUBLIC_URL": "https://cx.example.com", "CXBOT_SMTP_URL": "smtp://localhost:1",
    "CXBOT_MAIL_FROM": "us@example.com", "CXBOT_TIMEZONE": "Europe/Helsinki",
}  # fmt: skip
SAMPLE = (
    "email;slack;Name;Company;Locale;Timezone\nCarla@Example.com;;Carla;Sample Oy;fi;\n;U0DAN0001;;;;Europe/Tallinn\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, **REACH)
    made.run("team", "add", "Support", "--channel", "C0000000001", "--member", "U0ANNA001")
    return made


def begin(desk: Desk, file: str, *more: str, over: str = "10d", code: int = 0, **env: str) -> str:
    return desk.run("campaign", "start", file, "--survey", "nps", "--over", over, "--at", AT, *more, code=code, **env)


def test_a_campaign_is_started_listed_and_shown(desk: Desk) -> None:
    assert "No campaign yet" in desk.run("campaign", "list")
    said = begin(desk, desk.save(SAMPLE, "Spring survey.csv"), over="2w")
    assert said.splitlines() == [
        "Started Spring survey: 2 people, 10 working days, 0–1 a day.",
        "The first is asked on Wed 18 Nov 10:00, and it ends on Tue 1 Dec 18:00.",
    ]
    assert "Spring survey" in desk.run("campaign", "list")
    assert desk.run("campaign", "show", "SPRING survey").splitlines() == [
        "Spring survey (Support, nps) asks until Tue 1 Dec 18:00.",
        f"{'People':<42}{2:>10}",
        f"{'Waiting':<42}{2:>10}",
        f"{'Sent':<42}{0:>10}",
        f"{'Answered':<42}{0:>10}",
        f"{'Not asked':<42}{0:>10}",
    ]
    assert "Ei kysytä" in desk.run("campaign", "show", "spring survey", CXBOT_LOCALE="fi")


def test_the_same_name_twice_is_refused(desk: Desk) -> None:
    file = desk.save(SAMPLE)
    begin(desk, file)
    assert "There is a campaign “file” already" in begin(desk, file, code=2)
    assert "There is a campaign “FILE” already" in begin(desk, file, "--name", " FILE", code=2)
    assert "2 people" in begin(desk, file, "--name", "another")
    assert len(desk.run("campaign", "list").splitlines()) == 2


def test_a_workbook_is_taken(desk: Desk) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["E-Mail"], ["carla@example.com"]):
        sheet.append(line)
    sheet["A1"] = " EMAIL "
    book.save(desk.folder / "people.xlsx")
    assert "1 person, 10 working days" in begin(desk, "people.xlsx")


def test_everything_that_is_wrong_is_named_by_line(desk: Desk) -> None:
    file = desk.save("email,slack,timezone\ncarla,,\n,,\nx@example.com,U0,\ny@example.com,,Mars/Base\n")
    said = begin(desk, file, code=2)
    assert "Line 2, column email: “carla” is not an e-mail address." in said
    assert "Line 3" not in said, "an empty line is none"
    assert "Line 4, column slack: “U0” is not a person's Slack id." in said
    assert "Line 5, column timezone: `Mars/Base` is not a time zone." in said
    assert said.rstrip().endswith("Nobody is asked.")
    assert "every row needs an e-mail address or a Slack id" in begin(
        desk, desk.save("email,company\n,Sample Oy\n"), code=2
    )
    assert "Known columns: email, slack, customer, name, company, locale, timezone." in begin(
        desk, desk.save("mail,phone\nx,1\n"), code=2
    )
    assert "There is nobody to ask" in begin(desk, desk.save("email\n"), code=2)
    assert "No campaign yet" in desk.run("campaign", "list")


def test_mail_without_a_server_is_an_error_before_the_start(desk: Desk) -> None:
    said = begin(desk, desk.save(SAMPLE), code=2, CXBOT_SMTP_URL="", CXBOT_MAIL_FROM="")
    assert "Line 2, column email: this person can be reached by e-mail only, and no mail server is set." in said
    assert "Line 3" not in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--over", "91d"), "`91d` is not a number of working days"),
        (("--over", "soon"), "`soon` is not a number of working days"),
        (("--survey", "npss"), "`npss` is not a survey that can be asked"),
        (("--team", "Nobody"), "There is no team “Nobody”"),
        (("--name", "x" * 101), "A campaign needs a name"),
        (("--name", " "), "A campaign needs a name"),
    ],
)
def test_wrong_options_are_explained(desk: Desk, words: tuple[str, ...], complaint: str) -> None:
    assert complaint in begin(desk, desk.save(SAMPLE), *words, code=2)


def test_with_several_teams_one_has_to_be_named(desk: Desk) -> None:
    desk.run("team", "add", "Sales", "--channel", "C0000000002")
    assert "Say which team asks: --team NAME. Teams: Sales, Support." in begin(desk, desk.save(SAMPLE), code=2)
    begin(desk, desk.save(SAMPLE), "--team", "sales")
    assert "(Sales, nps)" in desk.run("campaign", "show", "file")


def test_a_dry_run_says_who_is_left_out_and_does_nothing(desk: Desk) -> None:
    desk.run("team", "set", "Support", "--never-company", "Sample Rival")
    file = desk.save(
        "customer,company\ncarla@example.com,\nU0ANNA001,\ndan@example.com,sample rival\ncarla@example.com,\n"
    )
    said = begin(desk, file, "--dry-run", over="2d").splitlines()
    assert said[0] == "Would start file: 3 people, 2 working days, 1–2 a day."
    assert "Line 5: the same person as in line 2, who is asked once." in said
    assert "Left out as things are now: 1 (belong to the team)." in said
    assert "Left out as things are now: 1 (of companies that are never asked)." in said
    assert "  Line 3: U0ANNA001 belongs to the team; only customers are asked." in said
    assert "  Line 4: The team never asks people of sample rival." in said
    assert "No campaign yet" in desk.run("campaign", "list")


def test_an_unknown_campaign_is_answered_with_the_known_ones(desk: Desk) -> None:
    begin(desk, desk.save(SAMPLE))
    for deed in ("show", "pause", "resume", "stop"):
        assert "There is no campaign “spring”. Campaigns: file." in desk.run("campaign", deed, "spring", code=2)


def test_who_did_what_is_in_the_audit_log(desk: Desk) -> None:
    begin(desk, desk.save(SAMPLE))
    for deed in ("pause", "resume", "stop"):
        desk.run("campaign", deed, "file", "--at", AT)
    log = [line for line in desk.run("audit").splitlines() if "campaign" in line]
    assert [line.split("  ")[-2].strip() for line in log] == [
        "campaign stopped", "campaign resumed", "campaign paused", "campaign started",
    ]  # fmt: skip
