"""The shipped schema: files of every released version keep working, and files of a newer version are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import Sandbox
from cxbot.store.engine.connection import connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import migrations
from cxbot.store.engine.statements import insert, rows, run
from cxbot.store.records import outbox, teams
from tests.desk import Desk
from tests.office import Office

FILES = Path(__file__).parents[1] / "files"
SHIPPED = sorted(path.stem for path in FILES.glob("*.sql"))
AT = "2026-11-18T12:00:00Z"
COMMANDS = [
    ("report", "nps"), ("digest", "Support"), ("team", "list"), ("survey", "list"), ("incident", "list"),
    ("touchpoint", "list"),
    ("team", "add", "Sales", "--channel", "C0000000001"), ("import", "answers.csv"), ("export", "answers"),
    ("backup", "copy.db"), ("migrate",), ("doctor",), ("tick",), ("serve",),
]  # fmt: skip


def lay(version: str, path: Path) -> None:
    """A database file as a version left it."""
    db = connect(path)
    db.executescript((FILES / f"{version}.sql").read_text(encoding="utf-8"))
    db.close()


def schema(path: Path) -> list[dict[str, Any]]:
    """What a file consists of, apart from its rows."""
    db = connect(path)
    try:
        return rows(db, "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    finally:
        db.close()


class Updated(Office):
    """The bot on a file that an earlier version left."""

    def _prepare(self, team: dict[str, Any]) -> None:
        lay(team["version"], self.path)
        thread = self.conversation()  # the one that was closed, as this Slack knows it
        db = connect(self.path)
        run(db, "UPDATE invitations SET thread_ts = :thread WHERE state = 'due'", thread=thread)
        db.close()


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_shipped_migration_never_changes(tmp_path: Path, shipped: str) -> None:
    lay(shipped, tmp_path / "shipped.db")
    file = connect(tmp_path / "shipped.db")
    applied = {step.name for step in migrations.applied(file)}
    file.close()
    made = connect(tmp_path / "made.db")
    steps = [step.name for step in migrations.pending(made)]
    migrations.apply(made, stop_before=next((step for step in steps if step not in applied), None))
    made.close()
    assert schema(tmp_path / "shipped.db") == schema(tmp_path / "made.db"), (
        f"The migrations of {shipped} have changed. A shipped migration never changes: add a new one."
    )


def test_a_shipped_file_keeps_its_teams_answers_cases_and_figures(desk: Desk, shipped: str) -> None:
    lay(shipped, desk.database)
    desk.run("migrate")
    report = desk.report("nps", "month", at=AT)
    assert report["n"] == 61  # imported automatic answers don't put aside the one whom the bot asked by hand
    assert report["value"] == pytest.approx(100 * (11 - 40) / 61)
    assert desk.report("csat", "month", at=AT)["n"] == 1
    assert "Support" in desk.run("team", "list")
    assert "parcel" in desk.run("survey", "list")
    assert "sample outage" in desk.run("incident", "list")
    assert "Web shop" in desk.run("touchpoint", "list")
    before = desk.run("export", "answers").splitlines()
    assert len(before) == 66
    desk.run("import", desk.write([
        ["external_id", "metric", "score", "answered_at"], ["sample-61", "nps", 10, "2026-11-12T08:00:00Z"],
    ]))  # fmt: skip
    assert set(before) < set(desk.run("export", "answers").splitlines())
    assert desk.report("nps", "month", at=AT)["n"] == 62


def test_the_bot_goes_on_with_a_shipped_file(tmp_path: Path, shipped: str) -> None:
    with Updated(tmp_path, version=shipped) as office:
        office.pass_time(minutes=10)
        assert [row["state"] for row in office.invitations()].count("sent") == 4
        assert office.whispers(office.anna), "the agent is told what was due"
        office.pass_time(minutes=2)
        office.slack.wait_for(lambda: not office.unknown() or None)
        office.settle()
        assert len(office.notices()) == 2, (
            "both notices of unknown outcome were looked up, and sent as they are missing"
        )
        assert len(outbox.in_state(office.database.reader, "dead")) == 1
        thread_survey = office.slack.messages(office.acme)[-1]
        office.click(office.carla, office.acme, thread_survey["ts"], "5")
        assert office.response()["n"] == 2


def test_a_file_of_a_newer_version_is_refused_with_one_sentence(desk: Desk) -> None:
    Database(desk.database).close()
    db = connect(desk.database)
    insert(
        db,
        "_sqlite_migrations",
        {"migration_set": "cxbot", "name": "m999_later", "applied_at": "2027-01-01"},
        "ON CONFLICT DO NOTHING",
    )
    db.close()
    before = desk.database.read_bytes()
    desk.write([["metric", "score", "answered_at"], ["nps", 1, AT]], "answers.csv")
    with Sandbox() as slack:
        env = {
            "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
        }  # fmt: skip
        for command in COMMANDS:
            said = desk.run(*command, code=1, **env)
            assert "was made by a newer version of cxbot (m999_later). Update cxbot, or set CXBOT_DB" in said, command
            assert len(said.strip().splitlines()) == 1, command
    assert "uudempi versio" in desk.run("report", "nps", code=1, CXBOT_LOCALE="fi")
    assert desk.database.read_bytes() == before
    assert not (desk.folder / "copy.db").exists()


def test_a_shipped_file_still_has_its_team(desk: Desk, shipped: str) -> None:
    lay(shipped, desk.database)
    database = Database(desk.database)
    team = teams.named(database.reader, "Support")
    assert (team.timezone, team.members, team.leads) == ("Europe/Helsinki", ("U0SB000003",), ("U0SB000005",))
    database.close()


def test_a_file_that_only_says_it_is_up_to_date_is_refused(desk: Desk) -> None:
    """Such files were made while the first schema was still being worked on."""
    Database(desk.database).close()
    db = connect(desk.database)
    db.execute("ALTER TABLE invitations DROP COLUMN topic")
    db.close()
    before = desk.database.read_bytes()
    said = desk.run("report", "nps", code=1)
    assert "never released (it lacks invitations.topic). Export its answers with that version" in said
    assert len(said.strip().splitlines()) == 1
    assert desk.database.read_bytes() == before
