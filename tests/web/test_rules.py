"""The rules of a team for what helpdesks tell: conditions on every fact, surveys by source, holidays, no reminders of
links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.statements import rows
from tests.desk import Desk as Terminal
from tests.web.test_hooks import Desk

FACTS: dict[str, Any] = {
    "topic": "Billing", "touchpoint": "First call", "channel": "email", "agent": "Anna", "tags": ["VIP", "new"],
    "handling_seconds": 150,
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


def close(desk: Desk, number: int, company: str = "Example Oy", **facts: Any) -> str:
    customer = {"email": f"customer{number}@sample.example", "company": company}
    status, answer = desk.tell("conversation.closed", id=f"C-{number}", customer=customer, **facts)
    assert status == 202, answer
    return str(answer["outcome"])


@pytest.mark.parametrize(
    ("rule", "met", "told"),
    [
        ("source:desk,other", True, ""),
        ("source:reaction", False, "source: reaction"),
        ("channel:chat,EMAIL", True, ""),
        ("-channel:email", False, "channel: not email"),
        ("topic:billing", True, ""),
        ('touchpoint:"first  call"', True, ""),
        ('company:"example oy"', True, ""),
        ("tag:vip,gold", True, ""),
        ("-tag:new", False, "tag: not new"),
        ("agent:@anna", True, ""),
        ("handling>=2m", True, ""),
        ("handling>150s", False, "handling time: more than 2 min 30 s"),
        ("topic:billing handling<2m -tag:internal", False, "handling time: less than 2 min 0 s"),
    ],
)
def test_every_fact_can_be_a_condition(desk: Desk, tmp_path: Path, rule: str, met: bool, told: str) -> None:
    if "other" in rule:
        desk.database.write(lambda db: db.execute(
            "INSERT INTO hooks (name, kind, team_id, added_at) VALUES ('other', 'generic', 1, '')"
        ))  # fmt: skip
    desk.change_team(conditions=rule)
    assert close(desk, 1, **FACTS) == ("sent" if met else "not eligible")
    if told:
        assert f"the team's condition “{told}” is not met" in desk.why("C-1")
        terminal = Terminal(tmp_path, CXBOT_DB=str(desk.path))
        assert json.loads(terminal.run("why", "C-1", "--json"))[0]["outcome"] == "not eligible"
        assert f"“{told}”" in terminal.run("why", "C-1")


@pytest.mark.parametrize("rule", ["topic:billing", "handling>=2m", "-handling>=2m", "agent:Anna"])
def test_what_the_helpdesk_did_not_tell_meets_no_condition(desk: Desk, rule: str) -> None:
    desk.change_team(conditions=rule)
    assert close(desk, 1, company="") == "not eligible"
    assert "it is not known whether the team's condition" in desk.why("C-1")


def test_a_merged_story_counts_closes_that_no_condition_admits_as_not_eligible(desk: Desk, tmp_path: Path) -> None:
    desk.change_team(conditions="topic:billing")
    assert [close(desk, 1, topic="billing"), close(desk, 2, topic="login")] == ["sent", "not eligible"]
    terminal = Terminal(tmp_path, CXBOT_DB=str(desk.path), CXBOT_TIMEZONE="Europe/Helsinki")
    report = json.loads(terminal.run("report", "csat", "week", "--json", "--at", desk.now().isoformat()))
    assert (report["funnel"]["closed"], report["funnel"]["eligible"]) == (2, 1)


def test_a_source_has_a_survey_of_its_own_unless_the_event_names_one(desk: Desk) -> None:
    desk.change_team(surveys="desk=ces, reaction=nps")
    close(desk, 1)
    close(desk, 2, survey="nps")
    assert sorted(each["survey"] for each in desk.invitations()) == ["ces", "nps"]


def test_a_member_of_slack_is_not_asked_on_a_holiday(desk: Desk) -> None:
    desk.change_team(holidays="2026-11-18")
    _, answer = desk.tell("conversation.closed", customer={"slack": desk.carla})
    assert answer["outcome"] == "waiting"
    assert answer["until"].startswith("2026-11-19T06:00")
    assert "as it is a holiday before" in desk.why("C-1")


def test_nobody_is_reminded_of_a_link(desk: Desk) -> None:
    desk.change_team(reminder_days="2")
    assert close(desk, 1) == "sent"
    assert rows(desk.database.reader, "SELECT * FROM reminders") == []
