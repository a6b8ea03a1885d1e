"""`cxbot import … --ask`: closes in a file are asked about by the same rules as all others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk

HEADER = "external_id,team,customer,agent,topic,closed_at,handling_seconds\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, CXBOT_PUBLIC_URL="https://cx.example.com", CXBOT_SMTP_URL="smtp://127.0.0.1:2525",
                CXBOT_MAIL_FROM="Support <us@sample.example>")  # fmt: skip
    made.run("team", "add", "Support", "--channel", "C0000000001")
    return made


def write(desk: Desk, *lines: tuple[str, str, str, int]) -> None:
    """A file of closes: id, team, customer, and how many days ago."""
    now = datetime.now(UTC)
    rows = [
        f"{case},{team},{customer},Anna,login,{(now - timedelta(days=days, minutes=1)).isoformat()},60\n"
        for case, team, customer, days in lines
    ]
    (desk.folder / "closes.csv").write_text(HEADER + "".join(rows))


def outcomes(desk: Desk) -> dict[str, str]:
    lines = [json.loads(line) for line in desk.run("export", "ledger", "--format", "ndjson").splitlines()]
    return {line["id"]: line["outcome"] for line in lines}


def test_closes_of_the_last_seven_days_are_asked_about_by_the_rules(desk: Desk) -> None:
    write(desk, ("C-1", "Support", "carla@sample.example", 1), ("C-2", "Support", "carla@sample.example", 0),
          ("C-3", "Support", "", 1), ("C-4", "Support", "dora@sample.example", 9),
          ("C-5", "Nobody here", "dora@sample.example", 1))  # fmt: skip
    said = desk.run("import", "closes.csv", "--ask")
    assert "Decided about 3 closes" in said
    assert outcomes(desk) == {"C-1": "waiting", "C-2": "throttled", "C-3": "no address"}
    assert "It was imported." in desk.run("why", "C-1")


def test_the_same_file_again_asks_nobody_and_counts_nothing_twice(desk: Desk) -> None:
    write(desk, ("C-1", "Support", "carla@sample.example", 1))
    desk.run("import", "closes.csv", "--ask")
    desk.run("import", "closes.csv", "--ask")
    assert len(outcomes(desk)) == 1
    assert len(desk.run("export", "interactions", "--format", "ndjson").splitlines()) == 1


def test_without_the_option_nobody_is_asked_and_it_is_told_why(desk: Desk) -> None:
    write(desk, ("C-1", "Support", "carla@sample.example", 1), ("C-2", "Support", "dora@sample.example", 1))
    desk.run("import", "closes.csv")
    assert outcomes(desk) == {}
    for what in ("C-1", "Carla@Sample.example"):
        said = desk.run("why", what)
        assert said.startswith("C-1 (Support): it came with a file, so nobody was asked here.\n")
        assert [line.partition(": ")[2] for line in said.splitlines()[1:]] == ["Closed.", "Imported."]
    [known] = json.loads(desk.run("why", "C-2", "--json"))
    assert (known["id"], known["outcome"], known["sent_at"]) == ("C-2", None, None)
    assert "Nothing is known" in desk.run("why", "C-3", code=2)


def test_of_answers_in_a_file_it_is_told_that_another_tool_asked(desk: Desk) -> None:
    lines = [("external_id", "metric", "score", "sent_at", "answered_at", "customer"),
             ("A-1", "csat", "5", "2026-10-01T08:00Z", "2026-10-01T09:00Z", "carla@sample.example"),
             ("A-2", "enps", "5", "2026-10-01T08:00Z", "2026-10-01T09:00Z", "dora@sample.example")]  # fmt: skip
    desk.run("import", desk.write(lines))
    said = desk.run("why", "carla@sample.example")
    assert said.startswith("A-1 (no team): it came with a file")
    assert "Another tool asked." in said
    for what in ("A-2", "dora@sample.example"):  # nobody is told that a colleague answered
        assert "Nothing is known" in desk.run("why", what, code=2)
