"""The audit log: who saw and changed what."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cxbot.store.engine.connection import StoreError
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import run
from cxbot.store.records import audit
from tests.desk import AT, Desk
from tests.office import Office

LINES = [["external_id", "metric", "score", "answered_at"], ["a", "nps", 9, "2026-11-10T10:00:00Z"]]


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(entry["what"], entry["about"]) for entry in json.loads(desk.run("audit", "--json"))]


def test_the_terminal_is_noted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("import", desk.write(LINES))
    desk.run("export", "answers")
    desk.run("report", "nps", "2026-W46", "--rows", "--at", AT)
    desk.run("report", "nps", "2026-W46", "--at", AT)
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    desk.run("team", "set", "Support", "--survey", "nps")
    desk.run("incident", "add", "outage", "2026-11-03")
    desk.run("incident", "remove", "outage")
    desk.run("backup", "copy.db")
    desk.run("team", "remove", "Support")
    assert told(desk)[::-1] == [
        (audit.IMPORTED, "answers file.csv"), (audit.EXPORTED, "answers"), (audit.ANSWERS_SEEN, "nps 2026-W46"),
        (audit.TEAM_ADDED, "Support"), (audit.TEAM_CHANGED, "Support"), (audit.INCIDENT_ADDED, "outage 2026-11-03"),
        (audit.INCIDENT_REMOVED, "outage 2026-11-03"), (audit.BACKED_UP, "copy.db"), (audit.TEAM_REMOVED, "Support"),
    ]  # fmt: skip
    said = desk.run("audit", "--limit", "1")
    assert "UTC  terminal:" in said
    assert said.rstrip().endswith("team removed  Support")
    assert desk.run("audit", "--since", "2999-01-01") == "Nothing yet.\n"


def test_what_failed_is_not_noted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    desk.run("team", "add", "Support", "--channel", "C0TEAM", code=2)
    assert told(desk) == [(audit.TEAM_ADDED, "Support")]


@pytest.mark.parametrize("sql", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
def test_it_is_only_added_to(tmp_path: Path, sql: str) -> None:
    desk = Desk(tmp_path)
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    database = Database(desk.database)
    with pytest.raises(StoreError, match="only added to"):
        database.write(lambda db: run(db, sql))
    database.close()
    assert len(told(desk)) == 1


def test_people_in_slack_are_noted_by_their_ids(office: Office) -> None:
    office.seed([5] * 6)
    office.command(office.leo, "/csat", "week")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "Share in this channel")
    office.command(office.leo, "/cx", "explain csat week")
    office.command(office.leo, "/cx", "pause")
    office.command(office.leo, "/cx", "resume")
    office.command(office.leo, "/cx", 'incident "outage" 2026-11-03')
    office.pass_time(minutes=1)
    entries = audit.latest(office.database.reader, 20, office.now() - timedelta(days=1))
    assert [(entry.who, entry.what) for entry in entries][::-1] == [
        (office.leo, audit.SHARED), (office.leo, audit.ANSWERS_SEEN), (office.leo, audit.PAUSED),
        (office.leo, audit.RESUMED), (office.leo, audit.INCIDENT_ADDED),
    ]  # fmt: skip
    said = office.command(office.ada, "/cx", "audit")
    assert f"<@{office.leo}> · answers seen · /cx csat week" in said
    assert "Only admins can do that" in office.command(office.leo, "/cx", "audit")
