"""The settings in `.env`, with the mistakes that people make in it: each is said, none is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("CXBOT_TIMEZON=Europe/Helsinki\n", "`CXBOT_TIMEZON` in .env is not a setting. Did you mean `CXBOT_TIMEZONE`?"),
        ("SLACK_BOT_TOKN=xoxb-1\n", "`SLACK_BOT_TOKN` in .env is not a setting. Did you mean `SLACK_BOT_TOKEN`?"),
        ("CXBOT_WEATHER=fine\n", "`CXBOT_WEATHER` in .env is not a setting. All settings are in .env.example."),
        ("\nSLACK_BOT_TOKEN: xoxb-1\n", "Line 2 of .env can't be read. Write it like NAME=value"),
        ("PORT=3000\n\nSLACK_BOT_TOKEN='xoxb-1\n", "Line 3 of .env can't be read."),
        ("CXBOT_COMPANY=Häme\n".encode("cp1252"), "The file .env is not UTF-8 (byte 15). Save it as UTF-8."),
        ("SLACK_BOT_TOKEN=xapp-1-A\n", "SLACK_BOT_TOKEN begins with xapp- and is another kind of token."),
        ("SLACK_APP_TOKEN=xoxb-1\n", "SLACK_APP_TOKEN begins with xoxb- and is another kind of token."),
        ("CXBOT_TIMEZONE=Europe/Helsinky\n", "`Europe/Helsinky` is not a time zone. Did you mean Europe/Helsinki?"),
        ("CXBOT_TIMEZONE=new york\n", "`new york` is not a time zone. Did you mean America/New_York?"),
        ("CXBOT_TIMEZONE=UTC+2\n", "`UTC+2` is not a time zone. Write it like Europe/Helsinki."),
        ("CXBOT_SMTP_URL=mail.example.com\n", "@ / # : % as %40 %2F %23 %3A %25."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_is_one_line_that_says_what_to_do(desk: Desk, content: str | bytes, said: str) -> None:
    desk.save(content, ".env")
    for command in ("serve", "doctor"):
        found = desk.run(command, code=1)
        assert said in found
        assert found.count("\n") == 1
        assert "xoxb-1" not in found


def test_the_other_lines_count_and_all_mistakes_are_said(desk: Desk) -> None:
    desk.save("CXBOT_LOCALE=sv\nSLACK_BOT_TOKEN: xoxb-1\nCXBOT_ADMIN=U012\nPORT=many\n", ".env")
    assert desk.run("serve", code=1).splitlines() == [
        "cxbot: Rad 2 i .env kan inte läsas. Skriv den som NAMN=värde och avsluta varje citattecken.",
        "PORT är `many`. Skriv ett tal från 0 till 65535.",
        "`CXBOT_ADMIN` i .env är ingen inställning. Menade du `CXBOT_ADMINS`?",
    ]


def test_a_file_as_windows_editors_save_it(desk: Desk) -> None:
    desk.save("\ufeffCXBOT_LOCALE=fi\r\nCXBOT_TIMEZONE=Europe/Helsinki\r\n".encode(), ".env")
    assert "tietokantaa" in desk.run("report", "nps", code=1)


def test_what_other_programs_are_told_in_the_same_file_is_no_mistake(desk: Desk) -> None:
    desk.save(
        "SLACK_BOT_TOKEN=xoxb-1\nSLACK_WEBHOOK_URL=https://hooks.example\nFLASK_ENV=x\n",
        ".env",
    )
    assert "is up to date" in desk.run("migrate")


def test_the_environment_comes_before_the_file(desk: Desk) -> None:
    desk.save("CXBOT_TIMEZONE=Mars/Base\n", ".env")
    assert "is up to date" in desk.run("migrate", CXBOT_TIMEZONE="Europe/Helsinki")


def test_a_command_that_is_written_nearly_right(desk: Desk) -> None:
    assert "No such command 'docter'. Did you mean 'doctor'?" in desk.run("docter", code=2)


def test_what_was_not_checked_is_not_called_fine(desk: Desk) -> None:
    said = desk.run("doctor", code=1)
    assert "note Slack: not checked without the bot token: channels, scopes, admins and the clock" in said
